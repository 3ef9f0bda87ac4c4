"""`crosspost recall`: delete what is out, and stop what has not left yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosspost.cli import output
from crosspost.cli.context import Session, session
from crosspost.cli.filters import (
    CampaignFilter,
    CountryFilter,
    DryRunOption,
    ExceptFilter,
    JsonOption,
    LangFilter,
    MissionFilter,
    PlatformFilter,
    YesOption,
    selection,
)

if TYPE_CHECKING:
    from types import FrameType

    from crosspost.desk.recalling import Asked, Scope, Target
    from crosspost.dispatch.recall import Recaller
    from crosspost.store.recalls import Copy, Ended

#: How many posts are listed before a question; `--dry-run` lists all.
_FEW = 12


def recall(
    ctx: typer.Context,
    target: Annotated[
        str, typer.Argument(metavar="[CAMPAIGN[/POST]|DELIVERY]", help="What to recall; or use the filters.")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; needed, and kept.")] = "",
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    campaign: CampaignFilter = None,
    except_: ExceptFilter = None,
    keep_unsent: Annotated[
        bool, typer.Option("--keep-unsent", help="Leave in the queue what has not left yet; else it is cancelled.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with every recall that is not finished.")] = False,
    by_hand: Annotated[
        bool, typer.Option("--deleted-by-hand", help="You have deleted what was left on the platforms yourself.")
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Delete what is out, every copy, and cancel what has not left yet.

    Shows what that is, asks, and deletes on many accounts at once. Interrupted or killed, the same command, or
    `--resume`, goes on where it stopped. What is out by mistake is deleted; it is not unsaid: people may have seen it.

    Exit code 1: a copy may still be visible, and the last lines say where and why. `crosspost recall cop31/opening
    --reason "wrong date"` · `crosspost recall --campaign cop31 --country EG --reason "…" --dry-run`
    """
    run = session(ctx, machine_readable=as_json)
    filters = (mission, country, platform, lang, campaign, None, except_)
    shown = _Shown(as_json=as_json, all=dry_run)
    if resume:
        _resume(run, shown, filters, dry_run=dry_run, yes=yes)
        return
    wanted = _target(run, target, reason, filters)
    if by_hand:
        _by_hand(run, shown, wanted, reason, dry_run=dry_run, yes=yes)
        return
    _recall(run, shown, _Order(wanted, reason, keep_unsent=keep_unsent), dry_run=dry_run, yes=yes)


Filters = tuple[list[str] | None, ...]


class _Order:
    """What a person orders: the target, why, and whether the unsent stays."""

    def __init__(self, target: Target, reason: str, *, keep_unsent: bool) -> None:
        self.target, self.reason, self.keep_unsent = target, reason, keep_unsent


class _Shown:
    """How things are said: as JSON at the end, or line by line; all of a list, or the first few."""

    def __init__(self, *, as_json: bool, all: bool) -> None:  # noqa: A002 - it is what it says
        self.as_json, self.few = as_json, None if all else _FEW

    def say(self, text: str, style: str | None = None) -> None:
        if not self.as_json:
            output.say(text, style=style)


def _target(run: Session, name: str, reason: str, filters: Filters) -> Target:
    from crosspost.desk import recalling
    from crosspost.errors import UsageError

    if not name and not any(filters):
        raise UsageError("say what to recall: CAMPAIGN, CAMPAIGN/POST, a delivery, or the filters")
    if not reason:
        raise UsageError('say why: `--reason "…"`; it is kept with each post')
    desk = run.desk
    if name and filters[4]:
        raise UsageError(f"{name!r} and --campaign both say which campaign: use one of them")
    chosen = selection(desk, desk.network(), *filters)
    return recalling.target_of(desk, name, chosen) if name else chosen


def _recall(run: Session, shown: _Shown, order: _Order, *, dry_run: bool, yes: bool) -> None:
    from crosspost.desk import recalling

    scope = recalling.scope_of(run.desk, order.target)
    _say_scope(shown, scope, keep_unsent=order.keep_unsent)
    is_moot = not scope.wanted and (order.keep_unsent or not scope.unsent)
    if dry_run or is_moot:
        if shown.as_json:
            output.as_json(_scope_as_object(scope))
        raise typer.Exit(0 if dry_run or not (scope.in_doubt or scope.unaddressed) else 1)
    output.confirm(_question(scope, keep_unsent=order.keep_unsent), yes=yes)
    asked = recalling.ask(run.desk, order.target, order.reason, keep_unsent=order.keep_unsent)
    ended = _carry_out(run, shown, asked.scope.copies)
    _after_wire(run, shown, order, asked, ended)
    _say_end(run, shown, order, asked, ended)


def _after_wire(run: Session, shown: _Shown, order: _Order, asked: Asked, ended: list[Ended]) -> None:
    """Wait for what was on the wire, and recall it too: it is out now, or in the queue again."""
    from crosspost.cli.holding import wait_for_wire
    from crosspost.desk import recalling

    wire = asked.scope.sending
    if not wire:
        return
    wait_for_wire(run.desk, wire)
    more = recalling.ask(run.desk, tuple(wire), order.reason, keep_unsent=order.keep_unsent)
    asked.cancelled.extend(more.cancelled)
    asked.scope.by_hand.extend(more.scope.by_hand)
    still = {d.row.id for d in more.scope.in_doubt}
    asked.scope.in_doubt[:] = [
        *(d for d in asked.scope.in_doubt if d.row.id not in wire),
        *(d for d in more.scope.in_doubt if d.row.id in still),
    ]
    ended.extend(_carry_out(run, shown, more.scope.copies))


def _carry_out(run: Session, shown: _Shown, copies: Sequence[Copy]) -> list[Ended]:
    """Delete copies, many accounts at once, and say each as it ends."""
    from crosspost.dispatch.recall import Recaller, Settings

    if not copies:
        return []
    desk = run.desk
    recaller = Recaller(desk.store, run.doors, desk.network().accounts, desk.clock, desk.actor)
    settings = Settings(workers=run.config.daemon.workers, waits=run.config.daemon.look_after)
    with _stopping_on_signal(recaller), output.progress() as bar:
        task = bar.add_task("deleting", total=len(copies))

        def told(ended: Ended) -> None:
            bar.advance(task)
            if not shown.as_json:
                bar.console.print(_line(ended), highlight=False, markup=False, soft_wrap=True)

        found = recaller.run(copies, settings, told)
    run.doors.close()
    return found


@contextmanager
def _stopping_on_signal(recaller: Recaller) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the run after the requests that are on their way."""
    import signal

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signal's own signature
        recaller.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _line(ended: Ended) -> str:
    word = {"": "not yet", "refused": "REFUSED", "uncertain": "UNCERTAIN"}.get(ended.outcome, str(ended.outcome))
    detail = f": {ended.detail}" if ended.detail else ""
    return f"  {word:9} {ended.copy.delivery} {ended.copy.url}{detail}"


def _say_scope(shown: _Shown, scope: Scope, *, keep_unsent: bool) -> None:
    for copy in scope.wanted[: shown.few]:
        shown.say(f"  {copy.delivery} {copy.url}")
    if shown.few is not None and len(scope.wanted) > shown.few:
        shown.say(f"  … and {len(scope.wanted) - shown.few} more (`--dry-run` lists all)")
    shown.say(f"{output.counted(len(scope.copies), 'post')} to delete{_by_platform(scope.copies)}.")
    if scope.by_hand:
        number = output.counted(len(scope.by_hand), "post")
        shown.say(f"{number} that no program can delete{_by_platform(scope.by_hand)}: by hand.", "yellow")
    if scope.gone:
        shown.say(f"{len(scope.gone)} deleted already.")
    if scope.unsent:
        what = "stay in the queue, and leave at their time" if keep_unsent else "not left yet, to be cancelled"
        shown.say(f"{output.counted(len(scope.unsent), 'delivery', 'deliveries')} {what}.", "yellow")
    _say_open(shown, scope)


def _say_open(shown: _Shown, scope: Scope) -> None:
    """Say what may be out and cannot be deleted, since nobody knows where it is."""
    for d in scope.in_doubt:
        shown.say(
            f"  may be out: {d.row.id} is {d.state}: wait for it, or settle it (`crosspost delivery resolve`), then "
            "recall it again",
            "yellow",
        )
    for d in scope.unaddressed:
        shown.say(f"  is out, and where is not known: {d.row.id}: look at the account", "yellow")


def _by_platform(copies: Sequence[Copy]) -> str:
    counts = Counter(copy.content.platform for copy in copies)
    said = ", ".join(f"{number} on {platform}" for platform, number in sorted(counts.items()))
    return f" ({said})" if said else ""


def _question(scope: Scope, *, keep_unsent: bool) -> str:
    parts = []
    if scope.wanted:
        parts.append(f"Delete {output.counted(len(scope.copies), 'post')}")
    if scope.unsent and not keep_unsent:
        parts.append(f"cancel {output.counted(len(scope.unsent), 'delivery', 'deliveries')} that have not left")
    said = " and ".join(parts)
    return f"{said[0].upper()}{said[1:]}? This cannot be undone"


def _say_end(run: Session, shown: _Shown, order: _Order, asked: Asked, ended: Sequence[Ended]) -> None:
    """Say what was deleted, and what not, why and where; leave with 1 if a copy may still be visible."""
    from crosspost.desk import recalling
    from crosspost.domain.selection import Selection

    left = [copy for copy in recalling.outcomes(run.desk, _asked(asked, ended)) if copy.outcome != "deleted"]
    deleted = [one.copy for one in ended if one.outcome == "deleted"]
    if shown.as_json:
        output.as_json(_end_as_object(asked, deleted, left))
    shown.say(f"{output.counted(len(deleted), 'post')} deleted{_by_platform(deleted)}.", "green")
    if asked.cancelled:
        shown.say(f"{output.counted(len(asked.cancelled), 'delivery', 'deliveries')} cancelled.", "green")
    _say_left(shown, left)
    _say_open(shown, asked.scope)
    if isinstance(order.target, Selection) and order.target.campaign and not order.keep_unsent:
        shown.say(
            "What is planned anew (a new account, a new post) still goes out: `crosspost campaign withdraw` ends it."
        )
    if left or asked.scope.in_doubt or asked.scope.unaddressed:
        raise typer.Exit(1)


def _asked(asked: Asked, ended: Sequence[Ended]) -> list[Copy]:
    return [*asked.scope.wanted, *(one.copy for one in ended)]


def _say_left(shown: _Shown, left: Sequence[Copy]) -> None:
    if not left:
        return
    shown.say(f"{output.counted(len(left), 'post')} may still be visible:", "red")
    for copy in left:
        shown.say(f"  {copy.delivery} {copy.url}: {copy.detail or 'interrupted'}", "red")
    shown.say("`crosspost recall --resume` tries again.")


def _resume(run: Session, shown: _Shown, filters: Filters, *, dry_run: bool, yes: bool) -> None:
    """Go on with what was asked and is not known to be deleted."""
    from crosspost.desk import recalling

    desk = run.desk
    copies = recalling.unfinished(desk, selection(desk, desk.network(), *filters))
    for copy in copies[: shown.few]:
        shown.say(f"  {copy.delivery} {copy.url}")
    shown.say(f"{output.counted(len(copies), 'post')} left to delete{_by_platform(copies)}.")
    if dry_run or not copies:
        if shown.as_json:
            output.as_json({"to_delete": [_copy_as_object(copy) for copy in copies]})
        return
    output.confirm(f"Delete {output.counted(len(copies), 'post')}?", yes=yes)
    ended = _carry_out(run, shown, copies)
    left = [copy for copy in recalling.outcomes(desk, copies) if copy.outcome != "deleted"]
    deleted = [one.copy for one in ended if one.outcome == "deleted"]
    if shown.as_json:
        output.as_json(_lists(deleted, left))
    shown.say(f"{output.counted(len(deleted), 'post')} deleted{_by_platform(deleted)}.", "green")
    _say_left(shown, left)
    if left:
        raise typer.Exit(1)


def _by_hand(run: Session, shown: _Shown, target: Target, reason: str, *, dry_run: bool, yes: bool) -> None:
    """Take a person's word that posts were deleted on the platform."""
    from crosspost.desk import recalling

    scope = recalling.scope_of(run.desk, target)
    for copy in scope.wanted[: shown.few]:
        shown.say(f"  {copy.delivery} {copy.url}")
    number = output.counted(len(scope.wanted), "post")
    if dry_run or not scope.wanted:
        shown.say(f"{number} would count as deleted by hand.")
        done = []
    else:
        output.confirm(f"Have you looked, and are these {len(scope.wanted)} gone?", yes=yes)
        done = recalling.deleted_by_hand(run.desk, target, reason)
        shown.say(f"{output.counted(len(done), 'post')} recorded as deleted by hand.", "green")
    if shown.as_json:
        output.as_json(_lists(done, []) if done else _scope_as_object(scope))


def _copy_as_object(copy: Copy) -> dict[str, Any]:
    """Return a post in the shape that `recall --json` promises (docs/json.md)."""
    return {
        "delivery": copy.delivery,
        "account": copy.account,
        "platform": copy.content.platform,
        "remote_id": copy.remote_id,
        "remote_url": copy.url,
        "outcome": copy.outcome or None,
        "detail": copy.detail,
    }


def _lists(deleted: Sequence[Copy], left: Sequence[Copy]) -> dict[str, Any]:
    return {
        "deleted": [_copy_as_object(copy) | {"outcome": "deleted", "detail": ""} for copy in deleted],
        "not_deleted": [_copy_as_object(copy) for copy in left],
    }


def _open_as_object(scope: Scope) -> dict[str, Any]:
    return {
        "may_be_out": [{"delivery": d.row.id, "state": d.state, "reason": d.reason} for d in scope.in_doubt],
        "without_address": [d.row.id for d in scope.unaddressed],
    }


def _scope_as_object(scope: Scope) -> dict[str, Any]:
    return {
        "to_delete": [_copy_as_object(copy) for copy in scope.copies],
        "by_hand": [_copy_as_object(copy) for copy in scope.by_hand],
        "deleted_already": [_copy_as_object(copy) for copy in scope.gone],
        "unsent": [d.row.id for d in scope.unsent],
    } | _open_as_object(scope)


def _end_as_object(asked: Asked, deleted: Sequence[Copy], left: Sequence[Copy]) -> dict[str, Any]:
    return _lists(deleted, left) | {"cancelled": asked.cancelled} | _open_as_object(asked.scope)

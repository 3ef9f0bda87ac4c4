"""`crosspost campaign queue`: what an edit changes, what that leads to, the question, and then the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosspost.cli import output
from crosspost.cli.context import Session, session
from crosspost.cli.differing import say_rewording
from crosspost.cli.filters import DryRunOption, JsonOption, YesOption

if TYPE_CHECKING:
    from crosspost.desk.campaigns import Edit, Prospect
    from crosspost.desk.consequences import Consequences
    from crosspost.files.campaign import CampaignFile
    from crosspost.store.plans import Changes

Name = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its id, or its folder.")]
Now = Annotated[bool, typer.Option("--now", help="Everything at once instead of at its time; sandbox mode only.")]

_PANEL = "What kind of change it is (one of them)"

#: How many rows of the same kind are listed before the rest is only counted; `--dry-run` lists all.
_FEW = 12

#: So many drafts of a correction are shown at once; `campaign correction` shows more.
_FEW_DRAFTS = 3


def queue(
    ctx: typer.Context,
    name: Name,
    now: Now = False,
    cosmetic: Annotated[
        bool,
        typer.Option(
            "--cosmetic", help="Nothing is said otherwise, as a typo: nobody is asked.", rich_help_panel=_PANEL
        ),
    ] = False,
    substantive: Annotated[
        bool,
        typer.Option(
            "--substantive",
            help="What was made from the old text, and did not change with it, waits for an answer. The default.",
            rich_help_panel=_PANEL,
        ),
    ] = False,
    critical: Annotated[
        str | None,
        typer.Option(
            "--critical",
            metavar="WHAT WAS WRONG",
            help="All that has not left waits until somebody has looked at it; what is out is listed.",
            rich_help_panel=_PANEL,
        ),
    ] = None,
    revert: Annotated[
        bool, typer.Option("--revert", help="You mean to go back to what an older revision said.")
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Queue a campaign. Twice changes nothing; an edited file changes what has not left, and says what changed.

    Of an edited file it first shows what changed word by word, which translations and which missions' own words no
    longer fit that, and what is out already with the old words. A change of a number, date, link, name or locked phrase
    cannot be called cosmetic. An older version of the file is refused: somebody else may have corrected it meanwhile.
    """
    run = session(ctx, machine_readable=as_json)
    edit = _edit(_class_of_change(cosmetic=cosmetic, substantive=substantive, critical=critical), critical, now, revert)
    _queue(run, name, edit, dry_run=dry_run, yes=yes, as_json=as_json)


def _class_of_change(*, cosmetic: bool, substantive: bool, critical: str | None) -> str:
    from crosspost.domain.freshness import Change
    from crosspost.errors import UsageError

    given = [
        change
        for change, is_given in (
            (Change.COSMETIC, cosmetic),
            (Change.SUBSTANTIVE, substantive),
            (Change.CRITICAL, critical is not None),
        )
        if is_given
    ]
    if critical is not None and not critical.strip():
        raise UsageError('say what was wrong: `--critical "the date was wrong"`; whoever has to check is told')
    if len(given) > 1:
        raise UsageError(f"a change is of one kind: {' or '.join(f'--{change}' for change in given)}")
    return given[0] if given else Change.SUBSTANTIVE


def _edit(change: str, note: str | None, rushed: bool, revert: bool) -> Edit:
    from crosspost.desk.campaigns import Edit
    from crosspost.domain.freshness import Change

    return Edit(Change(change), (note or "").strip(), rushed=rushed, revert=revert)


def _queue(run: Session, name: str, edit: Edit, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    from crosspost.desk import campaigns
    from crosspost.domain.findings import has_errors

    file = campaigns.read(run.desk, name)
    before = campaigns.prospect(run.desk, file, edit)
    if not as_json:
        say_edit(before, everything=dry_run)
        _say_unclassed(before)
    if dry_run:
        _say_dry(before, as_json=as_json)
        raise typer.Exit(1 if has_errors(list(before.findings)) else 0)
    if not has_errors(list(before.findings)) and _is_grave(before):
        output.confirm("This changes what is queued already. Go on?", yes=yes)
    _carry_out(run, file, before, as_json=as_json)


def _is_grave(before: Prospect) -> bool:
    """Say whether an edit takes something away from anybody: then it is asked for."""
    changes, led_to = before.outcome.changes, before.consequences
    stale = led_to.translations or led_to.overrides
    return bool(changes.changed or changes.cancelled or stale or before.corrected)


def _say_dry(before: Prospect, *, as_json: bool) -> None:
    if as_json:
        output.as_json(_as_object(before))
        return
    say_against(before.outcome.changes)
    output.findings(before.findings)


def _carry_out(run: Session, file: CampaignFile, before: Prospect, *, as_json: bool) -> None:
    from crosspost.desk import campaigns
    from crosspost.domain.freshness import Change

    done = campaigns.queue(run.desk, file, before)
    if as_json:
        output.as_json(_as_object(done))
        return
    output.findings([finding for finding in done.findings if finding.severity != "note"])
    _say_done(done)
    if done.is_edit and done.edit.change is Change.CRITICAL:
        from crosspost.cli.correcting import say_corrected
        from crosspost.desk import corrections

        output.say()
        found = corrections.corrected(run.desk, done.campaign.id, done.corrected)
        say_corrected(found, done.campaign.id, most=_FEW_DRAFTS)


def _say_done(done: Prospect) -> None:
    from crosspost.cli.network import counted

    changes, name = done.outcome.changes, done.campaign.id
    if not changes and not done.is_edit:
        output.say(f"{name}: nothing to do, the queue says this already ({changes.unchanged} deliveries).")
        return
    revision = f", revision {done.seen + 1}" if done.is_edit else ""
    output.say(f"{name}{revision}: {counted(done.outcome)}.", style="green")
    if done.consequences.waiting:
        output.say("What waits for an answer: `crosspost today`.", style="yellow")
    if done.plan.skipped:
        output.say(f"{len(done.plan.skipped)} skipped: `crosspost campaign plan {name}` says why.")


def _say_unclassed(before: Prospect) -> None:
    """Say where a class of change that was given classes nothing."""
    from crosspost.domain.freshness import Change

    if before.edit.change is Change.COSMETIC and not before.is_edit:
        why = "the file is what is queued" if before.seen else "it is queued for the first time"
        output.say(f"--cosmetic says nothing here: {why}.", style="yellow")


def say_edit(prospect: Prospect, *, everything: bool = False) -> None:
    """Say what an edited file changes, word by word, what becomes stale, and what is out with the old words."""
    for line in prospect.differences:
        output.say(f"~ {line}")
    for one in prospect.rewordings:
        output.say(f"~ {one.place}" + ("" if one.how == "changed" else f" {one.how}"))
        say_rewording(one.old, one.new)
    _say_consequences(prospect.consequences)
    if prospect.corrected:
        output.say(f"Critical, everything unsent waits to be looked at: {', '.join(prospect.corrected)}", style="red")
    _say_out(prospect.outcome.changes, everything=everything)


def _say_consequences(led_to: Consequences) -> None:
    from crosspost.domain.language import name_of

    for rendered in led_to.rendered:
        number = output.counted(rendered.deliveries, "delivery", "deliveries")
        said = f"in {', '.join(rendered.languages)}, {number}; no text is stale for that"
        output.say(f"Rendered anew with {rendered.fact}: {said}.")
    if led_to.translations:
        counts = {f"{tag} {name_of(tag)}" if tag != "*" else "any": n for tag, n in led_to.translations.items()}
        output.say(f"Stale now, translations of the centre: {_counted(counts)}", style="yellow")
    if led_to.overrides:
        output.say(f"Stale now, missions' own: {_counted(led_to.overrides)}", style="yellow")
    if led_to.waiting:
        number = output.counted(len(led_to.waiting), "delivery waits", "deliveries wait")
        output.say(f"{number} for an answer, and will not leave without one.", style="yellow")


def _counted(counts: Mapping[str, int]) -> str:
    listed = [f"{name} {number}" for name, number in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
    more = f", and {len(listed) - 2 * _FEW} more" if len(listed) > 2 * _FEW else ""
    return ", ".join(listed[: 2 * _FEW]) + more


def say_against(changes: Changes) -> None:
    """Say what a plan would change in the queue, in numbers."""
    output.say(
        f"Against the queue: {len(changes.queued)} to queue, {len(changes.changed)} to change, "
        f"{len(changes.cancelled)} to cancel, {changes.unchanged} as they are."
    )


def _say_out(changes: Changes, *, everything: bool) -> None:
    if changes.out:
        output.say(f"Already out, or perhaps, with other words ({len(changes.out)}):", style="yellow")
    shown = changes.out if everything else changes.out[:_FEW]
    for out in shown:
        output.say(f"  {out.id}  {out.state}  {out.url}")
    if len(shown) < len(changes.out):
        output.say(f"  … and {len(changes.out) - len(shown)} more (`--dry-run` lists all)")


def _as_object(of: Prospect) -> dict[str, Any]:
    from dataclasses import asdict

    changes = of.outcome.changes
    return {
        "campaign": of.campaign.id,
        "is_edit": of.is_edit,
        "compared_with": of.seen,
        "change": of.edit.change.value,
        "note": of.edit.note,
        "differences": of.differences,
        "rewordings": [_rewording(one) for one in of.rewordings],
        "stale_translations": dict(of.consequences.translations),
        "stale_overrides": dict(of.consequences.overrides),
        "waiting_for_answers": list(of.consequences.waiting),
        "rendered_anew": [asdict(rendered) for rendered in of.consequences.rendered],
        "corrected_posts": list(of.corrected),
        "queued": changes.queued,
        "changed": changes.changed,
        "cancelled": changes.cancelled,
        "unchanged": changes.unchanged,
        "out": [{"delivery": out.id, "state": out.state, "remote_url": out.url or None} for out in changes.out],
        "findings": [asdict(finding) for finding in of.findings],
    }


def _rewording(one: Any) -> dict[str, Any]:
    from crosspost.domain.word_diff import word_diff

    variant = one.variant
    pieces: Sequence[Any] = word_diff(one.old, one.new)
    return {
        "post": one.post,
        "field": variant.field,
        "language": variant.language,
        "platform": variant.platform,
        "how": one.how,
        "old": one.old,
        "new": one.new,
        "pieces": [{"kind": piece.kind.value, "text": piece.text} for piece in pieces],
    }

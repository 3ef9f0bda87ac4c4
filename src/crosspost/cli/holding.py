"""`crosspost hold` and `release`: stop part of the network, and let it go on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import (
    CampaignFilter,
    CountryFilter,
    DryRunOption,
    ExceptFilter,
    JsonOption,
    LangFilter,
    MissionFilter,
    PlatformFilter,
    selection,
)

if TYPE_CHECKING:
    from datetime import datetime

    from crosspost.desk.desk import Desk
    from crosspost.desk.holds import Released
    from crosspost.domain.hold import Hold
    from crosspost.domain.selection import Selection
    from crosspost.store.releases import Waiting

#: How long `hold` waits for what is on the wire, in seconds: a request's timeout and then some.
_LONGEST_WAIT = 60.0


def hold(
    ctx: typer.Context,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; needed to set a hold.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="The whole network.")] = False,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    campaign: CampaignFilter = None,
    except_: ExceptFilter = None,
    until: Annotated[str, typer.Option(help="When it ends by itself: '2027-03-01 18:00 Europe/Paris'.")] = "",
    list_holds: Annotated[bool, typer.Option("--list", help="Show the holds in force.")] = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Stop part of the network. Once this has returned, nothing under the hold leaves; what was on the wire is told."""
    from crosspost.desk import holds
    from crosspost.errors import UsageError

    desk = session(ctx, machine_readable=as_json).desk
    if list_holds:
        _list(holds.active(desk), as_json=as_json)
        return
    if not any((everything, mission, country, platform, lang, campaign)):
        raise UsageError("say what to stop: --all, or --mission, --country, --platform, --lang, --campaign")
    if not reason:
        raise UsageError('say why: `--reason "…"`; everyone who is stopped will read it')
    scope = selection(desk, desk.network(), mission, country, platform, lang, campaign, None, except_)
    ends = _end(until)
    if dry_run:
        _say_hold_dry(desk, scope, as_json=as_json)
        return
    _place(desk, scope, reason, ends, as_json=as_json)


def _end(until: str) -> datetime | None:
    from crosspost.domain.schedule import parse_time
    from crosspost.errors import UsageError

    try:
        return parse_time(until).instant("UTC").utc if until else None
    except ValueError as error:
        raise UsageError(str(error)) from error


def _place(desk: Desk, scope: Selection, reason: str, ends: datetime | None, *, as_json: bool) -> None:
    from crosspost.desk import holds

    placed, wire = holds.place(desk, scope, reason, ends)  # first of all: what is counted below waits already
    number = holds.stopped_by(desk, scope)
    if not as_json:
        waits = "waits" if number == 1 else "wait"
        output.say(f"Hold {placed.id} on {scope.describe()}: {_queued(number)} {waits}.", style="green")
    left = wait_for_wire(desk, wire)
    if as_json:
        output.as_json(
            _as_object(placed) | {"queued": number, "on_the_wire": list(wire), "ended_as": _ended_as(desk, wire)}
        )
    else:
        _say_wire(desk, wire)
        output.say(f"`crosspost release {placed.id}` ends it.")
    if left:
        output.complain(
            f"{len(left)} still on the wire: is their daemon alive? Look again with `crosspost queue -s sending`"
        )
        raise typer.Exit(1)


def _say_hold_dry(desk: Desk, scope: Selection, *, as_json: bool) -> None:
    from crosspost.desk import holds

    number = holds.stopped_by(desk, scope)
    if as_json:
        output.as_json({"hold": None, "scope": scope.describe(), "queued": number})
    else:
        output.say(f"A hold on {scope.describe()} would stop {_queued(number)}.")


def _queued(number: int) -> str:
    return output.counted(number, "queued delivery", "queued deliveries")


def wait_for_wire(desk: Desk, wire: Sequence[str]) -> list[str]:
    """Wait until each of what was on the wire has come to an end; return what has not after a minute."""
    from crosspost.desk import holds

    end = time.monotonic() + _LONGEST_WAIT
    left = list(wire)
    while left and time.monotonic() < end:
        time.sleep(0.1)
        left = holds.still_on_the_wire(desk, left)
    return left


def _say_wire(desk: Desk, wire: Sequence[str]) -> None:
    from crosspost.desk import deliveries

    for delivery_id in wire:
        listed = deliveries.find(desk, delivery_id)
        output.say(f"  was on the wire: {delivery_id}: {listed.state} {listed.remote_url}", style="yellow")


def _ended_as(desk: Desk, wire: Sequence[str]) -> list[dict[str, object]]:
    from crosspost.desk import deliveries

    found = [deliveries.find(desk, delivery_id) for delivery_id in wire]
    return [{"delivery": d.row.id, "state": d.state, "remote_url": d.remote_url or None} for d in found]


def _list(in_force: Sequence[Hold], *, as_json: bool) -> None:
    if as_json:
        output.as_json([_as_object(h) for h in in_force])
        return
    output.table(
        ("hold", "on", "reason", "by", "since", "until"),
        [
            (
                str(h.id),
                h.scope.describe(),
                h.reason,
                h.who,
                output.rfc3339(h.since) or "",
                f"{output.rfc3339(h.until) or ''}{' (over: the daemon ends it)' if h.is_over else ''}",
            )
            for h in in_force
        ],
        wrap="reason",
        empty="No hold is in force.",
    )


def _as_object(placed: Hold) -> dict[str, object]:
    return {
        "hold": placed.id,
        "scope": placed.scope.describe(),
        "reason": placed.reason,
        "who": placed.who,
        "since": placed.since,
        "until": placed.until,
        "is_over": placed.is_over,
    }


def release(
    ctx: typer.Context,
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="HOLD", help="Numbers, as `hold --list` shows.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every hold in force.")] = False,
    review: Annotated[
        bool, typer.Option("--review", help="Nothing leaves at once: all that came due meanwhile waits for your word.")
    ] = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """End holds, and say what is late or stale by now.

    What came due meanwhile leaves at once if it is not late (`late_after`, 15 minutes); what is waits for
    `delivery send-late` or `cancel`. After a long hold `--review` lets nothing leave unseen.
    """
    from crosspost.desk import holds
    from crosspost.errors import UsageError

    desk = session(ctx, machine_readable=as_json).desk
    chosen = [h.id for h in holds.active(desk)] if everything else list(numbers or ())
    if not chosen and not everything:
        raise UsageError("name a hold, or --all: `crosspost hold --list` shows those in force")
    released = holds.release(desk, chosen, review=review, dry_run=dry_run)
    if as_json:
        output.as_json(_released_as_object(released))
        return
    for ended in released.holds:
        said = "would end" if dry_run else "is over"
        output.say(f"Hold {ended.id} on {ended.scope.describe()} {said}.", style=None if dry_run else "green")
    if not chosen:
        output.say("No hold is in force.")
        return
    _say_freed(released, dry_run=dry_run)


#: What to do about a delivery that a block keeps back, by who set it or by its kind.
_REMEDIES = {
    "late": "crosspost delivery send-late {id}, or crosspost delivery cancel {id}",
    "stale": "queue its campaign again, or crosspost delivery cancel {id}",
    "review": "look at the account, then crosspost delivery send-late {id}, or crosspost delivery cancel {id}",
    "recall": "crosspost delivery cancel {id}",
    "quiet": "crosspost delivery allow {id} --why WHY, or crosspost delivery cancel {id}",
    "blackout": "crosspost delivery allow {id} --why WHY, or crosspost delivery cancel {id}",
}

#: How many deliveries that wait are listed before the rest is only counted.
_FEW = 12


def _say_freed(released: Released, *, dry_run: bool) -> None:
    """Say what leaves, and what waits for a person, with the command for each."""
    freed = released.freed
    leaves = "leaves" if freed.leaving == 1 else "leave"
    would = "would leave" if dry_run else leaves
    output.say(f"{output.counted(freed.leaving, 'delivery', 'deliveries')} {would} at once.")
    for waiting in freed.waiting[:_FEW]:
        output.say(f"  {waiting.kind}: {waiting.delivery}: {waiting.why}", style="yellow")
        output.say(f"    {_remedy(waiting)}")
    if len(freed.waiting) > _FEW:
        output.say(f"  … and {len(freed.waiting) - _FEW} more: `crosspost queue --state held`")
    if any(waiting.kind == "late" for waiting in freed.waiting):
        output.say("All at once: `crosspost delivery send-late`, or `cancel`, with --mission, --campaign …")


def _remedy(waiting: Waiting) -> str:
    remedy = _REMEDIES.get(waiting.who) or _REMEDIES.get(waiting.kind, "crosspost explain {id}")
    return remedy.format(id=waiting.delivery)


def _released_as_object(released: Released) -> dict[str, object]:
    return {
        "released": [_as_object(ended) for ended in released.holds],
        "leaving": released.freed.leaving,
        "waiting": [
            {"delivery": w.delivery, "kind": w.kind, "why": w.why, "remedy": _remedy(w)} for w in released.freed.waiting
        ],
    }

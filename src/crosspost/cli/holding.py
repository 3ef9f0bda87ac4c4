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
    from crosspost.desk.desk import Desk
    from crosspost.domain.hold import Hold

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
    from crosspost.desk import deliveries, holds
    from crosspost.domain.schedule import parse_time
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
    try:
        ends = parse_time(until).instant("UTC").utc if until else None
    except ValueError as error:
        raise UsageError(str(error)) from error
    under = [d for d in deliveries.every(desk, scope) if d.row.state in {"queued", "sending"}]
    number = output.counted(len(under), "queued delivery", "queued deliveries")
    if dry_run:
        output.say(f"A hold on {scope.describe()} would stop {number}.")
        return
    placed, wire = holds.place(desk, scope, reason, ends)
    if not as_json:
        waits = "waits" if len(under) == 1 else "wait"
        output.say(f"Hold {placed.id} on {scope.describe()}: {number} {waits}.", style="green")
    _wait_for_wire(desk, wire, silent=as_json)
    if as_json:
        output.as_json(_as_object(placed) | {"queued": len(under), "on_the_wire": list(wire)})
    else:
        output.say(f"`crosspost release {placed.id}` ends it.")


def _wait_for_wire(desk: Desk, wire: Sequence[str], *, silent: bool) -> None:
    """Say what was on the wire, and wait until each has come to an end."""
    from crosspost.desk import deliveries, holds

    end = time.monotonic() + _LONGEST_WAIT
    left = list(wire)
    while left and time.monotonic() < end:
        time.sleep(0.1)
        left = holds.still_on_the_wire(desk, left)
    for delivery_id in () if silent else wire:
        listed = deliveries.find(desk, delivery_id)
        output.say(f"  was on the wire: {delivery_id}: {listed.state} {listed.remote_url}", style="yellow")
    if left:
        output.complain(
            f"{len(left)} still on the wire: is their daemon alive? Look again with `crosspost queue -s sending`"
        )
        raise typer.Exit(1)


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
                output.rfc3339(h.until) or "",
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
    }


def release(
    ctx: typer.Context,
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="HOLD", help="Numbers, as `hold --list` shows.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every hold in force.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """End holds. What is due leaves; what came too late meanwhile waits for `delivery send-late` or `cancel`."""
    from crosspost.desk import holds
    from crosspost.errors import UsageError

    desk = session(ctx).desk
    in_force = {h.id: h for h in holds.active(desk)}
    chosen = list(in_force) if everything else list(numbers or ())
    if everything and not chosen:
        output.say("No hold is in force.")
        return
    if not chosen:
        raise UsageError("name a hold, or --all: `crosspost hold --list` shows those in force")
    if dry_run and in_force.keys() >= set(chosen):
        for number in chosen:
            output.say(f"Hold {number} on {in_force[number].scope.describe()} would end.")
        return
    for ended in holds.release(desk, chosen):
        output.say(f"Hold {ended.id} on {ended.scope.describe()} is over.", style="green")

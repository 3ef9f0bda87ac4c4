"""`crosspost blackout`: days on which part of the network keeps silent, until a person lets a post leave."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import (
    CountryFilter,
    DryRunOption,
    ExceptFilter,
    JsonOption,
    MissionFilter,
    PlatformFilter,
    YesOption,
    selection,
)

if TYPE_CHECKING:
    from crosspost.desk.blackouts import Consequence, Standing
    from crosspost.domain.blackout import Blackout

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Days on which part of the network keeps silent, such as a mourning: add, list, end.",
)


@app.callback()
def blackout() -> None:
    """Days on which part of the network keeps silent, such as a mourning or the days before an election."""


@app.command()
def add(
    ctx: typer.Context,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day, such as 2027-04-25.")],
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day, which is one of them.")],
    why: Annotated[str, typer.Option("--why", "--reason", "-r", help="Why; everyone who is stopped reads it.")] = "",
    topic: Annotated[
        list[str] | None,
        typer.Option(help="Only posts of this topic (`topics` in campaign.toml).", show_default="every post"),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="The whole network.")] = False,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    except_: ExceptFilter = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Let part of the network keep silent on some days, on each mission's own clock; what would leave then waits.

    What waits leaves only by a person's word: `crosspost delivery allow`, or `cancel`. What is queued later is stopped
    as well. Not stopped are embargoes and posts of `kind = "crisis"`; to stop everything at this minute: `hold`.

    Examples: `crosspost blackout add --country EG --from 2027-04-25 --to 2027-04-27 --why "national mourning"` ·
    `crosspost blackout add -m amb-ke-nairobi --topic elections --from 2027-08-07 --to 2027-08-10 --why "silence"`
    """
    from crosspost.desk import blackouts
    from crosspost.errors import UsageError

    desk = session(ctx, machine_readable=as_json).desk
    if not any((everything, mission, country, platform)):
        raise UsageError("say who keeps silent: --all, or --mission, --country, --platform")
    scope = selection(desk, desk.network(), mission, country, platform, except_=except_)
    change = blackouts.adding(desk, scope, (_day(first), _day(last)), why, topic or ())
    seen = blackouts.propose(desk, change)
    if not as_json:
        _say_scope(change.blackout)
        _say_stopped(seen)
    number = None
    if not dry_run:
        output.confirm("Set the blackout?", yes=yes)
        blackouts.carry_out(desk, change)
        number = max(each.blackout.id for each in blackouts.standing(desk, everything=True))
        if not as_json:
            output.say(f"Blackout {number} is set. `crosspost blackout end {number}` ends it.", style="green")
    if as_json:
        output.as_json(_as_object(change.blackout) | {"blackout": number} | _consequence(seen))


def _day(text: str) -> date:
    from crosspost.domain.days import parse_day
    from crosspost.errors import UsageError

    try:
        return parse_day(text)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _say_scope(its: Blackout) -> None:
    topics = f" about {' or '.join(its.topics)}" if its.topics else ""
    days = f"from {its.first:%a} {its.first} to {its.last:%a} {its.last}"
    output.say(f"Silence{topics} on {its.scope.describe()}, {days}, on each mission's own clock: {its.why}.")


def _say_stopped(seen: Consequence) -> None:
    from crosspost.cli.replanned import say_stops

    stopped = seen.stopped
    say_stops("held", stopped)
    number = output.counted(len(stopped), "queued delivery", "queued deliveries")
    missions = len({stop.delivery.split("/")[2] for stop in stopped})
    output.say(
        f"It stops {number} of {output.counted(missions, 'mission')}; `crosspost delivery allow` lets one leave."
    )
    _say_more(seen)


def _say_more(seen: Consequence) -> None:
    """Say what else the new plans change: something that they depend on has changed since the last one."""
    from crosspost.cli.network import counted

    for campaign, outcome in seen.outcomes.items():
        if outcome.changes:
            output.say(f"The plan of {campaign} changes: {counted(outcome)}.")


@app.command("list")
def list_(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--past", help="Also those whose last day is over.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the blackouts in force and to come, oldest first."""
    from crosspost.desk import blackouts

    found = blackouts.standing(session(ctx, machine_readable=as_json).desk, everything=everything)
    if as_json:
        output.as_json([_listed(each) for each in found])
        return
    output.table(
        ("blackout", "on", "from", "to", "topics", "why", "by"),
        [
            (
                str(each.blackout.id),
                each.blackout.scope.describe(),
                f"{each.blackout.first:%a} {each.blackout.first}",
                f"{each.blackout.last:%a} {each.blackout.last}",
                " ".join(each.blackout.topics) or "all",
                each.blackout.why,
                each.word.who,
            )
            for each in found
        ],
        wrap="why",
        empty="No blackout is in force or to come.",
    )


def _listed(each: Standing) -> dict[str, Any]:
    return _as_object(each.blackout) | {"who": each.word.who, "at": each.word.at}


def _as_object(its: Blackout) -> dict[str, Any]:
    return {
        "blackout": its.id,
        "scope": its.scope.describe(),
        "first": f"{its.first}",
        "last": f"{its.last}",
        "topics": list(its.topics),
        "why": its.why,
    }


def _consequence(seen: Consequence) -> dict[str, Any]:
    from crosspost.cli.replanned import stops_as_objects

    return {"stopped": stops_as_objects(seen.stopped), "freed": stops_as_objects(seen.freed)}


@app.command()
def end(
    ctx: typer.Context,
    numbers: Annotated[list[int], typer.Argument(metavar="BLACKOUT...", help="Numbers, as `blackout list` shows.")],
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """End blackouts before their last day: what they stopped leaves at its time.

    What should have left meanwhile leaves at once if it is not late (`late_after`, 15 minutes); else it waits for
    `delivery send-late` or `cancel`.
    """
    from crosspost.cli.replanned import say_stops
    from crosspost.desk import blackouts

    desk = session(ctx, machine_readable=as_json).desk
    change = blackouts.ending(desk, numbers)
    seen = blackouts.propose(desk, change)
    if not as_json:
        for its in change.ending:
            output.say(f"Blackout {its.id} on {its.scope.describe()}: {its.why}.")
        say_stops("held no more", seen.freed)
        say_stops("still held", seen.stopped)
        output.say(f"{output.counted(len(seen.freed), 'delivery', 'deliveries')} free again.")
        _say_more(seen)
    if not dry_run:
        output.confirm("End it?" if len(change.ending) == 1 else "End them?", yes=yes)
        blackouts.carry_out(desk, change)
        if not as_json:
            output.say("Ended.", style="green")
    if as_json:
        told = [_as_object(its) for its in change.ending]
        output.as_json({"ended": told, "done": not dry_run} | _consequence(seen))

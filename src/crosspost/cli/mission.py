"""`crosspost mission closed`: the days on which a mission is closed, and those on which it works all the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import DryRunOption, JsonOption, YesOption, one_of
from crosspost.cli.network import WEEKEND_SOURCES

if TYPE_CHECKING:
    from crosspost.desk.closed_days import Coming, DropDays, SetDays
    from crosspost.desk.desk import Desk
    from crosspost.desk.replan import Outcome
    from crosspost.domain.network import Mission

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Missions: the days on which they are closed.")
closed = typer.Typer(
    add_completion=False, no_args_is_help=True, help="A mission's closed days: add, remove, list; its own word wins."
)
app.add_typer(closed, name="closed")

Name = Annotated[str, typer.Argument(metavar="MISSION", help="A mission; a node means it and all below it.")]
Days = Annotated[list[str], typer.Argument(metavar="DAY...", help="2027-04-25, or 2027-04-25..2027-04-27.")]


@app.callback()
def mission() -> None:
    """Missions: the days on which they are closed."""


@closed.command()
def add(
    ctx: typer.Context,
    name: Name,
    days: Days,
    why: Annotated[str, typer.Option("--why", "--reason", "-r", help="Why; plans show it.")] = "",
    is_open: Annotated[
        bool, typer.Option("--open", help="It works on these days although weekend or holidays say otherwise.")
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say that a mission is closed on some days, or with --open that it works; plans follow at once.

    Its own word goes before weekends and public holidays; of several, the nearest owner's. Posts whose campaign says
    `closed = "next-working"` move to the next open day, those with `"skip"` are not said there, the others leave all
    the same. An embargo never moves. What moves is shown first.

    Examples: `crosspost mission closed add amb-eg-cairo 2027-04-25..2027-04-27 --why "Sinai Liberation Day"` ·
    `crosspost mission closed add ministry 2027-07-14 --open --why "the national day is ours to keep" --dry-run`
    """
    from crosspost.desk import closed_days

    desk = session(ctx, machine_readable=as_json).desk
    where, wanted = one_of(name, desk.network().missions, "mission"), _days(days)
    change = closed_days.setting(desk, where, wanted, why, is_open=is_open)
    if not as_json:
        for own in closed_days.before(desk, where, wanted):
            said = "open" if own.is_open else "closed"
            output.say(f"Instead of: {where} {said} on {own.day:%a} {own.day}, {own.why}.", style="yellow")
        state = "works" if is_open else "is closed"
        output.say(f"{where}{_below(desk, where)} {state} on {_said(own.day for own in change.days)}: {why.strip()}.")
    told = {"mission": where, "days": [f"{own.day}" for own in change.days], "is_open": is_open, "why": why.strip()}
    _decide(desk, change, told, dry_run=dry_run, yes=yes, as_json=as_json)


@closed.command()
def remove(
    ctx: typer.Context,
    name: Name,
    days: Days,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take back what a mission has said of some days: what counts then is its calendar, or the word of one above it.

    A weekend or a public holiday cannot be removed; say `mission closed add … --open` on a day on which you work.
    """
    from crosspost.desk import closed_days

    desk = session(ctx, machine_readable=as_json).desk
    where = one_of(name, desk.network().missions, "mission")
    change = closed_days.dropping(desk, where, _days(days))
    if not as_json:
        output.say(f"{where} says nothing of its own any more of {_said(change.days)}.")
    told = {"mission": where, "days": [f"{day}" for day in change.days]}
    _decide(desk, change, told, dry_run=dry_run, yes=yes, as_json=as_json)


def _decide(
    desk: Desk, change: SetDays | DropDays, told: Mapping[str, object], *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Show what a change does to the plans, ask, and make it."""
    from crosspost.cli.replanned import as_object, say_replanned
    from crosspost.desk import closed_days

    outcomes = closed_days.propose(desk, change)
    if not as_json:
        say_replanned(outcomes)
        if not any(map(_changes, outcomes.values())):
            output.say("No plan changes.")
    if not dry_run:
        output.confirm("Go on?", yes=yes)
        outcomes = closed_days.carry_out(desk, change)
        if not as_json:
            output.say("Done.", style="green")
    if as_json:
        output.as_json({**told, "done": not dry_run, **as_object(outcomes)})


def _changes(outcome: Outcome) -> bool:
    return bool(outcome.changes or outcome.changes.stopped or outcome.changes.freed)


def _below(desk: Desk, name: str) -> str:
    number = sum(1 for _ in desk.network().subtree(name)) - 1
    return f", with the {output.counted(number, 'mission')} below it," if number else ""


@closed.command("list")
def list_(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="MISSION", help="Whose days.", show_default="the mission that you act for")
    ] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=731, help="How many days ahead.")] = 60,
    as_json: JsonOption = False,
) -> None:
    """List a mission's coming closed days: weekends, public holidays of host and ministry, its own; and whose word.

    What is called estimated depends on the moon, or was not announced yet. Of a region, the days that it and the
    missions below it have set themselves.
    """
    from crosspost.desk import closed_days
    from crosspost.errors import UsageError

    desk = session(ctx, machine_readable=as_json).desk
    known = desk.network()
    wanted = name or desk.actor.role
    if not wanted:
        raise UsageError("say whose days: `crosspost mission closed list MISSION`")
    where = one_of(wanted, known.missions, "mission")
    found = closed_days.coming(desk, where, days)
    if as_json:
        output.as_json([_as_object(one) for one in found])
        return
    has_clock = bool(known.missions[where].timezone)
    none = "has no closed days" if has_clock else "and the missions below it have set no days themselves"
    if has_clock:
        output.say(_weekend(known.missions[where]))
    output.table(
        ("days", "state", "why", "whose word"),
        [_row(spell, where) for spell in _spells(found)],
        wrap="why",
        empty=f"{where} {none} within {output.counted(days, 'day')}.",
    )


def _weekend(mission: Mission) -> str:
    from crosspost.calendars.weekends import DAYS, weekend_of

    found = weekend_of(mission)
    said = " and ".join(_LONG[day] for day in DAYS if day in found.days) or "none"
    return f"{mission.id}, weekend: {said} ({WEEKEND_SOURCES[found.source]})."


_LONG = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def _whose(one: Coming) -> str:
    if one.special.owner:
        who = f", by {one.word.who}" if one.word else ""
        return f"{one.special.owner}{who}"
    return WEEKEND_SOURCES[one.special.source]


def _spells(found: Sequence[Coming]) -> list[list[Coming]]:
    """Return days that follow each other, and are so for the same reason, together."""
    spells: list[list[Coming]] = []
    for one in found:
        last = spells[-1][-1] if spells else None
        if last and last.mission == one.mission and last.special == one.special and _follows(last.day, one.day):
            spells[-1].append(one)
        else:
            spells.append([one])
    return spells


def _follows(before: date, day: date) -> bool:
    return day - before == timedelta(days=1)


def _row(spell: Sequence[Coming], where: str) -> tuple[str, str, str, str]:
    first = spell[0]
    state = "open" if first.special.is_open else "closed"
    of_other = "" if first.mission == where else f"{first.mission}: "
    return _span(spell), state, of_other + first.special.why, _whose(first)


def _span(spell: Sequence[Coming]) -> str:
    return _said(one.day for one in spell)


def _said(days: Iterable[date]) -> str:
    """Return days with their weekdays, those that follow each other as first and last."""
    spans: list[list[date]] = []
    for day in days:
        if spans and _follows(spans[-1][-1], day):
            spans[-1].append(day)
        else:
            spans.append([day])
    return ", ".join(f"{s[0]:%a} {s[0]}" + (f" to {s[-1]:%a} {s[-1]}" if len(s) > 1 else "") for s in spans)


def _as_object(one: Coming) -> dict[str, Any]:
    special = one.special
    return {
        "mission": one.mission,
        "day": f"{one.day}",
        "weekday": f"{one.day:%A}",
        "is_open": special.is_open,
        "because": special.because.value,
        "why": special.why,
        "source": special.source.value,
        "country": special.country or None,
        "owner": special.owner or None,
        "is_estimated": special.is_estimated,
        "who": one.word.who if one.word else None,
        "at": one.word.at if one.word else None,
    }


def _days(written: Sequence[str]) -> tuple[date, ...]:
    from crosspost.domain.days import parse_days
    from crosspost.errors import UsageError

    try:
        return tuple(sorted({day for text in written for day in parse_days(text)}))
    except ValueError as error:
        raise UsageError(str(error)) from error

"""`crosspost status`: where everything stands, and what needs a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import JsonOption

if TYPE_CHECKING:
    from datetime import datetime

    from crosspost.desk.desk import Desk
    from crosspost.desk.summary import Summary
    from crosspost.store.matters import Matter

#: How many posts are said of what comes next.
_COMING = 10

#: How many matters are said that have one reason; the rest is counted.
_ALIKE = 2

_STATES = ("sent", "recalled", "queued", "held", "sending", "unknown", "failed", "expired", "cancelled")


def status(
    ctx: typer.Context,
    since: Annotated[
        str,
        typer.Option(
            help="Count what happened since then: '12h', or '2027-03-01 18:00 Europe/Paris'.",
            show_default="yesterday 18:00 Paris",
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Say where everything stands, what happened last night, what is next, and what needs a person and which command.

    By platform, language and state; what plans skip; how late posts left. 1 where something needs a person.
    """
    from dataclasses import asdict

    from crosspost.desk import summary

    desk = session(ctx, machine_readable=as_json).desk
    start = _start(since, desk)
    if as_json:
        output.as_json(asdict(summary.summarise(desk, start)))
    elif say_status(desk, start):
        raise typer.Exit(1)


def _start(since: str, desk: Desk) -> datetime | None:
    from crosspost.domain.schedule import parse_duration, parse_time
    from crosspost.domain.zones import PARIS
    from crosspost.errors import UsageError

    if not since:
        return None
    try:
        return desk.clock() - parse_duration(since)
    except ValueError:
        pass
    try:
        return parse_time(since).instant(PARIS).utc
    except ValueError as error:
        raise UsageError(f"--since: {error}, or a length such as `12h`") from error


def say_status(desk: Desk, since: datetime | None = None) -> int:
    """Say where everything stands, and return how many matters need a person."""
    from crosspost.desk import holds, summary

    found = summary.summarise(desk, since)
    for title, counts in (("platform", found.by_platform), ("language", found.by_language)):
        if not counts:
            continue
        states = [s for s in _STATES if any(s in row for row in counts.values())]
        output.table((title, *states), [(name, *(str(row.get(s, "")) for s in states)) for name, row in counts.items()])
        output.say()
    if not found.by_platform:
        output.say("Nothing is queued yet: `crosspost campaign queue C`, or `crosspost post`.")
    for line in found.skipped:
        output.say(f"skipped: {line}")
    if found.late_p50 is not None and found.late_p99 is not None:
        half, most = f"{found.late_p50:.2f} s", f"{found.late_p99:.2f} s"
        output.say(f"lateness of what was sent: half within {half}, 99 of 100 within {most}")
    for hold in holds.active(desk):
        until = f", until {output.house_times(hold.until)}" if hold.until else ""
        output.say(f"hold {hold.id} on {hold.scope.describe()}: {hold.reason} (by {hold.who}{until})", style="yellow")
    _say_course(found)
    return _say(found.matters)


def _say_course(found: Summary) -> None:
    """Say what happened lately, and what comes next."""
    words = {"tried_again": "tried again", "alarms": "second receipts", "found": "found by a look-up"}
    happened = [f"{number} {words.get(name, name)}" for name, number in found.lately.items() if number]
    start = output.house_times(found.since)
    output.say(f"since {start}: {', '.join(happened) or 'nothing'}")
    for each in found.coming[:_COMING]:
        name = "single posts" if each.campaign == "-" else f"{each.campaign}/{each.post}"
        until = f" to {output.house_times(each.last)}" if each.last != each.first else ""
        many = output.counted(each.deliveries, "delivery", "deliveries")
        output.say(f"next: {output.house_times(each.first)}{until}  {name}, {many}")
    if len(found.coming) > _COMING:
        output.say(f"and {len(found.coming) - _COMING} more posts within a day: `crosspost queue`")


def say_matters(desk: Desk) -> int:
    """Say what needs a person, and return how many matters that is."""
    from crosspost.desk import summary

    return _say(summary.matters(desk))


def _say(matters: list[Matter]) -> int:
    alike: dict[tuple[str, str], list[Matter]] = {}
    for matter in matters:
        alike.setdefault(_sort_of(matter), []).append(matter)
    for together in alike.values():
        for matter in together[:_ALIKE]:
            output.say(f"needs a person: {matter.what}", style="yellow")
            output.say(f"    {matter.do}")
        if len(together) > _ALIKE:
            output.say(f"    and {len(together) - _ALIKE} more for the same reason: crosspost today --all")
    return len(matters)


def _sort_of(matter: Matter) -> tuple[str, str]:
    """Return what makes matters alike: of what kind they are, and why. Each mission's quiet hours are its own."""
    delivery, _, kind = matter.about.rstrip(")").partition(" (")
    why = delivery.split("/")[:2] if kind == "quiet" else matter.what.removeprefix(delivery)
    return kind or matter.kind.value, str(why)

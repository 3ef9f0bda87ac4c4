"""`crosspost status`: where everything stands, and what needs a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import JsonOption

if TYPE_CHECKING:
    from crosspost.desk.desk import Desk

_STATES = ("sent", "queued", "held", "sending", "unknown", "failed", "expired", "cancelled")


def status(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Say where everything stands: by platform, language and state; what is skipped; how late; what needs a person."""
    from dataclasses import asdict

    from crosspost.desk import summary

    desk = session(ctx, machine_readable=as_json).desk
    if as_json:
        output.as_json(asdict(summary.summarise(desk)))
    elif say_status(desk):
        raise typer.Exit(1)


def say_status(desk: Desk) -> int:
    """Say where everything stands, and return how many matters need a person."""
    from crosspost.desk import holds, summary

    found = summary.summarise(desk)
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
        until = f", until {output.rfc3339(hold.until)}" if hold.until else ""
        output.say(f"hold {hold.id} on {hold.scope.describe()}: {hold.reason} (by {hold.who}{until})", style="yellow")
    return _say(found.needs_a_person)


def say_matters(desk: Desk) -> int:
    """Say what needs a person, and return how many matters that is."""
    from crosspost.desk import summary

    return _say(summary.matters(desk))


def _say(matters: list[str]) -> int:
    for matter in matters:
        output.say(f"needs a person: {matter}", style="yellow")
    return len(matters)

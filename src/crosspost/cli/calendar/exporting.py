"""`crosspost calendar export`: write deliveries as an iCalendar file, whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import (
    CampaignFilter,
    CountryFilter,
    ExceptFilter,
    LangFilter,
    MissionFilter,
    PlatformFilter,
    StateFilter,
    occasion_of,
    one_of,
    selection,
)

if TYPE_CHECKING:
    from crosspost.desk.desk import Desk
    from crosspost.domain.network import Network
    from crosspost.domain.selection import Selection

#: How a file begins that may be written over: one of ours, or another calendar.
_BEGINNING = b"BEGIN:VCALENDAR"

_STANDARD_OUTPUT = "-"


def export(
    ctx: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            metavar="CAMPAIGN[/POST]|MISSION", help="Whose deliveries; a mission means all below it too. Or filters."
        ),
    ] = "",
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    campaign: CampaignFilter = None,
    state: StateFilter = None,
    except_: ExceptFilter = None,
    days: Annotated[
        int | None,
        typer.Option(
            "--days", min=1, max=3660, help="Only what is due within so many days, ahead or past.", show_default="all"
        ),
    ] = None,
    to: Annotated[
        str,
        typer.Option(
            "--to", "--output", "-o", metavar="FILE", help="Where to write; - is the output.", show_default="TARGET.ics"
        ),
    ] = "",
) -> None:
    """Write deliveries as a calendar (.ics), which Outlook, Google Calendar, Apple's and Thunderbird's open.

    One event for each delivery: the words as they will be sent, the time on the mission's clock, in Paris and in UTC,
    and what stops or moved it. Written again it updates the same events; what was cancelled stays, marked so. Put the
    file where calendar programs can subscribe to it, and write it again as often as you like. docs/calendars.md

    `crosspost calendar export national-day` · `crosspost calendar export amb-jp-tokyo --days 90 --to tokyo.ics` ·
    `crosspost calendar export --country EG --platform facebook --to -`
    """
    from crosspost.cli.calendar.events import Labels
    from crosspost.desk.calendar import timetable

    desk = session(ctx, machine_readable=to == _STANDARD_OUTPUT).desk
    network = desk.network()
    chosen = selection(desk, network, mission, country, platform, lang, campaign, state, except_)
    chosen = _within(desk, network, chosen, target) if target else chosen
    with timetable(desk, chosen, days) as found:
        text = Labels(chosen, days, desk.config.mode).calendar(found)
        if to == _STANDARD_OUTPUT:
            for part in text:
                typer.echo(part.encode(), nl=False)
        else:
            file = Path(to or _default_name(target))
            _say_written(_write(file, text), file)


def _within(desk: Desk, network: Network, chosen: Selection, target: str) -> Selection:
    """Return the selection narrowed to a campaign, one of its posts, or a mission.

    Raises:
        UsageError: when the target is neither, or the filters name one of its kind already.
    """
    from crosspost.desk import overview
    from crosspost.errors import UsageError

    name, _, post = target.partition("/")
    campaigns = {str(row["campaign"]) for row in overview.campaigns(desk)}
    found = one_of(name, campaigns | set(network.missions), "campaign or mission")
    kind = "campaign" if found in campaigns else "mission"
    if getattr(chosen, kind):
        raise UsageError(f"{target} is a {kind}, and --{kind} names another: write both with --{kind}")
    if kind == "mission" and post:
        raise UsageError(f"{found} is a mission: name the post with --campaign CAMPAIGN/{post}")
    named = f"{found}/{occasion_of(desk, found, post)}" if post else found
    return replace(chosen, **{kind: (named,)})


def _default_name(target: str) -> str:
    return f"{target.strip('/').replace('/', '-') or 'deliveries'}.ics"


class _Written(NamedTuple):
    """How many events a file has, and its size in bytes."""

    events: int
    size: int


def _write(file: Path, text: Iterable[str]) -> _Written:
    """Write the file whole or not at all, since others may read it at any moment."""
    from crosspost.errors import UsageError

    try:
        _require_calendar(file)
        new = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            with new.open("xb") as opened:
                events = 0
                for part in text:
                    opened.write(part.encode())
                    events += part.startswith("BEGIN:VEVENT")
                size = opened.tell()
            if file.exists():
                shutil.copymode(file, new)
            new.replace(file)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
    return _Written(events, size)


def _require_calendar(file: Path) -> None:
    """Make sure that what would be written over is a calendar, and not somebody's work under a wrong name."""
    from crosspost.errors import UsageError

    if not file.exists():
        return
    with file.open("rb") as old:
        if old.read(len(_BEGINNING)) not in {_BEGINNING, b""}:
            raise UsageError(f"{file} is there already and is no calendar: name another with --to")


def _say_written(written: _Written, file: Path) -> None:
    if not written.events:
        output.say(f"Wrote {file}: an empty calendar, since no delivery matches.", style="yellow")
        return
    kilobytes = max(1, round(written.size / 1000))
    output.say(f"Wrote {file}: {output.counted(written.events, 'event')}, {kilobytes} kB.", style="green")
    output.say(
        "Open it in a calendar program, or put it where programs subscribe to it; written again, it updates them.\n"
        "It holds words that are not out yet: let nobody read it who may not read those."
    )

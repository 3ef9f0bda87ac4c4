"""`crosspost override export` and `import`: a mission's open work as one file, to be filled in off line."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import differing, output
from crosspost.cli.context import session
from crosspost.cli.filters import CampaignFilter, DryRunOption, LangFilter, YesOption, one_of, selection

if TYPE_CHECKING:
    from crosspost.desk.worksheet import Prospect, Step
    from crosspost.files.worksheet import Sheet

#: How what a worksheet does to a text is said.
_DONE = {
    "set": "new words",
    "accept": "accepted as it is",
    "take-central": "dropped, what is inherited counts",
    "opt-out": "not said here",
}


def export(
    ctx: typer.Context,
    mission: Annotated[str, typer.Option("--mission", "-m", help="Whose open work.")],
    campaign: CampaignFilter = None,
    lang: LangFilter = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How far ahead to look.")] = 30,
    to: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to write; - is the output.", show_default="MISSION-DATE.toml"
        ),
    ] = "",
) -> None:
    """Write what a mission may localise in the next days to one file: to be edited off line, and sent by mail.

    For each text it holds the source, what counts now, what changed if that is stale, agreed terms, and how much room
    each platform gives. `crosspost override import FILE` takes it back.
    """
    from crosspost.desk import worksheet
    from crosspost.files.worksheet import written

    run = session(ctx, machine_readable=to == "-")
    desk, network = run.desk, run.desk.network()
    whose = one_of(mission, network.missions, "mission")
    chosen = selection(desk, network, lang=lang, campaign=campaign)
    sheet = worksheet.sheet(desk, whose, chosen, timedelta(days=days))
    if not sheet.tasks:
        typer.echo(f"Nothing to localise for {whose} in the next {days} days; no file was written.", err=to == "-")
        return
    text = written(sheet, differing.plain)
    if to == "-":
        typer.echo(text, nl=False)
        return
    file = Path(to or f"{whose}-{sheet.made:%Y-%m-%d}.toml")
    _write(file, text)
    _say_exported(sheet, file, run.typed)


def _write(file: Path, text: str) -> None:
    """Write a new file; one that is there may hold somebody's work."""
    from crosspost.errors import UsageError

    try:
        with file.open("x", encoding="utf-8", newline="\n") as new:
            new.write(text)
    except FileExistsError:
        raise UsageError(f"{file} is there already, and may hold somebody's work: name another with --output") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error


def _say_exported(sheet: Sheet, file: Path, typed: str) -> None:
    stale = sum(task.notes is not None and task.notes.stale is not None for task in sheet.tasks)
    waiting = f", {stale} of them stale" if stale else ""
    output.say(f"Wrote {file}: {output.counted(len(sheet.tasks), 'text')}{waiting}.", style="green")
    output.say(f"Fill it in with any editor, then: {typed} override import {file} --dry-run")


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The worksheet that came back.")],
    mine: Annotated[
        bool, typer.Option("--mine", help="Put the file's words in place of what others wrote since its export.")
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Take back a worksheet: what was edited is set, what was answered is done; the rest stays as it is.

    All of it at once, or nothing: every mistake is said with its line. What was made from an older source is kept, and
    waits until somebody has looked at it again.
    """
    from crosspost.desk import worksheet
    from crosspost.domain.findings import has_errors
    from crosspost.errors import FindingsError
    from crosspost.files.worksheet import read_sheet

    desk = session(ctx).desk
    seen = worksheet.prospect(desk, read_sheet(file), mine=mine)
    if has_errors(seen.findings):
        raise FindingsError(f"{file} has mistakes; nothing was changed", seen.findings)
    output.findings(seen.findings)
    for step in seen.steps:
        _say_step(step)
    if not seen.steps:
        output.say(f"Nothing to do: {_unchanged(seen)}.")
        return
    if dry_run:
        _say_outcome(seen, verb="would be ")
        return
    output.confirm(f"Change {output.counted(len(seen.steps), 'override')}?", yes=yes)
    _say_outcome(worksheet.commit(desk, seen), verb="")


def _say_step(step: Step) -> None:
    output.say(f"{step.task.name}: {_DONE[step.action]}")
    if step.action == "set":
        for line in step.variant.value.splitlines():
            output.say(f"    {line}".rstrip())
    if step.is_stale and step.difference is not None:
        output.say("  The source has changed since the file was made; until you look at it again this waits:")
        differing.say(differing.elided(step.difference))


def _unchanged(seen: Prospect) -> str:
    number = seen.unchanged
    return f"{output.counted(number, 'text')} in the file {'stays as it is' if number == 1 else 'stay as they are'}"


def _say_outcome(seen: Prospect, *, verb: str) -> None:
    outcomes = (seen.outcomes or {}).values()
    counts = Counter(_DONE[step.action] for step in seen.steps)
    said = ", ".join(f"{what} {number}" for what, number in counts.items())
    changed = sum(len(o.changes.changed) + len(o.changes.queued) + len(o.changes.cancelled) for o in outcomes)
    deliveries = output.counted(changed, "delivery follows", "deliveries follow")
    overrides = output.counted(len(seen.steps), "override")
    output.say(f"{overrides} {verb}changed: {said}; {deliveries}.", style="green")
    output.say(f"{_unchanged(seen)}.".capitalize())
    out = [one for outcome in outcomes for one in outcome.changes.out]
    if out:
        output.say("Already out with other words; an override does not call them back:", style="yellow")
        for one in out:
            output.say(f"  {one.id}  {one.state}  {one.url}")

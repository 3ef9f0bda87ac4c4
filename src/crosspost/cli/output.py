"""How the command line speaks: plain when piped, coloured on a terminal, JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from crosspost.domain.findings import Finding
    from crosspost.domain.schedule import Instant

_STYLES = {"error": "red", "warning": "yellow", "note": "cyan"}

_MODES = {
    "sandbox": "sandbox mode: nothing leaves this machine",
    "live": "LIVE mode: posts go to the real platforms",
}


def console() -> Console:
    """Return the terminal; without colour and as wide as needed when piped."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 240)


def mode(name: str, *, machine_readable: bool) -> None:
    """Say the mode, as the first line of what a command says."""
    typer.secho(_MODES[name], fg="red" if name == "live" else "blue", err=machine_readable, bold=name == "live")


def say(text: str = "", *, style: str | None = None) -> None:
    """Say a line."""
    typer.secho(text, fg=style)


def complain(text: str) -> None:
    """Say a line of what went wrong, on standard error."""
    typer.secho(text, fg="red", err=True)


def as_json(value: Any) -> None:
    """Print a value as JSON, every script's own letters kept."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    return rfc3339(value) if isinstance(value, datetime) else str(value)


def rfc3339(instant: datetime | None) -> str | None:
    """Return the instant in UTC as RFC 3339 writes it: `2027-03-01T08:00:00Z`."""
    if instant is None:
        return None
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def findings(found: Iterable[Finding]) -> None:
    """Say findings, gravest first, each with its place and what to write instead; then how many there are."""
    order = ["error", "warning", "note"]
    listed = sorted(found, key=lambda f: (order.index(f.severity), f.place is None, f.place or 0))
    for finding in listed:
        where = f"{finding.place}: " if finding.place else ""
        typer.echo(where + typer.style(finding.severity, fg=_STYLES[finding.severity], bold=True), nl=False)
        typer.echo(f": {finding.message} {finding.remedy}".rstrip() + typer.style(f" [{finding.rule}]", dim=True))
    if listed:
        counts = [(sum(f.severity == level for f in listed), level) for level in order]
        typer.echo(", ".join(f"{number} {level}{'s' if number > 1 else ''}" for number, level in counts if number))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, wrap: str = "") -> None:
    """Print a table; columns are cut to the terminal, but never when piped. `wrap` names the column that may wrap."""
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, show_edge=False)
    for heading in headings:
        drawn.add_column(heading, overflow="fold" if heading == wrap else "ellipsis", no_wrap=heading != wrap)
    for row in rows:
        drawn.add_row(*(_literal(cell) for cell in row))
    console().print(drawn)


def _literal(cell: str) -> Any:
    from rich.text import Text

    return Text(cell.replace("\n", " ⏎ "))


def times(local: datetime, zone: str) -> str:
    """Return an instant as local, Paris and UTC time with the weekday."""
    from crosspost.domain.zones import zone as zone_of

    paris, utc = local.astimezone(zone_of("Europe/Paris")), local.astimezone(UTC)
    return f"{local:%a %Y-%m-%d %H:%M} {zone} · {paris:%a %H:%M} Paris · {utc:%a %H:%M} UTC"


def moment(instant: Instant) -> str:
    """Return a planned instant as local, Paris and UTC time, with what a clock change did to it."""
    shifted = {"": "", "gap": " (the clock skips it: the first valid instant after)", "fold": " (the first of two)"}
    return times(instant.local, instant.zone) + shifted[instant.shift]


def confirm(question: str, *, yes: bool) -> None:
    """Ask on a terminal; `yes` answers for scripts, which without it are refused.

    Raises:
        UsageError: when nobody can be asked.
        typer.Exit: when the answer is no.
    """
    from crosspost.errors import UsageError

    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("this changes something and nobody can be asked: add `--yes`")
    if not typer.confirm(question):
        say("Nothing was changed.")
        raise typer.Exit(0)


def progress() -> Any:
    """Return a progress display for long work; silent when piped."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console(), disable=not sys.stdout.isatty())

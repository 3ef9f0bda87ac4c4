"""How the command line speaks: plain when piped, coloured on a terminal, JSON for scripts."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from crosspost.domain.findings import Finding
    from crosspost.domain.schedule import Instant

_STYLES = {"error": "red", "warning": "yellow", "note": "cyan"}

_MODES = {
    "sandbox": "sandbox mode: nothing leaves this machine",
    "live": "LIVE mode: posts go to the real platforms",
}


#: Wider than any row: what is piped is never cut.
_UNCUT = 100_000

#: Between two columns; and what is left of one that is cut, or folded, in characters.
_GAP, _CUT, _FOLDED = 2, 12, 40


def is_coloured() -> bool:
    """Return whether what is said is seen on a terminal that shows colour (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def draw(shown: RenderableType, *, at_least: int = 0) -> None:
    """Draw a table or a tree: on a terminal in its width; piped without colour, uncut, without spaces at the end.

    What needs `at_least` so many columns runs on to the terminal's next line rather than being cut.
    """
    from rich.console import Console

    if sys.stdout.isatty():
        terminal = Console(highlight=False)
        if terminal.width < at_least:
            terminal = Console(highlight=False, width=at_least)
        terminal.print(shown, soft_wrap=terminal.width == at_least)
        return
    plain = Console(highlight=False, no_color=True, force_terminal=False, width=_UNCUT)
    with plain.capture() as drawn:
        plain.print(shown, soft_wrap=True)
    for line in drawn.get().splitlines():
        typer.echo(line.rstrip())


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


def findings(found: Iterable[Finding], *, err: bool = False) -> None:
    """Say findings, gravest first, each with its place and what to write instead; then how many there are."""
    order = ["error", "warning", "note"]
    listed = sorted(found, key=lambda f: (order.index(f.severity), f.place is None, f.place or 0))
    for finding in listed:
        where = f"{finding.place}: " if finding.place else ""
        level = typer.style(finding.severity, fg=_STYLES[finding.severity], bold=True)
        said = sentences(finding.message, finding.remedy)
        typer.echo(f"{where}{level}: {said}" + typer.style(f" [{finding.rule}]", dim=True), err=err)
    if listed:
        counts = [(sum(f.severity == level for f in listed), level) for level in order]
        typer.echo(", ".join(counted(number, level) for number, level in counts if number), err=err)


def sentences(message: str, remedy: str) -> str:
    """Return what is wrong and what to do about it, as two sentences."""
    stop = "" if not remedy or message.endswith((".", "!", "?", "…", ":")) else "."
    return f"{message}{stop} {remedy}".rstrip()


def counted(number: int, one: str, several: str = "") -> str:
    """Return a number of things: `1 delivery`, `3 deliveries`."""
    return f"{number} {one if number == 1 else several or one + 's'}"


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    wrap: str = "",
    cut: Collection[str] = (),
    empty: str = "",
) -> None:
    """Print a table, or `empty` where there are no rows.

    On a terminal that is too narrow the column `wrap` is folded and the columns `cut` are cut, and no other: an id can
    always be read and copied. What is piped is never cut.
    """
    from rich.cells import cell_len
    from rich.table import Table

    listed = list(rows)
    if empty and not listed:
        say(empty)
        return
    drawn = Table(box=None, pad_edge=False, show_edge=False, show_header=any(headings))
    needed = 0
    for number, heading in enumerate(headings):
        gives_way = bool(heading) and heading in {wrap, *cut}
        drawn.add_column(heading, overflow="fold" if gives_way else "ellipsis", no_wrap=not gives_way)
        widest = max(cell_len(cell) for cell in (heading, *(row[number] for row in listed)))
        needed += _GAP + min(widest, _FOLDED if heading == wrap else _CUT if heading in cut else widest)
    for row in listed:
        drawn.add_row(*(_literal(cell, cut=h in cut) for h, cell in zip(headings, row, strict=True)))
    draw(drawn, at_least=needed)


def _literal(cell: str, *, cut: bool) -> Any:
    from rich.text import Text

    words = cell.replace("\n", " ⏎ ")
    return Text(words, no_wrap=True, overflow="ellipsis") if cut else Text(words)


def times(local: datetime, zone: str) -> str:
    """Return an instant as local, Paris and UTC time with the weekday."""
    from crosspost.domain.zones import PARIS
    from crosspost.domain.zones import zone as zone_of

    if zone == PARIS:  # which is not said twice
        return house_times(local)
    paris, utc = local.astimezone(zone_of(PARIS)), local.astimezone(UTC)
    return f"{local:%a %Y-%m-%d %H:%M} {zone} · {paris:%a %H:%M} Paris · {utc:%a %H:%M} UTC"


def house_times(instant: datetime) -> str:
    """Return an instant as Paris and UTC time with the weekday, where it is nobody's local time."""
    from crosspost.domain.zones import PARIS
    from crosspost.domain.zones import zone as zone_of

    paris = instant.astimezone(zone_of(PARIS))
    return f"{paris:%a %Y-%m-%d %H:%M} Paris · {instant.astimezone(UTC):%a %H:%M} UTC"


def times_at(instant: datetime, zone: str) -> str:
    """Return an instant on a clock, in Paris, and in UTC; "" is nobody's clock."""
    from crosspost.domain.zones import PARIS
    from crosspost.domain.zones import zone as zone_of

    clock = zone or PARIS
    return times(instant.astimezone(zone_of(clock)), clock)


def moment(instant: Instant, own_zone: str = "") -> str:
    """Return a planned instant as local, Paris and UTC time, with what a clock change did to it.

    `own_zone` is the mission's own clock, which counts as local whichever clock the time was set on.
    """
    is_its = own_zone in {"", instant.zone}
    it = "it" if is_its else f"{instant.wall:%H:%M} in {instant.zone}"
    shifted = {"": "", "gap": f" (the clock skips {it}: the first valid instant after)", "fold": " (the first of two)"}
    if is_its:
        return times(instant.local, instant.zone) + shifted[instant.shift]
    return times(own_time(instant, own_zone), own_zone) + shifted[instant.shift]


def own_time(instant: Instant, own_zone: str) -> datetime:
    """Return a planned instant on a mission's own clock; on the clock it was set on where the mission has none."""
    from crosspost.domain.zones import zone as zone_of

    return instant.utc.astimezone(zone_of(own_zone)) if own_zone else instant.local


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
    return Progress(*columns, disable=not sys.stdout.isatty())

"""`crosspost coverage`: which mission says a campaign in which language, and in whose words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import JsonOption

if TYPE_CHECKING:
    from rich.text import Text

    from crosspost.desk.coverage import Cell, Coverage

#: A letter and a colour for each mark, gravest first: nothing is said by colour alone.
_LETTERS = {
    "critical": ("!", "bold red"),
    "stale": ("S", "red"),
    "blocked": ("B", "magenta"),
    "missing": ("M", "yellow"),
    "fallback": ("F", "cyan"),
    "own": ("O", "bold green"),
    "central": ("C", ""),
    "opted-out": ("X", "dim"),
    "over": ("–", "dim"),
    "sent": ("✓", "green"),
}

#: So many missions that need somebody are listed; the rest is counted.
_LISTED = 25

Row = tuple[str, Mapping[str, "Text"]]


def coverage(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CAMPAIGN[/POST]", help="A campaign that was queued.")],
    mission: Annotated[str, typer.Option("--mission", "-m", help="Only this mission, and all below it.")] = "",
    missions: Annotated[bool, typer.Option("--missions", help="List every mission, not only who is needed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show who says a campaign in which language: own words, the centre's, a fallback; stale, blocked, missing, sent.

    First each region with its languages, then the missions of which a text needs somebody, then the totals. A cell
    shows the gravest that is in it, and how many texts that is where there are several.
    """
    from crosspost.cli.filters import one_of
    from crosspost.desk import coverage as store

    desk = session(ctx, machine_readable=as_json).desk
    known = desk.network()
    chosen = one_of(mission, known.missions, "mission") if mission else ""
    found = store.coverage(desk, name, chosen)
    if as_json:
        output.as_json(_plain(found))
        return
    if not found.texts:
        output.say(f"{name} is not for {chosen or 'anybody'}: `crosspost campaign plan {found.campaign}` says for whom")
        return
    _say(found, list_all=missions or bool(chosen and known.missions[chosen].kind != "region"))


def _say(found: Coverage, *, list_all: bool) -> None:
    from crosspost.cli.report.frames import by_region

    cells = found.cells()
    regions = by_region(found.network, cells)
    needing = found.needing()
    many = output.counted(len(found.texts), "text")
    output.say(f"{found.campaign}, revision {found.revision}: {output.counted(len(cells), 'mission')}, {many}")
    output.say(in_words(found.counts()))
    if not list_all:
        output.say()
        rows = [(f"{name} ({len(below)})", _region(below, cells)) for name, below in regions.items()]
        _draw("region (missions)", found.languages, rows)
    listed = list(cells) if list_all else needing[:_LISTED]
    if listed:
        output.say()
        rows = [(mission, {tag: _short(cell) for tag, cell in cells[mission].items()}) for mission in listed]
        _draw("mission" if list_all else "needs somebody", found.languages, rows)
    if len(needing) > _LISTED and not list_all:
        rest = len(needing) - _LISTED
        output.say(f"and {rest} more missions: crosspost coverage {found.campaign} --missions, or --mission REGION")
    output.say()
    _draw("texts", found.languages, _totals(found))
    _say_legend(found.counts())


def in_words(counts: Counter[Any]) -> str:
    """Return how many texts have each mark, gravest first: `3 stale · 120 own · 400 central`."""
    return " · ".join(f"{counts[mark]} {mark}" for mark in _LETTERS if counts[mark])


def _short(cell: Cell) -> Text:
    from rich.text import Text

    letter, style = _LETTERS[cell.mark]
    number = cell.counts[cell.mark]
    others = f":{','.join(cell.said_in)}" if cell.mark == "fallback" and cell.said_in else ""
    return Text(f"{letter}{number if number > 1 else ''}{others}", style)


def _region(missions: Iterable[str], cells: Mapping[str, Mapping[str, Cell]]) -> dict[str, Text]:
    """Return a region's cells: how many missions speak the language, and before that how many are needed for what."""
    from rich.text import Text

    from crosspost.desk.coverage import NEEDS_SOMEBODY

    by_language: dict[str, Counter[str]] = {}
    for mission in missions:
        for language, cell in cells[mission].items():
            by_language.setdefault(language, Counter())[cell.mark] += 1
    found = {}
    for language, marks in by_language.items():
        parts = [(f"{_LETTERS[m][0]}{marks[m]}", _LETTERS[m][1]) for m in _LETTERS if m in NEEDS_SOMEBODY and marks[m]]
        found[language] = Text.assemble(*parts, f"{'/' if parts else ''}{marks.total()}")
    return found


def _totals(found: Coverage) -> list[Row]:
    """Return for each mark how many texts have it, by language."""
    from rich.text import Text

    totals = found.totals()
    rows: list[Row] = []
    for mark, (letter, style) in _LETTERS.items():
        counts = {tag: Text(str(number), style) for tag, of in totals.items() if (number := of[mark])}  # type: ignore[index]
        if counts:
            rows.append((f"{letter} {mark}", counts))
    return rows


def _draw(heading: str, languages: Sequence[str], rows: Sequence[Row]) -> None:
    """Draw a table of languages; those of which no row says anything are left out."""
    from rich.table import Table
    from rich.text import Text

    spoken = [tag for tag in languages if any(tag in cells for _, cells in rows)]
    drawn = Table(box=None, pad_edge=False, show_edge=False)
    for column in (heading, *spoken):
        drawn.add_column(column, no_wrap=True)
    for name, cells in rows:
        drawn.add_row(name, *(cells.get(tag, Text("")) for tag in spoken))
    widths = [max(len(tag), *(cells[tag].cell_len for _, cells in rows if tag in cells)) for tag in spoken]
    output.draw(
        drawn, at_least=max(len(name) for name in (heading, *(n for n, _ in rows))) + sum(widths, 2 * len(spoken))
    )


_MEANING = {
    "critical": "the centre corrected an error of fact, and nobody has looked at this text since",
    "stale": "made from an older source: accept it, edit it, or take the centre's",
    "blocked": "late, in review, failed, unknown, unfit, or the account is not enabled",
    "missing": "the account lists the language, and there is no text in it",
    "fallback": "said in the language after the colon, which stands in for it",
    "own": "in the mission's own words, or its region's",
    "central": "in the centre's words",
    "opted-out": "not said on purpose: opted out, closed that day, cancelled, recalled",
    "over": "its time passed before it could be said",
    "sent": "out",
}


def _say_legend(counts: Counter[Any]) -> None:
    output.say()
    for mark, meaning in _MEANING.items():
        if counts[mark]:
            output.say(f"{_LETTERS[mark][0]} {mark}: {meaning}")


def _plain(found: Coverage) -> dict[str, Any]:
    """Return the coverage as `--json` promises it."""
    from crosspost.cli.report.frames import region_of

    needing = set(found.needing())
    return {
        "campaign": found.campaign,
        "title": found.title,
        "revision": found.revision,
        "languages": list(found.languages),
        "missions": [
            {
                "mission": mission,
                "region": region_of(found.network, mission),
                "needs_somebody": mission in needing,
                "cells": [_plain_cell(cell) for cell in row.values()],
            }
            for mission, row in found.cells().items()
        ],
        "totals": {tag: {mark.value: number for mark, number in of.items()} for tag, of in found.totals().items()},
    }


def _plain_cell(cell: Cell) -> dict[str, Any]:
    return {
        "language": cell.language,
        "mark": cell.mark.value,
        "counts": {mark.value: number for mark, number in cell.counts.items()},
        "texts": [
            {
                "post": text.post,
                "account": text.account,
                "mark": text.mark.value,
                "said_in": text.said_in,
                "due_at": text.due,
                "delivery": text.delivery or None,
                "why": text.why,
            }
            for text in cell.texts
        ],
    }

"""An agenda on the terminal: sections by urgency, each matter whole or not at all, within a budget of lines."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosspost.cli import output

if TYPE_CHECKING:
    from datetime import datetime

    from rich.text import Text

    from crosspost.domain.word_diff import Piece

#: About so many lines: a connection may be poor, and a day is short.
BUDGET = 40

#: How wide a line is taken to be where nobody sees it: what is piped is never wrapped.
_WIDTH = 100

#: So wide is what is shown of a text, in columns.
_EXCERPT = 90

#: What stands before a line that belongs to the one above.
INDENT = "    "

#: A matter: its lines, the first of which says what it is.
Item = list["str | Text"]


@dataclass(frozen=True, slots=True)
class Section:
    """Matters of one sort, most urgent first. `rest` is the command that lists all of them.

    So many as `least` are said whatever else there is.
    """

    title: str
    items: Sequence[Item]
    rest: str
    style: str = ""
    least: int = 1


def say_agenda(head: Sequence[str], sections: Sequence[Section], typed: str, *, list_all: bool) -> None:
    """Say the sections that have something; `typed` is how the commands in them begin for who reads them."""
    full = [section for section in sections if section.items]
    for line in head:
        output.say(_said_by(line, typed))
    shown = [len(section.items) for section in full] if list_all else fitting(full, BUDGET - len(head))
    for section, number in zip(full, shown, strict=True):
        _say_section(section, number, typed)


def _say_section(section: Section, shown: int, typed: str) -> None:
    from rich.text import Text

    output.say()
    output.draw(Text(f"{section.title} ({len(section.items)})", f"bold {section.style}".strip()))
    for item in section.items[:shown]:
        for line in item:
            output.draw(Text(_said_by(line, typed)) if isinstance(line, str) else line)
    if shown < len(section.items):
        output.draw(Text(_said_by(f"{INDENT}and {len(section.items) - shown} more: {section.rest}", typed), "dim"))


def _said_by(line: str, typed: str) -> str:
    return line.replace("crosspost ", f"{typed} ")


def fitting(sections: Sequence[Section], budget: int) -> list[int]:
    """Return how many items of each section are said: of each its least, then as many as fit, the first first."""
    shown = [min(section.least, len(section.items)) for section in sections]
    # A blank line, the title, the least that is said, and the line that counts the rest, if there is one.
    counted = [int(number < len(section.items)) for section, number in zip(sections, shown, strict=True)]
    least = [sum(map(_height, section.items[:number])) for section, number in zip(sections, shown, strict=True)]
    left = budget - sum(2 + lines for lines in least) - sum(counted)
    for index, section in enumerate(sections):
        for item in section.items[shown[index] :]:
            is_last = shown[index] + 1 == len(section.items)
            if (height := _height(item)) > left + is_last:
                break
            left -= height - is_last
            shown[index] += 1
    return shown


def _height(item: Item) -> int:
    """Return how many lines of the terminal an item takes."""
    from rich.cells import cell_len

    width = shutil.get_terminal_size((_WIDTH, 24)).columns if sys.stdout.isatty() else _WIDTH
    return sum(max(1, -(-cell_len(line if isinstance(line, str) else line.plain) // width)) for line in item)


def at(instant: datetime, zone: str) -> str:
    """Return an instant with weekdays on a clock, in Paris, and in UTC; Paris is not said twice."""
    return output.times_at(instant, zone)


def difference(pieces: Sequence[Piece], before: str) -> Text:
    """Return a difference as one line: in colour on a terminal, with marks where there is none."""
    from rich.text import Text

    from crosspost.cli.differing import elided, shown

    text = shown(elided(pieces))
    flat = Text(" ").join(text.split("\n", allow_blank=False))
    return Text.assemble(before, flat[1:] if flat.plain.startswith(" ") else flat)


def excerpt(words: str) -> str:
    """Return the beginning of a text as one line."""
    from rich.cells import cell_len, set_cell_size

    from crosspost.cli.lines import visible

    line = " ".join(visible(words).split())
    return line if cell_len(line) <= _EXCERPT else f"{set_cell_size(line, _EXCERPT - 1).rstrip()}…"

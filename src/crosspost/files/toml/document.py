"""A TOML file as it was read: its values, its mistakes, and where each value stands."""

from __future__ import annotations

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any

from crosspost.domain.findings import Finding, Place
from crosspost.files.reading import read_text, shown
from crosspost.files.toml.builder import ENOUGH, Builder
from crosspost.files.toml.positions import KeyPath, Position, positions
from crosspost.files.toml.typography import mend_typography

#: More dots than any line of a text has, and fewer than tomllib would choke on in a name.
_MOST_DOTS = 1000


class Document:
    """What a file says. `findings` are the mistakes of form; `broken` the ways to what is there but is unreadable."""

    def __init__(self, file: str, text: str, data: dict[str, Any]) -> None:
        self.file = file
        self.data = data
        self.findings: tuple[Finding, ...] = ()
        self.broken: frozenset[KeyPath] = frozenset()
        self._text = text

    @classmethod
    def with_mistakes(cls, file: str, found: list[Finding], built: Builder) -> Document:
        """Return what could be read of a file with mistakes."""
        document = cls(file, built.text, built.data)
        document.findings = tuple(sorted([*found, *built.findings], key=lambda finding: finding.place or Place(file)))
        document.broken = frozenset(built.broken)
        return document

    @cached_property
    def _positions(self) -> dict[KeyPath, Position]:
        return positions(self._text)

    def place(self, path: KeyPath = ()) -> Place:
        """Return where the value stands; where it is not in the file, what it would be part of."""
        while path:
            position = self._positions.get(path)
            if position is not None:
                return Place(self.file, *position)
            path = path[:-1]
        return Place(self.file)


def _without_dotted_lines(text: str, file: str) -> tuple[str, list[Finding]]:
    """Return the text without lines of nothing but dots: tomllib needs memory with the square of a name's parts."""
    if text.count(".") <= _MOST_DOTS:
        return text, []
    lines = text.split("\n")
    wrong = [number for number, line in enumerate(lines) if line.count(".") > _MOST_DOTS]
    for number in wrong:
        lines[number] = ""
    message = f"this line has more than {_MOST_DOTS} dots, and is not read"
    return "\n".join(lines), [Finding("dots", message, place=Place(file, number + 1)) for number in wrong]


def read_toml(path: Path) -> Document:
    """Read a TOML file; one that cannot be read gives an empty document with a finding."""
    text, findings = read_text(path)
    return parse_toml(text, shown(path), findings)


def parse_toml(text: str, file: str, found: list[Finding] | None = None) -> Document:
    """Read a text as TOML; `found` is what was wrong with the file before."""
    text, dotted = _without_dotted_lines(text, file)
    findings = [*(found or ()), *dotted]
    complaint = ""
    if not findings:
        try:
            return Document(file, text, tomllib.loads(text))
        except RecursionError:
            complaint = "brackets are nested too deeply"
        except ValueError as error:
            complaint = str(error)
    mended, typographic = mend_typography(text, file)
    findings += typographic[:ENOUGH]
    built = Builder(file)
    built.read(mended)
    if not findings and not built.findings:
        findings.append(Finding("syntax", f"this cannot be read as TOML: {complaint}", place=Place(file)))
    return Document.with_mistakes(file, findings, built)

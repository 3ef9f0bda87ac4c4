"""A table of a TOML file and what is asked of it: known keys, each of its type. What is not so is a finding."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crosspost.domain.findings import Finding, Place, Severity
from crosspost.files.keys import nearest
from crosspost.files.toml import Document, KeyPath

_NAMES = {
    bool: "true or false",
    str: "a text",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "a table",
}


def kind_of(value: object) -> str:
    """Return what a TOML value is, in words."""
    return next((name for kind, name in _NAMES.items() if isinstance(value, kind)), "a date or time")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of which something may be told. The place is looked up only then, since that costs time."""

    findings: list[Finding]
    place: Callable[[], Place]

    def tell(self, rule: str, message: str, remedy: str = "", severity: Severity = Severity.ERROR) -> None:
        """Tell a finding about this place."""
        self.findings.append(Finding(rule, message, remedy, severity, self.place()))


class Table:
    """One table and its place in the file. All tables of a file tell their findings to the same list."""

    def __init__(self, document: Document, values: Mapping[str, Any], path: KeyPath, findings: list[Finding]) -> None:
        self.document = document
        self.values = values
        self.path = path
        self.findings = findings

    def spot(self, *at: str | int) -> Spot:
        """Return the place of the table, or of what `at` leads to within it."""
        return Spot(self.findings, lambda: self.document.place((*self.path, *at)))

    def tell(self, rule: str, message: str, remedy: str = "", at: KeyPath = ()) -> None:
        """Tell a mistake in the table, or in what `at` leads to within it."""
        self.spot(*at).tell(rule, message, remedy)

    def missing(self, key: str, message: str, remedy: str) -> None:
        """Tell that a key is missing, unless it is there and could only not be read, which was told before."""
        if not self.is_broken(key):
            self.tell(f"{key}-missing", message, remedy)

    def is_broken(self, key: str) -> bool:
        """Say whether the key, or something below it, is in the file but could not be read."""
        way = (*self.path, key)
        return any(broken[: len(way)] == way for broken in self.document.broken)

    def know(self, known: Collection[str], elsewhere: Mapping[str, str] | None = None) -> None:
        """Tell each key that is not known; `elsewhere` says of keys where else they belong."""
        for key in self.values:
            if key in known:
                continue
            where = (elsewhere or {}).get(key)
            if where:
                self.tell("misplaced-key", f"{key} does not belong here", where, (key,))
            else:
                self.tell("unknown-key", f"there is no key {key!r} here", nearest(key, known), (key,))

    def text(self, key: str, example: str) -> str | None:
        """Return a text, or None where there is none; the example is what to write instead of anything else."""
        value = self.values.get(key)
        if value is None or isinstance(value, str):
            return value
        self._wrong(key, f"a text, not {kind_of(value)}", f'Write {key} = "{example}"')
        return None

    def flag(self, key: str) -> bool:
        """Return true or false; false where it is not said."""
        value = self.values.get(key, False)
        if isinstance(value, bool):
            return value
        self._wrong(key, f"true or false, not {kind_of(value)}", f"Write {key} = true, without quotation marks.")
        return False

    def texts(self, key: str, example: str) -> Iterator[tuple[str, KeyPath]]:
        """Yield the texts of a list, each with its way within the table; a single text stands for a list of one."""
        value = self.values.get(key, [])
        if isinstance(value, str):
            yield value, (key,)
        elif isinstance(value, list):
            for index, element in enumerate(value):
                if isinstance(element, str):
                    yield element, (key, index)
                else:
                    self.tell("type", f"{key} holds {kind_of(element)}", f'Write "{example}"', (key, index))
        else:
            self._wrong(key, f"a list of texts, not {kind_of(value)}", f'Write {key} = ["{example}"]')

    def table(self, key: str, remedy: str) -> Table | None:
        """Return the table below a key, or None where there is none."""
        value = self.values.get(key)
        if isinstance(value, dict):
            return Table(self.document, value, (*self.path, key), self.findings)
        if value is not None:
            self._wrong(key, f"a table, not {kind_of(value)}", remedy)
        return None

    def tables(self, key: str, remedy: str) -> Iterator[Table]:
        """Yield the tables of a list; a single table stands for a list of one, and is told."""
        value = self.values.get(key, [])
        if isinstance(value, dict):
            self._wrong(key, "a list of tables", remedy)
            yield Table(self.document, value, (*self.path, key), self.findings)
        elif isinstance(value, list):
            for index, element in enumerate(value):
                if isinstance(element, dict):
                    yield Table(self.document, element, (*self.path, key, index), self.findings)
                else:
                    self.tell("type", f"{key} holds {kind_of(element)}", remedy, (key, index))
        else:
            self._wrong(key, f"a list of tables, not {kind_of(value)}", remedy)

    def _wrong(self, key: str, message: str, remedy: str) -> None:
        self.tell("type", f"{key} must be {message}", remedy, (key,))

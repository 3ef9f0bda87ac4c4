"""Statements put together into tables: like tomllib, but going on after a name that is there already."""

from __future__ import annotations

import tomllib
from typing import Any

from crosspost.domain.findings import Finding, Place
from crosspost.files.toml.mending import mend
from crosspost.files.toml.positions import KeyPath
from crosspost.files.toml.statements import Statement, split
from crosspost.files.toml.strings import string_end

#: After so many findings a file is not read further: mending the first ones helps more than seeing the rest.
ENOUGH = 200

#: What opens the table that takes what stands below an unreadable heading: read for its mistakes, then forgotten.
_NOWHERE = '[""]'


class Builder:
    """Reads a file statement by statement. `broken` are the ways to what is there but could not be read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.data: dict[str, Any] = {}
        self.findings: list[Finding] = []
        self.broken: set[KeyPath] = set()
        self._table: dict[str, Any] = self.data
        self._path: KeyPath = ()
        self._first: dict[KeyPath, int] = {}
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        """What was read, mended, each statement on its line, without what is beyond repair."""
        return "\n".join([*self._lines, ""])

    def read(self, text: str) -> None:
        """Read a whole file."""
        for statement in split(text):
            if len(self.findings) >= ENOUGH:
                self._tell(statement, "too-many", "there are more mistakes from here on", "Mend the first ones first.")
                return
            mended = mend(statement)
            if mended.rule:
                self._tell(statement, mended.rule, mended.message, mended.remedy, mended.line)
            if mended.values is not None:
                self._keep(statement, mended.text)
                (self._open if statement.is_heading else self._set)(statement, mended.values, mended.text)
            elif statement.is_heading:
                self._lose(statement)
            else:
                self.broken.add((*self._path, mended.key))

    def _lose(self, statement: Statement) -> None:
        self._table, self._path = {}, ("",)
        self._keep(statement, _NOWHERE)

    def _open(self, statement: Statement, values: dict[str, Any], _: str) -> None:
        keys, is_list = _heading(values)
        table, path = self._walk(self.data, (), keys[:-1])
        opened = None
        if table is not None:
            opened = self._element(table, keys[-1]) if is_list else table.setdefault(keys[-1], {})
        if not isinstance(opened, dict):
            self._conflict(statement, ".".join(keys))
            self._lose(statement)
            return
        self._table, self._path = opened, (*path, keys[-1])
        if is_list:
            self._path = (*self._path, len((table or {})[keys[-1]]) - 1)
        first = self._first.setdefault(self._path, statement.line)
        if first != statement.line:
            message = f"the table [{'.'.join(keys)}] is there twice; the first is on line {first}"
            self._tell(statement, "duplicate-table", message, "Put everything below the first.")

    @staticmethod
    def _element(table: dict[str, Any], key: str) -> dict[str, Any] | None:
        """Return a new element of a list of tables, or None where another value has its name."""
        elements = table.setdefault(key, [])
        if not isinstance(elements, list) or not all(isinstance(e, dict) for e in elements):
            return None
        elements.append({})
        return elements[-1]  # type: ignore[no-any-return]

    def _set(self, statement: Statement, values: dict[str, Any], text: str) -> None:
        keys, value = _entry(values, text)
        table, path = self._walk(self._table, self._path, keys[:-1])
        full = (*path, keys[-1])
        if table is None:
            self._conflict(statement, ".".join(keys))
        elif keys[-1] in table:
            first = self._first.get(full)
            where = f"; the first is on line {first}" if first else ", as a table"
            self._tell(statement, "duplicate-key", f"{'.'.join(keys)} is there already{where}", "Keep one of the two.")
        else:
            table[keys[-1]] = value
            self._first[full] = statement.line

    def _walk(self, table: dict[str, Any], path: KeyPath, keys: list[str]) -> tuple[dict[str, Any] | None, KeyPath]:
        """Return the table at the end of the keys, made where it is not there; None where a value stands in the way."""
        for key in keys:
            following = table.setdefault(key, {})
            path = (*path, key)
            if isinstance(following, list) and following:
                path = (*path, len(following) - 1)
                following = following[-1]
            if not isinstance(following, dict):
                return None, path
            table = following
        return table, path

    def _conflict(self, statement: Statement, name: str) -> None:
        message = f"{name}: a part of this name has a value already, and cannot be a table too"
        self._tell(statement, "duplicate-key", message, "Rename one of the two.")

    def _keep(self, statement: Statement, text: str) -> None:
        self._lines += [""] * (statement.line - 1 - len(self._lines))
        self._lines[statement.line - 1 :] = text.split("\n")

    def _tell(self, statement: Statement, rule: str, message: str, remedy: str = "", further: int = 0) -> None:
        place = Place(self.file, statement.line + further, 0 if further else statement.column)
        self.findings.append(Finding(rule, message, remedy, place=place))


def _heading(values: dict[str, Any]) -> tuple[list[str], bool]:
    """Return the names of a heading, and whether it opens an element of a list."""
    keys: list[str] = []
    inner: Any = values
    while isinstance(inner, dict) and inner:
        key, inner = next(iter(inner.items()))
        keys.append(key)
    return keys, isinstance(inner, list)


def _entry(values: dict[str, Any], text: str) -> tuple[list[str], Any]:
    """Return the names of a key, which may be dotted, and its value, which may be a table in braces."""
    key, value = next(iter(values.items()))
    if not isinstance(value, dict):
        return [key], value
    keys, _ = _heading(tomllib.loads(f"{_key_text(text)} = []"))
    value = values
    for key in keys:
        value = value[key]
    return keys, value


def _key_text(text: str) -> str:
    """Return what stands before the `=` of a well-formed statement."""
    at = 0
    while text[at] != "=":
        at = string_end(text, at)[0] if text[at] in "\"'" else at + 1
    return text[:at]

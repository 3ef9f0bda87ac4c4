"""A TOML file cut into statements: headings, and keys with their values, each of which may run over several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crosspost.files.toml.strings import NEW_STATEMENT, string_end

#: A line that begins something new although a bracket is still open.
_KEY_OR_HEADING = re.compile(r"[ \t]*(?:[\w-]+[ \t]*=|\[\[?[A-Za-z][\w.-]*\]\]?[ \t]*(?:#.*)?$)", re.MULTILINE)
_CLOSES = {"]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it stands in the file. `line` counts from 1; `open` is the bracket that is never closed."""

    line: int
    text: str
    open: str = ""

    @property
    def is_heading(self) -> bool:
        """Whether this opens a table."""
        return self.text.lstrip().startswith("[")

    @property
    def column(self) -> int:
        """The column at which the statement begins, from 1."""
        return len(self.text) - len(self.text.lstrip()) + 1


def split(text: str) -> Iterator[Statement]:
    """Yield the statements of a file; comments and empty lines between them are left out."""
    at, line = 0, 1
    while at < len(text):
        end, still_open = _statement_end(text, at)
        said = text[at:end]
        if said.strip() and not said.lstrip().startswith("#"):
            yield Statement(line, said, still_open)
        line += said.count("\n") + 1
        at = end + 1


def _statement_end(text: str, start: int) -> tuple[int, str]:
    """Return the index of the line end that closes the statement, and the bracket that is still open there."""
    at, is_value = start, False
    brackets: list[str] = []
    while at < len(text):
        char = text[at]
        if char in "\"'":
            at = string_end(text, at)[0]
            continue
        if char == "#":
            at = _line_end(text, at)
            continue
        if char == "\n" and (not brackets or _begins_anew(text, at, brackets[-1])):
            break
        is_value = is_value or char == "="
        if is_value:
            _count(char, brackets)
        at += 1
    return at, brackets[0] if brackets else ""


def _begins_anew(text: str, line_end: int, bracket: str) -> bool:
    """Say whether the next line begins a statement although the bracket is open.

    A table in braces that somebody spread over lines goes on after `{` and `,`.
    """
    if bracket == "{" and text[max(0, line_end - 200) : line_end].rstrip()[-1:] in {"{", ","}:
        return False
    return bool(_KEY_OR_HEADING.match(text, line_end + 1) or NEW_STATEMENT.match(text, line_end + 1))


def _count(char: str, brackets: list[str]) -> None:
    if char in "[{":
        brackets.append(char)
    elif char in "]}" and brackets and brackets[-1] == _CLOSES[char]:
        brackets.pop()


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end

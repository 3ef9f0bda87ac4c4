"""Where a TOML string ends in a file that may be broken: one that nobody closed ends where a new statement begins."""

from __future__ import annotations

import re

#: A line that surely begins something new: a dotted heading, or a key with a string of several lines, or of one.
NEW_STATEMENT = re.compile(
    r"^[ \t]*(?:\[\[?[\w-]+(?:\.[\w\"-]+)+\]?\][ \t]*(?:#.*)?"
    r"|[\w.\"-]+[ \t]*=[ \t]*(?:\"\"\"|'''|\"[^\n]*\"[ \t]*(?:#.*)?$).*)$",
    re.MULTILINE,
)

#: Marks that word processors and keyboards of several languages put where TOML wants `"`.
QUOTES = "“”„‟«»″＂「」"
SINGLE_QUOTES = "‘’‚‛′"

_ONE_LINE = {'"': re.compile(r'"(?:[^"\\\n]|\\[^\n])*"'), "'": re.compile(r"'[^'\n]*'")}
_SEVERAL_LINES = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*"""(?:"{0,2}(?!"))', re.DOTALL),
    "'''": re.compile(r"(?:[^']|'(?!''))*'''(?:'{0,2}(?!'))"),
}


def string_end(text: str, start: int, marks: str = "") -> tuple[int, bool]:
    """Return the index after the string that begins at `start`, and whether it is closed.

    `marks` says what is to be read for the marks that stand there.
    """
    triple = marks or text[start : start + 3]
    if triple in _SEVERAL_LINES:
        closed = _SEVERAL_LINES[triple].match(text, start + 3)
        new = NEW_STATEMENT.search(text, _line_end(text, start), closed.end() if closed else len(text))
        if closed and not new:
            return closed.end(), True
        return (new.start() - 1 if new else len(text)), False
    match = _ONE_LINE[text[start]].match(text, start)
    return (match.end(), True) if match else (_line_end(text, start), False)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end

"""What word processors and keyboards put into a TOML file: curly quotes, no-break spaces, marks that nobody sees.

Only outside strings and comments: within a text they are the author's own. Each is told once a line and mended for the
rest of the run; lines keep their numbers.
"""

from __future__ import annotations

import re
import unicodedata

from crosspost.domain.findings import Finding, Place
from crosspost.files.toml.strings import NEW_STATEMENT, QUOTES, SINGLE_QUOTES, string_end

#: Signs of other scripts that stand for TOML's own.
_SIGNS = dict(zip("،؛，、＝［］｛｝．‐‑‒–—−", ",,,,=[]{}.------", strict=True))

_SPACES = frozenset("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")

_INVISIBLE = {
    "\u200e": "a left-to-right mark",
    "\u200f": "a right-to-left mark",
    "\u061c": "an Arabic letter mark",
    "\u200b": "a zero-width space",
    "\u200c": "a zero-width non-joiner",
    "\u200d": "a zero-width joiner",
    "\u2060": "a word joiner",
    "\ufeff": "a byte order mark",
    **{chr(code): "a direction control" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))},
}

_ANY_QUOTE = QUOTES + '"'
#: Three marks at the end of a line, at least one of them curly: surely meant as `"""`.
_TRIPLE = re.compile(rf"(?=[^\n]{{0,2}}[{QUOTES}])[{_ANY_QUOTE}]{{3}}(?=[ \t]*(?:#[^\n]*)?$)", re.MULTILINE)
#: A mark after which the value, the key or the line ends: surely meant as the closing one.
_CLOSING = re.compile(rf"[{_ANY_QUOTE}{SINGLE_QUOTES}'](?=[\s]*(?:$|[,\]}}#=،؛，]))", re.MULTILINE)
#: What stands before a string: nothing, or a sign after which one may begin.
_BEFORE_STRING = frozenset("\n=[{,(.")


def mend_typography(text: str, file: str) -> tuple[str, list[Finding]]:
    """Return the text with TOML's own signs where others stood, and what was mended."""
    mender = _Mender(text, file)
    return mender.mend(), mender.findings


class _Mender:
    """One pass through a file, from the left to the right."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.findings: list[Finding] = []
        self._out: list[str] = []
        self._at = 0
        self._line, self._line_start = 1, 0
        self._before = "\n"  # the last sign of this line that is no space
        self._told: set[tuple[int, str]] = set()

    def mend(self) -> str:
        while self._at < len(self.text):
            char = self.text[self._at]
            if char == "#":
                self._copy_to(self._end_of_line())
            elif char in "\"'" or char in QUOTES + SINGLE_QUOTES:
                self._quote(char)
            else:
                self._sign(char)
        return "".join(self._out)

    def _quote(self, char: str) -> None:
        if self._begins_triple():
            self._several_lines()
            return
        end, closed = string_end(self.text, self._at) if char in "\"'" else (self._at, False)
        if closed:
            self._copy_to(end)
        elif self._before in _BEFORE_STRING:
            self._one_line()
        else:
            self._copy_to(self._at + 1)  # a mark within words that nobody quoted: told as such later

    def _begins_triple(self) -> bool:
        three = self.text[self._at : self._at + 3]
        return len(three) == 3 and (three == "'''" or all(mark in _ANY_QUOTE for mark in three))

    def _several_lines(self) -> None:
        """A string of several lines, whose marks may be curly at either end."""
        marks = self.text[self._at : self._at + 3]
        straight = marks in {'"""', "'''"}
        if not straight:
            self._tell_quotes()
        end, closed = string_end(self.text, self._at, marks if straight else '"""')
        curly = _TRIPLE.search(self.text, self._at + 3, end if closed else self._next_statement())
        self._put(3, marks if straight else '"""')
        if curly:
            self._copy_to(curly.start())
            if straight:
                self._tell_quotes()
            self._put(3, '"""')
        else:
            self._copy_to(end)

    def _next_statement(self) -> int:
        new = NEW_STATEMENT.search(self.text, self._end_of_line())
        return new.start() if new else len(self.text)

    def _one_line(self) -> None:
        """A string within a line that at least one end of which is not as TOML wants it."""
        closing = _CLOSING.search(self.text, self._at + 1, self._end_of_line())
        if closing is None:
            if self.text[self._at] in QUOTES + SINGLE_QUOTES:
                self._tell_quotes()
                self._put(1, '"')
            self._copy_to(self._end_of_line())
            return
        self._tell_quotes()
        inner = self.text[self._at + 1 : closing.start()]
        self._put(1, '"')
        self._put(len(inner), re.sub(r'(?<!\\)"', r"\"", inner))
        self._put(1, '"')

    def _sign(self, char: str) -> None:
        if char in _INVISIBLE:
            name = _INVISIBLE[char]
            self._tell("invisible", f"{name} (U+{ord(char):04X}) stands here, which nobody sees", "Delete it.")
            self._put(1, "")
        elif char in _SPACES:
            self._tell("no-break-space", f"a special space (U+{ord(char):04X}) stands here", "Write an ordinary space.")
            self._put(1, " ")
        elif char in _SIGNS:
            self._tell("foreign-sign", f"`{char}` is not TOML's `{_SIGNS[char]}`", f"Write {_SIGNS[char]}")
            self._put(1, _SIGNS[char])
        elif char > "\x7f" and char.isdecimal():
            digit = str(unicodedata.decimal(char))
            self._tell("foreign-sign", f"`{char}` is a digit of another script", f"Write {digit}")
            self._put(1, digit)
        else:
            self._copy_to(self._at + 1)

    def _tell_quotes(self) -> None:
        self._tell("curly-quote", "curly or foreign quotation marks enclose this", 'Write straight ones: "')

    def _tell(self, rule: str, message: str, remedy: str) -> None:
        if (self._line, rule) not in self._told:
            self._told.add((self._line, rule))
            place = Place(self.file, self._line, self._at - self._line_start + 1)
            self.findings.append(Finding(rule, message, remedy, place=place))

    def _end_of_line(self) -> int:
        end = self.text.find("\n", self._at)
        return len(self.text) if end < 0 else end

    def _copy_to(self, end: int) -> None:
        self._put(end - self._at, self.text[self._at : end])

    def _put(self, taken: int, mended: str) -> None:
        """Put `mended` in the place of as many letters as were taken, and keep count of lines."""
        raw = self.text[self._at : self._at + taken]
        self._out.append(mended)
        self._at += taken
        newlines = raw.count("\n")
        if newlines:
            self._line += newlines
            self._line_start = self._at - len(raw) + raw.rindex("\n") + 1
        visible = mended.rpartition("\n")[2].strip() if newlines else mended.strip()
        self._before = visible[-1] if visible else ("\n" if newlines else self._before)

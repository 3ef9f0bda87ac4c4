"""The lines of an iCalendar file: what is escaped, and where a long one is folded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

#: The longest line, in octets, without what ends it (RFC 5545, 3.1).
LONGEST = 75

_END = "\r\n"

#: What a text must not hold, but for a tab; and what programs that read line by line take for the end of one.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
#: What stands for what, the sign that begins all of them first.
_ESCAPES = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"))


def text(value: str) -> str:
    """Return a text as the value of a property: on one line, with nothing that could be a sign of the file's own."""
    said = _CONTROLS.sub("", _LINE_BREAKS.sub("\n", value))
    for sign, escaped in _ESCAPES:
        said = said.replace(sign, escaped)
    return said


def address(value: str) -> str:
    """Return an address as the value of a property: nothing in it can end the line."""
    return _CONTROLS.sub("", _LINE_BREAKS.sub("", value)).replace("\n", "")


def instant(moment: datetime) -> str:
    """Return an instant in UTC."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def line(name: str, value: str) -> str:
    """Return a property as the file holds it, folded, with its end."""
    return _END.join(_folded(f"{name}:{value}")) + _END


def _folded(whole: str) -> Iterator[str]:
    """Yield the pieces of a line; every one after the first begins with a space, and no letter is cut in two."""
    octets, begin = whole.encode(), 0
    room = LONGEST
    while len(octets) - begin > room:
        end = begin + room
        while octets[end] & 0xC0 == 0x80:  # within a letter of several octets
            end -= 1
        yield _piece(octets[begin:end], begin)
        begin, room = end, LONGEST - 1
    yield _piece(octets[begin:], begin)


def _piece(octets: bytes, begin: int) -> str:
    return f"{' ' if begin else ''}{octets.decode()}"

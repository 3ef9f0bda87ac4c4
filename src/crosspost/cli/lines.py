"""Text as lines of a terminal: wrapped by display width, and in the order in which the eye reads.

Graphemes are never torn, characters of double width count twice, and right-to-left text can be reordered for terminals
that do not do it themselves. Sources: Unicode Standard Annexes 9 (bidirectional order), 11 (width), 14 (line breaking).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from crosspost.domain.bidi import bare, carried_over

#: Never at the beginning of a line, and never at its end, in Chinese and Japanese.
_NOT_FIRST = frozenset("、。，．：；！？）］｝〉》」』】〕〗’”…‥ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々・％")
_NOT_LAST = frozenset("（［｛〈《「『【〔〖‘“￥＄")


def visible(text: str) -> str:
    """Return the text without control characters, which could take over a terminal; line breaks stay."""
    return "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else " " for c in text)


def graphemes(text: str) -> list[str]:
    """Return the characters as people see them, each with its accents, joiners and variation selectors."""
    import regex  # type: ignore[import-untyped]

    return list(regex.findall(r"\X", text))


def width_of(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    from wcwidth import wcswidth

    return sum(max(0, wcswidth(grapheme)) for grapheme in graphemes(text))


def wrap(line: str, width: int) -> list[str]:
    """Return the line broken so that no part is wider than `width` columns, unless one character alone is.

    It is broken at spaces and between ideographs; a word that fills more than a line, anywhere.
    """
    parts = graphemes(line)
    widths = [width_of(part) for part in parts]
    lines: list[str] = []
    start = used = breakable = 0
    for index, part in enumerate(parts):
        while used + widths[index] > width and part != " " and index > start:
            end = breakable if breakable > start else index
            lines.append("".join(parts[start:end]).rstrip(" "))
            start, used = end, sum(widths[end:index])
        used += widths[index]
        if _may_break_after(parts, widths, index):
            breakable = index + 1
    return [*lines, "".join(parts[start:]).rstrip(" ")]


def _may_break_after(parts: Sequence[str], widths: Sequence[int], index: int) -> bool:
    if index + 1 >= len(parts):
        return False
    this, following = parts[index], parts[index + 1]
    if this == " ":
        return True
    if following == " " or following[0] in _NOT_FIRST or this[0] in _NOT_LAST:
        return False
    return any(widths[i] == 2 and not _is_hangul(parts[i]) for i in (index, index + 1))


def _is_hangul(grapheme: str) -> bool:
    """Say whether a character is Korean, which is written with spaces."""
    return "\u1100" <= grapheme[0] <= "\u11ff" or "\uac00" <= grapheme[0] <= "\ud7a3"


#: Put behind a character, it takes that one's direction; if it stands before it afterwards, both were turned round.
_MARK = "\u034f"  # combining grapheme joiner, which nobody sees


def visual(line: str, *, right_to_left: bool) -> str:
    """Return one wrapped line in visual order, from left to right as a terminal draws it."""
    from bidi import get_display
    from bidi.mirror import MIRRORED

    parts = graphemes(line.replace(_MARK, ""))
    special = {part for part in parts if len(part) > 1 or part in MIRRORED}
    marked = "".join(part + _MARK if part in special else part for part in parts)
    display = str(get_display(marked, base_dir="R" if right_to_left else "L"))
    upright = {part + _MARK: part for part in special}
    turned = {_MARK + part[::-1]: MIRRORED.get(part, part) for part in special}
    return bare(_mended(display, upright | turned))


def _mended(display: str, marked: Mapping[str, str]) -> str:
    """Return the display with each marked grapheme in its own order again, and turned brackets mirrored.

    The reordering works on code points and puts an accent before its letter, where terminals expect it after.
    """
    longest = sorted(marked, key=len, reverse=True)
    out, index = [], 0
    while index < len(display):
        found = next((m for m in longest if display.startswith(m, index)), "")
        out.append(marked[found] if found else display[index])
        index += len(found) or 1
    return "".join(out)


def laid_out(text: str, width: int, *, right_to_left: bool, reorder: bool) -> list[str]:
    """Return the text as lines of at most `width` columns; right-to-left text stands at the right if reordered.

    Without `reorder` the lines stay in the order in which the text is written and stored.
    """
    lines: list[str] = []
    for line in visible(text).split("\n"):
        for part in carried_over(wrap(line, width)):
            shown = visual(part, right_to_left=right_to_left) if reorder else part
            indent = " " * max(0, width - width_of(shown)) if right_to_left and reorder and shown else ""
            lines.append(indent + shown)
    return lines

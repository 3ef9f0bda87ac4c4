"""What changed between two texts, word by word; by character in scripts that write no spaces."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regex import Pattern  # type: ignore[import-untyped]


class Kind(StrEnum):
    """Whether a piece is in both texts, only in the new one, or only in the old one."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: without the added pieces they make the old text, without the removed ones the new text."""

    kind: Kind
    text: str


@lru_cache(maxsize=1)
def _token() -> Pattern[str]:
    # Compiled when first used: the library takes a while to load.
    import regex

    spaceless = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
    letter = rf"(?:(?![{spaceless}])[\w\p{{M}}])"
    return regex.compile(
        rf"""
          \s+
        | \{{\{{.*?\}}\}}                                      # a placeholder
        | https?://[^\s\p{{Han}}]+                             # a link
        | [@#＃＠]\w+                                          # a mention, a hashtag
        | \p{{N}}+(?:[.,:/٫٬’'\-\u00a0\u202f]\p{{N}}+)+        # a number, a date in figures
        | {letter}+(?:['’\-‑]{letter}+)*                       # a word
        | \X                                                   # a sign, or what such scripts write for a syllable
        """,
        regex.VERBOSE | regex.DOTALL,
    )


def tokens(text: str) -> list[str]:
    """Return the words, signs and white space of a text, which joined are the text."""
    return list(_token().findall(text))


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces that lead from the old text to the new one, removed before added, white space kept."""
    before, after = tokens(old), tokens(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    changes = (("".join(before[a:b]), "".join(after[c:d]), op == "equal") for op, a, b, c, d in matcher.get_opcodes())
    return tuple(_pieces(_gathered(changes)))


def _gathered(changes: Iterable[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    """Return the changes with those that only white space parts made one: a phrase is read as a whole."""
    found: list[tuple[str, str, bool]] = []
    for change in changes:
        is_gap = len(found) >= 2 and found[-1][2] and found[-1][0].isspace()
        if change[2] or not is_gap:
            found.append(change)
            continue
        gap, (old, new, _) = found.pop(), found.pop()
        found.append((old + gap[0] + change[0], new + gap[1] + change[1], False))
    return found


def _pieces(changes: Iterable[tuple[str, str, bool]]) -> Iterator[Piece]:
    for old, new, is_same in changes:
        if is_same:
            yield Piece(Kind.SAME, old)
            continue
        if old:
            yield Piece(Kind.REMOVED, old)
        if new:
            yield Piece(Kind.ADDED, new)

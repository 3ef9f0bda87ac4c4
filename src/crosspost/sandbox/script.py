"""Which way a text runs, and what language it is in as far as its letters alone tell.

The platforms are not told the language of a post. A page that says the wrong one is worse than a page that says none:
it picks wrong fonts and wrong voices. So only letters decide, and where they do not, the answer is "" ("unknown").
"""

from __future__ import annotations

import re
import unicodedata

#: Letters that give a language away, most telling first.
_TELLTALE = (
    ("fa", re.compile("[پچژگ]")),
    ("ar", re.compile("[\u0621-\u064a]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("ja", re.compile("[\u3041-\u30fa]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("uk", re.compile("[іїєґІЇЄҐ]")),
    ("ru", re.compile("[ыэъёЫЭЪЁ]")),
    ("el", re.compile("[α-ωΑ-Ω]")),
    ("th", re.compile("[\u0e01-\u0e2e]")),
    ("hy", re.compile("[\u0561-\u0586]")),
    ("ka", re.compile("[\u10d0-\u10f0]")),
    ("am", re.compile("[\u1200-\u1357]")),
)

_DIRECTIONS = {"R": "rtl", "AL": "rtl", "L": "ltr"}


def direction(text: str) -> str:
    """Return `rtl` or `ltr`, as the first letter with a direction says, within an isolate or not.

    So browsers choose where a platform leaves it to them (`dir="auto"`).
    """
    kinds = map(unicodedata.bidirectional, text)
    return next((_DIRECTIONS[kind] for kind in kinds if kind in _DIRECTIONS), "ltr")


def language(text: str) -> str:
    """Return the language that the letters tell, or ""; links and names of accounts do not count."""
    words = re.sub(r"https?://\S+|[@#]\w+", " ", text)
    return next((tag for tag, letters in _TELLTALE if letters.search(words)), "")

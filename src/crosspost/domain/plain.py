"""Words as they are compared where spelling is in question: without capitals, accents and vowel signs."""

from __future__ import annotations

import unicodedata

from crosspost.domain.text import canonical

#: Accents of Latin, Greek and Cyrillic, and the vowel signs of Hebrew and Arabic. Elsewhere such marks are letters.
_ACCENTS = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670))

#: What is typed for one another; the stroke that only stretches an Arabic word is nothing.
_ALIKE = str.maketrans(
    {
        "ß": "ss",
        "ı": "i",
        "ی": "ي",
        "ى": "ي",
        "ک": "ك",
        "\u0640": "",
        **dict.fromkeys("’ʼ‘`´", "'"),
        **dict.fromkeys("\u2010\u2011", "-"),
    }
)


def folded(text: str) -> str:
    """Return the text with only what makes a word another one."""
    parted = unicodedata.normalize("NFKD", canonical(text).casefold())
    return unicodedata.normalize("NFC", "".join(c for c in parted if not _is_accent(c)).translate(_ALIKE))


def _is_accent(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in _ACCENTS)


def is_slip(old: str, new: str) -> bool:
    """Say whether one word is the other with a slip of the pen: a letter too many, too few, another, or two swapped.

    Short words are other words with one letter more or less; long ones may have two slips.
    """
    before, after = (unicodedata.normalize("NFD", folded(word)) for word in (old, new))
    shorter = min(len(before), len(after))
    allowed = 2 if shorter >= 9 and abs(len(before) - len(after)) < 2 else 1 if shorter >= 4 else 0
    return _distance(before, after) <= allowed


def _distance(old: str, new: str) -> int:
    """Return how many letters were put in, left out, replaced, or swapped with their neighbour."""
    earlier: list[int] = []
    above = list(range(len(new) + 1))
    for i, char in enumerate(old, 1):
        row = [i]
        for j, other in enumerate(new, 1):
            cost = min(above[j] + 1, row[-1] + 1, above[j - 1] + (char != other))
            if i > 1 and j > 1 and (char, old[i - 2]) == (new[j - 2], other):
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        earlier, above = above, row
    return above[-1]

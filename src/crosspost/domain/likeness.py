"""Likeness: whether two texts are the same, or nearly the same, in a reader's eyes and in those of a platform.

Texts are compared word by word, in order, without capitals, signs and links; character by character in scripts that
write no spaces. They are near where either

- the longest sequence of words that both have, in order, is at least 70 % of the longer one (`NEAR`), or
- they differ in one place alone, each has a name's length there, and they share more than half of the shorter one:
  `Rendez-vous à Tokyo !` and `Rendez-vous à Buenos Aires !`.

Why words: letter by letter, a translation between cousins (Spanish and Portuguese, Russian and Ukrainian) comes as near
as a sentence with another city in it. Why the longer one: who adds half as much again of their own has a text of their
own, however much of the other is in it. Why 70 %: in the shipped campaigns (21,708 pairs of accounts' texts) a city or
a country exchanged leaves 82 % or more, and no translation shares more than 37 %, which is Spanish with Portuguese;
between the two, what is near is told as near, since a platform that forbids repeating judges no finer. Short sentences
need the second rule. tests/domain/test_likeness.py holds pairs in seven scripts on both sides.

The same words in another script of one language (`zh-Hans`, `zh-Hant`) share many characters and are a translation all
the same: who compares texts compares those of one tongue (`tongue`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import LCSseq, Postfix, Prefix

from crosspost.domain.language import fallbacks, script_of
from crosspost.domain.text import canonical
from crosspost.domain.word_diff import tokens

#: The share of the longer text that two texts have in common where they are nearly the same.
NEAR = 0.7

#: How long a name may be: in words, and in characters where nothing parts words.
_NAME_WORDS, _NAME_CHARACTERS = 4, 8

_LINK = re.compile(r"https?://\S+")
_FIGURES = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it is compared: its words in order, and the numbers among them, whatever their figures look like."""

    words: tuple[str, ...]
    numbers: tuple[int, ...]


@lru_cache(maxsize=65536)
def wording(text: str) -> Wording:
    """Return the text as it is compared; one that holds no word at all is one word."""
    said = canonical(_LINK.sub(" ", text)).casefold()
    words = tuple(word for token in tokens(said) if _is_said(word := token.lstrip("#@＃＠")))
    return Wording(words or (canonical(text),), tuple(sorted(int(figures) for figures in _FIGURES.findall(said))))


def _is_said(token: str) -> bool:
    """Say whether a token is more than white space and punctuation: a word, a number, an emoji."""
    return any(char.isalnum() or unicodedata.category(char) == "So" for char in token)


def is_same(one: Wording, other: Wording) -> bool:
    """Say whether two texts are the same but for capitals, signs, white space and links."""
    return one.words == other.words


def is_near(one: Wording, other: Wording) -> bool:
    """Say whether two texts are the same or nearly the same; see above for what that means."""
    if is_same(one, other):
        return True
    shared = LCSseq.normalized_similarity(one.words, other.words, score_cutoff=NEAR)
    return shared >= NEAR or _is_name_exchanged(one.words, other.words)


def _is_name_exchanged(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Say whether the texts differ in one place alone, where each has something of a name's length."""
    shorter = min(len(one), len(other))
    begin = int(Prefix.similarity(one, other))
    end = min(int(Postfix.similarity(one, other)), shorter - begin)
    names = (text[begin : len(text) - end] for text in (one, other))
    return begin + end > shorter / 2 and all(_may_be_name(name) for name in names)


def _may_be_name(words: tuple[str, ...]) -> bool:
    most = _NAME_CHARACTERS if all(len(word) == 1 for word in words) else _NAME_WORDS
    return 0 < len(words) <= most


@lru_cache(maxsize=1024)
def tongue(tag: str) -> tuple[str, str]:
    """Return the language and the script of a tag: `pt` and `pt-BR` are one tongue, `zh-Hans` and `zh-Hant` are two."""
    return fallbacks(tag)[-1].partition("-")[0], script_of(tag)

"""The glossary: what a ministry has agreed to call a thing in each language, and whether a text calls it so.

A form is found as a reader would find it: capitals, kinds of space, apostrophe and hyphen do not count, nor do vowel
signs of Arabic and Hebrew; placeholders are passed over. It must be a word of its own. What is written together with a
word is allowed for: in Arabic and Hebrew what goes before it (و, ب, ل, ال; ו, ה, ב, ל, …), in Korean what follows it.
Chinese and Japanese, Thai and its neighbours put no space between words: there it may stand anywhere. A `*` at the end
of a word stands for any ending, as languages with cases need: `консульск* реестр*`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from crosspost.domain.language import fallbacks
from crosspost.domain.text import canonical

if TYPE_CHECKING:
    from regex import Pattern  # type: ignore[import-untyped]

#: What stands for any ending at the end of a word.
ENDING = "*"


class TermKind(StrEnum):
    """What a term of the glossary is."""

    TERM = "term"  # what a thing is called
    LOCKED = "locked"  # a phrase that was negotiated, and stands word for word
    HASHTAG = "hashtag"
    NAME = "name"  # a person, an institution, a country


@dataclass(frozen=True, slots=True)
class Term:
    """One thing and its agreed forms by language tag; of several, the first is the one to propose."""

    id: str
    kind: TermKind
    words: tuple[tuple[str, tuple[str, ...]], ...]

    def forms(self, language: str) -> tuple[str, ...]:
        """Return the forms in a language, or in the nearest that may stand in for it; none where nothing is agreed."""
        known = dict(self.words)
        return next((known[tag] for tag in fallbacks(language) if tag in known), ())

    def is_in(self, text: str, language: str) -> bool:
        """Say whether the text has the term in one of the language's forms."""
        return any(occurs(form, text) for form in self.forms(language))


@dataclass(frozen=True, slots=True)
class Words:
    """A text and its language."""

    language: str
    text: str


def used(terms: Iterable[Term], texts: Iterable[Words]) -> tuple[Term, ...]:
    """Return the terms that one of the texts has in its own language, in the order of the glossary."""
    said = tuple(texts)
    return tuple(term for term in terms if any(term.is_in(words.text, words.language) for words in said))


def missing(terms: Iterable[Term], source: Words, made: Words) -> Iterator[Term]:
    """Yield the terms that the source has, that are agreed in the other text's language, and that it lacks.

    A hashtag is lacking only where other hashtags stand instead: fewer are no mistake. The source's own may stay.
    """
    for term in terms:
        if not term.forms(made.language) or not term.is_in(source.text, source.language):
            continue
        if not term.is_in(made.text, made.language) and not _is_spared(term, source, made):
            yield term


def _is_spared(term: Term, source: Words, made: Words) -> bool:
    if term.kind is not TermKind.HASHTAG:
        return False
    return not hashtags(made.text) or term.is_in(made.text, source.language)


def hashtags(text: str) -> tuple[str, ...]:
    """Return the hashtags of a text as they are written there."""
    import regex

    return tuple(regex.findall(r"(?<![\w\p{M}])[#＃][\w\p{M}]+", text))


def occurs(form: str, text: str) -> bool:
    """Say whether the text has the form as a word, or words, of its own."""
    searched = folded(text)
    # Most forms are not in most texts, and to look for the letters is quicker than to compile a pattern.
    if any(stem not in searched for stem in _stems(form)):
        return False
    return _pattern(form).search(searched) is not None


#: What is typed for one another, and is told apart by no reader.
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),  # alef with a hamza or without
        **dict.fromkeys("یى", "ي"),  # yeh, from a Persian keyboard, or without its dots
        "ک": "ك",
        **dict.fromkeys("’ʼ‘`´׳", "'"),
        **dict.fromkeys("“”״", '"'),
        **dict.fromkeys("\u2010\u2011\u05be", "-"),
        **dict.fromkeys("İı", "i"),
        "\u200c": " ",  # the non-joiner, which parts words in Persian
    }
)

#: What is filled in later: the names in it are none of the text's words.
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)

#: Vowel signs of Hebrew and Arabic, and the stroke that only stretches a word.
_VOWEL_SIGNS = re.compile("[\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")


@lru_cache(maxsize=1024)
def folded(text: str) -> str:
    """Return the text as forms are compared: without what makes no difference to a reader."""
    plain = unicodedata.normalize("NFKC", _PLACEHOLDER.sub(" ", text)).translate(_ALIKE)
    return canonical(_VOWEL_SIGNS.sub("", plain)).casefold()


_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"

#: What makes one word with a letter beside it, by script; elsewhere letters and digits of all that write spaces.
_ONE_WORD = {
    **{script: rf"[\p{{{script}}}\p{{N}}_]" for script in ("Arabic", "Hebrew", "Hangul")},
    "": rf"[[\w\p{{M}}]--[{_SPACELESS}\p{{Hangul}}\p{{Arabic}}\p{{Hebrew}}]]",
}

#: What may be written before a word and together with it: conjunction, preposition, article.
_BEFORE_HEBREW = "[והבכלמש]{0,3}"
_BEFORE_ARABIC = "[وف]?(?:[بكلس]?(?:ال)?|لل)"
_ARTICLE = "ال"
_BEFORE_WITH_ARTICLE = "[وف]?(?:[بك]?ال|لل|ل(?=ل))"  # `لل` is preposition and article in one


@lru_cache(maxsize=65_536)
def _stems(form: str) -> tuple[str, ...]:
    """Return letters that each text with the form has."""
    return tuple(word.removesuffix(ENDING).removeprefix(_ARTICLE) for word in folded(form).split(" "))


@lru_cache(maxsize=4096)
def _pattern(form: str) -> Pattern[str]:
    # Compiled when first used: the library takes a while to load.
    import regex

    first, *others = folded(form).split(" ")
    if not first.removesuffix(ENDING):
        return regex.compile("(?!)")
    begin, first = _begin(first)
    words = " ".join(map(_word, (first, *others)))
    return regex.compile(begin + words + _end(folded(form)), regex.V1)


def _word(word: str) -> str:
    return re.escape(word.removesuffix(ENDING)) + (r"[\w\p{M}]*+" if word.endswith(ENDING) else "")


def _begin(word: str) -> tuple[str, str]:
    """Return what stands before the first word of a form, and the word without the article that is said with it."""
    if word.startswith("#"):
        return r"(?<![\w\p{M}])", word
    script = _script(word[0])
    if script == "Spaceless":
        return "", word
    boundary = f"(?<!{_ONE_WORD[script]})"
    if script == "Hebrew":
        return boundary + _BEFORE_HEBREW, word
    if script != "Arabic":
        return boundary, word
    stem = word.removeprefix(_ARTICLE)
    return boundary + (_BEFORE_ARABIC if stem == word else _BEFORE_WITH_ARTICLE), stem


def _end(form: str) -> str:
    """Return what must follow the last word of a form."""
    script = _script(form[-1])
    if form.startswith("#"):
        return r"(?![\w\p{M}])"
    if form.endswith(ENDING) or script in {"Spaceless", "Hangul"}:
        return ""
    return f"(?!{_ONE_WORD[script]})"


def _script(char: str) -> str:
    """Return the script of a letter where words are written otherwise than in Latin, else ""."""
    import regex

    if regex.match(f"[{_SPACELESS}]", char):
        return "Spaceless"
    return next((script for script in ("Arabic", "Hebrew", "Hangul") if regex.match(rf"\p{{{script}}}", char)), "")

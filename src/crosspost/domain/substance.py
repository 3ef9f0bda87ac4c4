"""What a text says beyond its spelling: whether a correction of it can be called cosmetic.

It cannot where a number, a date, a link, a mention, a hashtag, a placeholder or a name is another afterwards. Names
are told by their capitals, and by CLDR's countries and cities. Where a script has no capitals any word may be a name:
there only a slip of the pen passes. To refuse once too often costs an answer; to miss one misleads whoever answers.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from crosspost.domain.language import cldr, is_cased, script_of
from crosspost.domain.plain import folded, is_slip
from crosspost.domain.text import canonical
from crosspost.domain.weighty_words import weighty_words
from crosspost.domain.word_diff import tokens

if TYPE_CHECKING:
    from regex import Pattern  # type: ignore[import-untyped]

_LINK = r"(?:https?://|www\.)[^\s<>\"“”«»\p{Han}\p{Hiragana}\p{Katakana}]+"
_BARE_LINK = r"[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+|(?<![\w.@])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/[^\s<>]*)?"
_SEPARATOR = r"[.,:/٫٬،'’\-‐‑–]"

#: What is compared in both texts, in its order: what it is called, and how it is found.
_MARKS = {
    "placeholder": r"\{\{.*?\}\}|\{%.*?%\}",
    "link": f"{_LINK}|{_BARE_LINK}",
    "mention": r"[@＠][\w\p{M}.]*[\w\p{M}]",
    "hashtag": r"[#＃][\w\p{M}]+",
    # With its sign, its currency and a short unit: 5 km are not 5 m, 5 % not 5 €.
    "number": rf"(?:(?<![\w\p{{N}}])[-+−±]\s?)?(?:\p{{Sc}}\s?)?\p{{N}}+(?:{_SEPARATOR}\p{{N}}+)*"
    r"(?:\s?(?:[%‰٪％°]|\p{Sc}))?(?:\s?\p{L}{1,3}(?![\p{L}\p{M}]))?",
    "flag": r"[\U0001F1E6-\U0001F1FF]{2}|\U0001F3F4[\U000E0020-\U000E007F]+",
}

#: Those whose letters are no words of the text.
_WHOLE = ("placeholder", "link", "mention", "hashtag")

#: Signs that are numbers in Chinese and Japanese, and parts of other words as well.
_IDEOGRAPHIC = frozenset("〇零一二两兩三四五六七八九十百千万萬亿億兆半双雙")

#: After these a capital letter is a matter of course.
_ENDS_SENTENCE = frozenset(".!?…:。！？؟\n\r·•*–—-|")
_OPENS = frozenset("\"'“”«»‹›„‘’([{¿¡ \t\u00a0\u202f")

#: Under this share of the words a text is no corrected one but another one; shorter texts are judged by their words.
_SAME, _LONG = 0.5, 8


def why_not_cosmetic(old: str, new: str, language: str) -> list[str]:
    """Return each thing that the new text says otherwise than the old one; none where only its spelling differs."""
    if canonical(old) == canonical(new):
        return []
    before, after = _bare(old), _bare(new)
    found = [said for kind in _WHOLE for said in _marks(kind, old, new)]
    found += [said for kind in ("number", "flag") for said in _marks(kind, before, after)]
    found += _weighty(before, after, language)
    if script_of(language) in {"Hans", "Hant", "Jpan", "Kore"}:
        numerals = ([c for c in text if c in _IDEOGRAPHIC] for text in (before, after))
        found += [f"{said} (it may be a number)" for said in _changed("numeral", *numerals)]
    found += _changed("country or city", *(_places(text, language) for text in (before, after)))
    found += _words(before, after, cased=is_cased(language))
    return list(dict.fromkeys(found))


def _marks(kind: str, old: str, new: str) -> list[str]:
    pattern = _compiled(_MARKS[kind])
    return _changed(kind, *([_standard(kind, m) for m in pattern.findall(canonical(text))] for text in (old, new)))


def _weighty(old: str, new: str, language: str) -> list[str]:
    before, after = weighty_words(old, language), weighty_words(new, language)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    changes = [(before[a:b], after[c:d]) for op, a, b, c, d in matcher.get_opcodes() if op != "equal"]
    return [_told("number, day or negation", *(" ".join(w.word for w in words) for words in pair)) for pair in changes]


def _standard(kind: str, mark: str) -> str:
    """Return a mark as it is compared: digits of any script alike, a link without the sentence's own sign behind it."""
    if kind == "number":
        digits = "".join(str(unicodedata.decimal(c, c)) for c in unicodedata.normalize("NFC", mark))
        return digits.translate(_NUMBER_SIGNS).replace(" ", "")
    if kind == "placeholder":
        return "".join(mark.split())
    return mark.rstrip(".,;:!?…)]}'\"’”»、。，！？）」؟،") if kind == "link" else mark


_NUMBER_SIGNS = str.maketrans({"−": "-", "‐": "-", "‑": "-", "–": "-", "’": "'", "％": "%", "٪": "%"})


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Pattern[str]:
    import regex

    return regex.compile(pattern)


def _bare(text: str) -> str:
    """Return the text without what is compared as a whole, so that its letters do not pass for words."""
    bare = unicodedata.normalize("NFC", text)
    for kind in _WHOLE:
        bare = _compiled(_MARKS[kind]).sub(" ", bare)
    return bare


def _changed(kind: str, old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return what is another in one sequence than in the other, each as `number 5 → 6`."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        _told(kind, " ".join(old[a:b]), " ".join(new[c:d]))
        for operation, a, b, c, d in matcher.get_opcodes()
        if operation != "equal"
    ]


def _told(kind: str, old: str, new: str) -> str:
    if old and new:
        return f"{kind} {old} → {new}"
    return f"{kind} {old or new} {'gone' if old else 'added'}"


def _places(text: str, language: str) -> list[str]:
    return list(_place_names(language).findall(folded(text)))


@lru_cache(maxsize=64)
def _place_names(language: str) -> Pattern[str]:
    """Return what finds CLDR's countries, territories and cities in a folded text."""
    locale = cldr(language)
    if locale is None:
        return _compiled("(?!)")
    names = {folded(str(name)) for code, name in locale.territories.items() if code.isalpha()}
    names |= {folded(str(zone["city"])) for zone in locale.time_zones.values() if "city" in zone}
    shortest = 2 if script_of(language) in {"Hans", "Hant", "Jpan", "Kore"} else 3
    import regex

    ordered = sorted((name for name in names if len(name) >= shortest), key=len, reverse=True)
    either = "|".join(regex.escape(name) for name in ordered)
    # What is written together with a name, before it or behind it, goes by the script.
    return _compiled(rf"(?<![\w\p{{M}}])(?:{either})(?![\w\p{{M}}])" if is_cased(language) else either)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text; `opens` where it begins a sentence, so that its capital may be nothing but that."""

    text: str
    opens: bool

    @property
    def has_capital(self) -> bool:
        return any(c.isupper() or c.istitle() for c in self.text)


def _split(text: str) -> list[_Word]:
    """Return the words of a text, without signs and figures."""
    words, opens = [], True
    for token in tokens(text):
        if any(c.isalpha() for c in token):
            words.append(_Word(token, opens))
            opens = False
        elif not _ENDS_SENTENCE.isdisjoint(token) or unicodedata.category(token[0]) == "So":
            opens = True
        elif not _OPENS.issuperset(token):
            opens = False
    return words


def _words(old: str, new: str, *, cased: bool) -> Iterator[str]:
    """Yield words that are others now and may be names, or all where hardly anything is as it was."""
    before, after = _split(old), _split(new)
    was, now = ([folded(word.text) for word in words] for words in (before, after))
    matcher = difflib.SequenceMatcher(None, was, now, autojunk=False)
    if min(len(before), len(after)) >= _LONG and matcher.ratio() < _SAME:
        yield "hardly a word is as it was"
    lower = frozenset(folded(word.text) for word in (*before, *after) if not word.has_capital)
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation != "equal":
            yield from _names(before[a:b], after[c:d], lower, cased=cased)


def _names(old: Sequence[_Word], new: Sequence[_Word], lower: frozenset[str], *, cased: bool) -> Iterator[str]:
    """Yield the possible names among words that gave way to others."""
    gone, come = ("".join(folded(w.text) for w in words) for words in (old, new))
    if gone == come:  # parted or joined, and nothing else
        return
    pairs = list(zip(old, new, strict=True)) if len(old) == len(new) else []
    slips = {word for pair in pairs if _is_slip(*pair) for word in pair}
    weighty = [word for word in (*old, *new) if word not in slips and _may_be_name(word, lower, cased=cased)]
    if weighty:
        kind = "name" if cased else "word, perhaps a name:"
        yield _told(kind, *(" ".join(word.text for word in words) for words in (old, new)))


def _is_slip(old: _Word, new: _Word) -> bool:
    """Say whether one word is the other misspelt; a name in capitals is never taken for that, nor katakana."""
    if any(word.has_capital and not word.opens for word in (old, new)):
        return False
    if len(old.text) == len(new.text) == 1:
        return not any(_is_katakana(word.text) for word in (old, new))
    return is_slip(old.text, new.text)


def _may_be_name(word: _Word, lower: frozenset[str], *, cased: bool) -> bool:
    if word.has_capital:
        return not word.opens or folded(word.text) not in lower
    if not cased:
        return not _is_hiragana(word.text)
    return False


def _is_katakana(text: str) -> bool:
    return all("\u30a0" <= c <= "\u30ff" for c in text)


def _is_hiragana(text: str) -> bool:
    return all("\u3040" <= c <= "\u309f" for c in text)

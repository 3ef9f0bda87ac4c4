"""Language tags (BCP 47) and which tag may stand in for which.

A tag falls back along CLDR's parent locales (`es-MX` → `es-419` → `es`), never by cutting it short: the parent
of `zh-Hant` is the root, so Traditional text is never read by those who asked for Simplified. Scripts never cross, nor
do languages, though CLDR lets French stand in for Haitian Creole: that is good enough for a date, not for a text.
Source: Unicode Technical Standard 35, "Parent Locales".
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

#: Scripts that know capitals, by ISO 15924.
_CASED_SCRIPTS = frozenset({"Latn", "Cyrl", "Grek", "Armn"})

#: Scripts written from right to left, by ISO 15924.
RIGHT_TO_LEFT_SCRIPTS = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg"})


@lru_cache(maxsize=1024)
def is_valid(tag: str) -> bool:
    """Say whether the tag is a known language, in BCP 47."""
    import langcodes

    return langcodes.tag_is_valid(tag)


@lru_cache(maxsize=1024)
def standard(tag: str) -> str:
    """Return the tag as BCP 47 writes it: `zh_hans` → `zh-Hans`, `iw` → `he`.

    Raises:
        ValueError: when it is no language tag at all.
    """
    import langcodes

    try:
        return langcodes.standardize_tag(tag)
    except langcodes.tag_parser.LanguageTagError as error:
        raise ValueError(f"{tag!r} is not a language tag") from error


@lru_cache(maxsize=1024)
def script_of(tag: str) -> str:
    """Return the script that the language is written in, by ISO 15924 (`ar` → `Arab`)."""
    import langcodes

    return langcodes.Language.get(tag).maximize().script or "Zyyy"


def is_right_to_left(tag: str) -> bool:
    """Say whether the language is written from right to left."""
    return script_of(tag) in RIGHT_TO_LEFT_SCRIPTS


def is_cased(tag: str) -> bool:
    """Say whether the language is written in a script that knows capitals."""
    return script_of(tag) in _CASED_SCRIPTS


@lru_cache(maxsize=1024)
def fallbacks(tag: str) -> tuple[str, ...]:
    """Return the tag and those that may stand in for it, nearest first: `pt-BR` → (`pt-BR`, `pt`)."""
    chain, current = [], tag
    while current:
        if current == tag or (_language(current) == _language(tag) and script_of(current) == script_of(tag)):
            chain.append(current)
        current = _parent(current)
    return tuple(chain)


def _language(tag: str) -> str:
    """Return the language that a tag means: Bokmål and Nynorsk are both Norwegian."""
    language = tag.partition("-")[0]
    return "no" if language in {"nb", "nn"} else language


def _parent(tag: str) -> str:
    """Return CLDR's parent of the tag, or "" where that is the root."""
    from babel.core import get_global

    exceptions = get_global("parent_exceptions")
    parent = exceptions.get(tag.replace("-", "_"))
    if parent is not None:
        return "" if parent == "root" else str(parent).replace("_", "-")
    head, _, tail = tag.rpartition("-")
    if len(head.rpartition("-")[2]) == 1:  # the letter that begins an extension means nothing alone: `en-u-co-phonebk`
        head = head.rpartition("-")[0]
    # Cutting off a script that is not the language's usual one would cross scripts: there the parent is the root.
    return "" if len(tail) == 4 and tail.isalpha() and script_of(head) != tail.title() else head


@lru_cache(maxsize=1024)
def name_of(tag: str, in_language: str = "en") -> str:
    """Return the language's name as CLDR writes it (`ja` → `Japanese`)."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(tag, sep="-").get_display_name(in_language) or tag
    except (UnknownLocaleError, ValueError):
        return tag


@lru_cache(maxsize=128)
def cldr(tag: str) -> Locale | None:
    """Return CLDR's data of a language, or of the nearest tag that may stand in for it; None where it has none."""
    from babel import Locale, UnknownLocaleError

    for known in fallbacks(tag):
        try:
            return Locale.parse(known, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None

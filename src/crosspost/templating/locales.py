"""CLDR's data of a language, and its digits."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from crosspost.domain.language import cldr
from crosspost.templating.problem import TemplateError

if TYPE_CHECKING:
    from babel import Locale

#: The zero of each system of digits that is the usual one of a language in CLDR; Babel itself writes 0 to 9 only.
_ZEROES = {"arab": "٠", "arabext": "۰", "beng": "০", "deva": "०", "mymr": "၀", "tibt": "༠"}


@lru_cache(maxsize=128)
def locale_of(language: str) -> Locale:
    """Return CLDR's data of a language, or of the nearest tag that may stand in for it.

    Raises:
        TemplateError: when CLDR has none: to write the date in English instead would be the wrong language.
    """
    found = cldr(language)
    if found is not None:
        return found
    raise TemplateError(f"CLDR does not know how {language!r} writes dates and names: write them out in the text")


@lru_cache(maxsize=128)
def system_of(language: str) -> str:
    """Return the system of digits that a language usually writes with, such as `latn`.

    CLDR's choice goes by region: `ar` writes 0 to 9, `ar-EG` writes ٠ to ٩, `fa` writes ۰ to ۹.
    """
    system = locale_of(language).default_numbering_system
    return system if system in _ZEROES else "latn"


def digits(text: str, language: str) -> str:
    """Return the text with its digits as the language writes them."""
    zero = _ZEROES.get(system_of(language))
    return text.translate({ord("0") + n: chr(ord(zero) + n) for n in range(10)}) if zero else text

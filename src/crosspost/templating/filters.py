"""The filters: how a fact is written in the language of the post, by CLDR (Babel)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crosspost.errors import UsageError

if TYPE_CHECKING:
    from babel import Locale

_SIZES = ("full", "long", "medium", "short")

#: What the decimal digits of a language are, where CLDR's default differs from the ten that Babel's dates use.
_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


class FilterError(UsageError):
    """Raised when a filter is given what it cannot write."""


@lru_cache(maxsize=128)
def locale_of(language: str) -> Locale:
    """Return CLDR's data of a language; of its nearest parent where it has none of its own."""
    from babel import Locale, UnknownLocaleError

    from crosspost.domain.language import fallbacks

    for tag in fallbacks(language):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def digits(text: str, language: str) -> str:
    """Return the text with the digits of its language, by CLDR's default numbering system (`fa` → ۰–۹)."""
    system = locale_of(language).default_numbering_system
    table = {"arab": _ARABIC_INDIC, "arabext": _PERSIAN}.get(system)
    return text.translate(table) if table else text


def _size(argument: str, default: str = "long") -> Any:  # one of Babel's literals
    if argument and argument not in _SIZES:
        raise FilterError(f"{argument!r} is no size of a date: {', '.join(_SIZES)}")
    return argument or default


def _date(value: Any, language: str, argument: str) -> str:
    from babel.dates import format_date

    if not isinstance(value, date):
        raise FilterError(f"{value!r} is not a date: write it under [facts] as 2027-03-06, without quotes")
    return digits(format_date(value, _size(argument), locale=locale_of(language)), language)


def _time(value: Any, language: str, argument: str) -> str:
    from babel.dates import format_time

    if not isinstance(value, datetime):
        raise FilterError(f"{value!r} has no time: write it under [facts] as 2027-03-06T18:00:00, without quotes")
    return digits(format_time(value.time(), _size(argument, "short"), locale=locale_of(language)), language)


def _weekday(value: Any, language: str, _argument: str) -> str:
    from babel.dates import format_date

    if not isinstance(value, date):
        raise FilterError(f"{value!r} is not a date")
    return format_date(value, "EEEE", locale=locale_of(language))


def _number(value: Any, language: str, _argument: str) -> str:
    from babel.numbers import format_decimal

    if not isinstance(value, Decimal | int | float):
        raise FilterError(f"{value!r} is not a number: write it under [facts] without quotes")
    return digits(format_decimal(value, locale=locale_of(language)), language)


def _upper(value: Any, _language: str, _argument: str) -> str:
    return str(value).upper()


def _lower(value: Any, _language: str, _argument: str) -> str:
    return str(value).lower()


#: The filters by name: each writes a value in a language, with the one word that may stand in brackets.
FILTERS: Mapping[str, Callable[[Any, str, str], str]] = {
    "date": _date,
    "time": _time,
    "weekday": _weekday,
    "number": _number,
    "upper": _upper,
    "lower": _lower,
}

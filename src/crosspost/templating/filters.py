"""The filters: how a fact is written in the language of the post, by CLDR (Babel).

Dates are of the Gregorian calendar everywhere. A time with an offset is written as it stands in the campaign file, on
the clock that its author read; the words of the text must say which clock that is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, cast

from crosspost.templating.locales import digits, locale_of, system_of

_DAY_AND_MONTH = "day-month"

#: Babel's word for the size of a date or time.
_Size = Literal["full", "long", "medium", "short"]

#: Languages whose short time puts the Latin letters AM or PM among its own (`PM 6:05`); the long form has its words.
_LONG_DAY_PERIOD = frozenset({"ko"})

#: The first of a month before its name, in languages that write it as an ordinal though CLDR does not say so.
#: French: Lexique des règles typographiques en usage à l'Imprimerie nationale, "Dates".
_FIRST_OF_MONTH = {"fr": "1er"}

#: Languages whose dotted and dotless i are two letters.
_TWO_I = frozenset({"tr", "az"})


class Kind(StrEnum):
    """What a fact is, as far as filters care."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "date with a time"


#: How a fact of each kind is written in a campaign file.
EXAMPLES: Mapping[Kind, str] = {
    Kind.TEXT: '"Claire"',
    Kind.NUMBER: "1200",
    Kind.DATE: "2027-03-06",
    Kind.DATETIME: "2027-03-06T18:00:00",
}


def kind_of(value: object) -> Kind:
    """Return the kind of a fact's value; what is neither date nor number is text."""
    if isinstance(value, datetime):
        return Kind.DATETIME
    if isinstance(value, date):
        return Kind.DATE
    return Kind.NUMBER if isinstance(value, Decimal | int | float) and not isinstance(value, bool) else Kind.TEXT


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: the kinds it takes, the words that may stand in its brackets, and how it writes a value in a language.

    The first of the words goes without saying.
    """

    takes: frozenset[Kind]
    words: tuple[str, ...]
    write: Callable[[Any, str, str], str]

    def __call__(self, value: object, language: str, word: str = "") -> str:
        """Return the value as the language writes it."""
        return self.write(value, language, word or next(iter(self.words), ""))


def _date(value: date, language: str, word: str) -> str:
    return _day(date(value.year, value.month, value.day), language, word)


def _time(value: datetime, language: str, word: str) -> str:
    return _clock(time(value.hour, value.minute, value.second), language, word)


def _datetime(value: datetime, language: str, word: str) -> str:
    from babel.dates import get_datetime_format

    together = str(get_datetime_format(cast("_Size", word), locale=locale_of(language))).replace("'", "")
    return together.replace("{0}", _time(value, language, "short")).replace("{1}", _date(value, language, word))


# Cached by plain dates and times only: two datetimes with offsets are equal when their instants are, not their words.
@lru_cache(maxsize=4096)
def _day(day: date, language: str, word: str) -> str:
    from babel.dates import format_date, format_skeleton

    locale = locale_of(language)
    if word == _DAY_AND_MONTH:
        written = format_skeleton("MMMMd", datetime.combine(day, time()), locale=locale)
    else:
        written = format_date(day, cast("_Size", word), locale=locale)
    if day.day == 1 and locale.language in _FIRST_OF_MONTH:
        written = re.sub(r"\b1(?=\s\w)", _FIRST_OF_MONTH[locale.language], written, count=1)
    return digits(written, language)


@lru_cache(maxsize=4096)
def _clock(clock: time, language: str, word: str) -> str:
    from babel.dates import format_time, get_time_format

    locale = locale_of(language)
    pattern = str(get_time_format(cast("_Size", word), locale=locale).pattern)
    if locale.language in _LONG_DAY_PERIOD:
        pattern = pattern.replace("a", "aaaa")
    return digits(format_time(clock, pattern, locale=locale), language)


def _weekday(value: date, language: str, _word: str) -> str:
    from babel.dates import format_date

    return format_date(date(value.year, value.month, value.day), "EEEE", locale=locale_of(language))


def _number(value: Decimal | float, language: str, word: str) -> str:
    from babel.numbers import format_decimal

    written = format_decimal(
        value,
        locale=locale_of(language),
        decimal_quantization=False,  # CLDR's pattern would round 3.14159 to 3.142
        group_separator=word != "plain",
        numbering_system=system_of(language),
    )
    return digits(written, language)


def _upper(value: str, language: str, _word: str) -> str:
    return (value.replace("i", "İ") if _has_two_i(language) else value).upper()


def _lower(value: str, language: str, _word: str) -> str:
    return (value.replace("İ", "i").replace("I", "ı") if _has_two_i(language) else value).lower()


def _has_two_i(language: str) -> bool:
    return language.partition("-")[0] in _TWO_I


_ANY_DATE = frozenset({Kind.DATE, Kind.DATETIME})
_ANY_TIME = frozenset({Kind.DATETIME})

#: The filters by name. A time in full would name a zone, and a fact has none.
FILTERS: Mapping[str, Filter] = {
    "date": Filter(_ANY_DATE, ("long", "full", "medium", "short", _DAY_AND_MONTH), _date),
    "time": Filter(_ANY_TIME, ("short", "medium"), _time),
    "datetime": Filter(_ANY_TIME, ("long", "full", "medium", "short"), _datetime),
    "weekday": Filter(_ANY_DATE, (), _weekday),
    "number": Filter(frozenset({Kind.NUMBER}), ("grouped", "plain"), _number),
    "upper": Filter(frozenset({Kind.TEXT}), (), _upper),
    "lower": Filter(frozenset({Kind.TEXT}), (), _lower),
}


def bare(value: object, language: str) -> str:
    """Return a value as a placeholder without a filter shows it: a number by its language, a text as it is."""
    if kind_of(value) is Kind.NUMBER:
        return FILTERS["number"](value, language)
    return str(value)

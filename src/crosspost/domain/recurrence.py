"""Posts that come back: a rule of RFC 5545 (RRULE), read on a wall clock, with days that are left out.

The rule knows no zone: an occurrence is a wall time like any other, and its instant is derived from that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

#: What comes more often than daily is no post of a ministry but a slip of the pen.
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")

#: Within so long every rule that comes at all comes once: around 2100, 29 February takes eight years.
_PATIENCE = timedelta(days=8 * 366)

#: What each part of a rule may hold. dateutil takes more, and not all of it for what other readers do: intervals of
#: nothing, which never end; last days in any words, such as `MONDAY`; several rules at once.
_NUMBER, _DAY = r"[+-]?0*[1-9][0-9]{0,2}", "(?:MO|TU|WE|TH|FR|SA|SU)"
_VALUES = {
    name: re.compile(pattern)
    for name, pattern in {
        "FREQ": "|".join(_FREQUENCIES),
        "INTERVAL": "0*[1-9][0-9]{0,3}",
        "COUNT": "0*[1-9][0-9]{0,4}",
        "UNTIL": "[0-9]{8}(?:T[0-9]{6})?",
        "BYDAY": rf"(?:{_NUMBER})?{_DAY}(?:,(?:{_NUMBER})?{_DAY})*",
        "WKST": _DAY,
        **dict.fromkeys(("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"), rf"{_NUMBER}(?:,{_NUMBER})*"),
    }.items()
}
_NUMBERED = re.compile("[0-9]+")

_EXAMPLE = "write it as `FREQ=WEEKLY;BYDAY=MO`"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How a post comes back: its rule, such as `FREQ=MONTHLY;BYDAY=1MO`, and the days on which it does not."""

    rule: str
    without: tuple[date, ...] = ()

    def __str__(self) -> str:
        """Return it in one line."""
        left_out = f", not on {', '.join(map(str, self.without))}" if self.without else ""
        return f"{self.rule}{left_out}"

    def occurrences(self, first: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the wall times (naive) of the occurrences from the first on, up to and with `until`."""
        times = takewhile(lambda wall: wall <= until, _rule(self.rule, first))
        return (wall for wall in times if wall.date() not in self.without)


def parse_rule(text: str, first: datetime) -> str:
    """Return a rule as it is kept; it begins at the wall time `first`.

    Raises:
        ValueError: with what is wrong and what to write instead.
    """
    rule = text.strip().upper().removeprefix("RRULE:")
    if "DTSTART" in rule or "\n" in rule:
        raise ValueError("the first time is the post's own `at`: write the rule without DTSTART")
    parts = [part.partition("=")[::2] for part in rule.split(";")]
    values = dict(parts)
    if "FREQ" not in values:
        raise ValueError(f"{text!r} is not a rule: {_EXAMPLE}")
    if values["FREQ"] not in _FREQUENCIES or {"BYHOUR", "BYMINUTE", "BYSECOND"} & set(values):
        raise ValueError(f"{text!r} comes back at other times than daily ones: {_EXAMPLE}")
    if values.get("UNTIL", "").endswith("Z"):
        raise ValueError(f"{text!r} ends at an instant: write UNTIL as the last day, as in UNTIL=20271231")
    for name, value in parts:
        if name not in _VALUES or not _VALUES[name].fullmatch(value):
            raise ValueError(f"{text!r} is not a rule ({name}={value}): {_EXAMPLE}")
    if len(values) < len(parts):
        raise ValueError(f"{text!r} says one thing twice: {_EXAMPLE}")
    _require_sense(text, values)
    _require_a_day(text, rule, first)
    return rule


def _require_sense(text: str, values: Mapping[str, str]) -> None:
    """Refuse what the standard forbids: dateutil takes it, and readers of calendars do what each thinks right."""
    if {"COUNT", "UNTIL"} <= set(values):
        raise ValueError(f"{text!r} ends twice: write COUNT or UNTIL, not both")
    numbers = [int(number) for number in _NUMBERED.findall(values.get("BYDAY", ""))]
    if numbers and values["FREQ"] not in {"MONTHLY", "YEARLY"}:
        raise ValueError(f"{text!r} numbers the days of no month: write it as `FREQ=MONTHLY;BYDAY=1MO`")
    if max(numbers, default=0) > (5 if values["FREQ"] == "MONTHLY" or "BYMONTH" in values else 53):
        raise ValueError(f"{text!r} numbers a day that no month or year has: write it as `FREQ=MONTHLY;BYDAY=1MO`")


def _require_a_day(text: str, rule: str, first: datetime) -> None:
    try:
        comes = _comes(rule, first) and next(_rule(rule, first), None) is not None
    except (ValueError, TypeError) as error:
        raise ValueError(f"{text!r} is not a rule ({error}): {_EXAMPLE}") from error
    if not comes:
        raise ValueError(f"{text!r} names no day that there is from {first:%Y-%m-%d} on: {_EXAMPLE}")


def _comes(rule: str, first: datetime) -> bool:
    """Say whether a rule comes at all within the time that every sound one needs, whenever it ends.

    dateutil looks for it up to the year 9999, day by day. So it is asked of a year near that one: the calendar, its
    weekdays included, is the same every 400 years.
    """
    far = first.replace(year=first.year + (9990 - first.year) // 400 * 400)
    endless = ";".join(part for part in rule.split(";") if not part.startswith("UNTIL="))
    return any(True for _ in takewhile(lambda wall: wall <= far + _PATIENCE, _rule(endless, far)))


def _rule(rule: str, first: datetime) -> Iterator[datetime]:
    from dateutil.rrule import rrulestr

    # A last day means all of it, as people read it; dateutil takes it for its midnight.
    parts = [f"{part}T235959" if part.startswith("UNTIL=") and len(part) == 14 else part for part in rule.split(";")]
    return iter(rrulestr(";".join(parts), dtstart=first))

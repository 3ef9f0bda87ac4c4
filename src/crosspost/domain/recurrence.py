"""Posts that come back: a rule of RFC 5545 (RRULE), read on a wall clock, with days that are left out.

The rule knows no zone: an occurrence is a wall time like any other, and its instant is derived from that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

#: What comes more often than daily is no post of a ministry but a slip of the pen.
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")

#: Within so long every rule that comes at all comes once: around 2100, 29 February takes eight years.
_PATIENCE = timedelta(days=8 * 366)

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
    rule = text.strip().removeprefix("RRULE:").upper()
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    if "DTSTART" in rule or "\n" in rule:
        raise ValueError("the first time is the post's own `at`: write the rule without DTSTART")
    if parts.get("FREQ") not in _FREQUENCIES or {"BYHOUR", "BYMINUTE", "BYSECOND"} & set(parts):
        raise ValueError(f"{text!r} comes back at other times than daily ones: {_EXAMPLE}")
    if parts.get("UNTIL", "").endswith("Z"):
        raise ValueError(f"{text!r} ends at an instant: write UNTIL as the last day, as in UNTIL=20271231")
    try:
        comes = next(takewhile(lambda wall: wall <= first + _PATIENCE, _rule(rule, first)), None)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{text!r} is not a rule ({error}): {_EXAMPLE}") from error
    if comes is None:
        raise ValueError(f"{text!r} names no day that there is from {first:%Y-%m-%d} on: {_EXAMPLE}")
    return rule


def _rule(rule: str, first: datetime) -> Iterator[datetime]:
    from dateutil.rrule import rrulestr

    # A last day means all of it, as people read it; dateutil takes it for its midnight.
    parts = [f"{part}T235959" if part.startswith("UNTIL=") and len(part) == 14 else part for part in rule.split(";")]
    return iter(rrulestr(";".join(parts), dtstart=first))

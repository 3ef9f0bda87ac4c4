"""Days as people write them: `2027-04-25`, or the first and the last of several, `2027-04-25..2027-04-27`."""

from __future__ import annotations

from datetime import date, timedelta

from crosspost.domain.schedule import YEARS

#: No more days than these are meant at once: others are slips of the finger.
LONGEST = 366


def parse_day(text: str) -> date:
    """Return the day that `2027-04-25` writes.

    Raises:
        ValueError: with what is wrong and what to write instead.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is no day: write it as `2027-04-25`") from error
    if day.year not in YEARS:
        raise ValueError(f"the year {day.year} cannot be meant: write it as `2027-04-25`")
    return day


def parse_days(text: str) -> tuple[date, ...]:
    """Return the days that `2027-04-25`, or `2027-04-25..2027-04-27`, writes.

    Raises:
        ValueError: with what is wrong and what to write instead.
    """
    begins, dots, ends = text.partition("..")
    first = parse_day(begins)
    return days_between(first, parse_day(ends) if dots else first)


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Return the days from the first to the last.

    Raises:
        ValueError: when there are none, or more than anybody means.
    """
    if last < first:
        raise ValueError(f"{last} is before {first}: write the first day first")
    number = (last - first).days + 1
    if number > LONGEST:
        raise ValueError(f"{first} to {last} are {number} days: {LONGEST} at most")
    return tuple(first + timedelta(days=n) for n in range(number))


def said(day: date) -> str:
    """Return a day as people say it: `Sunday 25 April 2027`."""
    return f"{day:%A} {day.day} {day:%B %Y}"

"""Days as people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.days import LONGEST, days_between, parse_day, parse_days, said

DAYS = st.dates(date(2000, 1, 1), date(2900, 1, 1))


@given(DAYS, st.integers(0, LONGEST - 1))
def test_a_range_is_every_day_from_the_first_to_the_last(first, more):
    days = parse_days(f"{first}..{first + timedelta(days=more)}")
    assert days == tuple(first + timedelta(days=n) for n in range(more + 1))


@given(DAYS)
def test_a_day_alone_is_a_range_of_one(day):
    assert parse_days(f" {day} ") == (day,) == days_between(day, day)
    assert parse_day(f"{day}") == day


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("25/04/2027", "write it as `2027-04-25`"),
        ("2027-04-31", "is no day"),
        ("2027-04-27..2027-04-25", "write the first day first"),
        ("2027-04-25..2029-04-25", "366 at most"),
        ("2027-04-25..", "'' is no day"),
        ("1927-04-25", "cannot be meant"),
        ("", "is no day"),
    ],
)
def test_what_is_no_day_is_told_with_what_to_write(written, part):
    with pytest.raises(ValueError, match=r".") as error:
        parse_days(written)
    assert part in str(error.value)


def test_a_day_is_said_with_its_weekday():
    assert said(date(2027, 4, 25)) == "Sunday 25 April 2027"

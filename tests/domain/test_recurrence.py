"""Posts that come back: on the days that the rule says, at their wall time, and not on those that are left out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.recurrence import Recurrence, parse_rule
from crosspost.domain.schedule import parse_time

MONDAY = parse_time("2027-03-01 09:00 local").wall

rules = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;BYDAY=MO,TH",
        "FREQ=MONTHLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=14",
        "FREQ=WEEKLY;COUNT=5",
    ]
)


def walls(rule: str, *without: date, days: int = 90) -> list[datetime]:
    return list(Recurrence(rule, without).occurrences(MONDAY, MONDAY + timedelta(days=days)))


def test_every_monday_is_every_monday():
    assert [w.date() for w in walls("FREQ=WEEKLY;BYDAY=MO", days=15)] == [
        date(2027, 3, 1),
        date(2027, 3, 8),
        date(2027, 3, 15),
    ]


def test_a_day_that_is_left_out_does_not_come():
    assert date(2027, 3, 8) not in [w.date() for w in walls("FREQ=WEEKLY;BYDAY=MO", date(2027, 3, 8))]


def test_the_last_day_counts_whole():
    assert walls("FREQ=DAILY;UNTIL=20270303")[-1].date() == date(2027, 3, 3)


@given(rules)
def test_each_occurrence_keeps_the_wall_time_and_comes_once_in_order(rule):
    found = walls(parse_rule(rule, MONDAY), days=800)
    assert all(wall.time() == MONDAY.time() for wall in found)
    assert all(before < after for before, after in pairwise(found))


@given(rules, st.integers(0, 400))
def test_a_later_horizon_only_adds(rule, days):
    near, far = walls(rule, days=days), walls(rule, days=days + 90)
    assert far[: len(near)] == near


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("FREQ=HOURLY", "other times than daily"),
        ("FREQ=DAILY;BYHOUR=9,17", "other times than daily"),
        ("every monday", "other times than daily"),
        ("FREQ=WEEKLY;BYDAY=XX", "is not a rule"),
        ("FREQ=WEEKLY;UNTIL=20271231T000000Z", "write UNTIL as the last day"),
        ("DTSTART:20270101T090000\nFREQ=DAILY", "without DTSTART"),
    ],
)
def test_what_is_no_rule_is_said_with_what_to_write_instead(written, said):
    with pytest.raises(ValueError, match=said):
        parse_rule(written, MONDAY)


def test_a_rule_is_kept_as_the_standard_writes_it():
    assert parse_rule("rrule:freq=weekly;byday=mo".replace("rrule", "RRULE"), MONDAY) == "FREQ=WEEKLY;BYDAY=MO"

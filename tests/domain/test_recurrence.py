"""Posts that come back: on the days that the rule says, at their wall time, and not on those that are left out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from dateutil.rrule import rrulestr
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
        ("every monday", "is not a rule"),
        ("FREQ=WEEKLY;BYDAY=XX", "is not a rule"),
        ("FREQ=WEEKLY;UNTIL=20271231T000000Z", "write UNTIL as the last day"),
        ("DTSTART:20270101T090000\nFREQ=DAILY", "without DTSTART"),
        # What readers of rules understand differently is refused too.
        ("FREQ=DAILY;COUNT=3;UNTIL=20270310", "ends twice"),
        ("FREQ=DAILY;BYMONTH=3;BYMONTH=4", "says one thing twice"),
        ("FREQ=WEEKLY;BYDAY=1MO", "numbers the days of no month"),
        ("FREQ=MONTHLY;BYDAY=6MO", "numbers a day that no month or year has"),
        ("FREQ=YEARLY;BYDAY=53SU;BYMONTH=12", "numbers a day that no month or year has"),
    ],
)
def test_what_is_no_rule_is_said_with_what_to_write_instead(written, said):
    with pytest.raises(ValueError, match=said):
        parse_rule(written, MONDAY)


def test_a_rule_is_kept_as_the_standard_writes_it():
    assert parse_rule("rrule:freq=weekly;byday=mo".replace("rrule", "RRULE"), MONDAY) == "FREQ=WEEKLY;BYDAY=MO"


def test_a_day_that_never_comes_is_told():
    with pytest.raises(ValueError, match="names no day that there is from 2027-03-01 on"):
        parse_rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", MONDAY)


def test_29_february_comes_in_leap_years_and_the_31st_in_months_that_have_one():
    leap = parse_rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", MONDAY)
    assert [w.date() for w in walls(leap, days=3000)] == [date(2028, 2, 29), date(2032, 2, 29)]
    last = parse_rule("FREQ=MONTHLY;BYMONTHDAY=31", MONDAY)
    assert [w.month for w in walls(last, days=300)] == [3, 5, 7, 8, 10]


def test_the_last_weekday_of_the_month_is_said_by_position():
    rule = parse_rule("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", MONDAY)
    assert [w.date() for w in walls(rule, days=91)] == [date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]


def test_so_many_are_counted_with_those_that_are_left_out():
    found = walls("FREQ=WEEKLY;COUNT=3", date(2027, 3, 8))
    assert [w.date() for w in found] == [date(2027, 3, 1), date(2027, 3, 15)]


@given(rules, st.integers(0, 400))
def test_the_days_are_those_that_dateutil_gives(rule, days):
    until = MONDAY + timedelta(days=days)
    expected = list(rrulestr(rule, dtstart=MONDAY).between(MONDAY, until, inc=True))
    assert walls(rule, days=days) == expected


@pytest.mark.parametrize(
    "written",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=DAILY;UNTIL=20270228",
    ],
)
def test_of_a_rule_that_never_comes_it_is_said_without_going_through_all_years(written):
    with pytest.raises(ValueError, match="names no day"):
        parse_rule(written, MONDAY)


@pytest.mark.parametrize(
    "written",
    [
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=YEARLY;INTERVAL=0;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=MONTHLY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=٢",
        "FREQ=DAILY;INTERVAL=1_0",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=5 RRULE:FREQ=SECONDLY",
        "FREQ=DAILY;COUNT=5 RDATE:20280105T090000",
        "FREQ=DAILY;UNTIL=MONDAY",
        "FREQ=DAILY;UNTIL=31",
        "FREQ=DAILY;UNTIL=20271331",
        "FREQ=YEARLY;BYEASTER=0",
        "FREQ=YEARLY;BYEASTER=99999",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=DAILY;",
        "FREQ=DAILY;BYDAY=" + "MO," * 100_000,
    ],
)
def test_what_dateutil_would_take_or_break_at_and_no_calendar_means_is_no_rule(written):
    with pytest.raises(ValueError, match="is not a rule"):
        parse_rule(written, MONDAY)


_values = {
    "INTERVAL": st.sampled_from(["-1", "0", "1", "2", "400", "9999", "x", ""]),
    "COUNT": st.sampled_from(["-1", "0", "1", "99999", "1e3"]),
    "UNTIL": st.sampled_from(["20270301", "20270228", "20991231T120000", "00000000", "99999999", "SOON", "20270301Z"]),
    "BYDAY": st.sampled_from(["MO", "5MO", "-5FR", "0MO", "53SU", "MO,TU", "MO(+1)", "XX"]),
    "BYMONTHDAY": st.sampled_from(["1", "-31", "29,30,31", "32", "0"]),
    "BYYEARDAY": st.sampled_from(["366", "-366", "1", "999"]),
    "BYWEEKNO": st.sampled_from(["53", "-1", "54"]),
    "BYMONTH": st.sampled_from(["2", "12,1", "13", "-1"]),
    "BYSETPOS": st.sampled_from(["1", "-1", "366", "999", "0"]),
    "WKST": st.sampled_from(["SU", "MO", ""]),
    "BYEASTER": st.just("0"),
}


@given(
    st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY"]),
    st.fixed_dictionaries({}, optional=_values),
    st.datetimes(datetime(2000, 1, 1), datetime(2998, 12, 31)),  # noqa: DTZ001
)
def test_whatever_is_written_is_refused_in_words_or_comes_at_its_hour_once_a_day_in_order(every, values, first):
    first = first.replace(second=0, microsecond=0)
    written = ";".join([f"FREQ={every}", *(f"{name}={value}" for name, value in values.items())])
    try:
        rule = parse_rule(written, first)
    except ValueError as error:
        rule = ""
        said = str(error)
    if not rule:
        assert ": write " in said
        return
    found = list(Recurrence(rule).occurrences(first, first + timedelta(days=90)))
    assert all(wall >= first and wall.time() == first.time() for wall in found)
    assert all(before.date() < after.date() for before, after in pairwise(found))

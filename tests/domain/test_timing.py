"""When: every way of saying it is read as it is written, and what is wrong is said with what to write instead."""

from __future__ import annotations

from datetime import UTC, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.schedule import WallTime, parse_time
from crosspost.domain.timing import AfterOriginal, NextWorking, Slot, anchored, parse_timing

#: Wall times are naive; what UTC's clock shows is as good a bound as any.
BEGINNING, END = (parse_time(f"{year}-01-01 00:00 UTC").wall for year in (2026, 2028))

clocks = st.sampled_from(["local", "UTC", "Europe/Paris", "Asia/Tokyo"])
minutes = st.datetimes(BEGINNING, END).map(lambda t: t.replace(second=0, microsecond=0))
walls = st.builds(WallTime, minutes, clocks)
hours = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@st.composite
def next_workings(draw):
    opens, closes = sorted(draw(st.lists(hours, min_size=2, max_size=2, unique=True)))
    return NextWorking(opens, closes, draw(clocks), draw(st.none() | walls))


timings = st.one_of(
    walls,
    next_workings(),
    st.builds(AfterOriginal, st.integers(1, 5000).map(lambda m: timedelta(minutes=m))),
    st.builds(Slot, st.none() | walls),
)


@given(timings)
def test_what_is_written_is_read_as_the_same(timing):
    assert parse_timing(str(timing)) == timing


@given(timings, st.datetimes(BEGINNING, END, timezones=st.just(UTC)))
def test_a_beginning_is_given_once_and_stays(timing, now):
    begun = anchored(timing, now)
    assert anchored(begun, now + timedelta(days=3)) == begun
    assert parse_timing(str(begun)) == begun


def test_the_hours_of_the_issue_are_read():
    assert parse_timing("next-working 09:00-11:00 local") == NextWorking(time(9), time(11))
    assert parse_timing("after original +2h") == AfterOriginal(timedelta(hours=2))
    assert parse_timing("slot") == Slot()


def test_a_day_alone_begins_at_midnight_of_the_mission():
    assert parse_timing("slot from 2027-03-01") == Slot(parse_time("2027-03-01 00:00 local"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("next-working", "write it as `next-working 09:00-11:00 local`"),
        ("next-working 09:00-11:00", "a time needs its clock"),
        ("next-working 25:00-26:00 local", "an hour that no clock has"),
        ("next-working 11:00-09:00 local", "ends before it begins"),
        ("next-working 09:00-11:00 local from then", "is not a time"),
        ("after original", "write it as `after original +2h`"),
        ("after original +soon", "is not a duration"),
        ("slot 9", "write `slot`"),
        ("tomorrow", "is not a time"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write_instead(written, said):
    with pytest.raises(ValueError, match=said.replace("+", r"\+")):
        parse_timing(written)

"""The hours that the network's file names: what is read, and what is told of what no clock shows."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.hours import Quiet, parse_hour, parse_quiet

hours = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@given(hours)
def test_an_hour_is_read_as_it_is_written_with_its_nought_or_without(hour):
    assert parse_hour(f"{hour:%H:%M}") == hour
    assert parse_hour(f"{hour.hour}:{hour.minute:02}") == hour


@pytest.mark.parametrize("written", ["9", "9:", "9:5", "+9:30", "1_0:00", "9:30:10", "24:00", "23:60", "9:30\0", ""])
def test_what_is_no_hour_is_not_guessed_at(written):
    with pytest.raises(ValueError, match="is no hour that a clock shows: write `09:30`"):
        parse_hour(written)


@given(st.builds(Quiet, hours, hours), st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))  # noqa: DTZ001
def test_quiet_hours_end_at_their_end_within_a_day_and_are_not_quiet_then(quiet, local):
    assert parse_quiet(str(quiet)) == quiet
    if not quiet.covers(local.time()):
        return
    end = quiet.end_after(local)
    assert 0 < (end - local).total_seconds() <= 24 * 3600
    assert end.time() == quiet.ends
    assert not quiet.covers(end.time())


@given(st.times(), st.times())
def test_hours_that_end_as_they_begin_are_none(hour, moment):
    assert not Quiet(hour, hour).covers(moment)
    assert not Quiet(time(0), time(0)).covers(moment)

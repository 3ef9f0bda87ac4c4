"""Instants against the zone data read by hand: every hour of two years, every minute around a change, two versions."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.zone_data import archived, fixed, package_file, read, seconds

from crosspost.domain import zones
from crosspost.domain.schedule import Shift, resolve

_DAY = 93_600  # and two hours: further than that no clock is from UTC


@pytest.fixture(scope="module")
def clocks(shipped_network):
    """The clocks of all missions, read by hand; zones whose files are the same byte for byte are one clock."""
    names = sorted({mission.timezone for mission in shipped_network.missions.values() if mission.timezone})
    assert len(names) >= 155
    files = {package_file(name): name for name in names}
    assert len(files) > 100
    return {name: read(data) for data, name in files.items()}


@pytest.mark.parametrize("year", [2026, 2027])
def test_every_hour_of_a_year_is_one_instant_in_every_zone_none_lost_and_none_twice(clocks, year):
    first = datetime(year, 1, 1)  # noqa: DTZ001 - a wall time
    walls = [first + timedelta(hours=hour) for hour in range(365 * 24)]
    hours = [(wall, wall.replace(tzinfo=UTC), seconds(wall)) for wall in walls]
    shifts = dict.fromkeys(Shift, 0)
    for name, clock in clocks.items():
        ahead = {offset: timedelta(seconds=offset) for offset in clock.offsets}
        before, was_skipped = None, False
        for wall, as_if_utc, at in hours:
            instant = resolve(wall, name)
            place = bisect_right(clock.changes, at - _DAY)
            if place == bisect_right(clock.changes, at + _DAY):  # far from any change
                expected = (as_if_utc - ahead[clock.offsets[place]], Shift.NONE)
            else:
                expected = _by_hand(clock, at)
            assert (instant.utc, instant.shift) == expected, (name, wall)
            assert before is None or before < instant.utc or (before == instant.utc and was_skipped), (name, wall)
            before, was_skipped = instant.utc, instant.shift is Shift.GAP
            shifts[instant.shift] += 1
    assert sum(shifts.values()) == len(clocks) * len(hours)
    assert shifts[Shift.GAP] > 30
    assert shifts[Shift.FOLD] > 30


def _by_hand(clock, wall):
    """The instant of a wall time, and what a change did to it, from the changes alone."""
    first = clock.first_shown(wall)
    if first is None:
        return datetime.fromtimestamp(clock.end_of_gap(wall), UTC), Shift.GAP
    again = [first + step for step in range(900, 4 * 3600, 900) if first + step + clock.offset(first + step) == wall]
    return datetime.fromtimestamp(first, UTC), Shift.FOLD if again else Shift.NONE


def test_every_minute_around_every_change_of_two_years_is_as_the_design_says(clocks):
    begins, ends = (seconds(datetime(year, 1, 1, tzinfo=UTC)) for year in (2026, 2028))
    seen = 0
    for name, clock in clocks.items():
        for place, change in enumerate(clock.changes):
            if not begins <= change < ends:
                continue
            seen += 1
            middle = change + clock.offsets[place]
            for minute in range(-150, 151):
                at = middle + 60 * minute
                instant = resolve(datetime.fromtimestamp(at, UTC).replace(tzinfo=None), name)
                assert (instant.utc, instant.shift) == _by_hand(clock, at), (name, instant.wall)
    assert seen > 150


@given(st.integers(-14 * 60, 14 * 60), st.datetimes(datetime(1980, 1, 1), datetime(2037, 1, 1)))  # noqa: DTZ001
def test_the_reader_by_hand_reads_what_is_written_by_hand(minutes, wall):
    clock = read(fixed(timedelta(minutes=minutes)))
    at = seconds(wall.replace(microsecond=0))
    assert clock.first_shown(at) == at - 60 * minutes


@pytest.mark.parametrize(
    ("zone", "wall", "older", "now"),
    [
        ("Africa/Casablanca", "2026-11-15T09:00", "08:00", "09:00"),  # Rabat and Casablanca
        ("Africa/El_Aaiun", "2026-11-15T09:00", "08:00", "09:00"),
        ("America/Vancouver", "2026-11-15T09:00", "17:00", "16:00"),
        ("America/Havana", "2026-11-15T09:00", "14:00", "13:00"),
        ("Europe/Paris", "2026-11-15T09:00", "08:00", "08:00"),
    ],
)
def test_versions_of_the_data_differ_where_countries_have_changed_their_clocks_since(zone, wall, older, now):
    at = datetime.fromisoformat(wall)
    by_older = read(dict(archived())[zone]).first_shown(seconds(at))
    assert by_older is not None
    assert f"{datetime.fromtimestamp(by_older, UTC):%H:%M}" == older
    assert f"{resolve(at, zone).utc:%H:%M}" == now


@pytest.mark.parametrize(
    ("version", "today", "days"),
    [("2026f", "2026-11-28", 0), ("2026f", "2027-01-01", 1), ("2025c", "2026-04-01", 91), ("2024a", "2026-11-28", 697)],
)
def test_data_are_as_old_as_the_end_of_the_year_that_they_came_out_in_at_the_least(version, today, days):
    assert zones.least_age(version, date.fromisoformat(today)) == days


@pytest.mark.parametrize(("version", "said"), [("2026f", "6th"), ("2025a", "1st"), ("2025b", "2nd"), ("2025c", "3rd")])
def test_the_name_of_a_version_is_told_in_words(version, said):
    assert zones.told(version) == f"the {said} release of {version[:4]}"


def test_nine_o_clock_of_the_national_day_is_23_instants_within_19_hours(shipped_network):
    nine = datetime(2027, 7, 14, 9)  # noqa: DTZ001 - a wall time
    zones = {mission.timezone for mission in shipped_network.missions.values() if mission.timezone}
    instants = {resolve(nine, zone).utc for zone in zones}
    assert len(instants) == 23
    assert max(instants) - min(instants) == timedelta(hours=19)

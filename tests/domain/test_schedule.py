"""Wall times and instants, in every zone of the network, across every clock change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crosspost.domain import zones
from crosspost.domain.schedule import (
    LOCAL,
    LONGEST_DURATION,
    Shift,
    WallTime,
    at_instant,
    format_duration,
    parse_duration,
    parse_time,
    resolve,
)

#: Zones with every habit there is: half hours, half-hour summer time, night changes, a skipped day, a negative summer.
ODD_ZONES = (
    "Europe/Paris",
    "Europe/Dublin",
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Asia/Gaza",
    "Asia/Beirut",
    "UTC",
)

some_zones = st.sampled_from(ODD_ZONES) | st.sampled_from(zones.names())
walls = st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2099-12-31")).map(
    lambda wall: wall.replace(microsecond=0)
)


def _at(text):
    return datetime.fromisoformat(text)


def _shown(utc, zone):
    """What the zone's clock shows at an instant."""
    return utc.astimezone(zones.zone(zone)).replace(tzinfo=None)


@given(walls, some_zones)
@example(_at("2027-03-28T02:30"), "Europe/Paris")
@example(_at("2027-10-31T02:30"), "Europe/Paris")
@example(_at("2011-12-30T12:00"), "Pacific/Apia")
@example(_at("2027-04-04T01:45"), "Australia/Lord_Howe")
def test_the_instant_is_the_first_at_which_the_clock_shows_the_wall_time_or_has_passed_it(wall, zone):
    instant = resolve(wall, zone)
    assert instant.utc.tzinfo is UTC
    shown = _shown(instant.utc, zone)
    before = _shown(instant.utc - timedelta(seconds=1), zone)
    if instant.shift is Shift.GAP:
        assert before < wall < shown or before < wall == shown
        assert shown - before > timedelta(seconds=1)
    else:
        assert shown == wall
    if instant.shift is Shift.FOLD:
        later = [hours for hours in range(1, 97) if _shown(instant.utc + timedelta(minutes=15 * hours), zone) == wall]
        assert later


@given(walls, some_zones)
def test_no_earlier_instant_shows_the_same_wall_time(wall, zone):
    first = resolve(wall, zone)
    earlier = [_shown(first.utc - timedelta(minutes=minutes), zone) for minutes in range(15, 24 * 60, 15)]
    assert wall not in earlier


@given(walls, st.integers(0, 7 * 86400), some_zones)
def test_a_later_wall_time_is_never_an_earlier_instant(wall, seconds, zone):
    early, late = resolve(wall, zone), resolve(wall + timedelta(seconds=seconds), zone)
    assert late.utc >= early.utc


def test_every_zone_of_the_network_is_in_the_zone_data_and_resolves_all_its_clock_changes(shipped_network):
    names = {mission.timezone for mission in shipped_network.missions.values() if mission.timezone}
    assert names
    for zone in names:
        for wall in _walls_around_changes(zone):
            instant = resolve(wall, zone)
            assert _shown(instant.utc, zone) >= wall
            assert (_shown(instant.utc, zone) == wall) == (instant.shift is not Shift.GAP)


def _walls_around_changes(zone):
    """Wall times a quarter of an hour apart, on each day (UTC) of 2027 on which the zone's clock changes."""
    tz = zones.zone(zone)
    for day in range(365):
        midnight = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=day)
        if midnight.astimezone(tz).utcoffset() != (midnight + timedelta(days=1)).astimezone(tz).utcoffset():
            yield from (_shown(midnight, zone) + timedelta(minutes=15 * quarter) for quarter in range(97))


@pytest.mark.parametrize(
    ("wall", "zone", "utc", "shift"),
    [
        ("2027-03-28T02:30", "Europe/Paris", "2027-03-28T01:00", Shift.GAP),
        ("2027-03-28T02:00", "Europe/Paris", "2027-03-28T01:00", Shift.GAP),
        ("2027-03-28T03:00", "Europe/Paris", "2027-03-28T01:00", Shift.NONE),
        ("2027-10-31T02:30", "Europe/Paris", "2027-10-31T00:30", Shift.FOLD),
        ("2027-07-14T09:00", "Asia/Tokyo", "2027-07-14T00:00", Shift.NONE),
        ("2011-12-30T09:00", "Pacific/Apia", "2011-12-30T10:00", Shift.GAP),
    ],
)
def test_a_gap_gives_the_first_valid_instant_after_it_and_a_fold_its_first_occurrence(wall, zone, utc, shift):
    instant = resolve(_at(wall), zone)
    assert (instant.utc, instant.shift) == (_at(utc).replace(tzinfo=UTC), shift)


def test_after_a_gap_the_local_time_is_later_than_the_wall_time_asked_for():
    instant = resolve(_at("2027-03-28T02:30"), "Europe/Paris")
    assert f"{instant.local:%H:%M}" == "03:00"
    assert f"{instant.wall:%H:%M}" == "02:30"


def test_a_local_time_is_read_on_each_missions_own_clock_and_any_other_on_its_own():
    local, paris = WallTime(_at("2027-07-14T09:00")), WallTime(_at("2027-07-14T09:00"), "Europe/Paris")
    assert f"{local.instant('Asia/Tokyo').utc:%H:%M}" == "00:00"
    assert f"{paris.instant('Asia/Tokyo').utc:%H:%M}" == "07:00"


@given(walls, st.sampled_from([LOCAL, "UTC"]) | st.sampled_from(zones.names()))
def test_a_time_that_is_written_is_read_as_it_was(wall, clock):
    time = WallTime(wall, clock)
    assert parse_time(str(time)) == time


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}.{0,15}", fullmatch=True))
def test_a_text_is_a_time_that_every_zone_can_read_or_is_refused(text):
    try:
        time = parse_time(text)
    except ValueError:
        return
    assert parse_time(str(time)) == time
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        time.instant(zone)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2027-03-01 09:00", "needs its clock: write `2027-03-01 09:00 local`"),
        ("2027-03-01", "is not a time"),
        ("tomorrow", "is not a time"),
        ("2027-02-30 09:00 local", "is not a date and time of the calendar"),
        ("2027-03-01 25:00 local", "is not a date and time of the calendar"),
        ("2027-03-01 09:00 CEST", "is no clock"),
        ("2027-03-01 09:00 +02:00", "is no clock"),
        ("2027-03-01 09:00 ../../etc/passwd", "is no clock"),
        ("0227-03-01 09:00 local", "the year 227 cannot be meant"),
        ("9999-12-31 23:59 local", "the year 9999 cannot be meant"),
    ],
)
def test_what_is_no_time_is_refused_with_what_to_write(text, said):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        parse_time(text)
    assert said in str(caught.value)


def test_z_stands_for_utc_and_t_for_the_space():
    assert parse_time(" 2027-03-01T09:00:30 Z ") == WallTime(_at("2027-03-01T09:00:30"), "UTC")


@given(walls, some_zones)
def test_an_instant_that_is_made_a_wall_time_is_the_same_instant(wall, zone):
    moment = wall.replace(tzinfo=UTC)
    assert at_instant(moment.astimezone(zones.zone(zone))).instant("Asia/Tokyo").utc == moment


@given(st.timedeltas(timedelta(seconds=1), LONGEST_DURATION))
def test_a_duration_that_is_written_is_read_as_it_was_to_the_second(duration):
    assert parse_duration(format_duration(duration)) == duration - timedelta(microseconds=duration.microseconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("8h", 28800), ("90m", 5400), ("90min", 5400), ("2d", 172800), ("1h 30m", 5400), ("1h5s", 3605)],
)
def test_durations_are_written_with_their_units(text, seconds):
    assert parse_duration(text) == timedelta(seconds=seconds)


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{0,40}[dhms]", fullmatch=True))
def test_a_text_is_a_duration_or_is_refused_and_nothing_overflows(text):
    try:
        duration = parse_duration(text)
    except ValueError:
        return
    assert timedelta() < duration <= LONGEST_DURATION


@pytest.mark.parametrize("text", ["", "0h", "8", "8 h", "-1h", "1h 1d", "999999999999d", "4000d"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match=r"is not a duration|is too long"):
        parse_duration(text)


@pytest.mark.parametrize("name", ["", "/", "Europe", "../zones", "Europe/../UTC", "zone.tab", "Mars/Base", "a\0b"])
def test_only_names_of_the_zone_data_are_zones(name):
    with pytest.raises(zones.UnknownZoneError):
        zones.zone(name)


def test_the_zone_data_say_their_version():
    assert zones.data_version()[:2] == "20"

"""iCalendar as it is written, read back by three libraries that did not write it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import icalendar
import pytest
import vobject
from dateutil.tz import tzical
from hypothesis import example, given
from hypothesis import strategies as st

from crosspost.domain import zones
from crosspost.domain.schedule import Instant, resolve
from crosspost.files.icalendar import Event, Heading, Status, written, years_of
from crosspost.files.icalendar.zones import component

AT = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
NETWORK = Path(__file__).parents[2] / "src" / "crosspost" / "shipped" / "network.csv"
NETWORK_ZONES = sorted({line.split(",")[5] for line in NETWORK.read_text("utf-8").splitlines()[1:]} - {""})

#: All that a post may say: no half characters, and no controls but line breaks and tabs, which no platform takes.
SAID = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=400)


def wall(said: str) -> datetime:
    return datetime.fromisoformat(said)


MORNING = resolve(wall("2027-07-14 09:00"), "Europe/Paris")


def event(time: Instant = MORNING, **changed: object) -> Event:
    fields = {"uid": "c/p/a/fr@crosspost", "summary": "c · p", "description": "Bonjour", "location": "Paris"}
    fields |= {"status": Status.CONFIRMED, "sequence": 7, "changed": AT, "categories": ("c", "fr")}
    return Event(time=time, **(fields | changed))  # type: ignore[arg-type]


def file_of(*events: Event, name: str = "crosspost") -> str:
    years = years_of((e.time.utc, e.time.zone) for e in events)
    return "".join(written(Heading(name, "Deliveries", AT, years), events))


def by_vobject(text: str) -> list[vobject.base.Component]:
    return list(vobject.readOne(text).vevent_list)


def by_icalendar(text: str) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(text)
    assert [component.errors for component in calendar.walk() if component.errors] == []
    return list(calendar.walk("VEVENT"))


@given(SAID, SAID)
@example("تحتفل فرنسا، في 14 تموز/يوليو; \u2068COP31\u2069", "a\\n,b;c\\")
@example("7月14日は、フランスの国民の祝日です。" * 20, "👩🏽‍🚀" * 40)
@example("\u2028\x85", "BEGIN:VEVENT\nEND:VEVENT")
def test_words_in_any_script_come_back_as_they_were_from_two_libraries(summary: str, description: str) -> None:
    expected = description.replace("\u2028", "\n").replace("\u2029", "\n")

    text = file_of(event(summary=f"·{summary}·", description=f"·{expected}·"))

    [one], [other] = by_vobject(text), by_icalendar(text)
    assert one.description.value == str(other["DESCRIPTION"]) == f"·{expected}·"
    assert str(other["SUMMARY"]) == one.summary.value


@given(SAID)
def test_no_line_is_longer_than_75_octets_and_each_ends_with_crlf(said: str) -> None:
    octets = file_of(event(description=said)).encode()

    *lines, last = octets.split(b"\r\n")

    assert last == b""
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines)  # no letter is cut in two


def test_what_could_be_a_line_of_the_file_is_only_text_in_it() -> None:
    forged = "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\rUID:forged\x00\x0b\x1f"

    text = file_of(event(summary=forged, location=forged, url=forged, categories=(forged, "b,c")), name=forged)

    [found] = by_icalendar(text)
    assert found["UID"] == "c/p/a/fr@crosspost"
    assert "\x00" not in text
    assert [str(category) for category in found["CATEGORIES"].cats][-1] == "b,c"
    assert len(by_vobject(text)) == 1


def test_an_event_says_all_that_calendar_programs_ask_for() -> None:
    [found] = by_icalendar(file_of(event(url="https://paper.example/1?a=b;c,d")))

    assert found.start == datetime(2027, 7, 14, 9, tzinfo=zones.zone("Europe/Paris"))
    assert found["DTSTART"].params["TZID"] == "Europe/Paris"
    assert found["DURATION"].dt == timedelta(minutes=15)
    assert (found["SEQUENCE"], found["STATUS"], found["TRANSP"]) == (7, "CONFIRMED", "TRANSPARENT")
    assert found["LAST-MODIFIED"].dt == found["DTSTAMP"].dt == AT
    assert (found["LOCATION"], found["URL"]) == ("Paris", "https://paper.example/1?a=b;c,d")


def test_a_calendar_is_published_with_its_name_and_how_soon_to_look_again() -> None:
    calendar = icalendar.Calendar.from_ical(file_of(event(), name="crosspost: cop31 · cairo"))

    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["X-WR-CALNAME"] == calendar["NAME"] == "crosspost: cop31 · cairo"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(minutes=15)


def test_a_calendar_without_events_can_be_read() -> None:
    assert by_icalendar(file_of()) == []
    assert vobject.readOne(file_of()).name == "VCALENDAR"


def test_utc_is_said_as_utc_and_needs_no_zone() -> None:
    text = file_of(event(resolve(wall("2027-07-14 09:00"), "UTC")))

    assert "DTSTART:20270714T090000Z" in text
    assert "VTIMEZONE" not in text


def _said(names: Iterable[str], first: int, last: int) -> dict[str, str]:
    """The zones that are written, those with the same clocks once."""
    found: dict[str, str] = {}
    for name in names:
        text = component(name, first, last)
        if text is not None:
            found.setdefault(text.replace(f"TZID:{name}", "TZID:it"), name)
    return {name: text for text, name in found.items()}


def test_every_clock_of_the_network_is_read_back_hour_by_hour_as_the_zone_data_have_it() -> None:
    """Read by dateutil, from the file's own rules; each change of a clock to the quarter of an hour."""
    said = _said(NETWORK_ZONES, 2026, 2028)
    assert len(said) > 20
    for name, text in said.items():
        read, real = tzical(StringIO(text)).get("it"), zones.zone(name)
        for moment in _moments(name):
            local = moment.astimezone(real)
            if not _is_shown_twice(local):
                assert local.replace(tzinfo=read).utcoffset() == local.utcoffset(), (name, local)


def _moments(name: str) -> Iterable[datetime]:
    """Each eleventh hour of three years; where the clock changes in between, each quarter of an hour."""
    real, moment, step = zones.zone(name), datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=11)
    while moment.astimezone(real).year < 2029:
        if moment.astimezone(real).year > 2025:
            yield moment
            if moment.astimezone(real).utcoffset() != (moment + step).astimezone(real).utcoffset():
                yield from (moment + timedelta(minutes=15 * n) for n in range(1, 44))
        moment += step


def _is_shown_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


@pytest.mark.parametrize("name", zones.names())
def test_a_zone_is_written_so_that_outlook_can_read_it_or_not_at_all(name: str) -> None:
    """One yearly rule for each of two clocks, or one clock; and no list of dates, which it passes over."""
    text = component(name, 2027, 2027)
    if text is not None:
        assert (text.count("BEGIN:STANDARD"), text.count("BEGIN:DAYLIGHT"), text.count("RRULE")) in {
            (1, 0, 0),
            (1, 1, 2),
        }
        assert "RDATE" not in text


def test_what_no_yearly_rule_can_say_is_given_in_utc() -> None:
    """In Gaza the clock follows the moon, from year to year on other days."""
    times = [resolve(wall(f"{year}-07-14 09:00"), "Asia/Gaza") for year in (2026, 2028)]

    text = file_of(*(event(time) for time in times))

    assert "VTIMEZONE" not in text
    assert [found.start for found in by_icalendar(text)] == [time.utc for time in times]


@given(
    st.sampled_from(zones.names()),
    st.lists(st.datetimes(wall("2026-01-01 00:00"), wall("2029-01-01 00:00")), min_size=1, max_size=3),
)
@example("Europe/Paris", [wall("2027-10-31 02:30")])
@example("Asia/Beirut", [wall("2027-03-28 00:30")])
@example("Africa/Casablanca", [wall("2026-03-01 09:00"), wall("2027-03-01 09:00")])
def test_every_instant_comes_back_whatever_its_zone(name: str, walls: list[datetime]) -> None:
    times = [resolve(said.replace(microsecond=0), name) for said in walls]

    text = file_of(*(event(time) for time in times))

    assert [_instant(text, found) for found in by_icalendar(text)] == [time.utc for time in times]


def _instant(text: str, found: icalendar.Event) -> datetime:
    """When an event begins, by the rules in the file itself and nothing else."""
    begin, name = found["DTSTART"].dt, found["DTSTART"].params.get("TZID")
    if name is None:
        return begin.astimezone(UTC)
    return begin.replace(tzinfo=tzical(StringIO(text)).get(name), fold=0).astimezone(UTC)


def test_the_second_of_two_times_that_a_clock_shows_is_said_in_utc() -> None:
    """The standard means the first."""
    moment = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # 02:30 in Paris, for the second time
    second = Instant(moment, wall("2027-10-31 02:30"), "Europe/Paris")

    assert [found.start for found in by_icalendar(file_of(event(second)))] == [moment]


def test_the_years_of_a_zone_are_those_on_its_own_clock() -> None:
    new_year = datetime(2026, 12, 31, 20, tzinfo=UTC)

    found = years_of([(new_year, "Asia/Tokyo"), (new_year, "UTC"), (new_year + timedelta(days=400), "UTC")])

    assert json.dumps(found) == json.dumps({"Asia/Tokyo": (2027, 2027), "UTC": (2026, 2028)})

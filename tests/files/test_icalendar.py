"""iCalendar as it is written, read back by two libraries that did not write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

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


def read(text: str) -> list[vobject.base.Component]:
    return list(vobject.readOne(text).contents.get("vevent", []))


def starts(text: str) -> list[datetime]:
    """When the events begin, by the rules in the file itself: vobject would take those of the first file it read."""
    return [_instant(text, found.dtstart) for found in vobject.readOne(text, transform=False).vevent_list]


def _instant(text: str, start: vobject.base.ContentLine) -> datetime:
    if start.value.endswith("Z"):
        assert "TZID" not in start.params
        return datetime.strptime(start.value, "%Y%m%dT%H%M%S%z")
    [name] = start.params["TZID"]
    return wall(start.value).replace(tzinfo=tzical(StringIO(text)).get(name)).astimezone(UTC)


@given(SAID, SAID)
@example("تحتفل فرنسا، في 14 تموز/يوليو; \u2068COP31\u2069", "a\\n,b;c\\")
@example("7月14日は、フランスの国民の祝日です。" * 20, "👩🏽‍🚀" * 40)
@example("\u2028\x85", "BEGIN:VEVENT\nEND:VEVENT")
@example("C:\\New\\new", "\\\\N\\N\\")
def test_words_in_any_script_come_back_as_they_were(summary: str, description: str) -> None:
    text = file_of(event(summary=f"·{summary}·", description=f"·{description}·"))

    [found] = read(text)
    assert (found.summary.value, found.description.value) == (f"·{_lines(summary)}·", f"·{_lines(description)}·")


def _lines(said: str) -> str:
    """What breaks a line for some programs is a line break for all."""
    return re.sub("[\x85\u2028\u2029]", "\n", said)


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

    [found] = read(text)
    said = "a\nEND:VEVENT\nBEGIN:VEVENT\nUID:forged"
    assert found.uid.value == "c/p/a/fr@crosspost"
    assert (found.summary.value, found.location.value, found.url.value) == (said, said, said.replace("\n", ""))
    assert found.categories.value == [said, "b,c"]
    assert vobject.readOne(text).x_wr_calname.value == said


def test_an_event_says_all_that_calendar_programs_ask_for() -> None:
    text = file_of(event(url="https://paper.example/1?a=b;c,d"))

    [found] = read(text)
    assert "\r\nDTSTART;TZID=Europe/Paris:20270714T090000\r\n" in text
    assert starts(text) == [datetime(2027, 7, 14, 7, tzinfo=UTC)]
    assert found.duration.value == timedelta(minutes=15)
    assert (found.sequence.value, found.status.value, found.transp.value) == ("7", "CONFIRMED", "TRANSPARENT")
    assert found.last_modified.value == found.dtstamp.value == AT
    assert (found.location.value, found.url.value) == ("Paris", "https://paper.example/1?a=b;c,d")


def test_a_calendar_is_published_with_its_name_and_how_soon_to_look_again() -> None:
    calendar = vobject.readOne(file_of(event(), name="crosspost: cop31 · cairo"))

    assert (calendar.version.value, calendar.method.value) == ("2.0", "PUBLISH")
    assert calendar.x_wr_calname.value == calendar.contents["name"][0].value == "crosspost: cop31 · cairo"
    assert calendar.refresh_interval.params == {"VALUE": ["DURATION"]}
    assert calendar.refresh_interval.value == calendar.x_published_ttl.value == "PT15M"


def test_a_calendar_without_events_can_be_read() -> None:
    assert vobject.readOne(file_of()).name == "VCALENDAR"
    assert read(file_of()) == []


def test_a_part_of_the_file_is_given_for_each_event() -> None:
    """Fifty thousand of them are never held at once: an event is asked for when the one before has been written."""
    asked: list[int] = []

    def events() -> Iterator[Event]:
        for number in range(3):
            asked.append(number)
            yield event(sequence=number)

    parts = written(Heading("crosspost", "Deliveries", AT, {"Europe/Paris": (2027, 2027)}), events())

    found = [(len(asked), part.partition("\r\n")[0]) for part in parts]
    assert found == [(0, "BEGIN:VCALENDAR"), *((n, "BEGIN:VEVENT") for n in (1, 2, 3)), (3, "END:VCALENDAR")]


def test_utc_is_shownas_utc_and_needs_no_zone() -> None:
    text = file_of(event(resolve(wall("2027-07-14 09:00"), "UTC")))

    assert "DTSTART:20270714T090000Z" in text
    assert "VTIMEZONE" not in text


def test_a_clock_that_shows_what_utc_shows_keeps_its_name() -> None:
    text = file_of(event(resolve(wall("2027-07-14 09:00"), "Africa/Dakar")))

    assert "DTSTART;TZID=Africa/Dakar:20270714T090000" in text
    assert starts(text) == [datetime(2027, 7, 14, 9, tzinfo=UTC)]


def _zone(name: str, first: int, last: int) -> str:
    """A zone as it is written, "" where it is not."""
    found = component(name, first, last)
    return found.to_ical().decode() if found else ""


def _said(names: Iterable[str], first: int, last: int) -> dict[str, str]:
    """The zones that are written, those with the same clocks once."""
    found: dict[str, str] = {}
    for name in names:
        text = _zone(name, first, last)
        if text:
            found.setdefault(text.replace(f"TZID:{name}", "TZID:it"), name)
    return {name: text for text, name in found.items()}


def test_every_clock_of_the_network_is_read_back_hour_by_hour_as_the_zone_data_have_it() -> None:
    """Read by dateutil, from the file's own rules; each change of a clock to the quarter of an hour."""
    said = _said(NETWORK_ZONES, 2026, 2028)
    assert len(said) > 20
    for name, text in said.items():
        shown, real = tzical(StringIO(text)).get("it"), zones.zone(name)
        for moment in _moments(name):
            local = moment.astimezone(real)
            if not _is_shown_twice(local):
                assert local.replace(tzinfo=shown).utcoffset() == local.utcoffset(), (name, local)


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
    text = _zone(name, 2027, 2027)
    if text:
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
    assert starts(text) == [time.utc for time in times]


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

    assert starts(text) == [time.utc for time in times]


def test_the_second_of_two_times_that_a_clock_shows_is_shownin_utc() -> None:
    """The standard means the first."""
    moment = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # 02:30 in Paris, for the second time
    second = Instant(moment, wall("2027-10-31 02:30"), "Europe/Paris")

    assert starts(file_of(event(second))) == [moment]


def test_the_years_of_a_zone_are_those_on_its_own_clock() -> None:
    new_year = datetime(2026, 12, 31, 20, tzinfo=UTC)

    found = years_of([(new_year, "Asia/Tokyo"), (new_year, "UTC"), (new_year + timedelta(days=400), "UTC")])

    assert json.dumps(found) == json.dumps({"Asia/Tokyo": (2027, 2027), "UTC": (2026, 2028)})

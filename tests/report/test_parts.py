"""The parts of the page: images, timeline, names."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

from PIL import Image

from crosspost.cli.report import words
from crosspost.cli.report.frames import frames, initials, region_of, sources
from crosspost.cli.report.images import pictures
from crosspost.cli.report.timeline import timeline
from crosspost.desk.report import Platform, ReportData
from crosspost.domain.network import Network
from crosspost.domain.planned import Origin, Reason

Picture = Callable[..., bytes]


def _decoded(uri: str) -> Image.Image:
    return Image.open(BytesIO(base64.b64decode(uri.partition(",")[2])))


def test_a_large_image_is_scaled_to_480_pixels(picture: Picture) -> None:
    shown = pictures({"a": picture(1200, 675)})["a"]

    assert (shown.width, shown.height) == (480, 270)
    assert _decoded(shown.uri).format == "JPEG"
    assert _decoded(shown.uri).size == (480, 270)


def test_a_small_image_is_not_enlarged(picture: Picture) -> None:
    assert pictures({"a": picture(200, 100)})["a"].width == 200


def test_what_is_transparent_becomes_paper_and_not_black(picture: Picture) -> None:
    shown = pictures({"a": picture(64, 64, "RGBA")})["a"]

    assert _decoded(shown.uri).getpixel((32, 32)) == (255, 255, 255)


def test_bytes_that_are_no_image_are_left_out(picture: Picture) -> None:
    whole = picture(64, 64)

    assert set(pictures({"a": whole, "b": b"no image", "c": whole[: len(whole) // 2], "d": b""})) == {"a"}


def test_a_shorter_name_for_a_platform_is_never_anothers() -> None:
    three = [Platform("weibo", "Weibo"), Platform("web", "Website"), Platform("twitter", "X (Twitter)")]

    assert initials(three) == {"weibo": "Wei", "web": "Web", "twitter": "X"}
    assert initials([Platform("paper", "Paper"), Platform("board", "Paper")]) == {"paper": "paper", "board": "board"}


def test_the_timeline_goes_round_the_world_with_the_sun(data: ReportData) -> None:
    line = timeline(data, frames(replace(data, entries=_queued(data)), {}))

    tokyo, *_, last = line.hours
    assert (f"{tokyo.start:%H:%M}", tokyo.paris, tokyo.places) == ("00:00", "Wed 02:00", "Tokyo")
    assert (f"{last.start:%H:%M}", last.places) == ("10:00", "Praia")
    assert sum(sum(hour.counts) for hour in line.hours) == line.total == len(data.entries)


def test_the_fullest_hour_fills_its_bar(data: ReportData) -> None:
    line = timeline(data, frames(replace(data, entries=_queued(data)), {}))

    assert max(sum(hour.shares) for hour in line.hours) == 100


def test_a_long_pause_is_said_in_words_and_a_short_one_drawn(data: ReportData) -> None:
    first, *_ = _queued(data)

    def at(hours: int) -> object:
        return replace(first, time=replace(first.time, utc=first.time.utc + timedelta(hours=hours)))

    line = timeline(data, frames(replace(data, entries=(first, at(3), at(40))), {}))

    assert [sum(hour.counts) for hour in line.hours] == [1, 0, 0, 1, 1]
    assert [hour.pause for hour in line.hours] == [0, 0, 0, 0, 36]


def test_what_is_cancelled_is_not_on_the_timeline(data: ReportData) -> None:
    entries = tuple(replace(e, state="cancelled") for e in data.entries)

    assert timeline(data, frames(replace(data, entries=entries), {})).total == 0


def test_a_mission_is_listed_under_its_region_and_a_lone_one_under_the_ministry(small_network: Network) -> None:
    assert region_of(small_network, "tokyo") == "asia"
    assert region_of(small_network, "ministry") == "ministry"
    assert region_of(small_network, "elsewhere") == ""


def test_a_source_says_the_language_and_platform_it_was_written_for() -> None:
    origins = [
        Origin("text", "ministry", "pt", "*"),
        Origin("link", "ministry", "*", "board"),
        Origin("alt:abc", "ministry", "pt-BR", "*"),
        Origin("alt:def", "ministry", "pt-BR", "*"),
        Origin("time", "praia", "*", "*"),
    ]

    mine, centre = sources(origins, "ministry", ["pt-BR"])

    assert (mine.owner, mine.fields, mine.is_override) == ("praia", "time", True)
    assert centre.fields == "text (pt), link (for board), image description"


def test_every_reason_and_state_has_words() -> None:
    assert set(words.REASONS) == set(Reason)
    assert len({mark for mark, _ in words.STATES.values()}) == len(words.STATES)


def _queued(data: ReportData) -> tuple[object, ...]:
    return tuple(replace(e, state="queued") for e in data.entries)


def test_lateness_is_said_in_seconds_then_as_a_duration(prospective: Callable[..., ReportData]) -> None:
    due = prospective().entries[0].time.utc

    said = [words.lateness(due, due + timedelta(seconds=s)) for s in (-1, 0, 3, 600)]

    assert said == ["1 s before its time", "0 s after its time", "3 s after its time", "10m after its time"]

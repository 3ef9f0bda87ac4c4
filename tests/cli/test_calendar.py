"""`crosspost calendar export`, read as calendar programs read it: by a library that did not write it."""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import vobject

from crosspost.cli.calendar.events import _STATUS as STATUS
from crosspost.cli.filters import _STATES as STATES
from crosspost.files.icalendar import Status


def events(file: Path | str) -> dict[str, vobject.base.Component]:
    """The events of a calendar by their UID."""
    text = file.read_bytes().decode() if isinstance(file, Path) else file
    return {event.uid.value: event for event in vobject.readOne(text).contents.get("vevent", [])}


CAIRO = "cop31/opening/amb-eg-cairo/twitter/ar@sandbox.crosspost"
TOKYO = "cop31/opening/amb-jp-tokyo/twitter/ja@sandbox.crosspost"


@pytest.fixture
def exported(crosspost, desk_folder):
    """Export to the same file each time, and return its events."""

    def export(*arguments: str):
        said = crosspost("calendar", "export", *arguments, "--to", "ours.ics")
        assert said.code == 0, said.err
        return events(desk_folder / "ours.ics")

    return export


def test_every_delivery_is_an_event_with_its_words_its_city_and_three_clocks(exported, crosspost):
    found = exported()

    listed = {row["delivery"] for row in crosspost("queue", "--json").json}
    assert {uid.removesuffix("@sandbox.crosspost") for uid in found} == listed
    cairo = found[CAIRO]
    assert cairo.summary.value == "cop31 · opening · amb-eg-cairo/twitter · ar"
    assert "يفتتح اليوم مؤتمر الأطراف." in cairo.description.value.split("\n")
    assert "Africa/Cairo · Sun 15:00 Paris · Sun 14:00 UTC" in cairo.description.value
    assert (cairo.location.value, cairo.status.value, cairo.transp.value) == ("Cairo", "CONFIRMED", "TRANSPARENT")
    assert (cairo.dtstart.value.utcoffset(), cairo.dtstart.value.hour) == (timedelta(hours=1), 15)
    assert cairo.categories.value == ["cop31", "twitter", "ar"]


def test_what_is_held_is_tentative_and_says_why(exported, crosspost):
    before = exported()
    crosspost("hold", "--mission", "amb-eg-cairo", "--reason", "earthquake")

    after = exported()

    assert (before[CAIRO].status.value, after[CAIRO].status.value) == ("CONFIRMED", "TENTATIVE")
    assert after[CAIRO].summary.value.endswith("· ar · held")
    assert "earthquake" in after[CAIRO].description.value.split("\n")[0]
    assert "earthquake" not in after[TOKYO].description.value


def test_what_is_cancelled_is_the_same_event_marked_cancelled_with_a_higher_sequence(exported, crosspost):
    before = exported()
    assert crosspost("delivery", "cancel", TOKYO.partition("@")[0], "--reason", "not here", "--yes").code == 0

    after = exported()

    assert set(before) == set(after)
    assert after[TOKYO].status.value == "CANCELLED"
    assert int(after[TOKYO].sequence.value) > int(before[TOKYO].sequence.value)
    assert after[CAIRO].sequence.value == before[CAIRO].sequence.value


def test_a_post_that_moves_is_the_same_event_at_another_time(exported, crosspost, desk_folder):
    before = exported()
    file = desk_folder / "campaigns" / "cop31" / "campaign.toml"
    file.write_text(file.read_text("utf-8").replace("15:00", "16:30"), "utf-8")
    assert crosspost("campaign", "queue", "cop31", "--yes").code == 0

    after = exported()

    assert after[CAIRO].dtstart.value - before[CAIRO].dtstart.value == timedelta(minutes=90)
    assert int(after[CAIRO].sequence.value) > int(before[CAIRO].sequence.value)


def test_a_target_is_a_campaign_its_post_or_a_mission_with_all_below_it(exported):
    everything = exported()

    assert exported("cop31").keys() == exported("cop31/opening").keys() == everything.keys()
    below = {uid for uid in everything if "amb-eg-cairo" in uid}
    assert exported("region-middle-east").keys() == exported("amb-eg").keys() == below
    assert exported("amb-eg", "--lang", "ar", "--platform", "facebook").keys() == {
        "cop31/opening/amb-eg-cairo/facebook/ar@sandbox.crosspost"
    }


def test_a_calendar_on_the_output_is_nothing_but_the_calendar(crosspost, desk_folder):
    said = crosspost("calendar", "export", "amb-jp-tokyo", "--to", "-")

    assert said.out.startswith("BEGIN:VCALENDAR")
    assert TOKYO in events(said.out)
    assert "sandbox mode" in said.err
    assert list(desk_folder.glob("*.ics")) == []


def test_its_name_says_whose_it_is_and_that_it_is_a_rehearsal(crosspost, desk_folder):
    assert crosspost("calendar", "export", "amb-jp-tokyo").code == 0

    calendar = vobject.readOne((desk_folder / "amb-jp-tokyo.ics").read_bytes().decode())

    assert calendar.x_wr_calname.value == "crosspost (sandbox): mission amb-jp-tokyo"


def test_only_what_is_due_within_so_many_days_is_exported_if_so_asked(exported):
    assert exported("--days", "30") == {}


def test_nothing_but_a_calendar_is_written_over(crosspost, desk_folder):
    before = (desk_folder / "network.csv").read_bytes()

    said = crosspost("calendar", "export", "--to", "network.csv")

    assert said.code == 2
    assert "name another with --to" in said.err
    assert (desk_folder / "network.csv").read_bytes() == before


def test_a_file_that_cannot_be_written_whole_is_left_as_it_was(crosspost, desk_folder):
    file = desk_folder / "ours.ics"
    assert crosspost("calendar", "export", "--to", str(file)).code == 0
    before = file.read_bytes()
    (desk_folder / f".ours.ics.{os.getpid()}").mkdir()

    said = crosspost("calendar", "export", "--to", str(file))

    assert said.code == 2
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("nobody",), "no campaign or mission 'nobody'"),
        (("cop31", "--campaign", "cop31"), "--campaign"),
        (("amb-jp-tokyo/opening",), "--campaign CAMPAIGN/opening"),
        (("--to", "nowhere/ours.ics"), "cannot be written"),
        (("--to", "."), "cannot be written"),
    ],
)
def test_what_cannot_be_exported_says_what_to_write_instead(crosspost, desk_folder, arguments, hint):
    said = crosspost("calendar", "export", *arguments)

    assert said.code == 2
    assert hint in said.err


@pytest.mark.parametrize("state", STATES)
def test_every_state_that_people_read_has_a_status(state):
    is_over = state in {"cancelled", "expired", "recalled"}
    assert (STATUS[state] is Status.CANCELLED) == is_over


def test_no_secret_is_in_the_file(crosspost, exported, desk_folder):
    assert crosspost("sandbox", "credentials").code == 0
    secrets = [line.partition(" = ")[2].strip('"') for line in _lines(desk_folder / "credentials.toml")]

    exported()

    assert len(secrets) > 3
    assert not [secret for secret in secrets if secret in (desk_folder / "ours.ics").read_text("utf-8")]


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text("utf-8").splitlines() if " = " in line and not line.startswith("#")]


def test_what_is_out_carries_its_address(exported, desk_folder):
    assert "url" not in exported()[CAIRO].contents
    delivery, url = CAIRO.partition("@")[0], "https://x.com/eg_demo/status/1"
    with sqlite3.connect("crosspost.db") as database:
        database.execute("UPDATE delivery SET state = 'sent', sent_at = due WHERE id = ?", (delivery,))
        receipt = ("amb-eg-cairo/twitter", "1", delivery, url, "2099-11-08 14:00:00")
        database.execute("INSERT INTO receipt (account, remote_id, delivery, url, at) VALUES (?, ?, ?, ?, ?)", receipt)
    database.close()

    out = exported()[CAIRO]

    assert (out.url.value, out.status.value) == (url, "CONFIRMED")
    assert "Out since 2099-11-08T14:00:00Z" in out.description.value


def test_times_are_read_back_as_the_queue_has_them(exported, crosspost):
    due = {row["delivery"]: datetime.fromisoformat(row["due_at"]) for row in crosspost("queue", "--json").json}

    found = {uid.partition("@")[0]: event.dtstart.value for uid, event in exported().items()}

    assert found == due

"""`repeat` and `except` in campaign.toml: what is read, and what is told of what cannot be meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crosspost.domain.findings import Severity
from crosspost.domain.recurrence import Recurrence
from crosspost.files.campaign import Known, load_campaign


@pytest.fixture
def load(tmp_path: Path):
    def read(lines: str, at: str = "2027-03-01 09:00 local"):
        head = f'title = "T"\nsource = "fr"\n[posts.weekly]\nat = "{at}"\n'
        (tmp_path / "campaign.toml").write_text(f'{head}{lines}\n[posts.weekly.text]\nfr = "Bonjour"\n')
        return load_campaign(tmp_path, owner="ministry", known=Known())

    return read


def said(file):
    return [(f.place.line, f.rule, f.message, f.remedy) for f in file.findings if f.place and f.rule == "repeat"]


def test_a_rule_and_its_exceptions_are_read(load):
    file = load('repeat = "FREQ=MONTHLY;BYDAY=1MO"\nexcept = [2027-05-03]')
    assert file.campaign.posts[0].recurrence == Recurrence("FREQ=MONTHLY;BYDAY=1MO", (date(2027, 5, 3),))


def test_a_first_time_that_is_no_day_of_the_rule_is_told_with_the_first_that_is(load):
    [(line, _, message, remedy)] = said(load('repeat = "FREQ=MONTHLY;BYDAY=1MO"', "2027-03-02 09:00 local"))
    assert line == 4
    assert message == "its first time, Tuesday 2027-03-02, is no day of FREQ=MONTHLY;BYDAY=1MO"
    assert remedy == 'Write at = "2027-04-05 09:00 local", or another rule.'


def test_a_first_time_that_is_left_out_is_no_mistake(load):
    assert said(load('repeat = "FREQ=WEEKLY;BYDAY=MO"\nexcept = [2027-03-01]')) == []


def test_an_exception_on_a_day_on_which_it_does_not_come_is_told(load):
    file = load('repeat = "FREQ=WEEKLY;BYDAY=MO"\nexcept = [2027-03-08, 2027-03-09, 2027-02-22, 9999-12-31]')
    assert {(f.place.line, f.severity, f.message) for f in file.findings} == {
        (6, Severity.WARNING, f"{day} is no day of FREQ=WEEKLY;BYDAY=MO from 2027-03-01 on")
        for day in ("Monday 2027-02-22", "Tuesday 2027-03-09", "Friday 9999-12-31")
    }


def test_a_post_of_which_every_day_is_left_out_is_told(load):
    file = load('repeat = "FREQ=WEEKLY;BYDAY=MO;COUNT=2"\nexcept = [2027-03-01, 2027-03-08]')
    assert [f.message for f in file.findings] == ["the exceptions leave out every day on which it comes"]


def test_where_the_first_time_cannot_be_read_nothing_is_said_of_the_rule(load):
    assert [f.rule for f in load('repeat = "FREQ=WEEKLY;BYDAY=MO"', "soon").findings] == ["time"]


@pytest.mark.parametrize(
    ("written", "message", "remedy"),
    [
        ('"9: 00 local"', "'9: 00 local' is not a time", "Write it as `2027-03-01 09:00 local`"),
        (f'"{"9" * 5000}"', f"'{'9' * 198}…", "Write it as `2027-03-01 09:00 local`"),
        (
            "2027-03-01T10:00:00+01:00",
            "a time needs its clock, and so stands between quotation marks",
            "2027-03-01 09:00 UTC",
        ),
        ("09:00:00", "at must be a text, not a date or time", "2027-03-01 09:00 local"),
    ],
)
def test_whatever_stands_for_a_time_is_told_in_a_line_with_what_to_write(tmp_path, written, message, remedy):
    lines = f'title = "T"\nsource = "fr"\n[posts.p]\nat = {written}\n[posts.p.text]\nfr = "Bonjour"\n'
    (tmp_path / "campaign.toml").write_text(lines, encoding="utf-8")
    [told] = load_campaign(tmp_path, owner="ministry", known=Known()).findings
    assert (told.place.line, told.message) == (4, message)
    assert remedy in told.remedy


def test_an_empty_topic_is_told_and_others_stand_without_blank_space_around_them(load):
    file = load('topics = [" elections ", " "]')
    assert [(f.place.line, f.rule) for f in file.findings] == [(5, "topics")]
    assert load('topics = [" elections "]').campaign.posts[0].topics == ("elections",)


@pytest.mark.parametrize("words", ["every monday", "weekly", "BYDAY=MO"])
def test_words_that_are_no_rule_are_told_with_one(load, words):
    [(line, _, message, remedy)] = said(load(f'repeat = "{words}"'))
    assert (line, message, remedy) == (5, f"'{words}' is not a rule", "Write it as `FREQ=WEEKLY;BYDAY=MO`")


def test_an_embargo_that_waits_for_a_slot_is_told_to_name_one_instant(load):
    [found] = [f for f in load("embargo = true", "slot").findings if f.rule == "embargo-local"]
    assert found.remedy == "Write it as 2027-03-01 09:00 Europe/Paris, or UTC."

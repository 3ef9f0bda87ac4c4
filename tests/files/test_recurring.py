"""`repeat` and `except` in campaign.toml: what is read, and what is told of what cannot be meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

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

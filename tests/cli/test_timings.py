"""Another time, as the press attaché asks for it: each way is understood, shown as it came about, and explained."""

from __future__ import annotations

from pathlib import Path

import pytest

SET = ("--as", "amb-eg-cairo", "override", "set", "cop31/opening", "-m", "amb-eg-cairo", "--at")
POST = ("--as", "amb-eg-cairo", "post", "-m", "amb-eg-cairo", "-l", "fr", "-p", "twitter", "Bonjour.", "--at")
CAIRO = "cop31/opening/amb-eg-cairo/twitter/fr"
pytestmark = pytest.mark.usefixtures("desk_folder")


@pytest.mark.parametrize(
    ("when", "how"),
    [
        ("next-working 09:00-11:00 local", "first working hours: "),
        ("slot", "its slot: "),
        ("after original +2h", "2h after cop31/opening/ministry/twitter/fr, which is not out yet"),
    ],
)
def test_each_way_is_shown_with_how_it_came_about_and_explained(crosspost, when, how):
    said = crosspost(*SET, when)
    assert said.code == 0, said.err
    assert how in said.out
    assert "Africa/Cairo" in said.out
    assert "Paris" in said.out
    assert "UTC" in said.out
    explained = crosspost("explain", CAIRO)
    assert how in explained.out
    assert "time    from amb-eg-cairo" in explained.out
    assert crosspost("explain", CAIRO, "--json").json["moved"].startswith(how)


@pytest.mark.parametrize("when", ["next-working 09:00-11:00 local", "slot"])
def test_a_post_of_its_own_waits_for_working_hours_or_a_slot(crosspost, when):
    said = crosspost(*POST, when)
    assert said.code == 0, said.err
    assert said.out.count("first working hours: ") + said.out.count("its slot: ") == 1


@pytest.mark.parametrize(
    ("when", "instead"),
    [
        ("soon", "`next-working 09:00-11:00 local`, or `slot`"),
        ("next-working", "`next-working 09:00-11:00 local`"),
        ("slot 3", "`slot from 2027-03-01`"),
        ("after original", "`after original +2h`"),
    ],
)
def test_a_mistake_is_told_with_what_to_write_instead(crosspost, when, instead):
    for command in (SET, POST):
        said = crosspost(*command, when)
        assert said.code == 2
        assert instead in said.err.replace("\n", " ")


def test_help_teaches_the_ways_to_say_when(crosspost):
    for command in (("override", "set"), ("post",)):
        said = " ".join(crosspost(*command, "--help").out.split())
        assert "next-working" in said
        assert "slot" in said


def test_a_new_campaign_names_them(crosspost):
    assert crosspost("campaign", "new", "avis", "--template", "consular-notice").code == 0
    assert "next-working 09:00-11:00 local" in Path("campaigns/avis/campaign.toml").read_text()

"""`crosspost blackout` and `delivery allow`: what keeps silent, what people are told, and what they let leave."""

from __future__ import annotations

import pytest

DAYS = ("--from", "2099-11-07", "--to", "2099-11-09")
MOURNING = ("blackout", "add", *DAYS, "--why", "national mourning")
CAIRO = "cop31/opening/amb-eg-cairo/twitter/ar"
REASON = "blackout: national mourning, until Monday 9 November 2099"


@pytest.fixture
def silent(desk_folder, crosspost):
    """Egypt keeps silent on the day of the campaign."""
    assert crosspost(*MOURNING, "--country", "EG", "--yes").code == 0
    return desk_folder


def states(crosspost, *filters):
    return {d["delivery"]: (d["state"], d["reason"]) for d in crosspost("queue", *filters, "--json").json}


def test_adding_shows_what_it_stops_asks_and_stops_it(desk_folder, crosspost):
    words = (*MOURNING, "--country", "EG")
    seen = crosspost(*words, "--dry-run")
    said = (
        "Silence on country EG, from Sat 2099-11-07 to Mon 2099-11-09, on each mission's own clock: national mourning."
    )
    assert said in seen.out
    assert "It stops 4 queued deliveries of 1 mission" in seen.out
    assert {state for state, _ in states(crosspost, "-m", "amb-eg").values()} == {"queued"}
    assert crosspost("blackout", "list", "--json").json == []
    assert crosspost(*words).code == 2
    done = crosspost(*words, given="y\n", terminal=True)
    assert "`crosspost blackout end 1` ends it" in done.out
    assert states(crosspost, "-m", "amb-eg")[CAIRO] == ("held", REASON)


def test_the_list_and_the_end(silent, crosspost):
    assert "national mourning" in crosspost("blackout", "list").out
    [its] = crosspost("blackout", "list", "--json").json
    assert set(its) == {"blackout", "scope", "first", "last", "topics", "why", "who", "at"}
    seen = crosspost("blackout", "end", "1", "--dry-run")
    assert "4 deliveries free again." in seen.out
    told = crosspost("blackout", "end", "1", "--yes", "--json").json
    assert (told["done"], len(told["freed"]), told["stopped"]) == (True, 4, [])
    assert states(crosspost, "-m", "amb-eg")[CAIRO][0] == "queued"
    assert "No blackout is in force" in crosspost("blackout", "list").out


def test_what_it_stops_names_the_command_everywhere(silent, crosspost):
    allow = "delivery allow"
    assert f"do      crosspost delivery allow {CAIRO} --why WHY" in crosspost("explain", CAIRO).out
    for words in (("status",), ("today",), ("--as", "amb-eg-cairo", "inbox"), ("campaign", "plan", "cop31")):
        said = crosspost(*words).out
        assert allow in said, words
        assert "national mourning" in said, words
    assert "waits for a person: blackout: national mourning" in crosspost("preview", "cop31", "-m", "amb-eg").out


def test_many_are_allowed_by_the_command_that_today_shows(silent, crosspost):
    said = crosspost("inbox", "-m", "amb-eg-cairo").out
    assert "crosspost delivery allow -m amb-eg-cairo -c cop31/opening --why WHY" in said
    words = ("delivery", "allow", "-m", "amb-eg-cairo", "-c", "cop31/opening", "--why", "agreed with Cairo")
    seen = crosspost(*words, "--dry-run")
    assert "4 deliveries (2 on facebook, 2 on twitter) of 1 mission." in seen.out
    assert crosspost(*words).code == 2
    told = crosspost(*words, "--yes", "--json").json
    assert (len(told["done"]), told["not_done"]) == (4, [])
    assert {state for state, _ in states(crosspost, "-m", "amb-eg").values()} == {"queued"}
    assert f": allow {CAIRO}: agreed with Cairo" in crosspost("explain", CAIRO).out


def test_another_blackout_is_asked_about_anew(silent, crosspost):
    assert crosspost("delivery", "allow", CAIRO, "--why", "agreed", "--yes").code == 0
    assert states(crosspost)[CAIRO][0] == "queued"
    assert crosspost("blackout", "add", *DAYS, "--why", "election silence", "--all", "--yes").code == 0
    state, reason = states(crosspost)[CAIRO]
    assert (state, "election silence" in reason) == ("held", True)


def test_a_post_of_a_silent_mission_is_told_so(silent, crosspost):
    said = crosspost("post", "-m", "amb-eg", "-l", "fr", "Bonjour", "--at", "2099-11-08 12:00 local", "-p", "x")
    assert f"waits for a person, {REASON}" in said.out
    assert "crosspost delivery allow" in said.out


def test_a_post_at_night_waits_and_says_so(desk_folder, crosspost):
    assert crosspost("network", "add", "amb-eg-cairo", "--quiet", "22:00-07:00", "--yes").code == 0
    said = crosspost("post", "-m", "amb-eg", "-l", "fr", "Bonjour", "--at", "2099-11-08 23:00 local", "-p", "x")
    assert "waits for a person, quiet: Sunday 8 November 23:00 is in the quiet hours of amb-eg-cairo" in said.out
    [(state, reason)] = states(crosspost, "-c", "-").values()
    assert (state, reason.startswith("quiet: ")) == ("held", True)


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("blackout", "add", *DAYS, "--why", "x"), 2, "say who keeps silent"),
        (("blackout", "add", *DAYS, "--all"), 2, "--why"),
        (
            ("blackout", "add", "--from", "2099-11-09", "--to", "2099-11-07", "--why", "x", "--all"),
            2,
            "first day first",
        ),
        (("blackout", "add", "--from", "soon", "--to", "2099-11-07", "--why", "x", "--all"), 2, "2027-04-25"),
        (("blackout", "end", "7"), 2, "blackout list"),
        (("delivery", "allow", CAIRO), 2, "--why"),
        (("delivery", "allow", "--why", "x"), 2, "filters"),
    ],
)
def test_mistakes_say_what_to_write_instead(desk_folder, crosspost, words, code, part):
    said = crosspost(*words)
    assert (said.code, part in said.err) == (code, True), said.err


def test_what_nothing_stops_is_not_to_be_allowed(desk_folder, crosspost):
    said = crosspost("delivery", "allow", CAIRO, "--why", "x", "--yes")
    assert (said.code, "stopped by no quiet hours and no blackout" in said.out) == (1, True)


def test_a_mission_silences_no_other(desk_folder, crosspost):
    assert crosspost("--as", "amb-jp-tokyo", *MOURNING, "-m", "amb-eg", "--yes").code == 3
    assert crosspost("--as", "amb-jp-tokyo", *MOURNING, "--country", "EG", "--yes").code == 3
    assert crosspost("--as", "amb-jp-tokyo", *MOURNING, "-m", "amb-jp", "--yes").code == 0

"""A post that comes back, as people meet it on the command line: its times by name, in lists, previews and pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

#: The day after tomorrow's date and the two days after: they are ahead on every clock.
DAYS = [f"{datetime.now(UTC).date() + timedelta(days=n):%Y-%m-%d}" for n in (2, 3, 4)]
NEVER = f"{datetime.now(UTC).date() + timedelta(days=30):%Y-%m-%d}"

CAMPAIGN = f"""\
title = "Museums"
source = "fr"

[audience]
mission = ["amb-eg-cairo"]

[posts.daily]
at = "{DAYS[0]} 09:00 local"
repeat = "FREQ=DAILY;COUNT=3"

[posts.daily.text]
fr = "Un musée par jour."
ar = "متحف كل يوم."

[posts.once]
at = "{DAYS[2]} 15:00 local"

[posts.once.text]
fr = "Une seule fois."
"""


@pytest.fixture(autouse=True)
def museums(crosspost, desk_folder):
    folder = Path("campaigns/museums")
    folder.mkdir()
    (folder / "campaign.toml").write_text(CAMPAIGN, "utf-8")
    assert crosspost("--as", "ministry", "campaign", "queue", "museums", "--yes").code == 0


def test_lists_for_scripts_tell_which_time_of_a_post_a_row_is_of(crosspost):
    rows = crosspost("queue", "-c", "museums/daily", "-l", "ar", "-p", "facebook", "--json").json
    assert [(row["post"], row["occurrence"]) for row in rows] == [("daily", day) for day in DAYS]
    assert crosspost("explain", rows[1]["delivery"], "--json").json["occurrence"] == DAYS[1]
    planned = crosspost("campaign", "plan", "museums", "--json").json["planned"]
    assert {(row["post"], row["occurrence"]) for row in planned} == {*(("daily", day) for day in DAYS), ("once", None)}


@pytest.mark.parametrize(
    "command",
    [
        ("queue", "-c"),
        ("hold", "--dry-run", "--reason", "mourning", "-c"),
        ("delivery", "cancel", "--dry-run", "--reason", "mourning", "-c"),
        ("recall", "--dry-run", "--reason", "mourning"),
        ("preview",),
        ("calendar", "export", "--to", "-"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_day_on_which_a_post_is_not_planned_is_an_error_that_names_those_on_which_it_is(crosspost, command):
    said = crosspost("--as", "ministry", *command, f"museums/daily@{NEVER}")
    assert said.code == 2
    assert f"museums/daily@{NEVER} is not planned" in said.err
    assert ", ".join(DAYS) in said.err
    assert crosspost("--as", "ministry", *command, f"museums/daily@{DAYS[1]}").code == 0


def test_a_post_that_there_is_not_does_not_pass_for_an_empty_list(crosspost):
    said = crosspost("queue", "-c", "museums/dayly")
    assert (said.code, "did you mean daily?" in said.err) == (2, True)
    said = crosspost("queue", "-c", f"museums/once@{DAYS[2]}")
    assert (said.code, "does not come back" in said.err) == (2, True)


def test_a_preview_of_one_day_shows_that_day_alone(crosspost):
    shown = crosspost("preview", f"museums/daily@{DAYS[1]}").out
    assert f"museums/daily@{DAYS[1]}/amb-eg-cairo/facebook/ar" in shown
    assert DAYS[0] not in shown


def test_an_override_is_for_all_times_and_says_how_one_is_left_out(crosspost):
    said = crosspost(
        *("--as", "amb-eg-cairo", "override", "set", f"museums/daily@{DAYS[1]}", "-m", "amb-eg-cairo"),
        *("--lang", "fr", "--text", "Un musée."),
    )
    assert said.code == 2
    assert f"crosspost delivery cancel -c museums/daily@{DAYS[1]}" in said.err


def test_a_check_says_the_next_days_however_far_off_they_are(crosspost):
    file = Path("campaigns/museums/campaign.toml")
    file.write_text(file.read_text("utf-8").replace(f'at = "{DAYS[0]} 09:00', 'at = "2099-03-02 09:00'), "utf-8")
    said = crosspost("campaign", "check", "museums").out
    assert "daily comes back, FREQ=DAILY;COUNT=3: next Mon 2099-03-02, Tue 2099-03-03, Wed 2099-03-04" in said


def test_a_plan_has_each_time_on_three_clocks_with_the_weekday(crosspost):
    rows = crosspost("campaign", "plan", "museums").out.splitlines()
    (row,) = [row for row in rows if row.startswith("once ") and "amb-eg-cairo/facebook" in row]
    assert re.search(rf"[A-Z].. {DAYS[2]} 15:00 +[A-Z].. 1[3-5]:00 +[A-Z].. 1[2-4]:00 ", row)


def test_what_comes_back_says_so_where_it_is_shown(crosspost):
    rule = "FREQ=DAILY;COUNT=3"
    assert rule in crosspost("campaign", "show", "museums").out
    said = crosspost("explain", f"museums/daily@{DAYS[1]}/amb-eg-cairo/facebook/ar").out
    assert f"one of  the times of museums/daily, which comes back: that of {DAYS[1]}" in said
    assert crosspost("report", "museums", "-o", "page.html").code == 0
    page = Path("page.html").read_text("utf-8")
    assert f"and comes back: {rule}" in page
    assert all(f"{datetime.fromisoformat(day):%a %-d %b %Y}, 09:00" in page for day in DAYS)


def test_an_inbox_and_a_worksheet_have_a_post_that_comes_back_once_for_all_its_times(crosspost):
    told = crosspost("--as", "amb-eg-cairo", "inbox", "--json").json
    assert [(one["post"], one["languages"]) for one in told["inherited"]].count(("daily", ["fr", "ar"])) == 1
    assert crosspost("override", "export", "-m", "amb-eg-cairo", "-o", "cairo.toml").code == 0
    sheet = Path("cairo.toml").read_text("utf-8")
    assert sheet.count("museums/daily in ar") == 1
    Path("cairo.toml").write_text(sheet.replace("متحف كل يوم.\n'''", "نزور متحفا كل صباح.\n'''"), "utf-8")
    assert "deliveries follow" in crosspost("--as", "amb-eg-cairo", "override", "import", "cairo.toml", "--yes").out
    rows = crosspost("queue", "-c", "museums/daily", "-l", "ar", "-p", "facebook", "--json").json
    assert [row["text"] for row in rows] == ["نزور متحفا كل صباح."] * 3


def test_a_person_who_decides_reads_the_missions_own_time(crosspost):
    said = crosspost("delivery", "cancel", "-c", f"museums/daily@{DAYS[1]}", "--dry-run").out
    assert f"{datetime.fromisoformat(DAYS[1]):%a} {DAYS[1]} 09:00 Africa/Cairo · " in said

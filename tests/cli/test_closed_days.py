"""`crosspost mission closed`, and where else people see that a closed day has moved what they say."""

from __future__ import annotations

import json

import pytest

THURSDAY, FRIDAY = "2099-11-19", "2099-11-20"
CAIRO = "cop31/opening/amb-eg-cairo/twitter/ar"


@pytest.fixture
def working(desk_folder, crosspost):
    """The campaign, on a Thursday at nine on each mission's own clock, with closed = next-working."""
    file = desk_folder / "campaigns" / "cop31" / "campaign.toml"
    written = file.read_text("utf-8").replace("2099-11-08 15:00 Europe/Paris", f"{THURSDAY} 09:00 local")
    file.write_text(written.replace("[posts.opening]\n", '[posts.opening]\nclosed = "next-working"\n'), "utf-8")
    assert crosspost("campaign", "queue", "cop31", "--yes").code == 0
    return desk_folder


def of_cairo(crosspost):
    return {d["delivery"]: (d["due_at"], d["moved"]) for d in crosspost("queue", "-m", "amb-eg", "--json").json}[CAIRO]


def test_adding_shows_what_moves_and_why_asks_and_moves_it(working, crosspost):
    before = of_cairo(crosspost)
    days = ("mission", "closed", "add", "amb-eg", THURSDAY, "--why", "moving house")
    seen = crosspost(*days, "--dry-run")
    assert seen.code == 0
    assert f"amb-eg-cairo is closed on Thu {THURSDAY}: moving house." in seen.out
    assert "was  Thu 2099-11-19 09:00 Africa/Cairo · Thu 08:00 Paris · Thu 07:00 UTC" in seen.out
    assert "now  Sun 2099-11-22 09:00 Africa/Cairo · Sun 08:00 Paris · Sun 07:00 UTC" in seen.out
    assert "why  Thursday, closed in EG (moving house): Sunday 22 November 09:00" in seen.out
    assert of_cairo(crosspost) == before
    refused = crosspost(*days)
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert "Done." in crosspost(*days, given="y\n", terminal=True).out
    moved = "Thursday, closed in EG (moving house): Sunday 22 November 09:00"
    assert of_cairo(crosspost) == ("2099-11-22T07:00:00Z", moved)
    assert "Done." in crosspost("mission", "closed", "remove", "amb-eg", THURSDAY, "--yes").out
    assert of_cairo(crosspost) == before


def test_why_it_moved_is_in_the_plan_the_queue_explain_preview_and_report(working, crosspost):
    assert crosspost("mission", "closed", "add", "amb-eg", THURSDAY, "--why", "moving house", "--yes").code == 0
    why, when = "Thursday, closed in EG (moving house): Sunday 22 November 09:00", "Sun 2099-11-22 09:00 Africa/Cairo"
    for words in (("campaign", "plan", "cop31"), ("explain", CAIRO), ("preview", "cop31", "-m", "amb-eg")):
        said = crosspost(*words).out
        assert why in said, words
        assert f"{when} · Sun 08:00 Paris · Sun 07:00 UTC" in said, words
    assert why in crosspost("queue", "-m", "amb-eg").out
    planned = {p["delivery"]: p["moved"] for p in crosspost("campaign", "plan", "cop31", "--json").json["planned"]}
    assert (planned[CAIRO], planned["cop31/opening/amb-jp-tokyo/twitter/ja"]) == (why, "")
    assert crosspost("report", "cop31", "-o", "report.html").code == 0
    assert why in (working / "report.html").read_text("utf-8")


def test_what_is_skipped_is_said_with_its_reason(working, crosspost):
    file = working / "campaigns" / "cop31" / "campaign.toml"
    file.write_text(file.read_text("utf-8").replace("next-working", "skip"), "utf-8")
    assert crosspost("campaign", "queue", "cop31", "--yes").code == 0
    added = crosspost("mission", "closed", "add", "amb-eg", THURSDAY, "--why", "moving house", "--yes")
    assert "4 deliveries, no longer said: " in added.out
    why = "Thursday, closed in EG (moving house): not said there"
    assert why in added.out
    assert why in crosspost("campaign", "plan", "cop31").out
    assert crosspost("report", "cop31", "-o", "report.html").code == 0
    assert why in (working / "report.html").read_text("utf-8")
    told = crosspost("mission", "closed", "remove", "amb-eg", THURSDAY, "--json", "--yes").json
    assert told["plans"]["cop31"]["queued"] == 4


def test_json_is_in_the_shape_that_is_promised(working, crosspost):
    told = crosspost(
        "mission", "closed", "add", "amb-eg", f"{THURSDAY}..{FRIDAY}", "--why", "x", "--json", "--yes"
    ).json
    assert set(told) == {
        *("mission", "days", "is_open", "why", "done"),
        *("plans", "moved", "cancelled", "stopped", "freed"),
    }
    assert (told["days"], told["done"], told["stopped"]) == ([THURSDAY, FRIDAY], True, [])
    assert {one["delivery"]: one["why"] for one in told["moved"]}[CAIRO].startswith("Thursday, closed in EG (x)")
    assert crosspost("mission", "closed", "remove", "amb-eg", THURSDAY, "--json", "--dry-run").json["done"] is False


def test_the_list_says_why_and_whose_word_it_is(desk_folder, crosspost):
    crosspost("mission", "closed", "add", "ministry", "2099-01-05", "--open", "--why", "all hands", "--yes")
    said = crosspost("mission", "closed", "list", "amb-eg", "--days", "365").out
    assert "amb-eg-cairo, weekend: Friday and Saturday (the network's own column)." in said
    for words in ("weekend in EG", "in FR", ", estimated", "the holidays library"):
        assert words in said
    rows = crosspost("mission", "closed", "list", "--days", "365", "--json").json
    keys = {"mission", "day", "weekday", "is_open", "because", "why", "source", "country", "owner", "is_estimated"}
    assert set(rows[0]) == {*keys, "who", "at"}
    assert {row["because"] for row in rows} == {"weekend", "holiday"}


def test_an_open_day_is_listed_with_who_said_so(desk_folder, crosspost):
    [first, *_] = crosspost("mission", "closed", "list", "amb-jp", "--days", "30", "--json").json
    day = first["day"]
    crosspost("mission", "closed", "add", "ministry", day, "--open", "--why", "all hands", "--yes")
    [own, *_] = crosspost("mission", "closed", "list", "amb-jp", "--days", "30", "--json").json
    assert (own["day"], own["is_open"], own["owner"], own["why"]) == (day, True, "ministry", "all hands")
    assert own["who"]
    said = crosspost("mission", "closed", "list", "amb-jp", "--days", "30").out
    assert any("open" in line and "all hands" in line and "ministry, by " in line for line in said.splitlines())
    again = crosspost("mission", "closed", "add", "ministry", day, "--why", "a strike", "--dry-run").out
    assert "Instead of: ministry open on" in again


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("add", "amb-eg", "25/04/2099", "--why", "x"), 2, "write it as `2027-04-25`"),
        (("add", "amb-eg", THURSDAY), 2, "--why"),
        (("add", "nowhere", THURSDAY, "--why", "x"), 2, "there is no mission"),
        (("remove", "amb-eg", THURSDAY), 2, "has said nothing itself"),
        (("add", "amb-eg", "2020-04-25", "--why", "x", "--yes"), 2, "is over"),
    ],
)
def test_mistakes_say_what_to_write_instead(desk_folder, crosspost, words, code, part):
    said = crosspost("mission", "closed", *words)
    assert (said.code, part in said.err) == (code, True), said.err


def test_a_mission_may_not_speak_for_another(desk_folder, crosspost):
    said = crosspost("--as", "amb-jp-tokyo", "mission", "closed", "add", "amb-eg", THURSDAY, "--why", "x", "--yes")
    assert said.code == 3
    assert "may not act for amb-eg-cairo" in said.err


def test_the_network_shows_and_takes_a_missions_hours(desk_folder, crosspost):
    file = desk_folder / "network.csv"
    file.write_text(file.read_text("utf-8").replace("fri;sat,00:00-00:00", "fri;sat,"), "utf-8")
    assert crosspost("network", "import", "network.csv", "--yes").code == 0
    said = crosspost("network", "show", "amb-eg-cairo").out
    assert "10:00 17:00 (where the network says nothing)" in said
    assert "22:00-07:00 (where the network says nothing)" in said
    hours = ("--slots", "11:00;21:30", "--quiet", "02:00-10:00", "--gap", "45m")
    assert crosspost("network", "add", "amb-eg-cairo", *hours, "--yes").code == 0
    rows = dict(
        line.split(None, 2)[0:3:2] if line.startswith(("best", "quiet", "least")) else ("", "")
        for line in crosspost("network", "show", "amb-eg-cairo").out.splitlines()
    )
    assert (rows["best"], rows["quiet"], rows["least"]) == ("11:00 21:30", "02:00-10:00", "45m")
    wrong = crosspost("network", "add", "amb-eg-cairo", "--quiet", "late", "--yes")
    assert (wrong.code, "22:00-07:00" in wrong.out + wrong.err) == (1, True)
    shown = json.loads(crosspost("network", "show", "amb-eg-cairo", "--json").out)[0]
    assert (shown["slots"], shown["quiet"], shown["gap"]) == (["11:00", "21:30"], "02:00-10:00", "45m")


def test_hours_that_are_changed_show_what_is_held_then_and_what_no_more(working, crosspost):
    quiet = ("network", "add", "amb-eg-cairo", "--quiet")
    said = crosspost(*quiet, "08:00-12:00", "--yes").out
    assert "quiet none at all → 08:00-12:00" in said
    assert "3 deliveries, held: quiet: Thursday 19 November 09:00 is in the quiet hours of amb-eg-cairo" in said
    again = crosspost(*quiet, "00:00-00:00", "--dry-run").out
    assert "3 deliveries, held no more: quiet: " in again
    assert crosspost(*quiet, "00:00-00:00", "--yes").code == 0
    assert "quiet hours     none: it may speak at any hour" in crosspost("network", "show", "amb-eg-cairo").out
    assert "slots as usual (10:00 17:00) → 11:00" in crosspost(*quiet[:3], "--slots", "11:00", "--dry-run").out


def test_what_many_missions_keep_quiet_about_is_counted_in_the_status(working, crosspost):
    for mission in ("amb-eg-cairo", "amb-jp-tokyo", "ministry"):
        assert crosspost("network", "add", mission, "--quiet", "08:00-12:00", "--yes").code == 0
    said = crosspost("status").out
    assert said.count("is held, quiet: ") == 2
    assert "more for the same reason: crosspost today --all" in said

"""`crosspost today`, `inbox` and `coverage`, as a tired attaché and the centre read them."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.cli.today.agenda import BUDGET, Section, fitting

FAR = ("--days", "40000")  # the campaign is far off
WEEKDAY = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{4}-\d\d-\d\d \d\d:\d\d")


def say_anew(folder: Path, crosspost, old: str, new: str) -> None:
    """Change the source of the campaign, and queue it again."""
    file = folder / "campaigns" / "cop31" / "campaign.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    assert crosspost("campaign", "queue", "cop31", "--yes").code == 0


@pytest.fixture
def stale(desk_folder, crosspost):
    """A folder in which Tokyo has its own words, made from an older source."""
    words = ("--lang", "ja", "--text", "COP31が開幕。")
    assert crosspost("override", "set", "cop31/opening", "-m", "amb-jp-tokyo", *words).code == 0
    say_anew(desk_folder, crosspost, "s'ouvre aujourd'hui", "s'ouvre demain")
    return desk_folder


def test_a_mission_sees_what_is_stale_with_the_difference_its_own_words_and_the_command(stale, crosspost):
    said = crosspost("today", "-m", "amb-jp-tokyo", *FAR)
    assert said.code == 1
    assert "source: La COP31 s'ouvre [-aujourd'hui-]{+demain+}." in said.out
    assert "words:  COP31が開幕。" in said.out
    assert "crosspost override accept cop31/opening -m amb-jp-tokyo --lang ja" in said.out


def test_commands_can_be_typed_as_they_stand_by_who_acts_for_another_than_the_configuration(stale, crosspost):
    said = crosspost("--as", "amb-jp-tokyo", "today").out
    assert "crosspost --as amb-jp-tokyo override accept" in said
    assert "crosspost override" not in said


def test_the_answer_that_is_shown_answers(stale, crosspost):
    [line] = [row for row in crosspost("--as", "amb-jp-tokyo", "inbox").out.splitlines() if "override accept" in row]
    command = line.partition("crosspost ")[2].partition(" · ")[0].split()
    assert crosspost(*command, "--yes").code == 0
    said = crosspost("--as", "amb-jp-tokyo", "inbox", *FAR)
    assert (said.code, "Stale" in said.out) == (0, False)
    assert "Nothing waits for you." in said.out


def test_every_time_has_its_weekday_and_is_said_local_and_in_paris(stale, crosspost):
    for mission, zone in (("amb-jp-tokyo", "Asia/Tokyo"), ("ministry", "Paris")):
        said = crosspost("today", "-m", mission, *FAR).out
        dates = re.findall(r"\d{4}-\d\d-\d\d", said)
        assert dates
        assert len(WEEKDAY.findall(said)) == len(dates)
        assert zone in said


def test_acting_for_the_ministry_or_a_region_shows_the_morning_and_its_coverage(stale, crosspost):
    said = crosspost("today")
    assert said.code == 1
    for words in ("Stale texts", "Missions that have not answered", "amb-jp-tokyo: 1 stale value", "Coverage"):
        assert words in said.out
    assert "crosspost translation accept cop31/opening --lang ar" in said.out
    region = crosspost("today", "-m", "region-middle").out
    assert "Coverage" in region
    assert "tokyo" not in region


def test_a_mission_below_can_be_looked_at_as_an_inbox_and_a_region_too(stale, crosspost):
    assert "Stale: the source has changed since" in crosspost("inbox", "-m", "region-middle-east").out


def test_where_nothing_waits_that_is_said_and_the_exit_code_is_0(desk_folder, crosspost):
    said = crosspost("today", "-m", "amb-eg-cairo")
    assert (said.code, "Nothing waits for you." in said.out) == (0, True)


def test_nobody_to_look_for_is_a_mistake_of_use(desk_folder, crosspost):
    config = desk_folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace('acting_as = "ministry"', 'acting_as = ""'), "utf-8")
    assert crosspost("today").code == 2
    assert crosspost("today", "-m", "nowhere").code == 2


def fail_many(folder: Path, number: int) -> None:
    """Let many posts of one account fail, each for a reason of its own."""
    with closing(sqlite3.connect(folder / "crosspost.db")) as raw, raw:
        raw.row_factory = sqlite3.Row
        like = dict(raw.execute("SELECT * FROM delivery WHERE account = 'amb-jp-tokyo/twitter' LIMIT 1").fetchone())
        for index in range(number):
            new = like | {"id": f"cop31/p{index}/amb-jp-tokyo/twitter/ja", "post": f"p{index}", "slot": "ja"}
            new |= {"state": "failed", "reason": f"reason {index}"}
            marks = ", ".join("?" for _ in new)
            raw.execute(f"INSERT INTO delivery ({', '.join(new)}) VALUES ({marks})", tuple(new.values()))


def test_much_is_kept_short_and_the_rest_is_counted_with_its_command(stale, crosspost):
    fail_many(stale, 60)
    lines = crosspost("today", "-m", "amb-jp-tokyo", *FAR).out.splitlines()
    assert len(lines) <= BUDGET + 1  # the mode is a line of its own
    assert sum("Stale" in line for line in lines) == 1
    [rest] = [line for line in lines if "more:" in line]
    assert re.search(r"and \d\d more: crosspost inbox -m amb-jp-tokyo --all", rest)
    assert len(crosspost("inbox", "-m", "amb-jp-tokyo", "--all").out.splitlines()) > 120


def test_json_says_all_of_it_in_a_stable_shape(stale, crosspost):
    mission = crosspost("today", "-m", "amb-jp-tokyo", "--json").json
    assert {"mission", "zone", "stopped", "stale", "to_localise", "leaving", "following", "inherited"} <= set(mission)
    assert mission["stale"][0]["value"]["variant"]["owner"] == "amb-jp-tokyo"
    centre = crosspost("today", "--json").json
    assert {"lately", "alarms", "stopped", "stale", "unanswered", "leaving", "coverage"} <= set(centre)
    assert centre["coverage"][0]["counts"]["stale"] > 0


def test_coverage_is_a_matrix_of_letters_with_totals_and_a_legend(stale, crosspost):
    said = crosspost("coverage", "cop31").out
    assert re.search(r"region-middle-east \(1\) +1 +S1/1", said)
    assert re.search(r"^amb-jp-tokyo +C +S$", said, flags=re.M)
    assert re.search(r"^S stale +2 +1$|^S stale +1 +2$", said, flags=re.M)
    assert "S stale: made from an older source" in said
    assert "F fallback" not in said


def test_coverage_lists_who_needs_somebody_or_every_mission(stale, crosspost):
    crosspost("override", "set", "cop31/opening", "-m", "amb-eg-cairo", "--lang", "ar", "--text", "غدا")

    def listed(*more: str) -> list[str]:
        return re.findall(r"^(ministry|amb-\S+) ", crosspost("coverage", "cop31", *more).out, flags=re.M)

    assert listed("-m", "region-middle-east") == []
    assert listed("--missions") == ["ministry", "amb-eg-cairo", "amb-jp-tokyo"]
    assert listed("-m", "amb-eg") == ["amb-eg-cairo"]


def test_coverage_in_json_gives_each_cell_with_its_texts(stale, crosspost):
    found = crosspost("coverage", "cop31", "-m", "amb-jp-tokyo", "--json").json
    [mission] = found["missions"]
    cells = {cell["language"]: (cell["mark"], cell["counts"]) for cell in mission["cells"]}
    assert cells == {"fr": ("central", {"central": 1}), "ja": ("stale", {"stale": 1})}
    assert mission["needs_somebody"] is True
    [text] = mission["cells"][1]["texts"]
    assert text["delivery"] == "cop31/opening/amb-jp-tokyo/twitter/ja"
    assert text["due_at"] == "2099-11-08T14:00:00Z"


heights = st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=30), min_size=1, max_size=6)


@given(heights, st.integers(1, 4))
def test_each_section_says_its_least_and_more_only_within_the_budget(sizes, least):
    sections = [Section("", [["x"] * size for size in items], "", least=least) for items in sizes]
    shown = fitting(sections, BUDGET)
    smallest = [min(least, len(items)) for items in sizes]
    assert all(few <= number <= len(items) for few, number, items in zip(smallest, shown, sizes, strict=True))

    def lines(numbers: list[int]) -> int:
        rest = sum(number < len(items) for number, items in zip(numbers, sizes, strict=True))
        said = sum(sum(items[:number]) for number, items in zip(numbers, sizes, strict=True))
        return said + rest + 2 * len(sizes)

    assert lines(shown) <= BUDGET or shown == smallest

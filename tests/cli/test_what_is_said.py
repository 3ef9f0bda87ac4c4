"""What the commands of a working day say: what was freed, local times, and no more than one can read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crosspost.cli import output
from crosspost.domain.schedule import parse_time

TOKYO = ("cop31/opening", "-m", "amb-jp-tokyo", "--lang", "ja")


@pytest.fixture
def edit(desk_folder, crosspost):
    """Say something else in the campaign's file, and queue it again."""
    file = desk_folder / "campaigns" / "cop31" / "campaign.toml"

    def replace(old, new):
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
        assert crosspost("campaign", "queue", "cop31", "--yes").code == 0

    return replace


@pytest.fixture
def soon(edit):
    """The campaign is due within the hour."""
    edit("2099-11-08 15:00 Europe/Paris", f"{datetime.now(UTC) + timedelta(minutes=50):%Y-%m-%d %H:%M} UTC")


@pytest.fixture
def consulates(desk_folder, crosspost):
    """Nine consulates below Tokyo, each with an account."""
    network = desk_folder / "network.csv"
    rows = "".join(
        f"cg-jp-{n},amb-jp-tokyo,consulate_general,Osaka,JP,Asia/Tokyo,fr;ja,sat;sun,00:00-00:00,twitter,@jp{n}_demo,\n"
        for n in range(9)
    )
    network.write_text(network.read_text("utf-8") + rows, "utf-8")
    assert crosspost("network", "import", "network.csv", "--yes").code == 0


@pytest.fixture
def stale(edit, crosspost):
    """Tokyo has its own words, made from an older source; the translation into Arabic is older too."""
    assert crosspost("override", "set", *TOKYO, "--text", "COP31が開幕。").code == 0
    edit("s'ouvre aujourd'hui", "s'ouvre demain")


def test_an_acceptance_says_what_waits_no_longer(stale, crosspost):
    said = crosspost("override", "accept", *TOKYO, "--yes").out
    assert "1 override accepted: 1 delivery waits no longer." in said
    assert "nothing changed" not in said


def test_an_acceptance_that_is_tried_says_the_same(stale, crosspost):
    said = crosspost("override", "accept", *TOKYO, "--dry-run").out
    assert "1 override would be accepted: 1 delivery waits no longer." in said


def test_a_pin_says_its_end_on_the_missions_clock_and_what_waits_no_longer(stale, crosspost):
    day = datetime.now(UTC) + timedelta(days=30)
    pin = ("override", "pin", *TOKYO, "--until", f"{day:%Y-%m-%d}", "--reason", "agreed")
    said = crosspost(*pin, "--dry-run").out
    assert f"{day + timedelta(days=1):%Y-%m-%d} 00:00 Asia/Tokyo · {day:%a} 16:00 Paris" in said


def test_words_dropped_for_the_centres_which_are_stale_too_say_that_it_still_waits(stale, crosspost):
    said = crosspost("override", "take-central", *TOKYO, "--yes").out
    assert "1 delivery still waits for another answer" in said
    assert "no longer" not in said


def test_stale_values_are_due_on_their_missions_clock_and_in_paris(stale, crosspost):
    assert (
        "due Sun 2099-11-08 23:00 Asia/Tokyo · Sun 15:00 Paris"
        in crosspost("override", "accept", *TOKYO, "--dry-run").out
    )
    assert "due Sun 2099-11-08 15:00 Paris · Sun 14:00 UTC" in crosspost("translation", "list", "cop31").out


def test_the_same_change_of_the_source_is_said_once_for_all_translations_of_it(stale, crosspost):
    said = crosspost("translation", "list", "cop31").out
    assert said.count("{+demain+}") == 1
    assert said.count("the same as above") == said.count("what stands there") - 1 == 1


def test_a_stale_text_that_stands_in_for_anothers_is_answered_in_the_accounts_own_language(
    desk_folder, edit, crosspost
):
    network = desk_folder / "network.csv"
    network.write_text(network.read_text("utf-8").replace("fr;ja", "fr;pt-BR"), "utf-8")
    assert crosspost("network", "import", "network.csv", "--yes").code == 0
    edit('ar = "', 'pt = "A COP31 começa hoje."\nar = "')
    edit("s'ouvre aujourd'hui", "s'ouvre demain")
    said = crosspost("--as", "amb-jp-tokyo", "inbox", "--days", "40000").out
    assert "the pt text of the centre" in said
    assert "override set cop31/opening -m amb-jp-tokyo --lang pt-BR" in said.partition("the pt text")[2]


def test_an_override_of_many_deliveries_shows_a_few_and_a_dry_run_all(consulates, crosspost):
    words = ("override", "set", *TOKYO, "--text", "COP31が開幕。")
    tried = crosspost(*words, "--dry-run").out
    said = crosspost(*words).out
    assert tried.count("/280") == 10
    assert said.count("/280") == 6
    assert "… and 4 more (`--dry-run` shows all)" in said


def test_an_explanation_has_what_was_done_to_its_own_words_and_not_to_others(stale, crosspost):
    assert (
        crosspost("override", "set", "cop31/opening", "-m", "amb-eg-cairo", "--lang", "ar", "--text", "غدا").code == 0
    )
    said = crosspost("explain", "cop31/opening/amb-jp-tokyo/twitter/ja").out
    assert said.count("override set cop31/opening") == 1
    told = [line.split()[0] for line in said.splitlines() if " root as " in line or " as ministry: " in line]
    assert told == sorted(told)


def test_what_many_deliveries_wait_for_is_counted_in_the_status(consulates, soon, edit, crosspost):
    edit("s'ouvre aujourd'hui", "s'ouvre demain")
    said = crosspost("status").out
    assert said.count("is held, stale: the ja text of ministry") == 2
    assert "and 8 more for the same reason: crosspost today --all" in said


def test_a_worksheet_goes_out_comes_back_and_answers(soon, stale, crosspost, tmp_path):
    sheet = tmp_path / "tokyo.toml"
    said = crosspost("--as", "amb-jp-tokyo", "override", "export", "-m", "amb-jp-tokyo", "-o", str(sheet))
    assert f"then: crosspost --as amb-jp-tokyo override import {sheet} --dry-run" in said.out
    text = sheet.read_text("utf-8")
    assert "{+demain+}" in text
    sheet.write_text(text.replace("COP31が開幕。", "COP31が明日開幕。"), "utf-8")
    tried = crosspost("--as", "amb-jp-tokyo", "override", "import", str(sheet), "--dry-run").out
    assert "1 override would be changed: new words 1; 1 delivery follows." in tried
    done = crosspost("--as", "amb-jp-tokyo", "override", "import", str(sheet), "--yes").out
    assert "1 override changed: new words 1; 1 delivery follows." in done
    assert "Nothing waits for you." in crosspost("--as", "amb-jp-tokyo", "inbox").out


def test_an_editor_that_changes_nothing_says_how_to_accept_the_words_as_they_are(stale, crosspost, monkeypatch):
    monkeypatch.setenv("EDITOR", "true")
    said = crosspost("override", "edit", *TOKYO, terminal=True).out
    assert "If the words are right as they are: crosspost override accept cop31/opening" in said


def test_the_drafts_of_a_correction_are_one_for_each_language_and_the_rest_is_counted(
    desk_folder, consulates, edit, out, crosspost
):
    edit('source = "fr"', 'source = "fr"\n\n[same_words]\ntwitter = "own"')
    edit("COP31が本日開幕します。", "{{ mission.city }}：COP31が本日開幕します。")
    for mission in ("amb-jp-tokyo", *(f"cg-jp-{n}" for n in range(9))):
        out(f"cop31/opening/{mission}/twitter/ja", f"https://x.example/{mission}")
    file = desk_folder / "campaigns" / "cop31" / "campaign.toml"
    file.write_text(file.read_text("utf-8").replace("本日", "明日").replace("aujourd'hui", "demain"), "utf-8")
    said = crosspost("campaign", "queue", "cop31", "--critical", "the day was wrong", "--yes").out
    assert said.count("  Drafted in ja for twitter") == 1
    assert "more drafts: crosspost campaign correction cop31/opening --json, or --write" in said
    assert "Take back by: crosspost recall" in said


def test_what_a_clock_skips_is_said_on_whichever_clock_it_is_shown():
    skipped = parse_time("2027-03-28 02:30 Europe/Paris").instant("Africa/Cairo")
    assert output.moment(skipped).endswith("(the clock skips it: the first valid instant after)")
    at_home = output.moment(skipped, "Africa/Cairo")
    assert "03:00 Africa/Cairo" in at_home
    assert at_home.endswith("(the clock skips 02:30 in Europe/Paris: the first valid instant after)")

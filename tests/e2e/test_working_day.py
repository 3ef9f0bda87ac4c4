"""A working day from morning to evening: nobody's words are overwritten, and no stale or stopped words are sent."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from tests.e2e.conftest import make_folder
from tests.e2e.working_day import ANKARA, CAIRO_AT_HOME, SEOUL, TOKYO, WEST, Day

WRONG = ("6 mars 2027", "6. März 2027", "6 марта 2027", "6 مارس 2027", "2027年3月6日", "2027년 3월 6일", "6 de março")
RIGHT = (
    "31 mars 2027",
    "31. März 2027",
    "31 марта 2027",
    "31 مارس 2027",
    "31 de março de 2027",
    "2027年3月31日",
    "2027년 3월 31일",
)


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """The day, played once."""
    played = Day(make_folder(tmp_path_factory.mktemp("day") / "demo"))
    try:
        played.play()
        yield played
    finally:  # also where a step failed: no process outlives its test
        played.folder.stop_all()


def stale(day, step):
    return {mission: len(inbox["stale"]) for mission, inbox in day.inboxes[step].items()}


def stopped(day, step, mission):
    return [(each["kind"], each["due"] is not None) for each in day.inboxes[step][mission]["stopped"]]


def said_by(day, account, when="evening"):
    return [post["text"] for post in day.published[when] if post["account"] == account and not post["repost_of"]]


def is_after_the_correction(post, day):
    return datetime.fromisoformat(post["created_at"]) > day.corrected_at


def test_what_a_mission_says_in_its_own_words_changes_nothing_anywhere_else(day):
    assert day.strays == []


def test_a_cosmetic_correction_asks_nobody(day):
    assert set(stale(day, "localised").values()) == {0}
    assert set(stale(day, "cosmetic").values()) == {0}
    assert "[-administrative-]{+administratives+}" in day.said["cosmetic"]


def test_a_substantive_correction_asks_every_mission_with_words_of_its_own(day):
    assert set(stale(day, "substantive").values()) == {1}
    [asked] = day.inboxes["substantive"]["amb-eg-cairo"]["stale"]
    assert asked["value"]["old_source"].count("depuis chez vous") == 0
    assert asked["value"]["new_source"].count("depuis chez vous") == 1


def test_a_merged_text_is_proposed_to_the_mission_that_speaks_the_language_of_the_source_and_to_no_other(day):
    proposed = {
        mission: [one["proposal"] for one in inbox["stale"]] for mission, inbox in day.inboxes["substantive"].items()
    }
    assert "du Sénégal" in proposed["amb-sn-dakar"][0]
    assert "depuis chez vous" in proposed["amb-sn-dakar"][0]
    assert {words for mission, words in proposed.items() if mission != "amb-sn-dakar" for words in words} == {""}


def test_a_worksheet_from_before_the_correction_comes_back_as_stale(day):
    assert "until you look at it again this waits" in day.said["old worksheet"]
    assert "Stale: the source has changed since (1)" in day.said["after the old worksheet"]


def test_once_all_have_answered_nothing_waits(day):
    assert set(stale(day, "answered").values()) == {0}


def test_a_critical_correction_stops_what_is_unsent_and_lists_what_is_out(day):
    assert ("critical", True) in stopped(day, "critical", "amb-sn-dakar")
    assert ("critical", True) in stopped(day, "critical", "cg-br-sao-paulo")
    out = {post["account"] for post in day.published["noon"]}
    assert {"amb-eg-cairo/facebook", "amb-jp-tokyo/twitter", "amb-de-berlin/twitter"} <= out
    assert out.isdisjoint({f"{mission}/facebook" for mission in WEST})
    assert "Take back by: crosspost recall" in day.said["critical"]
    assert "Rectificatif" in day.said["critical"]


def test_nothing_of_the_post_leaves_between_the_correction_and_the_look_at_it(day):
    later = [post for post in day.published["afternoon"] if is_after_the_correction(post, day)]
    assert {post["account"].partition("/")[0] for post in later} <= {"amb-sn-dakar", "cg-br-sao-paulo"}


def test_after_the_correction_no_account_says_or_reposts_the_wrong_date(day):
    words = {post["url"].rpartition("/")[2]: post["text"] for post in day.published["evening"]}
    later = [post for post in day.published["evening"] if is_after_the_correction(post, day)]
    assert len(later) > 20
    for post in later:
        said = words[post["repost_of"]] if post["repost_of"] else post["text"]
        assert not any(date in said for date in WRONG), post
        assert any(date in said for date in RIGHT), post


def test_no_russian_left_before_somebody_had_answered_for_it_and_tashkent_spoke_french_meanwhile(day):
    noon = day.published["noon"]
    assert not [post for post in noon if post["platform"] == "facebook" and "консульском" in post["text"]]
    [tashkent] = [post["text"] for post in noon if post["account"] == "amb-uz-tashkent/facebook"]
    assert "depuis chez vous" in tashkent
    assert any("консульском" in text for text in said_by(day, "amb-ru-moscow/facebook"))


def test_the_public_list_holds_each_post_once_and_no_other(day):
    receipts = Counter((d["account"], d["remote_id"]) for d in day.folder.json("queue", "--state", "sent"))
    standing = Counter((post["account"], post["id"]) for post in day.published["evening"] if not post["deleted"])
    assert standing == receipts
    assert set(standing.values()) == {1}
    words = Counter(
        (post["account"], post["text"], post["repost_of"]) for post in day.published["evening"] if not post["deleted"]
    )
    assert set(words.values()) == {1}


def test_what_missions_wrote_is_there_in_their_words(day):
    date = "{{ deadline | date }}"
    assert any(CAIRO_AT_HOME.partition(date)[0] in text for text in said_by(day, "amb-eg-cairo/facebook"))
    assert any(TOKYO.partition(date)[2] in text for text in said_by(day, "amb-jp-tokyo/facebook"))
    assert any(SEOUL.partition(date)[0] in text for text in said_by(day, "amb-kr-seoul/facebook"))
    [dakar] = said_by(day, "amb-sn-dakar/facebook")
    assert "au Sénégal" in dakar
    assert "depuis chez vous" in dakar
    assert "31 mars 2027" in dakar
    assert any(
        "Franceses em São Paulo" in t and "de casa até 31" in t for t in said_by(day, "cg-br-sao-paulo/facebook")
    )


def test_who_took_the_centres_words_says_them_and_who_opted_out_is_silent(day):
    assert any("sem sair de casa" in text for text in said_by(day, "amb-br-brasilia/facebook"))
    assert not any("Franceses em Brasília" in text for text in said_by(day, "amb-br-brasilia/facebook"))
    assert not [post for post in day.published["evening"] if post["account"].startswith("amb-tr-ankara/")]
    assert not any(ANKARA.partition("{{")[0] in post["text"] for post in day.published["evening"])


def test_what_was_out_with_the_wrong_date_is_taken_back_on_x_and_put_right_on_facebook(day):
    evening = day.published["evening"]
    wrong_on_x = [p for p in evening if p["platform"] == "twitter" and not is_after_the_correction(p, day)]
    assert wrong_on_x
    assert all(post["deleted"] for post in wrong_on_x)
    corrected = {post["account"] for post in evening if "Rectificatif" in post["text"]}
    assert {"amb-eg-cairo/facebook", "amb-jp-tokyo/facebook", "amb-at-vienna/facebook"} <= corrected


def test_nobody_corrects_in_a_language_in_which_it_has_said_nothing_wrong(day):
    put_right = [post for post in day.published["evening"] if "Уточнение" in post["text"]]
    assert put_right == []  # Moscow and Tashkent have not said it in Russian on Facebook by then


def test_in_the_evening_nothing_waits_for_anybody(day):
    assert set(stale(day, "evening").values()) == {0}
    assert all(not inbox["stopped"] for inbox in day.inboxes["evening"].values())

"""`crosspost glossary` as a translator uses it, and what `override set` says of terms."""

from __future__ import annotations

from pathlib import Path

import pytest

GLOSSARY = """\
[terms.opening]
fr = ["ouverture", "s'ouvre"]
ar = ["الافتتاح", "يفتتح"]
ja = "開幕"
[locked.cop]
fr = "COP31"
"""

CAIRO = ("--as", "amb-eg-cairo", "override", "set", "cop31/opening", "-m", "amb-eg-cairo")


@pytest.fixture(autouse=True)
def _glossary(desk_folder: Path) -> None:
    (desk_folder / "campaigns" / "glossary.toml").write_text(GLOSSARY, "utf-8")


def test_all_terms_are_listed_in_the_ministrys_languages_or_those_that_are_asked_for(crosspost):
    said = crosspost("glossary", "show")
    assert (said.code, "ouverture" in said.out, "COP31" in said.out, "開幕" in said.out) == (0, True, True, False)
    assert "開幕" in crosspost("glossary", "show", "--lang", "ja").out


def test_one_term_is_shown_with_its_place_and_all_that_is_accepted(crosspost):
    said = crosspost("glossary", "show", "ouverture").out
    assert "opening · agreed term · campaigns/glossary.toml:1" in said
    assert "Japanese" in said
    assert "s'ouvre" in said


def test_right_to_left_terms_are_stored_order_in_a_pipe_and_reordered_where_that_is_asked_for(crosspost):
    assert "الافتتاح" in crosspost("glossary", "show", "opening").out
    assert "حاتتفالا" in crosspost("glossary", "show", "opening", "--bidi").out


def test_the_list_is_there_for_scripts(crosspost):
    said = crosspost("glossary", "show", "opening", "--lang", "ar", "--json").json
    assert said == [
        {
            "term": "opening",
            "kind": "term",
            "words": {"ar": ["الافتتاح", "يفتتح"]},
            "place": {"file": "campaigns/glossary.toml", "line": 1, "column": 1},
        }
    ]


def test_a_country_is_named_without_standing_in_the_glossary(crosspost):
    said = crosspost("glossary", "show", "JP", "--json").json
    assert (said[0]["words"]["ar"], said[0]["place"]) == (["اليابان"], None)


def test_what_is_not_agreed_is_said_with_what_to_do(crosspost):
    said = crosspost("glossary", "show", "xyz")
    assert (said.code, "crosspost glossary show" in said.err) == (2, True)


def test_no_glossary_is_no_mistake_and_says_how_to_begin(crosspost, desk_folder):
    (desk_folder / "campaigns" / "glossary.toml").unlink()
    assert "docs/glossary.md" in crosspost("glossary", "show").out
    assert crosspost("glossary", "check").code == 0


def test_a_check_names_languages_without_words_and_fails_only_for_mistakes(crosspost, desk_folder):
    said = crosspost("glossary", "check")
    assert (said.code, "cop has no words in en, ar, ja" in said.out) == (0, True)
    (desk_folder / "campaigns" / "glossary.toml").write_text(GLOSSARY + "[terms.x]\nfr = 3\n[terms.y]\nxx = 'a'\n")
    said = crosspost("glossary", "check", "--json")
    assert said.code == 1
    assert [f["place"]["line"] for f in said.json if f["severity"] == "error"] == [8, 10]
    assert "crosspost glossary check" in crosspost("glossary", "show").err


def test_the_campaigns_check_has_the_term_beside_the_translation(crosspost, desk_folder):
    text = (desk_folder / "campaigns" / "cop31" / "campaign.toml").read_text("utf-8")
    (desk_folder / "campaigns" / "cop31" / "campaign.toml").write_text(text.replace("開幕", "開始"), "utf-8")
    said = crosspost("campaign", "check", "cop31").out
    assert "opening in ja does not say “開幕”, which is agreed for “ouverture” (opening)" in said


def test_an_override_without_the_locked_phrase_is_refused_and_one_without_the_term_is_told(crosspost):
    crosspost("campaign", "queue", "cop31", "--yes")
    said = crosspost(*CAIRO, "--lang", "fr", "--text", "La conférence commence.")
    assert (said.code, "“COP31”, word for word" in said.err) == (2, True)
    said = crosspost(*CAIRO, "--lang", "fr", "--text", "La COP31 commence.", "--dry-run")
    assert said.code == 0
    assert "The glossary has “ouverture” for opening" in said.out

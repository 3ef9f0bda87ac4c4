"""The press attaché in Cairo: own words, own posts, and the queue."""

from __future__ import annotations

import sys

import pytest

SET = ("--as", "amb-eg-cairo", "override", "set", "cop31/opening", "-m", "amb-eg-cairo")
POST = ("--as", "amb-eg-cairo", "post")
pytestmark = pytest.mark.usefixtures("desk_folder")


def words(crosspost, language="fr", account="amb-eg-cairo/facebook"):
    rows = crosspost("queue", "--json").json
    return next(row["text"] for row in rows if (row["account"], row["language"]) == (account, language))


@pytest.mark.parametrize("dash", [("-",), ("--file", "-")])
def test_a_dash_reads_the_words_from_the_input(crosspost, dash):
    assert crosspost(*SET, "--lang", "fr", *dash, given="Nos mots.\n").code == 0
    assert words(crosspost) == "Nos mots."


def test_other_words_than_a_dash_after_the_post_are_refused(crosspost):
    said = crosspost(*SET, "--lang", "fr", "Nos mots.")
    assert said.code == 2
    assert "--text" in said.err


def test_two_values_at_once_are_refused_and_none_is_dropped_silently(crosspost):
    said = crosspost(*SET, "--lang", "fr", "--text", "Nos mots.", "--at", "2099-11-08 16:00 local")
    assert said.code == 2
    assert "--text or --at" in said.err


def in_the_editor(crosspost, monkeypatch, tmp_path, script):
    editor = tmp_path / "editor.py"
    editor.write_text(f"import pathlib, sys\nfile = pathlib.Path(sys.argv[1])\nseen = file.read_text()\n{script}")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {editor}")
    return crosspost(*SET, "--lang", "fr", terminal=True)


def test_the_editor_shows_the_source_and_keeps_lines_of_hashtags(crosspost, monkeypatch, tmp_path):
    script = "assert '# #COP31' in seen\nfile.write_text(seen.replace('aujourd', 'dès aujourd'))"
    assert in_the_editor(crosspost, monkeypatch, tmp_path, script).code == 0
    assert words(crosspost) == "La COP31 s'ouvre dès aujourd'hui.\n\n#COP31"


def test_the_editor_begins_with_the_missions_own_words_once_it_has_some(crosspost, monkeypatch, tmp_path):
    crosspost(*SET, "--lang", "fr", "--text", "Nos mots.")
    said = in_the_editor(crosspost, monkeypatch, tmp_path, "assert seen.endswith('Nos mots.\\n'), seen")
    assert (said.code, "nothing was changed" in said.out) == (0, True)


def test_refused_words_are_said_again_so_that_nobody_loses_them(crosspost):
    said = crosspost(*SET, "--lang", "fr", "-", given="Première ligne.\n" + "a" * 300)
    assert said.code == 2
    assert "Première ligne." in said.err


def test_dropping_can_be_tried_and_says_what_it_changes(crosspost):
    crosspost(*SET, "--lang", "fr", "--text", "Nos mots.")
    drop = ("override", "drop", "cop31/opening", "-m", "amb-eg-cairo", "--lang", "fr")
    assert "would be dropped; 2 changed" in crosspost(*drop, "--dry-run").out
    assert words(crosspost) == "Nos mots."
    assert "dropped; 2 changed" in crosspost(*drop).out
    assert words(crosspost) != "Nos mots."


def test_showing_an_override_sets_it_beside_the_centres(crosspost):
    crosspost(*SET, "--at", "2099-11-08 16:00 local")
    said = crosspost("override", "show", "cop31/opening", "-m", "amb-eg-cairo").out
    assert "2099-11-08 16:00 local" in said
    assert "2099-11-08 15:00 Europe/Paris" in said


def test_a_language_that_is_none_is_a_usage_error_everywhere(crosspost):
    for command in ((*POST, "hi", "-m", "amb-eg-cairo"), ("queue",), (*SET, "--text", "hi")):
        for tag in ("français", "xx-nothing-at-all"):
            said = crosspost(*command, "--lang", tag)
            assert (said.code, "language tag" in said.err) == (2, True), (command, tag)


def test_a_post_says_the_local_time_of_the_mission_and_not_utc_twice(crosspost):
    said = crosspost(*POST, "Bonjour", "-m", "amb-eg-cairo", "--lang", "fr", "--platform", "x")
    assert "Africa/Cairo" in said.out
    assert crosspost("explain", said.out.split("queued ")[1].split()[0]).out.count("Africa/Cairo") == 1


def test_words_given_twice_are_refused(crosspost, tmp_path):
    (tmp_path / "words.txt").write_text("Bonsoir", "utf-8")
    said = crosspost(*POST, "Bonjour", "-m", "amb-eg-cairo", "--lang", "fr", "--file", str(tmp_path / "words.txt"))
    assert said.code == 2


def test_the_queue_cuts_nothing_when_it_is_piped(crosspost):
    crosspost(*SET, "--lang", "ar", "--platform", "facebook", "--text", "س" * 900)
    said = crosspost("queue", "--mission", "amb-eg")
    assert "cop31/opening/amb-eg-cairo/facebook/ar  Sun 2099-11-08 16:00       Sun 14:00  queued" in said.out
    assert "س" * 900 in said.out
    assert "…" not in said.out
    assert not [line for line in said.out.splitlines() if line != line.rstrip()]


def test_one_delivery_is_one(crosspost):
    said = crosspost("queue", "--mission", "amb-eg", "--platform", "x", "--lang", "ar").out
    assert said.splitlines()[-1] == "1 delivery: 1 queued"

"""Claire corrects a campaign: what the edit changes is shown before it is asked for, and an old file is refused."""

from __future__ import annotations

import shlex

import pytest


@pytest.fixture
def file(desk_folder):
    return desk_folder / "campaigns" / "cop31" / "campaign.toml"


@pytest.fixture
def edit(file):
    """Replace words in the campaign's file."""

    def replace(old, new):
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    return replace


@pytest.fixture
def queue(crosspost):
    def call(*options, **settings):
        return crosspost("campaign", "queue", "cop31", *options, **settings)

    return call


def revision(crosspost):
    return len(crosspost("campaign", "show", "cop31", "--json").json["revisions"])


def test_an_edit_shows_word_by_word_what_changed_and_what_becomes_stale_and_asks(queue, edit, crosspost):
    edit("s'ouvre aujourd'hui", "s'ouvre demain")
    said = queue()
    assert "[-aujourd'hui-]{+demain+}" in said.out
    assert "translations of the centre: ar Arabic 1, ja Japanese 1" in said.out
    assert "--yes" in said.err
    assert (said.code, revision(crosspost)) == (2, 1)
    answered = queue(given="y\n", terminal=True)
    assert "revision 2" in answered.out
    assert revision(crosspost) == 2


def test_a_dry_run_shows_all_of_it_and_does_nothing(queue, edit, crosspost):
    edit("s'ouvre aujourd'hui", "s'ouvre demain")
    said = queue("--dry-run")
    assert "{+demain+}" in said.out
    assert "Against the queue" in said.out
    assert (said.code, revision(crosspost)) == (0, 1)


def test_json_has_the_difference_in_pieces_and_what_it_leads_to(queue, edit):
    edit("s'ouvre aujourd'hui", "s'ouvre demain")
    told = queue("--dry-run", "--json").json
    (one,) = told["rewordings"]
    assert (one["post"], one["field"], one["language"], one["how"]) == ("opening", "text", "fr", "changed")
    assert "".join(p["text"] for p in one["pieces"] if p["kind"] != "added") == one["old"]
    assert {p["text"] for p in one["pieces"] if p["kind"] == "added"} == {"demain"}
    assert told["stale_translations"] == {"ja": 1, "ar": 1}
    assert {name.rpartition("/")[2] for name in told["waiting_for_answers"]} == {"ja", "ar"}
    assert (told["change"], told["compared_with"]) == ("substantive", 1)
    assert queue("--json", "--yes").json["is_edit"] is True


def test_a_missions_own_words_are_counted_by_mission(queue, edit, crosspost):
    words = ("--lang", "ja", "--text", "東京でもCOP31。")
    assert crosspost("override", "set", "cop31/opening", "--mission", "amb-jp-tokyo", *words).code == 0
    edit("s'ouvre aujourd'hui", "s'ouvre demain")
    assert "missions' own: amb-jp-tokyo 1" in queue("--dry-run").out


def test_a_typo_is_cosmetic_and_nothing_becomes_stale(queue, edit, crosspost):
    edit("s'ouvre aujourd'hui", "s’ouvre aujourd’hui")
    said = queue("--cosmetic", "--yes")
    assert said.code == 0
    assert "Stale" not in said.out
    assert crosspost("campaign", "show", "cop31", "--json").json["revisions"][-1]["how"] == "cosmetic"
    assert "stale" not in crosspost("queue").out


def test_what_is_no_typo_is_not_called_cosmetic_and_the_reasons_are_named(queue, edit, crosspost):
    edit("La COP31 s'ouvre aujourd'hui", "La COP32 s'ouvre demain")
    for options in (("--cosmetic", "--yes"), ("--cosmetic", "--dry-run")):
        said = queue(*options)
        assert said.code == 1
        assert "not-cosmetic" in said.out + said.err
        assert "opening text fr: number, day or negation aujourd'hui → demain" in said.out + said.err
    assert revision(crosspost) == 1


@pytest.mark.parametrize(
    "options",
    [("--cosmetic", "--substantive"), ("--cosmetic", "--critical", "x"), ("--substantive", "--critical", "x")],
)
def test_a_change_is_of_one_kind(queue, edit, options):
    edit("aujourd'hui", "demain")
    said = queue(*options, "--yes")
    assert (said.code, "of one kind" in said.err) == (2, True)


@pytest.mark.usefixtures("desk_folder")
def test_a_class_without_a_change_says_so(queue):
    assert "--cosmetic says nothing here" in queue("--cosmetic").out
    critical = queue("--critical", "wrong date")
    assert (critical.code, "crosspost hold --campaign cop31" in critical.err) == (2, True)


def test_a_critical_change_says_what_was_wrong_and_of_what(queue, edit, crosspost, desk_folder):
    edit("aujourd'hui", "demain")
    nothing = queue("--critical", " ", "--yes")
    assert (nothing.code, "say what was wrong" in nothing.err) == (2, True)
    other = desk_folder / "campaigns" / "other"
    other.mkdir()
    (other / "campaign.toml").write_text((desk_folder / "campaigns/cop31/campaign.toml").read_text("utf-8"), "utf-8")
    first = crosspost("campaign", "queue", "other", "--critical", "x", "--yes")
    assert (first.code, "never queued" in first.err) == (2, True)


def test_a_fact_is_rendered_anew_and_makes_no_text_stale(queue, edit, file):
    edit("[posts.opening]", '[facts]\nday = "lundi"\n\n[posts.opening]')
    edit("aujourd'hui", "{{ day }}")
    assert queue("--yes").code == 0
    edit('day = "lundi"', 'day = "mardi"')
    said = queue("--dry-run")
    assert "fact day: lundi → mardi" in said.out
    assert "Rendered anew with day: in fr" in said.out
    assert "Stale now" not in said.out


@pytest.mark.usefixtures("desk_folder")
def test_now_is_no_change_of_substance_and_asks_no_mission_about_its_time(queue, crosspost):
    words = ("--mission", "amb-jp-tokyo", "--at", "2099-11-08 10:00 local")
    assert crosspost("override", "set", "cop31/opening", *words).code == 0
    for options in (("--now",), ()):  # and back to the times of the file
        said = queue(*options, "--yes")
        assert said.code == 0, said.err
        assert "Stale now" not in said.out
        assert "stale" not in crosspost("queue").out
    assert revision(crosspost) == 3


def test_an_older_version_of_the_file_is_refused_and_names_who_queued_it(queue, edit, file, crosspost):
    old = file.read_text("utf-8")
    edit("s'ouvre aujourd'hui", "s'ouvre demain")
    assert queue("--yes").code == 0
    file.write_text(old, "utf-8")
    said = queue("--yes")
    assert said.code == 1
    assert "this file is revision 1 (queued by " in said.err + said.out
    assert revision(crosspost) == 2
    assert queue("--yes", "--revert").code == 0
    assert revision(crosspost) == 3


@pytest.mark.parametrize(
    ("correction", "place"),
    [
        (("s'ouvre aujourd'hui", "s'ouvre demain"), "opening text fr"),
        (("15:00 Europe/Paris", "16:00 Europe/Paris"), "opening time"),
        (('day = "lundi"', 'day = "mardi"'), "the fact day"),
        (("https://example.org/a", "https://example.org/b"), "opening link"),
    ],
)
def test_a_colleagues_edit_of_an_old_copy_does_not_undo_a_correction(queue, edit, file, correction, place):
    edit("[posts.opening]", '[facts]\nday = "lundi"\n\n[posts.opening]\nlink = "https://example.org/a"')
    assert queue("--yes").code == 0
    old = file.read_text("utf-8")
    edit(*correction)
    assert queue("--yes").code == 0
    file.write_text(old.replace("本日開幕します", "いよいよ開幕します"), "utf-8")
    said = queue("--yes")
    assert said.code == 1
    assert f"{place} goes back to what it was in revision 2" in said.out + said.err
    assert "old-words" in said.out + said.err
    assert queue("--yes", "--revert").code == 0


@pytest.mark.usefixtures("desk_folder")
def test_what_was_withdrawn_may_be_queued_again_as_it_was(queue, crosspost):
    assert crosspost("campaign", "withdraw", "cop31", "--yes").code == 0
    assert queue("--yes").code == 0


def test_a_critical_edit_lists_what_is_out_and_what_to_do_and_blocks_the_rest(queue, edit, out, crosspost):
    out("cop31/opening/amb-jp-tokyo/twitter/ja", "https://x.example/1")
    edit("s'ouvre aujourd'hui", "s'ouvre demain")
    edit("本日開幕します", "明日開幕します")
    said = queue("--critical", "the day was wrong", "--yes")
    assert said.code == 0, said.err
    assert "the day was wrong" in said.out
    assert "https://x.example/1" in said.out
    assert "【訂正】COP31が明日開幕します。" in said.out
    assert "crosspost recall cop31/opening --keep-unsent --reason 'the day was wrong'" in said.out
    states = {row["delivery"]: row["state"] for row in crosspost("queue", "--json").json}
    assert states.pop("cop31/opening/amb-jp-tokyo/twitter/ja") == "sent"
    assert set(states.values()) == {"held"}


def test_the_commands_that_a_correction_names_work(queue, edit, out, crosspost):
    out("cop31/opening/amb-jp-tokyo/twitter/ja", "https://x.example/1")
    edit("本日開幕します", "明日開幕します")
    edit("aujourd'hui", "demain")
    queue("--critical", "the day was wrong", "--yes")
    (told,) = crosspost("campaign", "correction", "cop31/opening", "--json").json
    assert [row["remote_url"] for row in told["out"]] == ["https://x.example/1"]
    ((command,),) = [draft["commands"] for draft in told["drafts"]]
    assert crosspost(*shlex.split(command)[1:], "--dry-run").code == 0
    (recall,) = told["recalls"]
    dry = crosspost(*shlex.split(recall)[1:], "--dry-run", "--json")
    assert [post["delivery"] for post in dry.json["to_delete"]] == ["cop31/opening/amb-jp-tokyo/twitter/ja"]


def test_the_written_stub_is_a_campaign_that_passes_its_checks(queue, edit, out, crosspost, desk_folder):
    out("cop31/opening/amb-jp-tokyo/twitter/ja", "https://x.example/1")
    edit("本日開幕します", "明日開幕します")
    edit("aujourd'hui", "demain")
    queue("--critical", "the day was wrong", "--yes")
    assert crosspost("campaign", "correction", "cop31", "--write", "cop31-correction").code == 0
    planned = crosspost("campaign", "plan", "cop31-correction", "--json")
    assert planned.code == 0, planned.out
    assert {(row["account"], row["text"]) for row in planned.json["planned"]} == {
        ("amb-jp-tokyo/twitter", "【訂正】COP31が明日開幕します。")
    }
    again = crosspost("campaign", "correction", "cop31", "--write", "cop31-correction")
    assert (again.code, "there already" in again.err) == (2, True)


def test_the_written_stub_names_who_would_correct_what_it_has_not_said(queue, edit, out, crosspost, desk_folder):
    out("cop31/opening/amb-jp-tokyo/twitter/ja", "https://x.example/1")
    out("cop31/opening/amb-eg-cairo/facebook/fr", "https://x.example/2")
    edit("aujourd'hui", "demain")
    edit("本日開幕します", "明日開幕します")
    queue("--critical", "the day was wrong", "--yes")
    assert crosspost("campaign", "correction", "cop31", "--write", "put-right").code == 0
    text = (desk_folder / "campaigns" / "put-right" / "campaign.toml").read_text("utf-8")
    assert "# amb-jp-tokyo/twitter has not said opening wrong in fr: see to that first." in text
    assert "amb-eg-cairo/facebook has not said" not in text
    assert '"ar" =' not in text


def test_confirming_shows_the_words_asks_and_lets_go(queue, edit, crosspost):
    edit("aujourd'hui", "demain")
    queue("--critical", "the day was wrong", "--yes")
    dry = crosspost("campaign", "confirm", "cop31/opening", "--lang", "fr", "--dry-run")
    assert "La COP31 s'ouvre demain." in dry.out
    assert crosspost("campaign", "confirm", "cop31/opening", "--lang", "fr").code == 2
    done = crosspost("campaign", "confirm", "cop31/opening", "--lang", "fr", "--yes", "--json").json
    assert done["chosen"] == sorted(done["done"], key=done["chosen"].index)
    assert done["done"]
    assert all(row["state"] == "queued" for row in crosspost("queue", "--lang", "fr", "--json").json)
    assert all(row["state"] == "held" for row in crosspost("queue", "--lang", "ar", "--json").json)


def test_a_mission_confirms_its_own_and_is_told_of_the_rest(queue, edit, crosspost):
    edit("aujourd'hui", "demain")
    queue("--critical", "the day was wrong", "--yes")
    said = crosspost("--as", "amb-jp-tokyo", "campaign", "confirm", "cop31", "--yes")
    assert said.code == 0, said.err
    assert "more wait for their own missions" in said.out
    rows = crosspost("queue", "--json").json
    fr = {row["account"]: row["state"] for row in rows if row["language"] == "fr"}
    assert fr["amb-jp-tokyo/twitter"] == "queued"
    assert fr["amb-eg-cairo/facebook"] == "held"
    assert "Nothing of cop31 waits" in crosspost("--as", "ministry", "campaign", "confirm", "cop31", "--lang", "es").out

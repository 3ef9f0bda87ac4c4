"""Worksheets as they come back from people: broken, borrowed, old, in other encodings; and what changed meanwhile."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.desk.conftest import with_text

from crosspost.desk import deliveries, overrides, replan, worksheet
from crosspost.desk.campaigns import Edit, QueueCampaign, withdraw
from crosspost.domain.campaign import ANY, TEXT, Fact, Variant
from crosspost.domain.delivery import BlockKind
from crosspost.domain.findings import Severity, has_errors
from crosspost.domain.freshness import Change
from crosspost.errors import ConflictError, FindingsError
from crosspost.files.worksheet import read_sheet, written

FR, AR = "cop/opening/cairo/paper/fr", "cop/opening/cairo/paper/ar"


@pytest.fixture
def sheet(desk_of, translated):
    """Cairo's worksheet, as it was sent: French and Arabic."""
    return written(worksheet.sheet(desk_of("cairo"), "cairo"), lambda _: "…")


@pytest.fixture
def back(desk_of, tmp_path):
    """Take back a worksheet as a mission, and say what that would do."""

    def take(text, role="cairo", *, mine=False):
        path = tmp_path / "back.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return worksheet.prospect(desk_of(role), read_sheet(path), mine=mine)

    return take


@pytest.fixture
def edit(desk_of):
    """Queue another version as the ministry."""

    def put(campaign, change=Change.SUBSTANTIVE, note=""):
        desk = desk_of("ministry")
        how = QueueCampaign(desk, campaign, Edit(change, note), True, datetime.now(UTC))
        replan.commit(desk, ["cop"], how)

    return put


def filled(sheet, language="fr", words="Bonjour du Caire"):
    """Return the sheet with other words in one language."""
    found = re.search(rf'language = "{language}"\n.*?text = \'\'\'\n(.*?)\n\'\'\'', sheet, re.DOTALL)
    return sheet[: found.start(1)] + words + sheet[found.end(1) :]


def rules(seen):
    return {finding.rule for finding in seen.findings if finding.severity is Severity.ERROR}


def own_words(desk):
    return {(row.language, row.value) for row in overrides.every(desk, "cop")}


@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"),
    ],
    ids=["crlf", "bom", "both"],
)
def test_what_editors_do_to_a_file_unasked_changes_no_words(desk_of, sheet, back, encoded):
    seen = back(encoded(filled(sheet)))
    assert not has_errors(seen.findings)
    worksheet.commit(desk_of("cairo"), seen)
    assert own_words(desk_of("")) == {("fr", "Bonjour du Caire")}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1256"])
def test_another_encoding_is_read_as_it_was_meant_or_refused_and_never_half(desk_of, sheet, back, encoding):
    text = filled(sheet, "ar", "مرحبا من القاهرة")
    seen = back(text.encode(encoding, errors="ignore"))
    assert has_errors(seen.findings) or [s.variant.value for s in seen.steps] == ["مرحبا من القاهرة"]
    assert all(finding.message for finding in seen.findings)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('campaign = "cop"', 'campaign = "cup"', "campaign"),
        ('post = "opening"', 'post = "closing"', "post"),
        ('language = "fr"', 'language = "ja"', "language"),
        ('language = "fr"', 'language = "ar"', "seal"),
        ('field = "text"', 'field = "alt:0123456789abcdef"', "image"),
        ('mission = "cairo"', 'mission = "seoul"', "seal"),
        ('mission = "cairo"', 'mission = "atlantis"', "mission"),
        ('network = "ministry"', 'network = "other"', "other-network"),
        ('whose = "ministry"', 'whose = "cairo"', "seal"),
        ("format = 1", "format = 2", "format"),
    ],
)
def test_what_was_changed_by_hand_besides_the_words_is_refused_with_its_place(desk_of, sheet, back, old, new, rule):
    seen = back(filled(sheet).replace(old, new), "ministry")
    assert rule in rules(seen)
    assert all(finding.place for finding in seen.findings)
    with pytest.raises(FindingsError):
        worksheet.commit(desk_of("ministry"), seen)
    assert own_words(desk_of("")) == set()


def test_another_missions_file_is_not_ones_own_to_bring(desk_of, sheet, back):
    assert "not-permitted" in rules(back(filled(sheet), "tokyo"))


def test_a_text_of_another_missions_file_does_not_pass_as_ones_own(desk_of, sheet, back):
    theirs = filled(written(worksheet.sheet(desk_of("tokyo"), "tokyo"), lambda _: "…"))
    entry = "[[texts]]" + theirs.split("[[texts]]")[1]
    assert "seal" in rules(back(sheet + "\n" + entry))


def test_deleted_entries_delete_nothing(desk_of, sheet, back):
    cairo = desk_of("cairo")
    overrides.put(cairo, overrides.target(cairo, "cop"), Variant("cairo", TEXT, "ar", ANY, "القاهرة"))
    head, *texts = filled(sheet).split("[[texts]]")
    seen = back("[[texts]]".join([head, next(t for t in texts if 'language = "fr"' in t)]))
    worksheet.commit(cairo, seen)
    assert own_words(cairo) == {("fr", "Bonjour du Caire"), ("ar", "القاهرة")}


def test_a_text_that_is_in_the_file_twice_is_refused(sheet, back):
    text = filled(sheet)
    entry = next(t for t in text.split("[[texts]]") if 'language = "fr"' in t)
    assert "twice" in rules(back(f"{text}\n[[texts]]{entry.replace('du Caire', 'encore')}"))


def test_of_a_file_of_many_megabytes_no_more_is_said_than_anybody_reads(sheet, back):
    seen = back(filled(sheet, words="é" * 3_000_000))
    assert has_errors(seen.findings)
    assert sum(len(finding.message) for finding in seen.findings) < 10_000


def test_words_made_from_an_older_source_come_back_stale_and_those_of_a_typo_fresh(
    desk_of, sheet, back, edit, translated
):
    edit(with_text(translated, "fr", "Bonjour!"), Change.COSMETIC)
    assert not back(filled(sheet)).steps[0].is_stale
    edit(with_text(translated, "fr", "Bonsoir"))
    seen = back(filled(sheet))
    assert seen.steps[0].is_stale
    worksheet.commit(desk_of("cairo"), seen)
    assert deliveries.find(desk_of(""), FR).state == "held"


def test_a_correction_between_judging_and_taking_in_keeps_what_it_holds(desk_of, sheet, back, edit, translated):
    """It corrects a fact, so that the words fit their source as before; the file was made before it."""
    seen = back(filled(sheet))
    edit(replace(translated, posts=_with_fact(translated), facts=(Fact("hall", "text", "B"),)), Change.CRITICAL, "hall")
    worksheet.commit(desk_of("cairo"), seen)
    assert BlockKind.CRITICAL in {block.kind for block in deliveries.find(desk_of(""), FR).blocks}


def _with_fact(campaign):
    post = campaign.posts[0]
    more = Variant("ministry", TEXT, "ko", ANY, "{{ hall }}", post.source_digest(TEXT, "fr"))
    return (replace(post, variants=(*post.variants, more)),)


def test_words_that_somebody_wrote_between_judging_and_taking_in_are_kept(desk_of, sheet, back):
    cairo = desk_of("cairo")
    seen = back(filled(sheet))
    overrides.put(cairo, overrides.target(cairo, "cop"), Variant("cairo", TEXT, "fr", ANY, "Une collègue"))
    with pytest.raises(ConflictError):
        worksheet.commit(cairo, seen)
    assert "conflict" in rules(back(filled(sheet)))
    assert own_words(cairo) == {("fr", "Une collègue")}


def test_a_withdrawn_campaign_takes_no_words(desk_of, sheet, back):
    withdraw(desk_of("ministry"), "cop")
    assert "campaign" in rules(back(filled(sheet)))

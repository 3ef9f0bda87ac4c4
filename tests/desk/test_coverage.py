"""Coverage: what becomes of each text, and what stands for a mission and a language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from tests.desk.conftest import centre, with_text

from crosspost.desk import campaigns, overrides
from crosspost.desk.coverage import Mark, coverage
from crosspost.domain.campaign import ANY, OPT_OUT, TEXT, Post, Variant
from crosspost.domain.delivery import BlockKind
from crosspost.domain.schedule import at_instant
from crosspost.errors import UsageError
from crosspost.store import blocks, network
from crosspost.store.tables import Delivery, Recall, ReceiptRow, core

JA = "cop/opening/tokyo/paper/ja"


def marks(desk, name="cop", mission=""):
    """Return the mark of each account's text in each language."""
    return {(text.account, text.language): text.mark.value for text in coverage(desk, name, mission).texts}


@pytest.fixture
def desk(desk_of, queue, campaign):
    """The centre's desk, with the campaign queued."""
    queue(campaign)
    return desk_of("ministry")


def own(desk, mission, language, words):
    variant = Variant(mission, TEXT, language, ANY, words)
    overrides.put(desk, overrides.target(desk, "cop/opening"), variant)


def test_each_account_is_asked_for_what_it_lists(desk):
    assert marks(desk) == {
        ("ministry/paper", "fr"): "central",
        ("ministry/paper", "en"): "missing",
        ("tokyo/paper", "fr"): "central",
        ("tokyo/paper", "ja"): "central",
        ("seoul/paper", "fr"): "central",
        ("seoul/paper", "ko"): "missing",
        ("cairo/paper", "fr"): "central",
        ("cairo/paper", "ar"): "central",
        ("cairo/board", "fr"): "central",
        ("praia/paper", "pt-BR"): "fallback",
    }


def test_a_fallback_says_in_which_language_it_is_said(desk):
    [text] = coverage(desk, "cop", "praia").texts
    assert (text.said_in, text.delivery) == ("pt", "cop/opening/praia/paper/pt-BR")


def test_where_one_post_speaks_for_all_only_the_first_language_is_asked_for(desk_of, queue, campaign):
    arabic = [variant for variant in campaign.posts[0].variants if variant.language == "ar"]
    queue(replace(campaign, source="ar", posts=(replace(campaign.posts[0], variants=tuple(arabic)),)))
    [text] = [text for text in coverage(desk_of("ministry"), "cop").texts if text.account == "cairo/board"]
    assert (text.language, text.mark, text.said_in) == ("fr", Mark.FALLBACK, "ar")


def test_own_words_count_for_the_subtree_of_who_wrote_them_and_nowhere_else(desk):
    before = marks(desk)
    own(desk, "asia", "fr", "Bonjour d'Asie")
    changed = {place: mark for place, mark in marks(desk).items() if mark != before[place]}
    assert changed == {("tokyo/paper", "fr"): "own", ("seoul/paper", "fr"): "own"}


def test_what_was_made_from_the_old_source_is_stale_and_the_source_is_not(desk, queue, translated):
    queue(with_text(translated, "fr", "Bonjour à tous"))
    found = marks(desk)
    assert {place for place, mark in found.items() if mark == "stale"} == {
        ("tokyo/paper", "ja"),
        ("cairo/paper", "ar"),
        ("praia/paper", "pt-BR"),
    }
    assert found["tokyo/paper", "fr"] == "central"


def test_a_critical_correction_goes_before_what_is_stale(desk, queue, translated):
    queue(with_text(translated, "fr", "Bonjour à tous"))
    with desk.store.write() as tx:
        blocks.raise_(tx, BlockKind.CRITICAL, [JA], "the date was wrong", "somebody", desk.clock())
    [text] = [text for text in coverage(desk, "cop", "tokyo").texts if text.language == "ja"]
    assert (text.mark, text.why) == (Mark.CRITICAL, "critical: the date was wrong")


def test_who_opted_out_has_answered(desk):
    variant = Variant("tokyo", OPT_OUT, ANY, ANY, "not the moment")
    overrides.put(desk, overrides.target(desk, "cop/opening"), variant)
    assert set(marks(desk, mission="tokyo").values()) == {"opted-out"}
    assert coverage(desk, "cop", "tokyo").needing() == []


NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
ENDS = [
    ({"state": "sent", "sent_at": NOW}, "sent"),
    ({"state": "sending"}, "central"),
    ({"state": "failed", "reason": "no such words"}, "blocked"),
    ({"state": "unknown"}, "blocked"),
    ({"state": "unknown", "look_at": NOW}, "central"),
    ({"state": "expired"}, "over"),
    ({"state": "cancelled", "settled_by": "person"}, "opted-out"),
    ({"state": "cancelled", "settled_by": "plan"}, "missing"),
]


@pytest.mark.parametrize(("values", "mark"), ENDS, ids=["-".join(values) for values, _ in ENDS])
def test_the_state_of_a_delivery_says_what_became_of_its_text(desk, values, mark):
    with desk.store.write() as tx:
        tx.execute(update(core(Delivery)).where(core(Delivery).c.id == JA).values(values))
    assert marks(desk)["tokyo/paper", "ja"] == mark


def test_what_was_recalled_is_not_said_to_be_out(desk):
    receipt = {"account": "tokyo/paper", "remote_id": "1", "delivery": JA, "url": "", "at": NOW}
    wish = {"account": "tokyo/paper", "remote_id": "1", "delivery": JA, "who": "", "why": "", "asked_at": NOW}
    with desk.store.write() as tx:
        tx.execute(update(core(Delivery)).where(core(Delivery).c.id == JA).values(state="sent", sent_at=NOW))
        tx.execute(core(ReceiptRow).insert().values(receipt))
        tx.execute(core(Recall).insert().values(**wish, tries=1, outcome="deleted", detail=""))
    assert marks(desk)["tokyo/paper", "ja"] == "opted-out"


@pytest.mark.parametrize("kind", [BlockKind.LATE, BlockKind.REVIEW, BlockKind.APPROVAL])
def test_what_waits_for_a_person_is_blocked_and_says_why(desk, kind):
    with desk.store.write() as tx:
        blocks.raise_(tx, kind, [JA], "look at it", "somebody", desk.clock())
    [text] = [text for text in coverage(desk, "cop", "tokyo").texts if text.language == "ja"]
    assert (text.mark, text.why) == (Mark.BLOCKED, f"{kind}: look at it")


def test_an_account_that_is_retired_is_asked_for_nothing(desk):
    with desk.store.write() as tx:
        network.operate(tx, "tokyo/paper", state="retired")
    assert not coverage(desk, "cop", "tokyo").texts


def test_a_post_whose_time_was_past_asks_nobody(desk_of, queue, campaign):
    past = Post("past", at_instant(datetime.now(UTC) - timedelta(days=1)), (centre("fr", "Hier"),))
    queue(replace(campaign, posts=(*campaign.posts, past)))
    found = marks(desk_of("ministry"), "cop/past")
    assert set(found.values()) == {"over"}


def test_the_gravest_stands_for_a_cell_and_all_are_counted(desk_of, queue, campaign):
    second = replace(campaign.posts[0], id="closing", variants=(centre("fr", "Au revoir"),))
    queue(replace(campaign, posts=(*campaign.posts, second)))
    found = coverage(desk_of("ministry"), "cop")
    cell = found.cells()["tokyo"]["ja"]
    assert (cell.mark, cell.counts) == (Mark.MISSING, {Mark.MISSING: 1, Mark.CENTRAL: 1})
    assert found.totals()["ja"] == {Mark.MISSING: 1, Mark.CENTRAL: 1}
    assert found.counts().total() == len(found.texts) == 20


def test_languages_are_those_of_the_campaign_in_its_order_then_the_others(desk):
    assert coverage(desk, "cop").languages == ("fr", "ja", "ar", "en", "ko", "pt-BR")


def test_a_region_is_itself_and_what_is_below_it(desk):
    assert {text.mission for text in coverage(desk, "cop", "asia").texts} == {"tokyo", "seoul"}


def test_what_is_withdrawn_or_unknown_is_refused_with_what_there_is(desk):
    with pytest.raises(UsageError, match="there is opening"):
        coverage(desk, "cop/closing")
    campaigns.withdraw(desk, "cop")
    with pytest.raises(UsageError, match="withdrawn"):
        coverage(desk, "cop")

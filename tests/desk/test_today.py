"""A mission's inbox, and the centre's morning."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update
from tests.desk.conftest import with_text

from crosspost.desk import holds, overrides
from crosspost.desk.coverage import Mark
from crosspost.desk.morning import morning
from crosspost.desk.today import inbox, whose
from crosspost.domain.campaign import ANY, TEXT, Variant
from crosspost.domain.delivery import BlockKind
from crosspost.domain.schedule import at_instant
from crosspost.domain.selection import Selection
from crosspost.domain.zones import zone
from crosspost.errors import UsageError
from crosspost.store import blocks, network
from crosspost.store.tables import Attempt, Delivery, core

NOW = datetime.now(UTC)
JA, KO_FR = "cop/opening/tokyo/paper/ja", "cop/opening/seoul/paper/fr"
delivery = core(Delivery)


@pytest.fixture
def desk(desk_of, translated):
    """The centre's desk, with the campaign queued."""
    return desk_of("ministry")


def own(desk, mission, language, words):
    variant = Variant(mission, TEXT, language, ANY, words)
    overrides.put(desk, overrides.target(desk, "cop/opening"), variant)


def alter(desk, delivery_id, **values):
    with desk.store.write() as tx:
        tx.execute(update(delivery).where(delivery.c.id == delivery_id).values(values))


def to_localise(desk, mission, days=7):
    return [(each.language, each.said_in, each.accounts) for each in inbox(desk, mission, days).to_localise]


def test_a_mission_is_asked_for_the_texts_that_nobody_wrote_in_its_language(desk):
    assert to_localise(desk, "seoul") == [("ko", "", ("seoul/paper",))]
    assert to_localise(desk, "praia") == [("pt-BR", "pt", ("praia/paper",))]
    assert to_localise(desk, "tokyo") == []
    assert [each.languages for each in inbox(desk, "tokyo").inherited] == [("fr", "ja")]


def test_what_a_mission_has_written_itself_is_no_work_any_more(desk):
    own(desk, "seoul", "ko", "안녕하세요")
    found = inbox(desk, "seoul")
    assert found.to_localise == []
    assert [each.languages for each in found.inherited] == [("fr",)]


def test_only_what_is_due_within_the_days_is_asked_for(desk, queue, translated):
    later = replace(translated.posts[0], at=at_instant(NOW + timedelta(days=9)))
    queue(replace(translated, posts=(later,)))
    assert to_localise(desk, "seoul") == []
    assert to_localise(desk, "seoul", days=10) == [("ko", "", ("seoul/paper",))]


def test_stale_words_are_shown_to_their_owner_and_to_nobody_beside(desk, queue, translated):
    own(desk, "tokyo", "ja", "こんばんは")
    own(desk, "cairo", "ar", "مساء الخير")
    queue(with_text(translated, "fr", "Bonjour à tous"))
    [mine] = inbox(desk, "tokyo").stale
    assert (mine.value.variant.value, mine.is_ours) == ("こんばんは", True)
    assert (mine.value.old_source, mine.value.new_source) == ("Bonjour", "Bonjour à tous")
    assert inbox(desk, "tokyo").needs_somebody
    assert inbox(desk, "seoul").stale == []


def test_a_stale_translation_of_the_centre_is_not_the_missions_to_answer(desk, queue, translated):
    queue(with_text(translated, "fr", "Bonjour à tous"))
    [theirs] = inbox(desk, "tokyo").stale
    assert (theirs.value.variant.language, theirs.is_ours) == ("ja", False)


def test_the_words_of_its_region_are_not_a_missions_to_answer(desk, queue, translated):
    own(desk, "asia", "fr", "Bonjour d'Asie")
    queue(with_text(translated, "fr", "Bonjour à tous"))
    found = {each.value.variant.owner: each.is_ours for each in inbox(desk, "seoul").stale}
    assert found == {"asia": False}
    assert {each.is_ours for each in inbox(desk, "asia").stale if each.value.is_override} == {True}


def test_in_the_sources_language_a_merged_text_is_proposed(desk, queue, translated):
    queue(with_text(translated, "fr", "Bonjour. Soyez les bienvenus."))
    own(desk, "tokyo", "fr", "Bonjour, Tokyo. Soyez les bienvenus.")
    queue(with_text(translated, "fr", "Bonjour. Soyez tous les bienvenus."))
    proposals = {each.value.variant.language: each.proposal for each in inbox(desk, "tokyo").stale}
    assert proposals == {"fr": "Bonjour, Tokyo. Soyez tous les bienvenus.", "ja": ""}


def test_what_is_stopped_for_one_reason_is_one_matter_with_one_command(desk):
    both = [JA, "cop/opening/tokyo/paper/fr"]
    with desk.store.write() as tx:
        blocks.raise_(tx, BlockKind.LATE, both, "due long ago", "daemon", NOW)
        blocks.raise_(tx, BlockKind.LATE, [KO_FR], "due long ago", "daemon", NOW)
    [matter] = inbox(desk, "tokyo").stopped
    assert (matter.kind, set(matter.deliveries)) == ("late", set(both))
    assert matter.do == "crosspost delivery send-late -m tokyo -c cop/opening"
    assert matter.what == "cop/opening: 2 deliveries held, late: due long ago"
    [alone] = inbox(desk, "seoul").stopped
    assert f"crosspost delivery send-late {KO_FR}" in alone.do


def test_a_stale_text_is_told_once_though_its_delivery_is_stopped_for_it(desk, queue, translated):
    queue(with_text(translated, "fr", "Bonjour à tous"))
    with desk.store.write() as tx:
        blocks.raise_(tx, BlockKind.CRITICAL, [JA, KO_FR], "it was wrong", "somebody", NOW)
    assert (inbox(desk, "tokyo").stopped, len(inbox(desk, "tokyo").stale)) == ([], 1)
    [critical] = inbox(desk, "seoul").stopped  # fresh, and stopped all the same
    assert critical.kind == "critical"


def test_a_critical_correction_of_many_is_confirmed_for_all_of_them_at_once(desk):
    with desk.store.write() as tx:
        blocks.raise_(tx, BlockKind.CRITICAL, [JA, KO_FR], "it was wrong", "somebody", NOW)
    [matter] = morning(desk, "ministry").stopped
    assert matter.do.endswith("crosspost campaign confirm cop/opening")
    assert len(matter.deliveries) == 2


def test_a_hold_and_a_pause_say_how_much_they_keep_back_and_since_whom(desk):
    holds.place(desk, Selection(mission=("asia",)), "a summit", None)
    with desk.store.write() as tx:
        network.operate(tx, "tokyo/paper", paused="expired")
    found = {matter.kind: matter for matter in inbox(desk, "tokyo").stopped}
    assert {kind: len(matter.deliveries) for kind, matter in found.items()} == {"account": 2, "hold": 2}
    assert "a summit (by somebody)" in found["hold"].what
    assert "crosspost account resume tokyo/paper" in found["account"].do
    assert inbox(desk, "cairo").stopped == []


def test_an_account_that_is_not_enabled_is_told_once_with_what_to_do(desk, queue, translated):
    with desk.store.write() as tx:
        network.operate(tx, "tokyo/paper", state="new")
    queue(with_text(translated, "en", "Hello"))
    queue(with_text(translated, "fr", "Bonjour à vous"))
    [matter] = inbox(desk, "tokyo").stopped
    assert (matter.kind, matter.do) == ("unsaid", "crosspost account check tokyo/paper")


def test_words_that_the_platform_refuses_are_told(desk, queue, translated):
    queue(with_text(translated, "ja", "あ" * 61))
    [matter] = inbox(desk, "tokyo").stopped
    assert matter.do == "crosspost override set cop/opening -m tokyo --lang ja"


def test_what_leaves_today_is_told_in_order_and_what_comes_after_is_next(desk):
    evening = (NOW + timedelta(days=1)).astimezone(zone("Africa/Cairo")).replace(hour=20, minute=0, second=0)
    for hours, language in ((3, "fr"), (5, "ar")):  # one before midnight in Cairo, one after
        alter(desk, f"cop/opening/cairo/paper/{language}", due=evening + timedelta(hours=hours))
    alter(desk, "cop/opening/cairo/board/*", state="sent", sent_at=evening - timedelta(hours=19))
    with desk.store.write() as tx:
        blocks.raise_(tx, BlockKind.REVIEW, ["cop/opening/cairo/paper/fr"], "look", "daemon", NOW)
    found = inbox(replace(desk, clock=lambda: evening), "cairo")
    assert [(each.says, each.held) for each in found.leaving] == [((("cairo/paper", "fr"),), 1)]
    assert found.following is not None
    assert found.following.says == (("cairo/paper", "ar"),)
    assert (found.sent, found.zone) == (1, "Africa/Cairo")


def test_somebody_has_to_say_for_whom(desk_of):
    known = desk_of("").network()
    with pytest.raises(UsageError, match="--mission"):
        whose(desk_of(""), known)
    with pytest.raises(UsageError, match="no mission 'oslo'"):
        whose(desk_of("oslo"), known)
    assert whose(desk_of("tokyo"), known) == "tokyo"
    assert whose(desk_of("tokyo"), known, "cairo") == "cairo"


def night(desk):
    """Two sent, one of them long ago; one refused, one unknown, one late, one expired."""
    alter(desk, JA, state="sent", sent_at=NOW - timedelta(hours=1))
    alter(desk, "cop/opening/tokyo/paper/fr", state="sent", sent_at=NOW - timedelta(days=9))
    alter(desk, KO_FR, state="failed", reason="no such words")
    alter(desk, "cop/opening/cairo/paper/fr", state="unknown")
    alter(desk, "cop/opening/praia/paper/pt-BR", state="expired", expires=NOW - timedelta(minutes=5))
    attempt = {"step": "publish", "content": "", "worker": "w", "start": NOW, "end": NOW, "outcome": "refused"}
    with desk.store.write() as tx:
        tx.execute(insert(core(Attempt)).values(delivery=KO_FR, number=1, status=400, code="", detail="", **attempt))
        blocks.raise_(tx, BlockKind.LATE, ["cop/opening/cairo/paper/ar"], "due long ago", "daemon", NOW)


def test_the_night_is_counted_by_campaign_for_all_or_for_a_region(desk):
    night(desk)
    since = NOW - timedelta(hours=2)
    everything = {"sent": 1, "failed": 1, "unknown": 1, "late": 1, "expired": 1}
    assert morning(desk, "ministry", since).lately == {"cop": everything}
    assert morning(desk, "asia", since).lately == {"cop": {"sent": 1, "failed": 1}}
    assert morning(desk, "africa", NOW + timedelta(hours=1)).lately == {"cop": {"unknown": 1}}


def test_a_region_sees_the_matters_of_its_own_missions_alone(desk):
    night(desk)
    assert {matter.kind for matter in morning(desk, "asia").stopped} == {"failed"}
    assert {matter.kind for matter in morning(desk, "africa").stopped} == {"unknown", "late"}
    assert {matter.kind for matter in morning(desk, "ministry").stopped} == {"failed", "unknown", "late"}


def test_stale_texts_are_counted_by_language_and_who_has_not_answered_is_named(desk, queue, translated):
    own(desk, "tokyo", "ja", "こんばんは")
    queue(with_text(translated, "fr", "Bonjour à tous"))
    found = morning(desk, "ministry")
    by_language = {each.language: (each.translations, each.overrides, each.deliveries) for each in found.stale}
    assert by_language == {"ja": (0, 1, 1), "ar": (1, 0, 1), "pt": (1, 0, 1)}
    assert [(each.mission, each.values) for each in found.unanswered] == [("tokyo", 1)]
    assert {each.language for each in morning(desk, "asia").stale} == {"ja"}
    [covered] = found.coverage
    assert (covered.counts[Mark.STALE], covered.needing) == (3, 5)


def test_a_post_that_travels_round_the_world_comes_next_as_one_line(desk):
    alter(desk, JA, due=NOW + timedelta(hours=20))
    alter(desk, KO_FR, due=NOW + timedelta(days=2))
    [coming] = morning(desk, "ministry").leaving
    assert (coming.last, len(coming.says)) == (NOW + timedelta(hours=20), 7)

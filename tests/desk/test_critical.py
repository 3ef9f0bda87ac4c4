"""A critical correction: nothing of the post leaves unseen, what is out is listed, and only its own remedy lets go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.desk.conftest import Nothing, centre, with_text

from crosspost.adapter import NotSent, Receipt
from crosspost.desk import corrections, critical, deliveries, networks, overrides, replan
from crosspost.desk.campaigns import Edit, QueueCampaign
from crosspost.desk.corrections import correction_of
from crosspost.domain.campaign import ANY, TEXT, Fact, Post, Variant
from crosspost.domain.delivery import BlockKind
from crosspost.domain.freshness import Change
from crosspost.domain.network import Account, Network
from crosspost.domain.selection import Selection
from crosspost.errors import ConflictError, NotPermittedError, UsageError
from crosspost.store import blocks, claims, gate, outcomes
from crosspost.store.claims import Worker
from crosspost.store.outcomes import Tried

WRONG = "the date was wrong"
LATER = timedelta(hours=2)


@pytest.fixture
def edit(desk_of):
    """Queue another version of a campaign as the ministry."""

    def put(campaign, change=Change.CRITICAL, note=WRONG, seen=None):
        desk = desk_of("ministry")
        how = QueueCampaign(desk, campaign, Edit(change, note), True, datetime.now(UTC), seen=seen)
        return replan.commit(desk, [campaign.id], how)[campaign.id]

    return put


@pytest.fixture
def corrected(queue, edit, campaign):
    """A campaign whose French text was corrected while nothing was out."""
    queue(campaign)
    edit(with_text(campaign, "fr", "Bonsoir"))
    return with_text(campaign, "fr", "Bonsoir")


def kinds(desk):
    return {d.row.id: {block.kind for block in d.blocks} for d in deliveries.every(desk, Selection())}


def under_critical(desk):
    return {name for name, found in kinds(desk).items() if BlockKind.CRITICAL in found}


def set_state(store, delivery, state):
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = :state WHERE id = :id"), {"state": state, "id": delivery})


def claimed(store, network):
    later = datetime.now(UTC) + LATER
    with store.write() as tx:
        worker = Worker("a", later + timedelta(seconds=30), late_after=timedelta(days=1))
        return {one.delivery for one in claims.claim(tx, gate.current(tx, network, later), worker, later, 99)}


def test_everything_unsent_of_the_post_is_blocked_fresh_or_not_and_nothing_of_it_is_claimed(
    desk_of, corrected, store, small_network
):
    found = deliveries.every(desk_of(""), Selection())
    assert {d.state for d in found} == {"held"}
    assert under_critical(desk_of("")) == {d.row.id for d in found}
    assert {block.why for d in found for block in d.blocks if block.kind == BlockKind.CRITICAL} == {WRONG}
    assert claimed(store, small_network) == set()


def test_an_account_that_joins_while_a_correction_is_unconfirmed_waits_as_well(desk_of, corrected, small_network):
    accounts = {**small_network.accounts, "seoul/board": Account("seoul", "board", "seoul.board")}
    ministry = desk_of("ministry")
    networks.take_over(ministry, networks.propose(ministry, Network(small_network.missions, accounts)))

    found = deliveries.find(ministry, "cop/opening/seoul/board/fr")

    assert {block.kind: block.why for block in found.blocks} == {BlockKind.CRITICAL: WRONG}
    critical.confirm(ministry, critical.waiting(ministry, "cop", Selection()).waiting)
    assert under_critical(ministry) == set()


def test_an_account_that_joins_after_a_correction_was_confirmed_is_free(desk_of, corrected, small_network):
    ministry = desk_of("ministry")
    critical.confirm(ministry, critical.waiting(ministry, "cop", Selection()).waiting)
    accounts = {**small_network.accounts, "seoul/board": Account("seoul", "board", "seoul.board")}
    networks.take_over(ministry, networks.propose(ministry, Network(small_network.missions, accounts)))
    assert deliveries.find(ministry, "cop/opening/seoul/board/fr").blocks == ()


def test_other_posts_leave_as_planned(desk_of, queue, edit, campaign, store, small_network):
    other = replace(campaign.posts[0], id="closing", variants=(centre("fr", "Au revoir"),))
    both = replace(campaign, posts=(*campaign.posts, other))
    queue(both)
    edit(replace(with_text(campaign, "fr", "Bonsoir"), posts=(*with_text(campaign, "fr", "Bonsoir").posts, other)))
    assert {name.split("/")[1] for name in under_critical(desk_of(""))} == {"opening"}
    assert {name.split("/")[1] for name in claimed(store, small_network)} == {"closing"}


@pytest.mark.parametrize("state", ["sending", "unknown", "failed", "expired"])
def test_what_may_come_back_into_the_queue_is_blocked_before_it_does(
    desk_of, queue, edit, campaign, store, small_network, state
):
    queue(campaign)
    set_state(store, "cop/opening/tokyo/paper/ja", state)
    edit(with_text(campaign, "fr", "Bonsoir"))
    assert "cop/opening/tokyo/paper/ja" in under_critical(desk_of(""))
    if state in {"sending", "unknown"}:
        with store.write() as tx:
            outcomes.not_sent(
                tx, Tried("cop/opening/tokyo/paper/ja", "tokyo/paper", 0), NotSent("no answer"), datetime.now(UTC)
            )
    set_state(store, "cop/opening/tokyo/paper/ja", "queued")
    assert claimed(store, small_network) == set()


def test_what_the_new_plan_queues_for_the_first_time_is_blocked_in_the_same_transaction(
    desk_of, queue, edit, campaign, store, small_network
):
    queue(campaign)
    more = with_text(campaign, "fr", "Bonsoir")
    more = replace(more, posts=(replace(more.posts[0], variants=(*more.posts[0].variants, centre("ko", "안녕"))),))
    outcome = edit(more)
    assert outcome.changes.queued == ["cop/opening/seoul/paper/ko"]
    assert "cop/opening/seoul/paper/ko" in under_critical(desk_of(""))
    assert claimed(store, small_network) == set()


def test_a_fact_in_an_override_makes_its_post_a_corrected_one(desk_of, queue, edit, campaign):
    facts = (Fact("day", "text", "lundi"),)
    queue(replace(campaign, facts=facts))
    to = overrides.target(desk_of("tokyo"), "cop/opening")
    overrides.put(desk_of("tokyo"), to, Variant("tokyo", TEXT, "ja", ANY, "{{ day }}です"))
    edit(replace(campaign, facts=(Fact("day", "text", "mardi"),)))
    assert "cop/opening/tokyo/paper/ja" in under_critical(desk_of(""))


def test_a_later_edit_and_a_new_plan_do_not_let_go(desk_of, corrected, edit, store, small_network):
    edit(with_text(corrected, "fr", "Bonsoir !"), Change.COSMETIC, "")
    edit(with_text(corrected, "fr", "Bonne nuit"), Change.SUBSTANTIVE, "")
    replan.commit(desk_of("ministry"), ["cop"], Nothing())
    assert under_critical(desk_of("")) == {d.row.id for d in deliveries.every(desk_of(""), Selection())}
    assert claimed(store, small_network) == set()


def test_the_centre_lets_go_of_all_and_then_it_leaves(desk_of, corrected, store, small_network):
    desk = desk_of("ministry")
    choice = critical.waiting(desk, "cop", Selection())
    assert (len(choice.waiting), choice.others) == (8, 0)
    assert len(critical.confirm(desk, choice.waiting)) == 8
    assert under_critical(desk) == set()
    assert claimed(store, small_network)


def test_a_mission_lets_go_of_its_own_and_of_nothing_else(desk_of, corrected, store, small_network):
    choice = critical.waiting(desk_of("tokyo"), "cop/opening", Selection())
    assert {d.row.account for d in choice.waiting} == {"tokyo/paper"}
    assert choice.others == 6
    critical.confirm(desk_of("tokyo"), choice.waiting)
    assert claimed(store, small_network) <= {d.row.id for d in choice.waiting}
    with pytest.raises(NotPermittedError):
        critical.waiting(desk_of("tokyo"), "cop", Selection(mission=("cairo",)))
    with pytest.raises(NotPermittedError):
        critical.confirm(desk_of("tokyo"), critical.waiting(desk_of("cairo"), "cop", Selection()).waiting)


def test_the_filters_narrow_what_is_let_go(desk_of, corrected):
    desk = desk_of("ministry")
    chosen = critical.waiting(desk, "cop", Selection(lang=("ar",), platform=("paper",))).waiting
    assert {d.row.id for d in chosen} == {"cop/opening/cairo/paper/ar"}
    assert critical.confirm(desk, chosen) == ["cop/opening/cairo/paper/ar"]


def test_what_is_stale_besides_stays_blocked_as_stale(desk_of, queue, edit, campaign):
    queue(campaign)
    to = overrides.target(desk_of("tokyo"), "cop/opening")
    overrides.put(desk_of("tokyo"), to, Variant("tokyo", TEXT, "ja", ANY, "東京です"))
    edit(with_text(campaign, "fr", "Bonsoir"))
    desk = desk_of("ministry")
    chosen = critical.waiting(desk, "cop", Selection()).waiting
    assert [d.row.id for d in chosen if critical.is_stale(d)] == ["cop/opening/tokyo/paper/ja"]
    critical.confirm(desk, chosen)
    assert {name: found for name, found in kinds(desk).items() if found} == {"cop/opening/tokyo/paper/ja": {"stale"}}


def test_what_was_corrected_once_more_since_it_was_looked_at_keeps_waiting(desk_of, corrected, edit):
    desk = desk_of("ministry")
    looked_at = critical.waiting(desk, "cop", Selection()).waiting
    edit(with_text(corrected, "fr", "Bonne nuit"))
    assert critical.confirm(desk, looked_at) == []
    assert len(under_critical(desk)) == 8


def test_the_class_of_a_second_critical_edit_says_the_new_reason(desk_of, corrected, edit):
    edit(with_text(corrected, "fr", "Bonne nuit"), note="the name was wrong")
    found = deliveries.every(desk_of(""), Selection())
    assert {b.why for d in found for b in d.blocks if b.kind == BlockKind.CRITICAL} == {"the name was wrong"}


def test_who_looked_at_an_older_revision_queues_nothing(queue, edit, campaign):
    queue(campaign)
    edit(with_text(campaign, "fr", "Bonsoir"), Change.SUBSTANTIVE, "", seen=1)
    with pytest.raises(ConflictError, match="meanwhile"):
        edit(with_text(campaign, "fr", "Bonne nuit"), Change.SUBSTANTIVE, "", seen=1)


def out(store, delivery, url="https://paper.example/1"):
    account = delivery.rpartition("/")[0].partition("/opening/")[2]
    with store.write() as tx:
        outcomes.sent(tx, Tried(delivery, account, 0), Receipt(url, url, datetime.now(UTC)), datetime.now(UTC))


def test_what_is_out_is_listed_with_links_a_draft_in_its_language_and_the_recall(desk_of, queue, edit, campaign, store):
    queue(campaign)
    out(store, "cop/opening/tokyo/paper/fr", "https://paper.example/1")
    out(store, "cop/opening/cairo/paper/ar", "https://paper.example/2")
    edit(with_text(campaign, "fr", "Bonsoir"))
    (found,) = corrections.corrected(desk_of("ministry"), "cop/opening")
    assert {d.remote_url for d in found.out} == {"https://paper.example/1", "https://paper.example/2"}
    assert {(d.language, d.text) for d in found.drafts} == {("fr", "Rectificatif : Bonsoir"), ("ar", "تصحيح: مرحبا")}
    assert {d.missions for d in found.drafts} == {("tokyo",), ("cairo",)}
    assert found.recalled_by == ("cop/opening",)
    assert found.waiting == 6
    assert found.correction.note == WRONG


def test_what_went_out_after_the_correction_is_neither_listed_nor_recalled(desk_of, queue, edit, campaign, store):
    queue(campaign)
    out(store, "cop/opening/tokyo/paper/fr")
    edit(with_text(campaign, "fr", "Bonsoir"))
    critical.confirm(desk_of("ministry"), critical.waiting(desk_of("ministry"), "cop", Selection()).waiting)
    out(store, "cop/opening/seoul/paper/fr", "https://paper.example/2")
    (found,) = corrections.corrected(desk_of("ministry"), "cop")
    assert [d.row.id for d in found.out] == ["cop/opening/tokyo/paper/fr"]
    assert found.recalled_by == ("cop/opening/tokyo/paper/fr",)


def test_what_may_be_out_is_listed_and_not_drafted(desk_of, queue, edit, campaign, store):
    queue(campaign)
    set_state(store, "cop/opening/tokyo/paper/fr", "unknown")
    edit(with_text(campaign, "fr", "Bonsoir"))
    (found,) = corrections.corrected(desk_of("ministry"), "cop/opening")
    assert [d.row.id for d in found.in_doubt] == ["cop/opening/tokyo/paper/fr"]
    assert (found.out, found.drafts) == ((), ())


def test_no_correction_is_drafted_from_a_text_that_is_stale_itself(desk_of, queue, edit, campaign, store):
    queue(campaign)
    to = overrides.target(desk_of("tokyo"), "cop/opening")
    overrides.put(desk_of("tokyo"), to, Variant("tokyo", TEXT, "ja", ANY, "東京です"))
    out(store, "cop/opening/tokyo/paper/ja")
    edit(with_text(campaign, "fr", "Bonsoir"))
    (found,) = corrections.corrected(desk_of("ministry"), "cop/opening")
    assert (found.drafts, found.undrafted) == ((), ("cop/opening/tokyo/paper/ja",))


def test_the_ministrys_own_account_corrects_as_a_campaign_since_a_post_speaks_for_all_below(
    desk_of, queue, edit, campaign, store
):
    queue(campaign)
    out(store, "cop/opening/ministry/paper/fr")
    edit(with_text(campaign, "fr", "Bonsoir"))
    (found,) = corrections.corrected(desk_of("ministry"), "cop")
    assert [(d.missions, d.together) for d in found.drafts] == [((), ("ministry",))]


def test_the_stub_speaks_to_exactly_the_accounts_that_are_out(
    desk_of, queue, edit, campaign, store, small_network, tmp_path
):
    import tomllib

    said = replace(campaign, facts=(Fact("day", "date", "2027-03-06"), Fact("who", "text", 'the "other"')))
    said = with_text(said, "fr", "Bonjour\n{{ day | date }}")
    queue(said)
    for number, name in enumerate(("ministry/paper/fr", "cairo/paper/ar", "cairo/board/*")):
        out(store, f"cop/opening/{name}", f"https://paper.example/{number}")
    edit(with_text(said, "fr", "Bonsoir\n{{ day | date }}"))
    desk = desk_of("ministry")
    stub = tomllib.loads(corrections.stub(desk, corrections.corrected(desk, "cop"), "cop"))
    audience = {name.rstrip("_"): tuple(values) for name, values in stub["audience"].items()}
    chosen = Selection(mission=audience["mission"], platform=audience["platform"], except_=audience.get("except", ()))
    assert {a.id for a in chosen.accounts(small_network)} == {"ministry/paper", "cairo/paper", "cairo/board"}
    assert stub["posts"]["opening"]["text"]["fr"] == "Rectificatif : Bonsoir\n{{ day | date }}"
    assert [*stub["facts"]] == ["day"]


def test_what_was_never_corrected_says_so(desk_of, queue, campaign):
    queue(campaign)
    with pytest.raises(UsageError, match="never corrected"):
        corrections.corrected(desk_of("ministry"), "cop")


LANGUAGES = ["ar", "de", "en", "es", "fa", "fr", "he", "it", "ja", "ko", "pt", "pt-BR", "ru", "tr", "uk", "zh-Hans"]


def test_a_correction_begins_in_the_language_of_its_text():
    begun = {language: correction_of(language, "…") for language in LANGUAGES}
    assert all(said.endswith("…") and said != "…" for said in begun.values())
    assert begun["pt"] != begun["pt-BR"]
    assert begun["en"] not in {said for language, said in begun.items() if language != "en"}
    assert correction_of("fr-CA", "x") == correction_of("fr", "x")


def test_blocks_of_many_deliveries_are_raised_anew_and_cleared_by_kind(store):
    ids = [f"d{number}" for number in range(1200)]
    now = datetime.now(UTC)
    with store.write() as tx:
        blocks.raise_(tx, BlockKind.CRITICAL, ids, "first", "me", now)
        blocks.raise_(tx, BlockKind.CRITICAL, ids[:1], "second", "me", now)
        blocks.raise_(tx, BlockKind.STALE, ids[:2], "other", "me", now)
        assert blocks.under(tx, BlockKind.CRITICAL, ids) == set(ids)
        assert blocks.clear(tx, BlockKind.CRITICAL, ids[:2]) == 2
        assert blocks.under(tx, BlockKind.CRITICAL, ids) == set(ids[2:])
        assert blocks.under(tx, BlockKind.STALE, ids) == set(ids[:2])


def test_a_post_that_the_new_version_no_longer_has_is_blocked_where_it_may_come_back(
    desk_of, queue, edit, campaign, store
):
    other = Post("closing", campaign.posts[0].at, (centre("fr", "Au revoir"),))
    queue(replace(campaign, posts=(*campaign.posts, other)))
    set_state(store, "cop/closing/tokyo/paper/fr", "unknown")
    edit(campaign)
    assert BlockKind.CRITICAL in kinds(desk_of(""))["cop/closing/tokyo/paper/fr"]

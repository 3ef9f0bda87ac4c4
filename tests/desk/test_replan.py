"""Queuing, overriding and correcting: what follows in the queue, and that nobody's change is lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from tests.desk.conftest import Nothing, with_text

from crosspost.desk import deliveries, holds, networks, overrides, replan, resolving
from crosspost.desk.accounts import pause, retire
from crosspost.desk.campaigns import Edit, QueueCampaign, withdraw
from crosspost.domain.campaign import ANY, OPT_OUT, TEXT, TIME, Variant
from crosspost.domain.network import Account, Network
from crosspost.domain.selection import Selection
from crosspost.errors import NotPermittedError, UsageError


def said(desk):
    return {d.row.id: (d.state, d.content.text) for d in deliveries.every(desk, Selection())}


def ja(words, owner="tokyo"):
    return Variant(owner, TEXT, "ja", ANY, words)


def test_queuing_twice_changes_nothing(desk_of, queue, campaign):
    first = queue(campaign)
    again = replan.commit(desk_of("ministry"), ["cop"], Nothing())["cop"]
    assert len(first.changes.queued) == 8
    assert (bool(again.changes), again.changes.unchanged) == (False, 8)


def test_an_edited_text_changes_what_is_unsent_and_lists_what_is_out(desk_of, queue, campaign, store):
    queue(campaign)
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'sent' WHERE id = 'cop/opening/tokyo/paper/fr'"))
    changes = queue(with_text(campaign, "fr", "Bonsoir")).changes
    assert [out.id for out in changes.out] == ["cop/opening/tokyo/paper/fr"]
    assert set(changes.changed) == {
        f"cop/opening/{a}" for a in ("ministry/paper/fr", "seoul/paper/fr", "cairo/paper/fr", "cairo/board/*")
    }
    assert said(desk_of(""))["cop/opening/tokyo/paper/fr"] == ("sent", "Bonjour")


@pytest.mark.parametrize("state", ["sending", "sent", "unknown"])
def test_what_may_be_out_is_never_touched(desk_of, queue, campaign, store, state):
    queue(campaign)
    with store.write() as tx:
        tx.execute(text(f"UPDATE delivery SET state = '{state}' WHERE id = 'cop/opening/tokyo/paper/ja'"))
    queue(with_text(campaign, "ja", "別の言葉"))
    withdraw(desk_of("ministry"), "cop")
    assert said(desk_of(""))["cop/opening/tokyo/paper/ja"] == (state, "こんにちは")


def test_a_renamed_post_is_not_said_again(queue, campaign, store):
    queue(campaign)
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'sent'"))
    renamed = replace(campaign, posts=(replace(campaign.posts[0], id="start"),))
    assert queue(renamed).changes.queued == []


def test_an_override_follows_at_once_in_its_own_subtree_and_nowhere_else(desk_of, queue, campaign):
    queue(campaign)
    before = said(desk_of(""))
    tokyo = desk_of("tokyo")
    overrides.put(tokyo, overrides.target(tokyo, "cop/opening"), ja("東京より"))
    after = said(desk_of(""))
    assert {k for k in after if after[k] != before[k]} == {"cop/opening/tokyo/paper/ja"}
    overrides.drop(tokyo, overrides.target(tokyo, "cop/opening"), ja(""))
    assert said(desk_of("")) == before


def test_a_regions_override_reaches_its_missions(desk_of, queue, campaign):
    queue(campaign)
    asia = desk_of("asia")
    overrides.put(asia, overrides.target(asia, "cop"), Variant("asia", TEXT, "fr", ANY, "Bonjour d'Asie"))
    texts = {k: v for k, (_, v) in said(desk_of("")).items() if k.endswith("/fr")}
    assert texts["cop/opening/tokyo/paper/fr"] == texts["cop/opening/seoul/paper/fr"] == "Bonjour d'Asie"
    assert texts["cop/opening/cairo/paper/fr"] == "Bonjour"


def test_a_mission_may_not_override_another(desk_of, queue, campaign):
    queue(campaign)
    cairo = desk_of("cairo")
    with pytest.raises(NotPermittedError, match="tokyo or asia or ministry"):
        overrides.put(cairo, overrides.target(cairo, "cop/opening"), ja("カイロより"))


def test_who_says_nothing_of_whom_they_act_for_is_refused(desk_of, queue, campaign):
    queue(campaign)
    nobody = desk_of("")
    with pytest.raises(UsageError, match="--as MISSION"):
        overrides.put(nobody, overrides.target(nobody, "cop/opening"), ja("誰"))


@pytest.mark.parametrize(
    ("variant", "why"),
    [
        (ja("あ" * 61), "60"),
        (ja("{{ nobody }}"), "nobody"),
        (ja("  "), "opt-out"),
        (Variant("tokyo", TEXT, "japanisch!", ANY, "x"), "language tag"),
        (Variant("tokyo", TIME, ANY, ANY, "tomorrow"), "is not a time"),
        (Variant("tokyo", TEXT, "ja", "telegraph", "x"), "no platform"),
        (Variant("ministry", TEXT, "ja", ANY, "x"), "edit its file"),
    ],
)
def test_an_impossible_override_is_refused_and_changes_nothing(desk_of, queue, campaign, variant, why):
    queue(campaign)
    before = said(desk_of(""))
    desk = desk_of("ministry")
    with pytest.raises(UsageError, match=why):
        overrides.put(desk, overrides.target(desk, "cop/opening"), variant)
    assert said(desk_of("")) == before


def test_an_embargo_is_not_moved_by_an_override(desk_of, queue, campaign):
    queue(replace(campaign, posts=(replace(campaign.posts[0], embargo=True),)))
    tokyo = desk_of("tokyo")
    with pytest.raises(UsageError, match="embargo"):
        overrides.put(
            tokyo, overrides.target(tokyo, "cop/opening"), Variant("tokyo", TIME, ANY, ANY, "2027-01-01 09:00 local")
        )


def test_opting_out_cancels_and_dropping_it_brings_back(desk_of, queue, campaign):
    queue(campaign)
    tokyo = desk_of("tokyo")
    out = Variant("tokyo", OPT_OUT, ANY, ANY, "state mourning")
    overrides.put(tokyo, overrides.target(tokyo, "cop/opening"), out)
    assert said(tokyo)["cop/opening/tokyo/paper/ja"][0] == "cancelled"
    assert "state mourning" in deliveries.find(tokyo, "cop/opening/tokyo/paper/ja").reason
    overrides.drop(tokyo, overrides.target(tokyo, "cop/opening"), out)
    assert said(tokyo)["cop/opening/tokyo/paper/ja"][0] == "queued"


def test_what_a_person_cancelled_no_plan_brings_back(desk_of, queue, campaign):
    queue(campaign)
    desk = desk_of("tokyo")
    deliveries.cancel(desk, [deliveries.find(desk, "cop/opening/tokyo/paper/ja")], "not here")
    queue(with_text(campaign, "ja", "新しい"))
    assert said(desk)["cop/opening/tokyo/paper/ja"][0] == "cancelled"


def test_withdrawing_cancels_and_queuing_again_brings_back(desk_of, queue, campaign):
    queue(campaign)
    withdraw(desk_of("ministry"), "cop")
    assert {state for state, _ in said(desk_of("")).values()} == {"cancelled"}
    queue(campaign)
    assert {state for state, _ in said(desk_of("")).values()} == {"queued"}


def test_a_retired_account_loses_its_queue_and_the_others_keep_theirs(desk_of, queue, campaign):
    queue(campaign)
    retire(desk_of("tokyo"), ["tokyo/paper"])
    states = {k: s for k, (s, _) in said(desk_of("")).items()}
    assert {k for k, s in states.items() if s == "cancelled"} == {
        "cop/opening/tokyo/paper/fr",
        "cop/opening/tokyo/paper/ja",
    }


def test_a_new_account_inherits_what_is_still_to_come(desk_of, queue, campaign, small_network):
    queue(campaign)
    desk = desk_of("ministry")
    accounts = {**small_network.accounts, "seoul/board": Account("seoul", "board", "seoul.board")}
    proposal = networks.propose(desk, Network(small_network.missions, accounts))
    assert proposal.difference.added == ("seoul/board",)
    networks.take_over(desk, proposal)
    assert said(desk)["cop/opening/seoul/board/fr"] == ("queued", "Bonjour")


def together(*works):
    """Run each work in a thread of its own, and return what went wrong."""
    errors = []

    def guarded(work):
        try:
            work()
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_two_planners_at_once_lose_neither_change(desk_of, queue, campaign):
    """Paris queues a correction again and again while Cairo sets override after override."""
    queue(campaign)

    def paris():
        for number in range(10):
            change = QueueCampaign(
                desk_of("ministry"), with_text(campaign, "fr", f"Bonjour {number}"), Edit(), True, datetime.now(UTC)
            )
            replan.commit(desk_of("ministry"), ["cop"], change)

    def cairo():
        desk = desk_of("cairo")
        for number in range(10):
            own = Variant("cairo", TEXT, "ar", ANY, f"القاهرة {number}")
            overrides.put(desk, overrides.target(desk, "cop/opening"), own)

    assert together(paris, cairo) == []
    texts = said(desk_of(""))
    assert texts["cop/opening/cairo/paper/ar"] == ("queued", "القاهرة 9")
    assert texts["cop/opening/cairo/paper/fr"] == ("queued", "Bonjour 9")


def test_now_means_everything_at_once_and_again_changes_nothing(desk_of, campaign):
    desk = desk_of("ministry")
    now = desk.clock()
    change = QueueCampaign(desk, campaign, Edit(rushed=True), is_new_revision=True, now=now)
    first = replan.commit(desk, ["cop"], change, now)["cop"]
    assert {p.time.utc for p in first.plan.planned} == {now}
    assert not replan.commit(desk, ["cop"], Nothing())["cop"].changes


def test_an_unknown_delivery_that_a_person_has_seen_is_sent_and_keeps_its_address(desk_of, queue, campaign, store):
    queue(campaign)
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'unknown', attempts = 1 WHERE id = 'cop/opening/tokyo/paper/ja'"))
    desk = desk_of("tokyo")
    url = "https://paper.example/posts/77"
    resolving.is_sent(desk, deliveries.find(desk, "cop/opening/tokyo/paper/ja"), url)
    found = deliveries.find(desk, "cop/opening/tokyo/paper/ja")
    assert (found.state, found.remote_id, found.remote_url) == ("sent", "77", url)


def test_only_what_waits_for_a_person_goes_back_to_the_queue(desk_of, queue, campaign, store):
    queue(campaign)
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'unknown' WHERE id = 'cop/opening/tokyo/paper/ja'"))
        tx.execute(text("UPDATE delivery SET state = 'failed' WHERE id = 'cop/opening/tokyo/paper/fr'"))
    desk = desk_of("tokyo")
    both = deliveries.every(desk, Selection(mission=("tokyo",)))
    assert resolving.is_not_sent(desk, both) == ["cop/opening/tokyo/paper/ja"]
    assert resolving.retry(desk, both) == ["cop/opening/tokyo/paper/fr"]
    assert {d.state for d in deliveries.every(desk, Selection(mission=("tokyo",)))} == {"queued"}
    with pytest.raises(NotPermittedError):
        resolving.retry(desk_of("cairo"), both)


def test_what_is_under_a_hold_or_of_a_paused_account_is_said_to_be_held(desk_of, queue, campaign):
    queue(campaign)
    ministry = desk_of("ministry")
    holds.place(ministry, Selection(mission=("asia",)), "earthquake")
    pause(ministry, ["cairo/paper"], "token renewed on Monday")
    held = {d.row.account: d.reason for d in deliveries.every(ministry, Selection(state=("held",)))}
    assert set(held) == {"tokyo/paper", "seoul/paper", "cairo/paper"}
    assert "earthquake" in held["tokyo/paper"]
    assert "Monday" in held["cairo/paper"]
    free = {d.row.account for d in deliveries.every(ministry, Selection(state=("queued",)))}
    assert free == {"ministry/paper", "cairo/board", "praia/paper"}


def test_a_time_that_is_past_everywhere_is_no_override(desk_of, queue, campaign):
    queue(campaign)
    tokyo = desk_of("tokyo")
    with pytest.raises(UsageError, match="past already"):
        overrides.put(tokyo, overrides.target(tokyo, "cop"), Variant("tokyo", TIME, ANY, ANY, "2020-01-01 09:00 local"))

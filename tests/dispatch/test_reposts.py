"""Reposts on their way: after their original and never without it, once, and by the next in order where it is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import text
from tests.dispatch.conftest import QUICK, utc_now

from crosspost.adapter import AccountBlocked, CannotTell, Rejected, Uncertain
from crosspost.desk import accounts, campaigns, deliveries, holds, posts, recalling, replan, resolving
from crosspost.desk.campaigns import Edit, QueueCampaign
from crosspost.desk.overrides import SetOverride, target
from crosspost.dispatch.daemon import Daemon
from crosspost.dispatch.recall import Recaller
from crosspost.dispatch.recall import Settings as RecallSettings
from crosspost.domain.campaign import ANY, TEXT, Campaign, LostPolicy, Post, Variant
from crosspost.domain.schedule import at_instant
from crosspost.domain.selection import Selection
from crosspost.errors import UsageError
from crosspost.store import claims, gate, plans
from crosspost.store.claims import LATE_AFTER, Worker
from crosspost.store.media import MediaStore
from crosspost.testing.paper import PaperAdapter, PaperDoors

FR = "La France ouvre aujourd’hui son pavillon à la conférence"
MINISTRY, TOKYO, SEOUL, CAIRO = (f"cop/opening/{name}/paper/fr" for name in ("ministry", "tokyo", "seoul", "cairo"))
ALL = [MINISTRY, TOKYO, SEOUL, CAIRO]


@pytest.fixture
def queue(desk):
    def put(**changes):
        post = Post("opening", at_instant(utc_now()), (Variant("ministry", TEXT, "fr", ANY, FR),))
        audience = Selection(platform=("paper",))
        campaign = Campaign("cop", "COP", "fr", audience, (post,), owner="ministry", repost_after=timedelta(0))
        campaign = replace(campaign, **changes)
        change = QueueCampaign(desk, campaign, Edit(), is_new_revision=True, now=utc_now() - timedelta(minutes=1))
        return replan.commit(desk, [campaign.id], change, change.now)[campaign.id]

    return put


@pytest.fixture
def states(desk):
    return lambda: {d.row.id: d.state for d in deliveries.every(desk, Selection()) if d.row.slot == "fr"}


def out(platform):
    return [(content.account, content.action) for content in platform.posts]


def reject(*accounts):
    return lambda content: Rejected("too rude") if content.account in accounts else None


def test_reposts_leave_after_their_original_and_each_once(queue, run, platform, states):
    queue()
    run()
    run()
    said = out(platform)
    assert said[0] == ("ministry/paper", "publish")
    assert sorted(said[1:]) == [(f"{name}/paper", "repost") for name in ("cairo", "seoul", "tokyo")]
    assert set(states().values()) == {"sent"}


def test_a_repost_is_claimed_only_once_its_original_has_a_receipt(queue, store, small_network, platform):
    queue()

    def claimable():
        with store.write() as tx:
            now = utc_now()
            found = claims.claim(tx, gate.current(tx, small_network, now), Worker("me", now), now, 9)
            claims.let_go(tx, *found)
        return {claim.delivery: claim.original.url if claim.original else "" for claim in found}

    def settle(state):
        with store.write() as tx:
            tx.execute(text("UPDATE delivery SET state = :state WHERE id = :id"), {"state": state, "id": MINISTRY})

    assert claimable() == {MINISTRY: ""}
    for state in ("sending", "unknown", "failed", "cancelled", "expired", "sent"):
        settle(state)
        assert claimable() == {}, state
    with store.write() as tx:
        tx.execute(
            text("INSERT INTO receipt VALUES ('ministry/paper', '7', :id, 'https://paper.example/7', :at)"),
            {"id": MINISTRY, "at": "2027-01-01 00:00:00"},
        )
    assert claimable() == dict.fromkeys((TOKYO, SEOUL, CAIRO), "https://paper.example/7")


def test_where_the_original_is_refused_the_next_in_order_says_it_and_the_rest_repost_that(
    queue, run, platform, states, desk
):
    queue()
    platform.before = reject("ministry/paper", "tokyo/paper")
    run()
    assert sorted(out(platform)) == [("cairo/paper", "repost"), ("seoul/paper", "publish")]
    assert states() == {MINISTRY: "failed", TOKYO: "failed", SEOUL: "sent", CAIRO: "sent"}
    assert "tokyo/paper/fr has failed: too rude" in deliveries.find(desk, SEOUL).row.because


def test_one_loss_is_planned_for_once(queue, platform, store, tmp_path):
    """A plan that leaves things as they are is not asked for again and again."""
    queue()
    platform.before = reject("ministry/paper")
    asked = []
    daemon = Daemon(store, PaperDoors(platform), MediaStore(tmp_path / "media"), QUICK, utc_now)
    daemon.replan_with(asked.append)
    daemon.run(until_idle=True)
    assert asked == ["cop"]
    assert out(platform) == []


def test_reposts_wait_for_a_person_where_the_campaign_says_so(queue, run, platform, states):
    queue(lost=LostPolicy.WAIT)
    platform.before = reject("ministry/paper")
    run()
    assert out(platform) == []
    assert states() == {MINISTRY: "failed", TOKYO: "held", SEOUL: "held", CAIRO: "held"}


def test_while_nobody_knows_whether_the_original_is_out_its_reposts_wait(
    queue, run, platform, states, desk, monkeypatch
):
    queue()
    monkeypatch.setattr(platform, "find", lambda _content, _known: CannotTell("the listing lags"))
    platform.after = lambda content: None if content.action == "repost" else Uncertain("no answer")
    run()
    assert states() == {MINISTRY: "unknown", TOKYO: "queued", SEOUL: "queued", CAIRO: "queued"}
    resolving.is_sent(desk, deliveries.find(desk, MINISTRY), "https://paper.example/posts/1")
    run()
    assert set(states().values()) == {"sent"}
    assert len(out(platform)) == 4


def test_a_repost_whose_answer_was_lost_is_found_and_not_made_again(queue, run, platform, states):
    queue()
    lost = []

    def once(content):
        if content.action == "repost" and content.account not in lost:
            lost.append(content.account)
            return Uncertain("no answer")
        return None

    platform.after = once
    run()
    assert len(lost) == 3
    assert len(out(platform)) == len(set(out(platform))) == 4
    assert set(states().values()) == {"sent"}


def test_an_original_that_a_person_cancels_or_tries_again_never_makes_two_originals(queue, run, platform, states, desk):
    queue()
    deliveries.cancel(desk, [deliveries.find(desk, MINISTRY)], "not the ministry")
    assert deliveries.find(desk, TOKYO).content.original == ""
    platform.before = reject("tokyo/paper")
    run()
    assert states() == {MINISTRY: "cancelled", TOKYO: "failed", SEOUL: "sent", CAIRO: "sent"}
    platform.before = lambda _: None
    assert resolving.retry(desk, [deliveries.find(desk, TOKYO)]) == [TOKYO]
    assert deliveries.find(desk, TOKYO).content.original == SEOUL
    run()
    assert sorted(out(platform)) == [("cairo/paper", "repost"), ("seoul/paper", "publish"), ("tokyo/paper", "repost")]


def test_an_original_tried_again_before_the_next_has_left_leads_again(queue, platform, desk, store):
    queue()
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'failed' WHERE id = :id"), {"id": MINISTRY})
    replan.follow(desk, ["cop"])
    assert deliveries.find(desk, TOKYO).content.original == ""
    resolving.retry(desk, [deliveries.find(desk, MINISTRY)])
    assert {name: deliveries.find(desk, name).row.after for name in ALL} == {
        MINISTRY: "",
        TOKYO: MINISTRY,
        SEOUL: MINISTRY,
        CAIRO: MINISTRY,
    }


def test_a_recall_of_the_original_takes_its_reposts_back_and_cancels_those_not_out(
    queue, run, platform, states, desk, store, small_network
):
    queue()
    with store.write() as tx:
        tx.execute(
            text("UPDATE delivery SET due = :later WHERE id = :id"), {"later": "2030-01-01 00:00:00", "id": CAIRO}
        )
    run()
    asked = recalling.ask(desk, (MINISTRY,), "a wrong date")
    assert sorted(copy.delivery for copy in asked.scope.copies) == [MINISTRY, SEOUL, TOKYO]
    assert asked.cancelled == [CAIRO]
    recaller = Recaller(store, PaperDoors(platform), small_network.accounts, utc_now, desk.actor)
    recaller.run(asked.scope.copies, RecallSettings(workers=2, waits=()), lambda _: None)
    assert out(platform) == []
    run()
    assert states() == {MINISTRY: "recalled", TOKYO: "recalled", SEOUL: "recalled", CAIRO: "cancelled"}


def test_a_recall_that_keeps_the_unsent_lets_the_next_say_it(queue, run, platform, desk, store):
    queue()
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET due = :later WHERE id <> :id"), {"later": "2030-01-01", "id": MINISTRY})
    run()
    recalling.ask(desk, (MINISTRY,), "the ministry is not to say it", keep_unsent=True)
    assert {deliveries.find(desk, name).row.after for name in (SEOUL, CAIRO)} == {TOKYO}
    run()
    assert ("tokyo/paper", "publish") in out(platform)


def test_waiting_for_the_original_is_no_lateness(queue, run, platform, states, desk, store):
    """The original was let go by a person an hour late: its reposts follow, and nobody asks about each."""
    queue()
    long_ago = utc_now() - LATE_AFTER - timedelta(minutes=45)
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET due = :then"), {"then": f"{long_ago:%Y-%m-%d %H:%M:%S}"})
    run()
    assert states() == {MINISTRY: "held", TOKYO: "queued", SEOUL: "queued", CAIRO: "queued"}
    deliveries.send_late(desk, [deliveries.find(desk, MINISTRY)])
    run()
    assert set(states().values()) == {"sent"}


def test_what_left_meanwhile_makes_the_desk_plan_anew(queue, desk, store, monkeypatch):
    """Between the look at the queue and the plan's writing, the account that was to repost has left with old words."""
    queue(lost=LostPolicy.NEXT)
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'failed' WHERE id = :id"), {"id": MINISTRY})
    replan.follow(desk, ["cop"])
    plan, happened = replan.plan, []

    def and_something_leaves(situation):
        made = plan(situation)
        if not happened:
            happened.append(True)
            with store.write() as tx:
                tx.execute(text("UPDATE delivery SET state = 'sending' WHERE id = :id"), {"id": TOKYO})
        return made

    monkeypatch.setattr(replan, "plan", and_something_leaves)
    resolving.retry(desk, [deliveries.find(desk, MINISTRY)])
    assert deliveries.find(desk, MINISTRY).row.after == TOKYO
    assert deliveries.find(desk, TOKYO).row.after == ""


def test_an_override_after_the_repost_went_out_is_reported_and_not_sent(queue, run, platform, desk):
    queue()
    run()
    own = Variant("tokyo", TEXT, "fr", ANY, "À Tokyo, l’ambassade vous attend ce soir")
    with desk.store.read() as tx:
        before = replan.snapshot(tx, "cop")
    seen = replace(before, overrides={"opening": (own,)})
    made = replan.planned(desk, seen, datetime.now(UTC))
    with desk.store.read() as tx:
        changes = plans.difference(tx, "cop", made)
    assert [(one.id, one.is_repost) for one in changes.out] == [(TOKYO, True)]
    assert (changes.queued, changes.changed) == ([], [])


@pytest.fixture
def asked_once(queue, run, platform, store):
    """Tokyo's repost is out, no list shows it, and before it is asked for again the platform locks the account."""
    queue()
    tries = []

    def before(content):
        tries.extend([content.account] if content.account == "tokyo/paper" else [])
        return AccountBlocked("locked") if len(tries) == 2 else None

    platform.listing_lags, platform.before = True, before
    platform.after = lambda content: Uncertain("no answer") if content.account == "tokyo/paper" else None
    run()
    platform.listing_lags, platform.before, platform.after = False, lambda _: None, lambda _: None
    assert ("tokyo/paper", "repost") in out(platform)
    with store.write() as tx:
        tx.execute(text("UPDATE operation SET paused = ''"))
        tx.execute(text("DELETE FROM pace"))


def test_a_repost_that_may_be_out_is_asked_for_again_and_settled(asked_once, run, platform, states):
    assert states()[TOKYO] == "queued"
    run()
    assert states()[TOKYO] == "sent"
    assert len(out(platform)) == 4


def test_a_repost_that_may_be_out_is_not_said_to_be_cancelled(asked_once, desk, states, run, platform):
    cancelled, left = deliveries.cancel(desk, [deliveries.find(desk, TOKYO)], "not for us")
    assert (cancelled, [one.row.id for one in left]) == ([], [TOKYO])
    listed = deliveries.find(desk, TOKYO)
    assert listed.state == "unknown"
    assert "crosspost delivery resolve" in listed.reason
    assert resolving.is_not_sent(desk, [listed]) == [TOKYO]
    assert deliveries.cancel(desk, [deliveries.find(desk, TOKYO)], "not for us")[0] == [TOKYO]
    run()
    assert states()[TOKYO] == "cancelled"


def test_a_repost_that_may_be_out_does_not_expire(asked_once, states, run, store):
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET expires = :then WHERE id = :id"), {"then": "2026-01-01", "id": TOKYO})
    run()
    assert states()[TOKYO] == "unknown"


def test_words_of_its_own_do_not_make_an_account_speak_beside_a_repost_that_may_be_out(
    asked_once, desk, states, run, platform
):
    own = Variant("tokyo", TEXT, "fr", ANY, "À Tokyo, l’ambassade vous attend ce soir")
    outcome = replan.commit(desk, ["cop"], SetOverride(desk, target(desk, "cop/opening"), own))["cop"]
    assert [(one.id, one.state) for one in outcome.changes.out] == [(TOKYO, "unknown")]
    run()
    assert states()[TOKYO] == "unknown"
    assert [account for account, _ in out(platform)].count("tokyo/paper") == 1


def test_a_withdrawn_campaign_leaves_a_repost_that_may_be_out_to_a_person(asked_once, desk, states):
    campaigns.withdraw(desk, "cop")
    assert states()[TOKYO] == "unknown"


def test_a_recall_names_a_repost_that_may_be_out_and_has_it_never_asked_for_again(
    asked_once, desk, states, run, platform
):
    asked = recalling.ask(desk, (TOKYO,), "a wrong date")
    assert asked.cancelled == []
    assert [(one.row.id, one.state) for one in asked.scope.in_doubt] == [(TOKYO, "unknown")]
    resolving.is_not_sent(desk, [deliveries.find(desk, TOKYO)])
    run()
    assert states()[TOKYO] == "held"
    assert len(out(platform)) == 4


def test_a_person_settles_a_repost_by_its_own_address_and_by_no_other(queue, run, platform, desk, states, monkeypatch):
    queue()
    monkeypatch.setattr(platform, "find_repost", lambda *_: CannotTell("the listing lags"))
    platform.after = lambda content: Uncertain("no answer") if content.account == "tokyo/paper" else None
    run()
    original, unknown = deliveries.find(desk, MINISTRY), deliveries.find(desk, TOKYO)
    assert unknown.state == "unknown"
    with pytest.raises(UsageError, match="is no repost of it"):
        resolving.is_sent(desk, unknown, original.remote_url)
    resolving.is_sent(desk, unknown, "https://paper.example/posts/77")
    assert states()[TOKYO] == "sent"
    assert deliveries.find(desk, TOKYO).remote_id == "77"


def test_an_original_names_who_reposts_it_and_how_far_each_is(queue, run, desk):
    queue()
    assert deliveries.explain(desk, MINISTRY).reposted_by == dict.fromkeys((CAIRO, SEOUL, TOKYO), "queued")
    run()
    assert deliveries.explain(desk, MINISTRY).reposted_by == dict.fromkeys((CAIRO, SEOUL, TOKYO), "sent")
    assert deliveries.explain(desk, TOKYO).reposted_by == {}


def test_where_nothing_can_be_reposted_several_accounts_cannot_say_one_single_post(desk, platform):
    strict = replace(desk, adapters={"paper": PaperAdapter(platform=platform, can_repost=False, one_voice=True)})
    with pytest.raises(UsageError, match="on one of these accounts alone"):
        posts.queue(strict, posts.SinglePost("ministry", "fr", FR, platforms=("paper",)))
    posts.queue(strict, posts.SinglePost("tokyo", "fr", FR, platforms=("paper",)))


def test_an_account_that_is_closed_leads_nobody(queue, run, desk, platform, states):
    queue()
    accounts.retire(desk, ["ministry/paper"])
    run()
    assert states() == {MINISTRY: "cancelled", TOKYO: "sent", SEOUL: "sent", CAIRO: "sent"}
    assert sorted(out(platform)) == [("cairo/paper", "repost"), ("seoul/paper", "repost"), ("tokyo/paper", "publish")]


def test_a_hold_that_falls_while_the_original_is_on_the_wire_stops_its_reposts(queue, run, desk, platform, states):
    queue()
    platform.after = lambda _: None if holds.active(desk) else _placed(desk)
    run()
    assert states() == {MINISTRY: "sent", TOKYO: "held", SEOUL: "held", CAIRO: "held"}
    holds.release(desk, [hold.id for hold in holds.active(desk)])
    run()
    assert set(states().values()) == {"sent"}


def _placed(desk):
    holds.place(desk, Selection(), "an alert")


def test_two_daemons_repost_nothing_more_once_the_original_is_recalled(
    queue, platform, store, tmp_path, desk, states, small_network
):
    """The recall falls while the first repost is on the wire; what began before it is taken back with it."""
    queue()
    recalled = Event()

    def recall(content):
        if content.action == "repost" and not recalled.is_set():
            recalled.set()
            recalling.ask(desk, (MINISTRY,), "a wrong date")

    platform.before = recall
    daemons = [Daemon(store, PaperDoors(platform), MediaStore(tmp_path / "media"), QUICK, utc_now) for _ in range(2)]
    threads = [Thread(target=daemon.run, kwargs={"until_idle": True}) for daemon in daemons]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recalled.is_set()
    assert {states()[name] for name in (TOKYO, SEOUL, CAIRO)} <= {"sent", "cancelled"}
    again = recalling.ask(desk, (MINISTRY,), "a wrong date")
    recaller = Recaller(store, PaperDoors(platform), small_network.accounts, utc_now, desk.actor)
    recaller.run(again.scope.copies, RecallSettings(workers=2, waits=()), lambda _: None)
    assert out(platform) == []
    assert set(states().values()) <= {"recalled", "cancelled"}

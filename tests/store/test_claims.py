"""Claims and intents: who may send what, and when it may not be sent after all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.dispatch.conftest import planned

from crosspost.adapter import NotSent
from crosspost.domain.delivery import State
from crosspost.domain.hold import Hold
from crosspost.domain.selection import Selection
from crosspost.store import claims, deliveries, gate, holds, network, outcomes, paces, plans, sweeps
from crosspost.store.claims import Worker
from crosspost.store.outcomes import Tried
from crosspost.store.tables import Pace, ReceiptRow, core


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def queued(store):
    made = [planned(account, account) for account in ("tokyo/paper", "seoul/paper")]
    made.append(planned("tokyo/paper", "second", due_in=-0.5, post="second"))
    with store.write() as tx:
        plans.keep_contents(tx, [p.content for p in made])
        plans.queue(tx, made)
    return [p.id for p in made]


def put(store, one):
    with store.write() as tx:
        plans.keep_contents(tx, [one.content])
        plans.queue(tx, [one])
    return one.id


def claim(store, network, now, owner="a", lease=30, most=10):
    with store.write() as tx:
        return claims.claim(
            tx, gate.current(tx, network, now), Worker(owner, now + timedelta(seconds=lease)), now, most
        )


def begin(tx, network, claim, now):
    allowed = claims.allowed(tx, gate.current(tx, network, now), [claim.delivery], now)
    return claim.delivery in allowed and claims.begin(tx, claim, now)


def test_a_claim_takes_the_first_due_delivery_of_each_account(store, small_network, queued, now):
    assert {c.delivery for c in claim(store, small_network, now)} == set(queued[:2])


def test_an_account_that_is_leased_is_not_claimed_again(store, small_network, queued, now):
    claim(store, small_network, now)
    assert claim(store, small_network, now, owner="b") == []


def test_a_lapsed_lease_frees_what_is_queued_and_the_fence_grows(store, small_network, queued, now):
    first = claim(store, small_network, now, lease=-1)
    second = claim(store, small_network, now, owner="b")
    assert {c.delivery for c in second} == {c.delivery for c in first}
    assert {c.fence for c in first} == {1}
    assert {c.fence for c in second} == {2}


def test_a_worker_whose_lease_another_has_taken_may_not_begin(store, small_network, queued, now):
    old = claim(store, small_network, now, lease=-1)[0]
    claim(store, small_network, now, owner="b")
    with store.write() as tx:
        assert not begin(tx, small_network, old, now)


def test_a_hold_set_after_the_claim_stops_the_intent(store, small_network, queued, now):
    taken = claim(store, small_network, now)[0]
    with store.write() as tx:
        holds.place(tx, Hold(0, Selection(), "stop", "claire", now))
    with store.write() as tx:
        assert not begin(tx, small_network, taken, now)


def test_a_text_that_changed_after_the_claim_is_not_sent(store, small_network, queued, now):
    taken = claim(store, small_network, now)[0]
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET content = 'another' WHERE id = :id"), {"id": taken.delivery})
    with store.write() as tx:
        assert not begin(tx, small_network, taken, now)


def test_the_database_itself_refuses_two_posts_of_one_account_on_the_wire(store, small_network, queued, now):
    with pytest.raises(IntegrityError), store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'sending' WHERE account = 'tokyo/paper'"))


def test_what_a_dead_worker_was_sending_becomes_unknown_and_is_looked_for_at_once(store, small_network, queued, now):
    taken = claim(store, small_network, now)[0]
    with store.write() as tx:
        assert begin(tx, small_network, taken, now)
        assert sweeps.lapse(tx, now, {"a"}, timedelta(minutes=1)) == [taken.delivery]
    with store.read() as tx:
        found = deliveries.find(tx, taken.delivery)
    assert (found.state, found.row.look_at) == ("unknown", now)


def test_while_a_post_is_looked_for_its_account_says_nothing_else(store, small_network, queued, now):
    taken = next(c for c in claim(store, small_network, now) if c.account == "tokyo/paper")
    with store.write() as tx:
        begin(tx, small_network, taken, now)
        sweeps.lapse(tx, now, {"a"}, timedelta(0))
    assert {c.account for c in claim(store, small_network, now, owner="b")} == {"seoul/paper"}


def test_a_delivery_waits_for_the_one_that_it_comes_after(store, small_network, queued, now):
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET after = :a WHERE id = :b"), {"a": queued[1], "b": queued[0]})
    assert queued[0] not in {c.delivery for c in claim(store, small_network, now)}
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'sent' WHERE id = :a"), {"a": queued[1]})
        receipt = {"account": "seoul/paper", "remote_id": "1", "delivery": queued[1], "url": "", "at": now}
        tx.execute(core(ReceiptRow).insert().values(receipt))
        tx.execute(text("UPDATE lease SET owner = ''"))
    assert queued[0] in {c.delivery for c in claim(store, small_network, now)}


def test_many_claims_at_once_never_share_an_account(store, small_network, queued, now):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        taken = [
            c for found in pool.map(lambda i: claim(store, small_network, now, owner=str(i)), range(8)) for c in found
        ]
    assert sorted(c.account for c in taken) == ["seoul/paper", "tokyo/paper"]


def test_what_is_late_is_not_claimed_though_no_sweep_has_blocked_it_yet(store, small_network, now):
    late = put(store, planned("tokyo/paper", "an hour late", due_in=-3600))

    assert claim(store, small_network, now) == []

    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET attempts = 1 WHERE id = :id"), {"id": late})
    assert claim(store, small_network, now) == []


def test_what_a_person_lets_leave_late_is_not_blocked_again(store, small_network, now):
    late = put(store, planned("tokyo/paper", "an hour late", due_in=-3600))
    with store.write() as tx:
        the_gate = gate.current(tx, small_network, now)
        assert sweeps.block_late(tx, the_gate, now, timedelta(minutes=15)) == 1
        assert deliveries.let_late_leave(tx, [late]) == [late]
        assert sweeps.block_late(tx, the_gate, now, timedelta(minutes=15)) == 0

    assert [c.delivery for c in claim(store, small_network, now)] == [late]


def test_what_is_postponed_after_the_claim_does_not_leave_at_its_old_time(store, small_network, queued, now):
    taken = claim(store, small_network, now)[0]
    with store.write() as tx:
        later = {"due": (now + timedelta(days=1)).replace(tzinfo=None).isoformat(" "), "id": taken.delivery}
        tx.execute(text("UPDATE delivery SET due = :due, expires = :due WHERE id = :id"), later)

    with store.write() as tx:
        assert not begin(tx, small_network, taken, now)


def test_an_account_that_the_network_no_longer_has_is_not_claimed(store, small_network, queued, now):
    left = replace(small_network, accounts={"seoul/paper": small_network.accounts["seoul/paper"]})
    with store.write() as tx:
        network.save(tx, left)

    assert [c.account for c in claim(store, left, now)] == ["seoul/paper"]


def test_the_number_of_an_attempt_is_taken_once(store, small_network, queued, now):
    slow = claim(store, small_network, now, lease=-1)[0]
    quick = next(c for c in claim(store, small_network, now, owner="b") if c.delivery == slow.delivery)
    with store.write() as tx:
        outcomes.not_begun(tx, slow, State.QUEUED, NotSent("the upload failed"), now)
        assert not begin(tx, small_network, quick, now)


def test_a_look_up_for_an_earlier_attempt_says_nothing_of_a_later_one(store, small_network, queued, now):
    first = claim(store, small_network, now)[0]
    tried = Tried.of(first)
    with store.write() as tx:
        begin(tx, small_network, first, now)
        outcomes.uncertain(tx, tried, "lost", now, now)
        outcomes.absent(tx, tried, "proved by one daemon", now)
        tx.execute(text("UPDATE lease SET owner = ''"))
    second = next(c for c in claim(store, small_network, now, owner="b") if c.delivery == first.delivery)
    with store.write() as tx:
        begin(tx, small_network, second, now)
        outcomes.uncertain(tx, tried, "the first worker says so late", now, now)
        assert deliveries.find(tx, first.delivery).state == "sending"
        outcomes.uncertain(tx, Tried.of(second), "lost again", now, now)

        outcomes.absent(tx, tried, "proved by another daemon, which looked before", now)
        outcomes.not_found(tx, tried, 0, "an empty list", None)

        found = deliveries.find(tx, first.delivery)
        assert (found.state, found.row.looks, found.row.look_at) == ("unknown", 0, now)


def test_nothing_but_a_person_ends_a_stop_that_waits_for_one(store, now):
    with store.write() as tx:
        paces.slow(tx, Pace(scope="paper", until=None, why="no credit"))
        paces.slow(tx, Pace(scope="paper", until=now, why="slow down"))
        assert paces.find(tx, "paper").why == "no credit"


def test_an_instant_that_is_past_is_not_the_next_one(store, small_network, queued, now):
    with store.write() as tx:
        tx.execute(text("DELETE FROM delivery WHERE id <> :id"), {"id": queued[0]})
        tx.execute(text("UPDATE delivery SET state = 'unknown', look_at = '2027-01-01 00:00:00.000000'"))
        now = datetime(2027, 1, 2, tzinfo=UTC)
        assert sweeps.next_instant(tx, gate.current(tx, small_network, now), now) is None


def test_a_hold_on_an_accounts_language_stops_what_stands_in_for_it(store, small_network, now):
    words = planned("praia/paper", "Bom dia")
    one = put(store, replace(words, slot="pt-BR", content=replace(words.content, language="pt")))
    with store.write() as tx:
        holds.place(tx, Hold(0, Selection(lang=("pt-BR",)), "stop", "claire", now))
        assert claims.allowed(tx, gate.current(tx, small_network, now), [one], now) == frozenset()

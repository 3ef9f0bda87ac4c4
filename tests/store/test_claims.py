"""Claims and intents: who may send what, and when it may not be sent after all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.dispatch.conftest import planned

from crosspost.domain.hold import Hold
from crosspost.domain.selection import Selection
from crosspost.store import claims, deliveries, gate, holds, plans, sweeps
from crosspost.store.claims import Worker


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


def claim(store, network, now, owner="a", lease=30, most=10):
    with store.write() as tx:
        return claims.claim(tx, gate.current(tx, network, now), Worker(owner, now + timedelta(seconds=lease)), now, most)


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
        tx.execute(text("UPDATE lease SET owner = ''"))
    assert queued[0] in {c.delivery for c in claim(store, small_network, now)}


def test_many_claims_at_once_never_share_an_account(store, small_network, queued, now):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        taken = [
            c for found in pool.map(lambda i: claim(store, small_network, now, owner=str(i)), range(8)) for c in found
        ]
    assert sorted(c.account for c in taken) == ["seoul/paper", "tokyo/paper"]

"""Holds that end, by themselves or by a person's word: nothing is fired off that nobody has decided about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert
from tests.dispatch.conftest import planned

from crosspost.domain.hold import Hold
from crosspost.domain.selection import Selection
from crosspost.store import claims, deliveries, events, gate, holds, paces, plans, sweeps
from crosspost.store.claims import Worker
from crosspost.store.releases import Release
from crosspost.store.tables import Block, Pace, core

LATE_AFTER = timedelta(minutes=15)
ASIA = Selection(mission=("asia",))


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def put(store):
    def queue(account, due_in):
        one = planned(account, f"{account} at {due_in}", due_in=due_in, expires_in=86_400, post=f"at{abs(due_in)}")
        with store.write() as tx:
            plans.keep_contents(tx, [one.content])
            plans.queue(tx, [one])
        return one.id

    return queue


@pytest.fixture
def place(store, now):
    def set_hold(scope=ASIA, until=None):
        with store.write() as tx:
            number = holds.place(tx, Hold(0, scope, "earthquake", "claire", now - timedelta(hours=2), until))
        with store.read() as tx:
            return next(hold for hold in holds.active(tx, now) if hold.id == number)

    return set_hold


@pytest.fixture
def claimable(store, small_network, now):
    """Return what a daemon would claim now, leasing nothing for longer than that."""

    def claim():
        with store.write() as tx:
            found = claims.claim(tx, gate.current(tx, small_network, now), Worker("a", now), now, 10)
        return {one.delivery for one in found}

    return claim


def blocks(store, delivery):
    with store.read() as tx:
        return [(block.kind, block.why) for block in deliveries.find(tx, delivery).blocks]


def end(store, network, now):
    with store.write() as tx:
        return holds.end(tx, network, now)


def test_a_hold_whose_end_has_passed_stops_until_its_deliveries_are_up_for_review(store, put, place, claimable, now):
    put("tokyo/paper", -60)
    assert place(until=now - timedelta(seconds=1)).is_over
    assert claimable() == set()


def test_when_a_hold_ends_by_itself_what_came_due_waits_for_a_person(store, small_network, put, place, claimable, now):
    held, later, elsewhere = put("tokyo/paper", -60), put("seoul/paper", 600), put("cairo/paper", -60)
    hold = place(until=now - timedelta(seconds=1))
    assert [one.id for one in end(store, small_network, now)] == [hold.id]
    [(kind, why)] = blocks(store, held)
    assert kind == "late"
    assert "a hold until" in why
    assert "earthquake" in why
    assert blocks(store, later) == []
    assert blocks(store, elsewhere) == []
    assert claimable() == {elsewhere}
    with store.read() as tx:
        assert holds.active(tx, now) == []
        [event] = events.about(tx, ASIA.describe())
    assert event["detail"]["late"] == 1
    assert end(store, small_network, now) == []


def test_a_hold_whose_end_is_to_come_does_not_end(store, small_network, place, now):
    assert not place(until=now + timedelta(seconds=1)).is_over
    assert end(store, small_network, now) == []


def test_what_another_hold_still_stops_is_left_to_that_one(store, small_network, put, place, claimable, now):
    held = put("tokyo/paper", -60)
    place(until=now - timedelta(seconds=1))
    place(Selection(mission=("tokyo",)))
    end(store, small_network, now)
    assert blocks(store, held) == []
    assert claimable() == set()


def test_two_holds_that_end_together_put_each_delivery_up_once(store, small_network, put, place, now):
    held = put("tokyo/paper", -60)
    place(until=now - timedelta(seconds=5))
    place(Selection(), until=now - timedelta(seconds=1))
    assert len(end(store, small_network, now)) == 2
    assert len(blocks(store, held)) == 1


def test_a_person_lets_leave_what_a_hold_has_put_up_for_review(store, small_network, put, place, claimable, now):
    held = put("tokyo/paper", -7200)
    place(until=now - timedelta(seconds=1))
    end(store, small_network, now)
    with store.write() as tx:
        assert deliveries.let_late_leave(tx, [held]) == [held]
    assert claimable() == {held}


def release(store, network, hold, now, *, review=False):
    with store.write() as tx:
        it = Release([hold], network, now, LATE_AFTER, review=review)
        foreseen = it.foreseen(tx)
        it.carry_out(tx, "claire")
    return foreseen


def test_a_person_who_releases_a_hold_lets_leave_what_is_not_late(store, small_network, put, place, claimable, now):
    young, old, later = put("tokyo/paper", -60), put("seoul/paper", -3600), put("seoul/paper", 600)
    freed = release(store, small_network, place(), now)
    assert freed.leaving == 1
    assert [(w.delivery, w.kind) for w in freed.waiting] == [(old, "late")]
    assert claimable() == {young}
    assert blocks(store, later) == []
    assert [kind for kind, _ in blocks(store, old)] == ["late"]


def test_with_review_nothing_that_came_due_leaves(store, small_network, put, place, claimable, now):
    young, old, later = put("tokyo/paper", -60), put("seoul/paper", -3600), put("seoul/paper", 600)
    freed = release(store, small_network, place(), now, review=True)
    assert freed.leaving == 0
    assert {w.delivery for w in freed.waiting} == {young, old}
    assert claimable() == set()
    assert blocks(store, later) == []


def test_a_release_names_what_is_blocked_for_another_reason(store, small_network, put, place, now):
    stale = put("tokyo/paper", -60)
    with store.write() as tx:
        block = Block(delivery=stale, kind="stale", why="its words changed", who="plan", since=now)
        tx.execute(insert(core(Block)).values(**block.model_dump()))
    freed = release(store, small_network, place(), now)
    assert (freed.leaving, [(w.delivery, w.kind) for w in freed.waiting]) == (0, [(stale, "stale")])


def test_what_only_looks_at_a_release_changes_nothing(store, small_network, put, place, now):
    old = put("tokyo/paper", -3600)
    hold = place()
    with store.read() as tx:
        foreseen = Release([hold], small_network, now, LATE_AFTER, review=False).foreseen(tx)
    assert [w.delivery for w in foreseen.waiting] == [old]
    assert blocks(store, old) == []
    with store.read() as tx:
        assert holds.active(tx, now) == [hold]


# --- a platform's limit is no lateness ---


def limited(store, scope, until, *, is_limit=True, since):
    with store.write() as tx:
        paces.clear(tx, scope)
        first = until - timedelta(minutes=1)
        limit = {"scope": scope, "why": "too many", "is_limit": is_limit}
        paces.slow(tx, Pace(**limit, until=first, excuses=since - LATE_AFTER))
        paces.slow(tx, Pace(**limit, until=until, excuses=first - LATE_AFTER))


@pytest.mark.parametrize("scope", ["tokyo/paper", "paper"], ids=["account", "app"])
def test_what_waited_for_a_platforms_limit_leaves_though_it_is_late(store, small_network, put, claimable, now, scope):
    late = put("tokyo/paper", -3600)
    limited(store, scope, now - timedelta(minutes=1), since=now - timedelta(minutes=50))
    with store.write() as tx:
        assert sweeps.block_late(tx, gate.current(tx, small_network, now), now, LATE_AFTER) == 0
    assert claimable() == {late}


@pytest.mark.parametrize(
    ("until_ago", "is_limit", "since"),
    [(20, True, 50), (1, False, 50), (1, True, 40)],
    ids=["the limit ended long ago", "trouble is no limit", "it was late when the limit began"],
)
def test_what_was_not_kept_by_a_limit_lately_is_late(
    store, small_network, put, claimable, now, until_ago, is_limit, since
):
    late = put("tokyo/paper", -3600)
    began = now - timedelta(minutes=since)
    limited(store, "tokyo/paper", now - timedelta(minutes=until_ago), is_limit=is_limit, since=began)
    assert claimable() == set()
    with store.write() as tx:
        assert sweeps.block_late(tx, gate.current(tx, small_network, now), now, LATE_AFTER) == 1
    assert [kind for kind, _ in blocks(store, late)] == ["late"]

"""What is written of an attempt's end: late workers, look-ups that cross, receipts that contradict each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.dispatch.conftest import planned

from crosspost.adapter import CannotTell, Found, Receipt, Rejected
from crosspost.dispatch.messages import LookedFor, Turn
from crosspost.domain.delivery import State
from crosspost.store import claims, deliveries, events, gate, lookups, outcomes, plans
from crosspost.store.claims import Worker
from crosspost.store.outcomes import ALARM_TWICE, Tried

SECONDS = timedelta(seconds=1)


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def put(store):
    def queue(*made):
        with store.write() as tx:
            plans.keep_contents(tx, [one.content for one in made])
            plans.queue(tx, made)
        return [one.id for one in made]

    return queue


@pytest.fixture
def claimed(store, small_network, now):
    """Claim what is due."""

    def claim():
        with store.write() as tx:
            worker = Worker("a", now + 30 * SECONDS)
            return claims.claim(tx, gate.current(tx, small_network, now), worker, now, 10)

    return claim


@pytest.fixture
def in_doubt(store, claimed, now):
    """Send what is due, and hear nothing."""

    def send():
        for one in claimed():
            with store.write() as tx:
                assert claims.begin(tx, one, now)
                outcomes.uncertain(tx, Tried.of(one), "no answer", now, now)
                claims.let_go(tx, one)

    return send


def receipt(number, now):
    return Receipt(number, f"https://paper.example/{number}", now)


def look(store, small_network, delivery):
    with store.read() as tx:
        return deliveries.find(tx, delivery)


def twice():
    one = planned("tokyo/paper", "the same words")
    return replace(one, post="first"), replace(one, post="second")


def unknown(store, now, ids):
    """Make both of one account's deliveries unknown at once, as they are in a copy that was put back."""
    with store.write() as tx:
        for delivery in ids:
            tx.execute(text("UPDATE delivery SET state = 'unknown', attempts = 1 WHERE id = :id"), {"id": delivery})
            row = {"number": 1, "step": "publish", "worker": "a", "fence": 1, "outcome": "", "status": 0}
            found = deliveries.find(tx, delivery).row.content
            tx.execute(
                claims.RECORD_ATTEMPT,
                row | {"delivery": delivery, "content": found, "start": now, "code": "", "detail": ""},
            )
            outcomes.not_found(tx, Tried(delivery, "tokyo/paper", 1), 0, "looked for again", now)


def test_two_look_ups_that_find_one_post_settle_one_delivery(store, small_network, put, now):
    first, second = put(*twice())
    unknown(store, now, [first, second])
    with store.write() as tx:
        doubts = lookups.take(tx, now, 2, now + 30 * SECONDS)
        for doubt in doubts:  # each was asked before either had told what it found
            LookedFor(doubt, Found(receipt("77", now))).apply(Turn(tx, now))

    assert sorted(look(store, small_network, d).state for d in (first, second)) == ["sent", "unknown"]
    with store.read() as tx:
        assert not [e for d in (first, second) for e in events.about(tx, d) if e["action"] == ALARM_TWICE]


def test_what_two_daemons_looked_for_at_once_counts_as_one_look(store, small_network, put, now):
    (delivery, _) = put(*twice())
    unknown(store, now, [delivery])
    with store.write() as tx:
        (first,) = lookups.take(tx, now, 1, now)
        for _ in range(3):
            LookedFor(first, CannotTell("an empty list")).apply(Turn(tx, now))
        (second,) = lookups.take(tx, now + 200 * SECONDS, 1, now)
        for late in (second, first):
            LookedFor(late, CannotTell("an empty list")).apply(Turn(tx, now + 200 * SECONDS))

    found = look(store, small_network, delivery)
    assert (second.looks, found.row.looks, found.row.look_at) == (first.looks + 1, first.looks + 2, None)


def test_a_late_receipt_says_which_words_are_out(store, small_network, put, claimed, now):
    (delivery,) = put(planned("tokyo/paper", "the old words"))
    (old,) = claimed()
    with store.write() as tx:
        assert claims.begin(tx, old, now)
        outcomes.uncertain(tx, Tried.of(old), "no answer", now, now)
        outcomes.absent(tx, Tried.of(old), "said by a person who did not look well", now)
        new = planned("tokyo/paper", "the new words").content
        plans.keep_contents(tx, [new])
        tx.execute(text("UPDATE delivery SET content = :new WHERE id = :id"), {"new": new.digest, "id": delivery})
        outcomes.sent(tx, Tried.of(old), receipt("1", now), now)

    found = look(store, small_network, delivery)
    assert (found.state, found.content.text) == ("sent", "the old words")


def test_a_late_refusal_does_not_undo_what_a_receipt_says_of_the_attempt(store, put, in_doubt, now):
    (delivery,) = put(planned("tokyo/paper", "out"))
    in_doubt()
    with store.write() as tx:
        tried = Tried(delivery, "tokyo/paper", 1)
        outcomes.sent(tx, tried, receipt("1", now), now, "found")
        outcomes.refused(tx, tried, Rejected("too late to say so"), now)
        assert [a.outcome for a in deliveries.attempts(tx, delivery)] == ["found"]
        assert deliveries.find(tx, delivery).state == "sent"


def test_an_image_refused_for_old_words_does_not_fail_the_new_ones(store, put, claimed, now):
    (delivery,) = put(planned("tokyo/paper", "the old words"))
    (old,) = claimed()
    with store.write() as tx:
        new = planned("tokyo/paper", "the new words").content
        plans.keep_contents(tx, [new])
        tx.execute(text("UPDATE delivery SET content = :new WHERE id = :id"), {"new": new.digest, "id": delivery})
        outcomes.not_begun(tx, old, State.FAILED, Rejected("an image that is none"), now)
        found = deliveries.find(tx, delivery)
        assert (found.state, found.row.attempts) == ("queued", 0)


def test_a_second_receipt_raises_the_alarm_and_is_kept(store, put, in_doubt, now):
    (delivery,) = put(planned("tokyo/paper", "out twice"))
    in_doubt()
    with store.write() as tx:
        for number in ("1", "2"):
            outcomes.sent(tx, Tried(delivery, "tokyo/paper", 1), receipt(number, now), now)
        assert [e["detail"]["remote_id"] for e in events.about(tx, delivery) if e["action"] == ALARM_TWICE] == ["2"]
        assert tx.execute(text("SELECT count(*) FROM receipt")).scalar() == 2

"""What comes so long after another, in the queue: due by the receipt, in its transaction, and late only from then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from crosspost.adapter import Receipt
from crosspost.domain.content import REPOST, Content
from crosspost.domain.delivery import State
from crosspost.domain.planned import Origin, Planned
from crosspost.domain.schedule import Instant
from crosspost.domain.timing import AfterOriginal
from crosspost.store import deliveries, followers, gate, gauges, instants, network, outcomes, plans, reposts, sweeps
from crosspost.store.outcomes import Tried

#: 09:00 in Paris, on a Friday.
NINE = datetime(2026, 11, 27, 8, tzinfo=UTC)
LATE_AFTER = timedelta(minutes=15)
TWO_HOURS = AfterOriginal(timedelta(hours=2))
ORIGINAL, FOLLOWER = "cop/opening/ministry/paper/fr", "cop/opening/cairo/paper/fr"


def planned(account: str, time: Instant, **more) -> Planned:
    return Planned(
        campaign="cop",
        post="opening",
        account=account,
        slot="fr",
        content=Content(account, "fr", "Bonjour"),
        time=time,
        expires=time.utc + timedelta(hours=4),
        length=7,
        limit=280,
        origins=(Origin("text", "ministry", "fr", "*"),),
        **more,
    )


def follower(at: AfterOriginal = TWO_HOURS, **more) -> Planned:
    return planned("cairo/paper", at.instant(NINE, "Africa/Cairo"), after=ORIGINAL, delay=at.delay, **more)


@pytest.fixture
def queue(store):
    """Queue the original and what comes after it."""

    def put(*others: Planned) -> None:
        original = planned("ministry/paper", Instant(NINE, NINE.replace(tzinfo=None), "UTC"))
        with store.write() as tx:
            plans.keep_contents(tx, [one.content for one in (original, *others)])
            plans.queue(tx, [original, *others])

    return put


@pytest.fixture
def is_out(store):
    """Settle the original by a receipt: alone, or among others."""

    def settle(when: datetime, *, in_batch: bool = False) -> None:
        tried, receipt = Tried(ORIGINAL, "ministry/paper", 1), Receipt("7", "https://paper.example/7", when)
        with store.write() as tx:
            if in_batch:
                outcomes.sent_all(tx, [(tried, receipt)], when)
            else:
                outcomes.sent(tx, tried, receipt, when)

    return settle


@pytest.fixture
def its(store):
    def find(delivery: str = FOLLOWER) -> deliveries.Listed:
        with store.read() as tx:
            found = deliveries.find(tx, delivery)
        assert found is not None
        return found

    return find


@pytest.fixture
def at(store):
    """Return what time does at an instant: what may leave, how much is late or expires, what counts as overdue."""

    def look(now: datetime) -> dict[str, object]:
        with store.write() as tx:
            shut = gate.current(tx, network.load(tx), now)
            overdue = gauges.overdue(tx, shut, now, now)
            claimable = [row.id for row in tx.execute(shut.ordinary, _asked(now)).all()]
            expired, late = sweeps.expire(tx, now), sweeps.block_late(tx, shut, now, LATE_AFTER)
        return {"leaves": claimable, "overdue": overdue, "expired": expired, "late": late}

    return look


def _asked(now: datetime) -> dict[str, object]:
    return {"now": now, "late": now - LATE_AFTER, "most": 9, "shut": []}


@pytest.mark.parametrize("in_batch", [False, True])
@pytest.mark.parametrize("late", [timedelta(0), timedelta(milliseconds=1500), timedelta(hours=1)])
def test_with_its_originals_receipt_it_is_due_so_long_after_and_good_for_as_long(queue, is_out, its, late, in_batch):
    queue(follower())
    is_out(NINE + late, in_batch=in_batch)
    row = its().row
    becomes = TWO_HOURS.instant(NINE + late, "Africa/Cairo")
    assert (row.due, row.wall, row.expires) == (
        becomes.utc,
        becomes.wall.isoformat(),
        becomes.utc + timedelta(hours=4),
    )
    assert row.due >= NINE + late + timedelta(hours=2)
    assert row.moved == f"2h after {ORIGINAL}, which is out"


def test_while_its_original_is_not_out_it_neither_leaves_nor_is_late_nor_expires(queue, at, store, its):
    queue(follower())
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'unknown' WHERE id = :id"), {"id": ORIGINAL})
    nothing = {"leaves": [], "overdue": 0, "expired": 0, "late": 0}
    for hours in (2, 3, 30, 300):
        assert at(NINE + timedelta(hours=hours)) == nothing
    assert (its().state, its().blocks) == ("queued", ())


def test_its_lateness_and_its_end_count_from_when_its_original_was_out(queue, is_out, at):
    queue(follower())
    out = NINE + timedelta(hours=7)
    is_out(out)
    assert at(out + timedelta(hours=2, seconds=-1))["leaves"] == []
    assert at(out + timedelta(hours=2)) == {"leaves": [FOLLOWER], "overdue": 1, "expired": 0, "late": 0}
    assert at(out + timedelta(hours=2, minutes=14))["late"] == 0
    assert at(out + timedelta(hours=2, minutes=16))["late"] == 1
    assert at(out + timedelta(hours=6, seconds=1))["expired"] == 1


def test_an_ordinary_repost_expires_at_its_own_time_as_ever(queue, at):
    words = replace(Content("cairo/paper", "fr", "Bonjour"), action=REPOST, original=ORIGINAL)
    queue(replace(follower(), content=words, after="", delay=timedelta(0)))
    assert at(NINE + timedelta(hours=7))["expired"] == 2  # with its original


REPOST_IN_CAIRO = replace(Content("cairo/paper", "fr", "Bonjour"), action=REPOST, original=ORIGINAL)


@pytest.mark.parametrize(
    ("out", "more", "stopped"),
    [
        (timedelta(minutes=3), {}, []),
        (timedelta(hours=2), {}, []),  # by day, as it was to be
        (timedelta(hours=13), {}, ["quiet"]),  # at 23:00 in Cairo
        (timedelta(hours=24), {}, ["quiet"]),  # on another day
        (timedelta(hours=24), {"priority": 1}, []),  # nothing stops an embargo
    ],
)
def test_a_repost_that_has_waited_for_its_original_into_the_night_or_another_day_is_planned_anew(
    queue, is_out, its, store, small_network, out, more, stopped
):
    quiet = {**small_network.missions, "cairo": replace(small_network.missions["cairo"], quiet="22:00-07:00")}
    with store.write() as tx:
        network.save(tx, replace(small_network, missions=quiet))
    soon = Instant(NINE + timedelta(minutes=1), NINE.replace(tzinfo=None) + timedelta(minutes=1), "UTC")
    queue(replace(planned("cairo/paper", soon, **more), content=REPOST_IN_CAIRO))
    is_out(NINE + out)
    assert [block.kind for block in its().blocks] == stopped
    assert its().row.due == soon.utc
    with store.read() as tx:
        assert followers.arrived(tx) == ({"cop": frozenset({ORIGINAL})} if stopped else {})


def test_what_a_calendar_moved_stays_there_and_is_never_early(queue, is_out, its):
    sunday = Instant(NINE + timedelta(days=2), datetime(2026, 11, 29, 17), "Africa/Cairo")  # noqa: DTZ001
    queue(replace(follower(), time=sunday, expires=sunday.utc + timedelta(hours=4)))
    is_out(NINE + timedelta(hours=1))
    assert its().row.due == sunday.utc
    is_out(NINE + timedelta(days=3))  # another receipt, and a later one
    assert its().row.due == NINE + timedelta(days=3, hours=2)


def test_what_comes_into_quiet_hours_or_another_day_is_stopped_until_it_is_planned_anew(
    queue, is_out, its, store, small_network
):
    quiet = {**small_network.missions, "cairo": replace(small_network.missions["cairo"], quiet="22:00-07:00")}
    with store.write() as tx:
        network.save(tx, replace(small_network, missions=quiet))
    queue(follower())
    is_out(NINE + timedelta(hours=2))  # so it is due at 14:00 in Cairo
    assert its().blocks == ()
    is_out(NINE + timedelta(hours=10, minutes=30))  # at 22:30
    assert [(block.kind, "planned anew" in block.why) for block in its().blocks] == [("quiet", True)]


def test_another_day_is_another_matter(queue, is_out, its):
    queue(follower())
    is_out(NINE + timedelta(hours=13))  # so it is due at 01:00 of Saturday
    assert [block.kind for block in its().blocks] == ["quiet"]


def test_only_what_is_queued_moves(queue, is_out, its, store):
    queue(follower())
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'cancelled' WHERE id = :id"), {"id": FOLLOWER})
    is_out(NINE + timedelta(hours=1))
    assert its().row.due == NINE + timedelta(hours=2)


def test_the_campaign_is_asked_to_be_planned_anew_while_something_follows(queue, is_out, store):
    queue(follower())

    def arrived():
        with store.read() as tx:
            return followers.arrived(tx)

    assert arrived() == {}
    is_out(NINE)
    assert arrived() == {"cop": frozenset({ORIGINAL})}
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'sent' WHERE id = :id"), {"id": FOLLOWER})
    assert arrived() == {}


@pytest.mark.parametrize("state", [State.FAILED, State.EXPIRED, State.CANCELLED])
def test_where_its_original_is_lost_its_campaign_is_bereft(queue, store, state):
    queue(follower())
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = :state WHERE id = :id"), {"state": state.value, "id": ORIGINAL})
        assert reposts.bereft(tx) == {"cop": frozenset({ORIGINAL})}


def test_its_own_words_are_not_taken_back_with_the_original(queue, store):
    words = replace(Content("seoul/paper", "fr", "Bonjour"), action=REPOST, original=ORIGINAL)
    seoul = replace(follower(), account="seoul/paper", content=words)
    queue(follower(), seoul)
    with store.read() as tx:
        assert reposts.of(tx, [ORIGINAL]) == [seoul.id]


def test_no_clock_says_when_it_leaves_and_so_zone_data_say_nothing_against_it(queue, store):
    queue(follower())
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET wall = '2026-11-27T03:00:00' WHERE id = :id"), {"id": FOLLOWER})
        assert instants.differing(tx, NINE) == []

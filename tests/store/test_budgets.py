"""Budgets: never more than they allow in any stretch of time, whoever spends of them."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dispatch.conftest import planned

from crosspost.adapter import Budget, Scope
from crosspost.store import Store, budgets, paces
from crosspost.store.budgets import Ledger
from crosspost.store.claims import Claim
from crosspost.store.tables import Pace

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def claim_of(account: str) -> Claim:
    content = planned(account, "words").content
    return Claim("test/post", account, content, content.digest, START, START + HOUR, "me", 1, 1, "")


def spend(store: Store, known: budgets.Budgets, claim: Claim, now: datetime) -> Pace | None:
    """Spend one unit as a turn does; return the pace that keeps it from doing so."""
    with store.turn() as tx:
        ledger = Ledger.open(tx, known, [claim], now)
        pace = ledger.exhausted(claim)
        if pace is None:
            ledger.spend(claim)
        ledger.settle(tx)
        return pace


@pytest.fixture(scope="module")
def one_store(tmp_path_factory):
    """A store for all examples of a property, each of which has a platform of its own."""
    made = Store.create(f"sqlite:///{tmp_path_factory.mktemp('budgets') / 'crosspost.db'}", "sandbox")
    yield made
    made.close()


_numbers = itertools.count()


@settings(max_examples=60, deadline=None)
@given(
    most=st.integers(1, 7),
    seconds=st.sampled_from([1, 59, 60, 61, 900, 10_800, 86_400]),
    gaps=st.lists(st.fractions(0, 2, max_denominator=240), min_size=1, max_size=40),
)
def test_no_stretch_of_time_holds_more_posts_than_the_budget_allows(one_store, most, seconds, gaps):
    per, platform, now = timedelta(seconds=seconds), f"p{next(_numbers)}", START
    known = {platform: (Budget(Scope.APP, per, most),)}
    begun: list[datetime] = []
    for gap in gaps:
        now += per * float(gap) / 4
        pace = spend(one_store, known, claim_of(f"tokyo/{platform}"), now)
        if pace is None:
            begun.append(now)
            within = [instant for instant in begun if instant >= now - per]
            assert len(within) <= most
        else:
            assert pace.until is not None
            assert now < pace.until <= begun[-most] + per + 2 * per / 60 + timedelta(seconds=1)
            assert spend(one_store, known, claim_of(f"tokyo/{platform}"), pace.until) is None, "it said: from then on"
            now = pace.until
            begun.append(now)


def test_what_was_begun_late_in_its_slice_counts_until_its_whole_window_has_passed(store):
    known, claim = {"paper": (Budget(Scope.APP, HOUR, 1),)}, claim_of("tokyo/paper")
    late = START + timedelta(seconds=59)  # a slice of an hour's budget is a minute
    assert spend(store, known, claim, late) is None
    pace = spend(store, known, claim, late + HOUR)
    assert pace is not None
    assert late + HOUR < pace.until <= late + HOUR + HOUR / 60
    assert spend(store, known, claim, pace.until) is None


def test_an_accounts_budget_is_its_own_and_an_apps_is_shared(store):
    known = {"paper": (Budget(Scope.ACCOUNT, HOUR, 2), Budget(Scope.APP, HOUR, 3))}
    tokyo, seoul = claim_of("tokyo/paper"), claim_of("seoul/paper")

    assert [spend(store, known, tokyo, START) for _ in range(2)] == [None, None]
    assert spend(store, known, tokyo, START).scope == "tokyo/paper"
    assert spend(store, known, seoul, START) is None
    pace = spend(store, known, seoul, START)

    assert (pace.scope, pace.why, pace.is_limit) == ("paper", "budget: 3 posts in 1h", True)
    with store.read() as tx:
        assert [(u.scope, u.used) for u in budgets.used(tx, known, START)] == [
            ("seoul/paper", 1),
            ("tokyo/paper", 2),
            ("paper", 3),
        ]


def test_daemons_that_spend_at_the_same_moment_never_spend_more_than_there_is(store):
    known = {"paper": (Budget(Scope.APP, HOUR, 25),)}
    outcomes: list[Pace | None] = []

    def spends(account: str) -> None:
        # The hosts' slices differ by a minute: what one spends counts for the other all the same.
        at = [START + timedelta(minutes=number % 2) for number in range(15)]
        outcomes.extend(spend(store, known, claim_of(account), instant) for instant in at)

    threads = [threading.Thread(target=spends, args=(f"{name}/paper",)) for name in ("tokyo", "seoul", "cairo")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count(None) == 25
    with store.read() as tx:
        assert [u.used for u in budgets.used(tx, known, START)] == [25]


def test_what_is_outside_of_every_window_is_forgotten(store):
    known = {"paper": (Budget(Scope.APP, HOUR, 5),)}
    spend(store, known, claim_of("tokyo/paper"), START)
    spend(store, known, claim_of("tokyo/paper"), START + 3 * HOUR)
    with store.write() as tx:
        budgets.forget(tx, START + 3 * HOUR)
    with store.read() as tx:
        assert [u.used for u in budgets.used(tx, known, START)] == [1]


def test_two_budgets_of_one_length_count_each_post_once(store):
    known = {"paper": (Budget(Scope.APP, HOUR, 3), Budget(Scope.APP, HOUR, 5))}
    assert [spend(store, known, claim_of("tokyo/paper"), START) is None for _ in range(4)] == [True, True, True, False]


def test_the_later_end_of_two_paces_holds_and_a_persons_stays(store):
    early, late = START, START + HOUR
    with store.write() as tx:
        assert paces.slow(tx, Pace(scope="paper", until=late, why="a limit", is_limit=True, strikes=2))
        assert paces.slow(tx, Pace(scope="paper", until=early, why="a failure", strikes=0))
        found = paces.find(tx, "paper")
        assert (found.until, found.why, found.is_limit, found.strikes) == (late, "a limit", True, 2)
        assert paces.slow(tx, Pace(scope="paper", until=None, why="no credit"))
        assert not paces.slow(tx, Pace(scope="paper", until=late + HOUR, why="a limit", is_limit=True))
        assert not paces.slow(tx, Pace(scope="paper", until=None, why="no credit, said by another"))
        assert paces.find(tx, "paper").why == "no credit"


def test_what_a_limit_says_outlives_a_success_and_failures_do_not(store):
    with store.write() as tx:
        paces.slow(tx, Pace(scope="tokyo/paper", until=START, why="a limit", is_limit=True))
        paces.slow(tx, Pace(scope="seoul/paper", until=START, why="a failure", strikes=3))
        paces.recover(tx, ["tokyo/paper", "seoul/paper"])
        assert [p.scope for p in paces.every(tx)] == ["tokyo/paper"]
        paces.forget(tx, START + timedelta(days=2))
        assert paces.every(tx) == []


def test_a_platform_without_a_budget_is_not_counted(store):
    known = {"board": (Budget(Scope.APP, HOUR, 1),)}
    assert [spend(store, known, claim_of("tokyo/paper"), START) for _ in range(3)] == [None] * 3
    with store.read() as tx:
        assert [(u.scope, u.used) for u in budgets.used(tx, known, START)] == [("board", 0)]

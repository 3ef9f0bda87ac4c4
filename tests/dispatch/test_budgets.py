"""Limits, known beforehand or told by the platform: kept by everybody, costing nothing, and excusing what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from tests.dispatch.conftest import QUICK, utc_now
from tests.store.moves import StagedStore

from crosspost.adapter import AppBlocked, Budget, RateLimited, Receipt, Rest, Scope
from crosspost.dispatch.daemon import Daemon
from crosspost.dispatch.messages import Begin, Failed, Message, Sent, Timing
from crosspost.dispatch.settings import Rules
from crosspost.dispatch.writer import Writer
from crosspost.domain.content import Content
from crosspost.domain.network import Account, Mission, Network
from crosspost.domain.planned import Origin, Planned
from crosspost.domain.schedule import Instant
from crosspost.store import deliveries, events, gate, network, paces, plans, sweeps
from crosspost.store.claims import Claim
from crosspost.store.media import MediaStore
from crosspost.store.tables import Pace
from crosspost.testing.paper import PaperDoors

NINE = StagedStore.instant
QUARTER = timedelta(minutes=15)
SLICE = QUARTER / 60
ON_TIME = Timing(timedelta(0), timedelta(0))


def planned_at(account: str, due: datetime, priority: int = 0) -> Planned:
    return Planned(
        campaign="test",
        post=f"post-{due:%H%M}",
        account=account,
        slot="fr",
        content=Content(account, "fr", f"Bonjour {account} {due:%H:%M}"),
        time=Instant(due, due.replace(tzinfo=None), "UTC"),
        expires=due + timedelta(hours=12),
        length=1,
        limit=280,
        origins=(Origin("text", "ministry", "fr", "*"),),
        priority=priority,
    )


@dataclass
class Morning:
    """A day of one or more daemons whose clock the test moves: every claim is carried out at once, as if by senders."""

    store: StagedStore
    writers: list[Writer]
    begun: list[tuple[datetime, Claim]] = field(default_factory=list)
    refused: list[Claim] = field(default_factory=list)

    def live(self, until: datetime, answer: Callable[[Claim], Message] | None = None) -> None:
        """Let all that is due leave, and go on to the next instant at which something can, up to `until`."""
        while self.store.instant <= until:
            self.sweep()
            turned = [self._turn(writer, answer or self._sent) for writer in self.writers]
            if not any(turned):
                with self.store.read() as tx:
                    standing = self.writers[0].gate(tx, self.store.instant)
                    upcoming = sweeps.next_instant(tx, standing, self.store.instant)
                if upcoming is None:
                    return
                self.store.instant = upcoming

    def sweep(self) -> None:
        with self.store.write() as tx:
            now = self.store.instant
            sweeps.block_late(tx, gate.current(tx, network.load(tx), now), now, QUARTER)

    def _turn(self, writer: Writer, answer: Callable[[Claim], Message]) -> bool:
        claimed = writer.turn([], 32, lambda: False).claims
        asking = [Begin(claim) for claim in claimed]
        writer.turn(asking, 0, lambda: False)
        granted = [begin.claim for begin in asking if begin.answer.result()]
        self.begun += [(self.store.instant, claim) for claim in granted]
        self.refused += [begin.claim for begin in asking if not begin.answer.result()]
        writer.turn([answer(claim) for claim in granted], 0, lambda: False)
        return bool(claimed)

    def _sent(self, claim: Claim) -> Message:
        return Sent(claim, Receipt(claim.delivery, "https://paper.example/1", self.store.instant), ON_TIME)


@pytest.fixture
def crowd() -> Network:
    """282 accounts on one platform."""
    missions = [Mission("ministry", "", "ministry", "Paris", "FR", "Europe/Paris", ("fr",))]
    missions += [Mission(f"amb-{n:03}", "ministry", "embassy", "", "JP", "Asia/Tokyo", ("fr",)) for n in range(282)]
    accounts = [Account(m.id, "paper", f"@{m.id}") for m in missions[1:]]
    return Network({m.id: m for m in missions}, {a.id: a for a in accounts})


@pytest.fixture
def staged(database_url: str, crowd: Network) -> Iterator[StagedStore]:
    made = StagedStore.create(database_url, "sandbox")
    with made.write() as tx:
        network.save(tx, crowd)
        network.join(tx, crowd.accounts, "enabled")
    yield made
    made.close()


def queue(store: StagedStore, several: list[Planned]) -> None:
    with store.write() as tx:
        plans.keep_contents(tx, [one.content for one in several])
        plans.queue(tx, several)


def morning(store: StagedStore, *budgets: Budget, daemons: int = 1) -> Morning:
    rules = Rules(budgets={"paper": budgets} if budgets else {})
    lease = timedelta(hours=1)
    return Morning(store, [Writer(store, f"daemon {n}", lease, store.clock, rules) for n in range(daemons)])


@pytest.mark.parametrize("daemons", [1, 3])
def test_a_burst_keeps_the_apps_budget_and_ends_as_early_as_it_allows_most_urgent_first(staged, crowd, daemons):
    accounts = list(crowd.accounts)
    queue(staged, [planned_at(a, NINE, priority=int(n >= 242)) for n, a in enumerate(accounts)])
    day = morning(staged, Budget(Scope.APP, QUARTER, 100), daemons=daemons)

    day.live(NINE + timedelta(hours=3))

    assert sorted(claim.account for _, claim in day.begun) == sorted(accounts)
    for instant, _ in day.begun:
        assert sum(instant <= other <= instant + QUARTER for other, _ in day.begun) <= 100
    # Three windows: at once, a quarter of an hour later, and another; each up to a slice longer than it might be.
    instants = sorted({instant for instant, _ in day.begun})
    assert [sum(instant == other for other, _ in day.begun) for instant in instants] == [100, 100, 82]
    for number, instant in enumerate(instants):
        assert instant - NINE <= number * (QUARTER + SLICE)
    assert {claim.account for _, claim in day.begun[:40]} == set(accounts[242:]), "what is urgent went first"
    with staged.read() as tx:
        listed = {row.id: deliveries.attempts(tx, row.id) for row in _every(tx, crowd)}
        assert all(len(attempts) == 1 for attempts in listed.values()), "waiting costs no attempt"
        assert {row.state for row in _every(tx, crowd)} == {"sent"}, "waiting for a budget is no lateness"


def test_nothing_is_claimed_that_the_budget_would_not_let_leave(staged, crowd):
    queue(staged, [planned_at(a, NINE) for a in crowd.accounts])
    day = morning(staged, Budget(Scope.APP, QUARTER, 100))
    day.live(NINE + timedelta(hours=3))
    assert not day.refused


def test_a_budget_that_was_made_smaller_while_posts_were_claimed_stops_them_at_the_intent(staged, crowd):
    accounts = list(crowd.accounts)[:5]
    queue(staged, [planned_at(a, NINE) for a in accounts])
    claimed = morning(staged).writers[0].turn([], 32, lambda: False).claims
    (strict,) = morning(staged, Budget(Scope.APP, QUARTER, 2)).writers
    asking = [Begin(claim) for claim in claimed]
    strict.turn(asking, 0, lambda: False)
    assert [begin.answer.result() for begin in asking] == [True, True, False, False, False]
    with staged.read() as tx:
        pace = paces.find(tx, "paper")
        assert (pace.why, pace.is_limit) == ("budget: 2 posts in 15m", True)


def test_an_accounts_budget_stops_that_account_alone(staged, crowd):
    first, second = list(crowd.accounts)[:2]
    minutes = [NINE - timedelta(minutes=m) for m in range(3)]
    queue(staged, [planned_at(a, due) for a in (first, second) for due in (minutes if a == first else minutes[:1])])
    day = morning(staged, Budget(Scope.ACCOUNT, QUARTER, 2))
    day.live(NINE)
    assert sorted(claim.account for _, claim in day.begun) == [first, first, second]
    day.live(NINE + timedelta(hours=1))
    assert [claim.account for _, claim in day.begun[3:]] == [first]


def test_a_limit_that_the_platform_tells_is_no_lateness_and_no_attempt_is_lost(staged, crowd):
    account = next(iter(crowd.accounts))
    queue(staged, [planned_at(account, NINE)])
    until, day = NINE + timedelta(minutes=40), morning(staged)
    answers = iter([RateLimited("too many", retry_at=until, scope=Scope.APP)])

    def answer(claim: Claim) -> Message:
        failure = next(answers, None)
        return Failed(claim, failure, begun=True) if failure else day._sent(claim)

    day.live(NINE + timedelta(hours=2), answer)

    assert [instant for instant, _ in day.begun] == [NINE, until]
    with staged.read() as tx:
        assert {row.state for row in _every(tx, crowd)} == {"sent"}


def test_a_failure_of_the_network_is_no_excuse_for_lateness(staged, crowd):
    account = next(iter(crowd.accounts))
    queue(staged, [planned_at(account, NINE)])
    with staged.write() as tx:
        paces.slow(tx, Pace(scope=account, until=NINE + timedelta(minutes=40), why="no route"))
    day = morning(staged)
    day.live(NINE + timedelta(hours=2))
    assert day.begun == []


@pytest.mark.parametrize(("scope", "others"), [(Scope.APP, 0), (Scope.ACCOUNT, 1)])
def test_a_rest_that_the_platform_wants_after_a_post_is_given(staged, crowd, scope, others):
    first, second = list(crowd.accounts)[:2]
    later = NINE + timedelta(minutes=5)
    queue(staged, [planned_at(first, NINE), planned_at(first, later), planned_at(second, later)])
    day, until = morning(staged), NINE + timedelta(minutes=20)

    def answer(claim: Claim) -> Message:
        told = day._sent(claim)
        rest = Rest(scope, until, "80 % are used") if claim.due == NINE else None
        return replace(told, receipt=replace(told.receipt, rest=rest))

    day.live(NINE + timedelta(minutes=10), answer)
    assert len(day.begun) == 1 + others
    day.live(NINE + timedelta(hours=1), answer)
    assert [claim.account for instant, claim in day.begun if instant == until].count(first) == 1


def test_trouble_of_the_app_is_one_pause_though_many_posts_were_on_the_wire(staged, crowd):
    queue(staged, [planned_at(a, NINE) for a in list(crowd.accounts)[:30]])
    day = morning(staged)
    day.live(NINE, lambda claim: Failed(claim, AppBlocked("no credit"), begun=True))
    assert len(day.begun) == 30
    with staged.read() as tx:
        assert len(events.about(tx, "paper")) == 1
        assert [(p.scope, p.until) for p in paces.every(tx)] == [("paper", None)]


def test_many_that_are_told_too_many_at_once_make_one_strike(staged, crowd):
    queue(staged, [planned_at(a, NINE) for a in list(crowd.accounts)[:30]])
    until = NINE + timedelta(minutes=1)
    day = morning(staged)
    limited = RateLimited("too many", retry_at=until, scope=Scope.APP)
    day.live(NINE, lambda claim: Failed(claim, limited, begun=True))
    with staged.read() as tx:
        pace = paces.find(tx, "paper")
        assert (pace.strikes, pace.until, pace.is_limit) == (1, until, True)


def test_a_daemon_keeps_the_budgets_that_it_is_given(store, platform, tmp_path, enqueue, look):
    ids = [enqueue(account, f"Bonjour {account}") for account in ("tokyo/paper", "seoul/paper", "cairo/paper")]
    settings = replace(QUICK, linger=timedelta(0), budgets={"paper": (Budget(Scope.APP, timedelta(seconds=1), 2),)})
    Daemon(store, PaperDoors(platform), MediaStore(tmp_path / "media"), settings, utc_now).run(until_idle=True)
    assert [look(one).state for one in ids] == ["sent"] * 3
    with store.read() as tx:
        begun = sorted(deliveries.attempts(tx, one)[0].start for one in ids)
    assert begun[2] - begun[0] > timedelta(seconds=1)


def _every(tx, crowd):
    from crosspost.domain.selection import Selection

    return [listed.row for listed in deliveries.every(tx, Selection(), crowd)]

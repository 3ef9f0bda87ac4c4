"""The timetable that a calendar shows: complete, in order, and with numbers that only ever grow."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert
from tests.desk.conftest import with_text

from crosspost.adapter import NotSent, Receipt, Rejected
from crosspost.desk import accounts, calendar, campaigns, deliveries, holds, overrides, replan, resolving
from crosspost.desk.calendar import Dated, timetable
from crosspost.desk.campaigns import Edit, QueueCampaign
from crosspost.desk.desk import Desk
from crosspost.domain.campaign import ANY, TEXT, Campaign, Variant
from crosspost.domain.schedule import at_instant
from crosspost.domain.selection import Selection
from crosspost.errors import CrosspostError
from crosspost.store import claims, gate, network, outcomes, restored, sweeps
from crosspost.store.claims import Claim, Worker
from crosspost.store.outcomes import Tried
from crosspost.store.tables import Event, Recall, core

JA = "cop/opening/tokyo/paper/ja"
EVERYTHING = Selection()


def rows(desk: Desk, selection: Selection = EVERYTHING, days: int | None = None) -> list[Dated]:
    with timetable(desk, selection, days) as found:
        return list(found.entries())


def ids(desk: Desk, selection: Selection = EVERYTHING, days: int | None = None) -> list[str]:
    return [row.entry.id for row in rows(desk, selection, days)]


@pytest.fixture
def desk(desk_of, translated) -> Desk:
    """The centre's desk, with the campaign queued."""
    return desk_of("ministry")


def test_every_delivery_is_there_once_by_due_time_however_few_are_read_at_once(desk, monkeypatch):
    expected = [listed.row.id for listed in deliveries.every(desk, EVERYTHING)]
    for page in (1, 2, 3, 100):
        monkeypatch.setattr(calendar, "_PAGE", page)
        assert ids(desk) == expected
    assert len(expected) > 5


def test_what_was_cancelled_stays_so_that_subscribers_see_it_go(desk):
    deliveries.cancel(desk, [deliveries.find(desk, JA)], "not here")
    [found] = [row for row in rows(desk) if row.entry.id == JA]
    assert (found.entry.state, found.entry.reason) == ("cancelled", "not here")


def test_what_is_held_is_found_as_held(desk):
    holds.place(desk, Selection(mission=("tokyo",)), "mourning", None)
    held = [row.entry for row in rows(desk, Selection(state=("held",))) if "mourning" in row.entry.reason]
    assert [entry.id for entry in held] == ids(desk, Selection(mission=("tokyo",)))
    assert {entry.state for entry in held} == {"held"}


def test_only_what_is_due_within_so_many_days_is_there_if_so_asked(desk):
    assert ids(desk, days=1) == ids(desk)
    assert ids(replace(desk, clock=lambda: datetime.now(UTC) + timedelta(days=3)), days=2) == []
    assert ids(replace(desk, clock=lambda: datetime.now(UTC) + timedelta(days=3)), days=4) == ids(desk)


def test_a_mission_that_has_left_the_network_stays_in_the_calendar_without_a_city(desk, small_network):
    missions = {name: mission for name, mission in small_network.missions.items() if name != "tokyo"}
    known = {name: account for name, account in small_network.accounts.items() if account.mission != "tokyo"}
    with desk.store.write() as tx:
        network.save(tx, replace(small_network, missions=missions, accounts=known))
    [found] = [row for row in rows(desk) if row.entry.id == JA]
    assert (found.mission.id, found.mission.city) == ("tokyo", "")


def test_a_recall_is_a_change(desk):
    [before] = [row.change for row in rows(desk) if row.entry.id == JA]
    asked = before.at + timedelta(hours=1)
    wish = {"account": "tokyo/paper", "remote_id": "1", "delivery": JA, "who": "claire", "why": "wrong date"}
    with desk.store.write() as tx:
        tx.execute(insert(core(Recall)), [wish | {"asked_at": asked, "tries": 0, "outcome": "", "detail": ""}])
    [after] = [row.change for row in rows(desk) if row.entry.id == JA]
    assert after.at == asked
    assert after.number == before.number + 3600


def test_the_numbers_of_a_database_that_was_put_back_go_on_above_those_that_were_told(desk):
    deliveries.cancel(desk, [deliveries.find(desk, JA)], "not here")
    holds.place(desk, EVERYTHING, "mourning", None)
    told = {row.entry.id: row.change.number for row in rows(desk)}
    with desk.store.write() as tx:  # as in a copy that was made before
        tx.execute(delete(core(Event)).where(core(Event).c.action.in_(["cancel", "hold"])))
        restored.review(tx, desk.actor, datetime.now(UTC) + timedelta(minutes=1), "a test")
    assert all(row.change.number > told[row.entry.id] for row in rows(desk))


class Life:
    """Everything that may happen to deliveries, in an order that nobody chose, by a clock that may stand still."""

    def __init__(self, desk: Desk, campaign: Campaign, seed: int) -> None:
        self.now, self._chance = datetime.now(UTC) + timedelta(seconds=1), random.Random(seed)
        self.desk, self.campaign = replace(desk, clock=lambda: self.now), campaign
        self._on_the_wire: list[Claim] = []
        self._acts: list[Callable[[], object]] = [
            self.hold, self.release, self.pause, self.resume, self.cancel, self.cancel, self.override, self.reword,
            self.reword, self.move, self.withdraw, self.begin, self.begin, self.begin, self.send, self.send,
            self.fail, self.doubt, self.look, self.retry,
            self.let_time_pass, self.let_late_leave, self.put_back,
        ]  # fmt: skip

    def go_on(self) -> str:
        """Do one thing; what is not allowed at the moment is not done."""
        self.now += self._chance.choice([timedelta(0), timedelta(0), timedelta(seconds=1), timedelta(minutes=20)])
        act = self._chance.choice(self._acts)
        try:
            act()
        except CrosspostError:
            return f"{act.__name__} was refused"
        return act.__name__

    def _some(self, *states: str) -> list:
        found = deliveries.every(self.desk, Selection(state=states))
        return self._chance.sample(found, min(2, len(found)))

    def hold(self) -> None:
        holds.place(self.desk, Selection(mission=(self._chance.choice(["asia", "tokyo", "ministry"]),)), "why", None)

    def release(self) -> None:
        holds.release(self.desk, [hold.id for hold in holds.active(self.desk)])

    def pause(self) -> None:
        accounts.pause(self.desk, ["tokyo/paper"], "why")

    def resume(self) -> None:
        accounts.resume(self.desk, ["tokyo/paper"])

    def cancel(self) -> None:
        deliveries.cancel(self.desk, self._some("queued", "held"), "why")

    def override(self) -> None:
        words = Variant("tokyo", TEXT, "ja", ANY, f"東京 {self._chance.random()}")
        overrides.put(self.desk, overrides.target(self.desk, "cop/opening"), words)

    def reword(self) -> None:
        self.campaign = with_text(self.campaign, self._chance.choice(["fr", "ar"]), f"Bonjour {self._chance.random()}")
        self._queue()

    def move(self) -> None:
        [post] = self.campaign.posts
        at = at_instant(self.now + timedelta(minutes=self._chance.randint(1, 90)))
        self.campaign = replace(self.campaign, posts=(replace(post, at=at),))
        self._queue()

    def _queue(self) -> None:
        change = QueueCampaign(self.desk, self.campaign, Edit(), is_new_revision=True, now=self.now)
        replan.commit(self.desk, [self.campaign.id], change, self.now)

    def withdraw(self) -> None:
        campaigns.withdraw(self.desk, self.campaign.id)

    def begin(self) -> None:
        """Write down the intent to send what is due."""
        with self.desk.store.write() as tx:
            door = gate.current(tx, network.load(tx), self.now)
            for claim in claims.claim(tx, door, Worker("a", self.now + timedelta(minutes=1)), self.now, 4):
                if claim.delivery in claims.allowed(tx, door, [claim.delivery], self.now):
                    self._on_the_wire += [claim] if claims.begin(tx, claim, self.now) else []
                claims.let_go(tx, claim)

    def _taken(self) -> list[Claim]:
        taken, self._on_the_wire = self._on_the_wire[:2], self._on_the_wire[2:]
        return taken

    def send(self) -> None:
        for claim in self._taken():
            receipt = Receipt(f"{claim.delivery}-{claim.attempt}", "https://paper.example/1", self.now)
            with self.desk.store.write() as tx:
                outcomes.sent(tx, Tried.of(claim), receipt, self.now)

    def fail(self) -> None:
        failures = (NotSent("no line"), Rejected("too long"))
        for claim, failure in zip(self._taken(), failures, strict=False):
            with self.desk.store.write() as tx:
                end = outcomes.not_sent if isinstance(failure, NotSent) else outcomes.refused
                end(tx, Tried.of(claim), failure, self.now)

    def doubt(self) -> None:
        for claim in self._taken():
            with self.desk.store.write() as tx:
                outcomes.uncertain(tx, Tried.of(claim), "no answer", self.now, self.now)

    def look(self) -> None:
        for listed in self._some("unknown"):
            with self.desk.store.write() as tx:
                outcomes.absent(tx, Tried(listed.row.id, listed.row.account, listed.row.attempts), "proof", self.now)

    def retry(self) -> None:
        resolving.retry(self.desk, self._some("failed", "cancelled", "expired"))

    def let_time_pass(self) -> None:
        self.now += self._chance.choice([timedelta(minutes=30), timedelta(hours=5)])
        with self.desk.store.write() as tx:
            sweeps.expire(tx, self.now)
            sweeps.block_late(tx, gate.current(tx, network.load(tx), self.now), self.now, timedelta(minutes=15))

    def let_late_leave(self) -> None:
        deliveries.send_late(self.desk, [d for d in self._some("held") if deliveries.may_be_sent_late(d)])

    def put_back(self) -> None:
        with self.desk.store.write() as tx:
            restored.review(tx, self.desk.actor, self.now, "a test")


def seen(row: Dated) -> tuple[object, ...]:
    """What a calendar program shows first: where it stands, when it is, and what it says."""
    return (row.entry.state, row.entry.time, row.entry.words, row.entry.url)


@pytest.mark.parametrize("seed", range(4))
def test_the_number_of_a_delivery_never_goes_down_and_grows_with_all_that_is_seen(desk, translated, seed):
    life = Life(desk, translated, seed)
    before = {row.entry.id: row for row in rows(life.desk)}
    history: list[str] = []
    changed = 0
    for _ in range(30):
        history.append(life.go_on())
        after = {row.entry.id: row for row in rows(life.desk)}
        for name, row in after.items():
            old = before.get(name, row)
            assert row.change.number >= old.change.number, (name, history)
            assert row.change.at >= old.change.at, (name, history)
            assert row.change.at <= life.now, (name, history)
            if seen(row) != seen(old):
                changed += 1
                assert row.change.number > old.change.number, (name, seen(old), seen(row), history)
        assert set(before) <= set(after)
        before = after
    assert changed

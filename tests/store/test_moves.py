"""No order of claims, crashes, lapses, holds, edits and decisions sends a delivery twice, or sends what is stopped.

The platform is one on which no two accounts may say the same: of each post one account says it, the others repost that,
and that is so in any order too.

Workers, people, time and the platform take their steps in any order; after each, queue and platform are compared.
`CROSSPOST_MOVES=deep` tries many more and longer orders, and other ones each time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.postgres import PostgresServer, name_of
from tests.store.moves import (
    LATE_AFTER,
    LEASE,
    MARGIN,
    START,
    Hand,
    Sight,
    StagedStore,
    Truth,
    Try,
    note_moves,
)

from crosspost.adapter import (
    AppBlocked,
    Content,
    CredentialRefused,
    DeliveryFailure,
    Duplicate,
    NotSent,
    RateLimited,
    Rejected,
    Scope,
    Uncertain,
)
from crosspost.desk import accounts, campaigns, holds, replan, resolving
from crosspost.desk import deliveries as at_desk
from crosspost.desk.campaigns import Edit, QueueCampaign
from crosspost.desk.desk import Desk
from crosspost.dispatch import writer as dispatch_writer
from crosspost.dispatch.messages import Begin, Failed, LookedFor, Sent, Timing
from crosspost.dispatch.settings import Rules
from crosspost.dispatch.writer import Writer
from crosspost.domain.campaign import ANY, TEXT, Campaign, Post, Variant
from crosspost.domain.delivery import State
from crosspost.domain.likeness import is_near, wording
from crosspost.domain.network import Account, Mission, Network
from crosspost.domain.planned import Planned
from crosspost.domain.schedule import Instant, at_instant
from crosspost.domain.selection import Selection
from crosspost.files.config import Config
from crosspost.store import claims, network, paces, plans, sweeps
from crosspost.store import holds as stored_holds
from crosspost.store.claims import Claim, Worker
from crosspost.store.events import Actor
from crosspost.store.media import MediaStore
from crosspost.testing.paper import PaperAdapter

NETWORK = Network(
    {
        m.id: m
        for m in (
            Mission("ministry", "", "ministry", "Paris", "FR", "Europe/Paris", ("fr",), ("sat", "sun")),
            Mission("tokyo", "ministry", "embassy", "Tokyo", "JP", "Asia/Tokyo", ("fr",), ("sat", "sun")),
            Mission("seoul", "ministry", "embassy", "Seoul", "KR", "Asia/Seoul", ("fr",), ("sat", "sun")),
            Mission("hanoi", "ministry", "embassy", "Hanoi", "VN", "Asia/Ho_Chi_Minh", ("fr",), ("sat", "sun")),
        )
    },
    {a.id: a for a in (Account(name, "paper", f"@{name}") for name in ("tokyo", "seoul", "hanoi"))},
)
TOKYO = "tokyo/paper"

BEFORE: dict[str, Callable[[], DeliveryFailure]] = {
    "not sent": lambda: NotSent("refused connection"),
    "too many": lambda: RateLimited("too many", scope=Scope.APP),
    "rejected": lambda: Rejected("too rude"),
    "credential": lambda: CredentialRefused("expired"),
    "app": lambda: AppBlocked("no credit"),
}

#: What people do, as often as it stands here.
ACTS = [
    *("hold", "release", "release", "queue", "queue", "withdraw", "pause", "resume", "resume"),
    *("cancel", "send_late", "retry", "look", "look", "look", "follow", "follow"),
]

#: How long nothing happens, in seconds; every length is some limit's, and the longest makes late what is due.
WAITS = [*(1, 1, 6, 6, 6, 21, 21, 31, 31, 31, 61, 61, 125, 125), 960]

which = st.integers(0, 5)


class Moves(RuleBasedStateMachine):
    """Everything that can happen to a queue of thirteen deliveries on three accounts."""

    make: ClassVar[Callable[[Path], str]]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="crosspost-moves-"))
        self.store = StagedStore.open(type(self).make(self.folder), "sandbox")
        self.desk = Desk(
            config=Config(path=self.folder / "config.toml", campaigns=self.folder / "campaigns"),
            store=self.store,
            media=MediaStore(self.folder / "media"),
            actor=Actor("claire", "ministry"),
            clock=self.store.clock,
            adapters={"paper": PaperAdapter(one_voice=True)},
        )
        self.hands: list[Hand] = []
        self.gone: list[Try] = []
        self.dead: set[str] = set()
        self.born = 0
        self.seen: set[str] = set()

    @initialize(ahead=st.sampled_from([-300, 0, 30, 300]))
    def begin(self, ahead: int) -> None:
        """Two posts of a campaign and the same words twice on purpose, and three workers."""
        self.truth = Truth(timedelta(seconds=ahead))
        for _ in range(3):
            self._hire()
        self._queue(0)
        twice = [self._single(f"twice-{number}", minutes) for number, minutes in ((1, 0), (2, 0), (3, 1), (4, 20))]
        with self.store.write() as tx:
            plans.keep_contents(tx, [p.content for p in twice])
            plans.queue(tx, twice)

    def teardown(self) -> None:
        try:
            if self.hands:
                self._settle()
        finally:
            self.store.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _single(self, post: str, minutes: int) -> Planned:
        due, words = START + timedelta(minutes=minutes), "the same words, again and again on purpose"
        return Planned(
            campaign="-",
            post=post,
            account=TOKYO,
            slot="fr",
            content=Content(TOKYO, "fr", words),
            time=Instant(due, due.replace(tzinfo=None), "UTC"),
            expires=due + timedelta(hours=4),
            length=len(words),
            limit=280,
            origins=(),
        )

    def _hire(self) -> None:
        self.born += 1
        name = f"host/{self.born}/1.00"
        self.hands.append(Hand(name, Writer(self.store, name, LEASE, self.store.clock, Rules(LATE_AFTER))))

    @property
    def now(self) -> datetime:
        return self.store.instant

    # -- the workers ---------------------------------------------------------------------------------------------------

    @rule(who=which, free=st.integers(0, 3))
    def turn(self, who: int, free: int) -> None:
        self._turn(self._hand(who), free)

    @precondition(lambda self: any(h.outbox for h in self.hands))
    @rule(who=which, meanwhile=st.sampled_from(["nothing", "hold", "lapse", "long"]))
    def turn_whose_commit_is_not_acknowledged(self, who: int, meanwhile: str) -> None:
        def hold() -> None:
            holds.place(self.desk, Selection(), "between commit and answer")

        def lapse() -> None:
            self.store.instant += LEASE + timedelta(seconds=1)
            self._sweep(self._hand(who + 1))

        def long() -> None:
            self.store.instant += LEASE + timedelta(seconds=1)

        self.store.meanwhile = {"nothing": lambda: None, "hold": hold, "lapse": lapse, "long": long}[meanwhile]
        self._turn(self._with(lambda h: h.outbox, who), 1)

    def _turn(self, hand: Hand, free: int) -> None:
        messages, hand.outbox = hand.outbox, []
        asked, hand.asking = hand.asking, []
        free_to_go = {one.claim.delivery: self._why_not(one.claim) for one in asked}
        work = hand.writer.turn(messages, free, lambda: False)
        begins = {m.claim: m for m in messages if isinstance(m, Begin)}
        for one in asked:
            if begins[one.claim].answer.result():
                assert free_to_go[one.claim.delivery] == "", f"{one.claim.delivery} left: {free_to_go}"
                one.granted_at = self.now
                hand.sending.append(one)
        hand.claimed += [Try(claim) for claim in work.claims]
        hand.doubts += work.doubts

    def _why_not(self, claim: Claim) -> str:
        """Say why a claim may not leave at this moment, from the queue's rows and by rules written a second time."""
        with self.store.read() as tx:
            row = at_desk.deliveries.find(tx, claim.delivery).row
            operation = network.operations(tx)[claim.account]
            blocks = at_desk.deliveries.find(tx, claim.delivery).blocks
            slow = [p for p in paces.every(tx) if p.scope in {claim.account, "paper"}]
            original = at_desk.deliveries.find(tx, row.after)
            tries = at_desk.deliveries.attempts(tx, row.after)
            held = [
                h.id
                for h in stored_holds.active(tx, self.now)
                if h.scope.takes(NETWORK.accounts[claim.account], NETWORK)
            ]
        reasons = {
            f"it is {row.state}": row.state != State.QUEUED,
            "other words": row.content != claim.digest,
            f"blocked {blocks}": bool(blocks),
            f"under {held}": bool(held),
            "the account is stopped": operation.state != "enabled" or bool(operation.paused),
            "it is not due": row.due > self.now,
            "it has expired": row.expires <= self.now,
            "it is late": row.settled_by != plans.BY_PERSON
            and max(row.due, *(t.end for t in tries if t.end), original.row.sent_at if original else row.due)
            + LATE_AFTER
            + LEASE
            < self.now
            and not any(p.is_limit and p.until + LATE_AFTER + LEASE > self.now for p in slow),
            f"slowed {slow}": any(p.until is None or p.until > self.now for p in slow),
            f"its original {row.after} is not out": bool(row.after) and not self._is_out(row.after),
            "another account has said so": self._is_said_by_another(claim),
        }
        return ", ".join(name for name, holds_now in reasons.items() if holds_now)

    def _is_out(self, delivery: str) -> bool:
        return any(r.delivery == delivery for r in Sight.of(self.store).receipts)

    def _is_said_by_another(self, claim: Claim) -> bool:
        """Say whether a post would say nearly the same as one that another account has on the platform, or may have."""
        every = {**self.truth.said, **{t.claim.account: [t.claim.content] for t in self._under_way()}}
        return not claim.content.is_repost and any(
            is_near(wording(content.text), wording(claim.content.text))
            for account, contents in every.items()
            for content in contents
            if account != claim.account and not content.is_repost
        )

    def _hand(self, which: int) -> Hand:
        return self.hands[which % len(self.hands)]

    @precondition(lambda self: any(h.claimed for h in self.hands))
    @rule(who=which, failure=st.sampled_from(["", "", "", *BEFORE]))
    def sender_has_uploaded(self, who: int, failure: str) -> None:
        hand = self._with(lambda h: h.claimed, who)
        self._ask(hand, who % len(hand.claimed), failure)

    def _ask(self, hand: Hand, which: int, failure: str = "") -> None:
        one = hand.claimed.pop(which)
        if failure:
            hand.outbox.append(Failed(one.claim, BEFORE[failure](), begun=False))
        else:
            hand.asking.append(one)
            hand.outbox.append(Begin(one.claim))

    def _with(self, has: Callable[[Hand], list[Any]], which: int) -> Hand:
        having = [hand for hand in self.hands if has(hand)]
        return having[which % len(having)]

    def _under_way(self) -> list[Try]:
        every = [*self.gone, *(one for hand in self.hands for one in hand.sending)]
        return [one for one in every if one.may_reach(self.now)]

    @rule(who=which, can_tell=st.booleans(), is_proved=st.booleans())
    def worker_looks(self, who: int, can_tell: bool, is_proved: bool) -> None:
        """One worker looks for what is due to be looked for, and tells at once."""
        hand = self._hand(who)
        self._turn(hand, 3)
        while hand.doubts:
            self._look_up(hand, 0, can_tell=can_tell, is_proved=is_proved)
        self._turn(hand, 0)

    @precondition(lambda self: any(h.outbox for h in self.hands))
    @rule(who=which)
    def turn_alone(self, who: int) -> None:
        """What is told is written down, and nothing new begun."""
        self._turn(self._with(lambda h: h.outbox, who), 0)

    @precondition(lambda self: self._under_way())
    @rule(which=which, is_listed=st.booleans())
    def request_reaches_the_platform(self, which: int, is_listed: bool) -> None:
        under_way = self._under_way()
        one = under_way[which % len(under_way)]
        one.reached = self.truth.take(one.claim, self.now)
        if not is_listed:
            self.truth.hidden.add(one.reached.remote_id)

    @precondition(lambda self: any(h.sending for h in self.hands))
    @rule(
        who=which,
        answer=st.sampled_from(["answer", "answer", "nothing", "refusal"]),
        why=st.sampled_from([*BEFORE, "twice"]),
    )
    def sender_has_its_answer(self, who: int, answer: str, why: str) -> None:
        """An answer may come at any time, as to a process that was stopped for long."""
        hand = self._with(lambda h: h.sending, who)
        self._answer(hand, who % len(hand.sending), answer, why)

    def _answer(self, hand: Hand, which: int, answer: str, why: str) -> None:
        one = hand.sending.pop(which)
        if answer == "nothing" or (one.reached is None and answer == "answer"):
            hand.outbox.append(Failed(one.claim, Uncertain("no answer in time"), begun=True))
            self.gone.append(one)
        elif one.reached is not None:
            hand.outbox.append(Sent(one.claim, one.reached.receipt, Timing(timedelta(0), timedelta(0))))
        else:
            one.is_refused = True
            said = self.truth.saying(one.claim.account, one.claim.content.digest)
            failure = (Duplicate("said already") if said else NotSent("reset")) if why == "twice" else BEFORE[why]()
            hand.outbox.append(Failed(one.claim, failure, begun=True))

    @precondition(lambda self: any(h.doubts for h in self.hands))
    @rule(who=which, is_proved=st.booleans(), can_tell=st.booleans())
    def look_up_ends(self, who: int, is_proved: bool, can_tell: bool) -> None:
        hand = self._with(lambda h: h.doubts, who)
        self._look_up(hand, who % len(hand.doubts), can_tell=can_tell, is_proved=is_proved)

    def _look_up(self, hand: Hand, which: int, *, can_tell: bool, is_proved: bool) -> None:
        doubt = hand.doubts.pop(which)
        if not can_tell:
            self.truth.hidden |= {p.remote_id for p in self.truth.posts}
        under_way = any(one.claim.delivery == doubt.tried.delivery for one in self._under_way())
        result = self.truth.look(doubt, doubt.content, is_proved=is_proved and can_tell and not under_way)
        hand.outbox.append(LookedFor(doubt, result))
        if not can_tell:
            self.truth.hidden.clear()

    @precondition(lambda self: any(h.accounts() or h.doubts for h in self.hands))
    @rule(who=which)
    def worker_is_killed(self, who: int) -> None:
        """What it has in hand and what it has not told yet is gone; a request that left may still arrive."""
        self._kill(self._with(lambda h: [*h.accounts(), *h.doubts], who))

    def _kill(self, hand: Hand) -> None:
        self.hands.remove(hand)
        self.gone += hand.sending
        self.dead.add(hand.name)
        self._hire()

    @rule(who=which, answer=st.sampled_from(["answer", "nothing", "killed", "stopped"]), is_listed=st.booleans())
    def worker_publishes(self, who: int, answer: str, is_listed: bool) -> None:
        """A post is published in one go; only what becomes of its answer differs."""
        hand = self._hand(who)
        self._gets_on(hand, 4)
        if not is_listed and self.truth.posts:
            self.truth.hidden.add(self.truth.posts[-1].remote_id)
        if answer == "killed":
            self._kill(hand)
        elif answer != "stopped" and hand.sending:
            self._answer(hand, len(hand.sending) - 1, answer, "not sent")

    @rule(who=which, stage=st.integers(1, 5))
    def worker_gets_on(self, who: int, stage: int) -> None:
        self._gets_on(self._hand(who), stage)

    def _gets_on(self, hand: Hand, stage: int) -> None:
        """One worker takes several steps undisturbed: it claims, uploads, asks, sends, and hears, as far as `stage`."""
        self._turn(hand, 2)
        if stage > 1 and hand.claimed:
            self._ask(hand, 0)
        if stage > 2:
            self._turn(hand, 0)
        if stage > 3 and hand.sending and hand.sending[-1].may_reach(self.now):
            hand.sending[-1].reached = self.truth.take(hand.sending[-1].claim, self.now)
        if stage > 4 and hand.sending:
            self._answer(hand, len(hand.sending) - 1, "answer", "not sent")

    # -- time ----------------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from(WAITS), lists_catch_up=st.booleans())
    def time_passes(self, seconds: int, lists_catch_up: bool) -> None:
        self.store.instant += timedelta(seconds=seconds)
        if lists_catch_up:
            self.truth.hidden.clear()

    @rule(who=which, sees_the_dead=st.booleans())
    def sweep(self, who: int, sees_the_dead: bool) -> None:
        self._sweep(self._hand(who), sees_the_dead=sees_the_dead)

    def _sweep(self, hand: Hand, *, sees_the_dead: bool = True) -> None:
        with self.store.write() as tx:
            claims.renew(tx, Worker(hand.name, self.now + LEASE), hand.accounts())
            dead = (claims.lease_owners(tx) & self.dead) if sees_the_dead else set()
            sweeps.lapse(tx, self.now, dead, MARGIN)
            sweeps.expire(tx, self.now)
            sweeps.block_late(tx, hand.writer.gate(tx, self.now), self.now, LATE_AFTER)

    # -- people --------------------------------------------------------------------------------------------------------

    @rule(act=st.sampled_from(ACTS), which=which)
    def somebody_acts(self, act: str, which: int) -> None:
        getattr(self, f"_{act}")(which)

    def _hold(self, which: int) -> None:
        scopes = (Selection(), Selection(mission=("tokyo",)), Selection(country=("KR",)))
        holds.place(self.desk, scopes[which % 3], "earthquake")

    def _release(self, _: int) -> None:
        active = [hold.id for hold in holds.active(self.desk)]
        if active:
            holds.release(self.desk, active)

    def _queue(self, which: int) -> None:
        def post(name: str, after: int, words: str) -> Post:
            texts = (Variant("ministry", TEXT, "fr", ANY, words),)
            return Post(name, at_instant(START + timedelta(seconds=after)), texts)

        said = {"opening": 0, "speech": 60, "closing": 1500}
        words = ("La conférence {} ce matin", "La conférence {} ce matin, enfin", "Nos partenaires {} tous à Bakou")[
            which % 3
        ]
        posts = tuple(post(name, after, words.format(name)) for name, after in said.items())
        campaign = Campaign("cop", "COP", "fr", Selection(), posts, owner="ministry")
        change = QueueCampaign(self.desk, campaign, Edit(), is_new_revision=True, now=self.now)
        replan.commit(self.desk, [campaign.id], change)

    def _withdraw(self, _: int) -> None:
        campaigns.withdraw(self.desk, "cop")

    def _pause(self, which: int) -> None:
        accounts.pause(self.desk, [sorted(NETWORK.accounts)[which % 3]], "a person says so")

    def _resume(self, _: int) -> None:
        accounts.resume(self.desk, sorted(NETWORK.accounts))
        accounts.resume_app(self.desk, "paper")

    def _cancel(self, which: int) -> None:
        at_desk.cancel(self.desk, [self._listed(which)], "not this one")

    def _send_late(self, _: int) -> None:
        at_desk.send_late(self.desk, at_desk.every(self.desk, Selection()))

    def _retry(self, _: int) -> None:
        resolving.retry(self.desk, at_desk.every(self.desk, Selection(state=("failed",))))

    def _follow(self, _: int = 0) -> None:
        """What daemons have done by themselves where an original is lost."""
        replan.follow(self.desk, ["cop"])

    def _listed(self, which: int) -> Any:
        every = at_desk.every(self.desk, Selection())
        return every[which % len(every)]

    def _look(self, _: int = 0) -> None:
        """A person looks at the account for what waits for one, and says what is there."""
        for listed in at_desk.every(self.desk, Selection(state=("unknown",))):
            if listed.row.look_at is None:
                self._resolve(listed)

    def _resolve(self, listed: Any) -> None:
        assert not [t for t in self._under_way() if t.claim.delivery == listed.row.id], (
            "asked while it may still arrive"
        )
        theirs = {r.remote_id for r in Sight.of(self.store).receipts if r.account == listed.row.account}
        found = [p for p in self.truth.saying(listed.row.account, listed.row.content) if p.remote_id not in theirs]
        own = [p for p in found if p.delivery == listed.row.id]
        if found:
            resolving.is_sent(self.desk, listed, (own or found)[0].receipt.url)
        else:
            resolving.is_not_sent(self.desk, [listed])

    # -- what is always true -------------------------------------------------------------------------------------------

    @invariant()
    def queue_and_platform_agree(self) -> None:
        if not self.hands:
            return
        sight = Sight.of(self.store)
        sight.require_legal()
        sight.require_true(self.truth)
        assert self.seen <= set(sight.deliveries), "a delivery has vanished"
        self.seen = set(sight.deliveries)

    def _settle(self) -> None:
        """Let everything run its course, and make sure that nothing hangs, is lost, or is out twice."""
        for hand in list(self.hands):
            self._turn(hand, 0)
        while any(h.claimed or h.sending or h.doubts or h.outbox for h in self.hands):
            self.hands.pop(0)  # they are stopped for good, and come back no more
            self._hire()
        self.dead |= {"everybody else"}
        self._release(0)
        self._resume(0)
        self.truth.hidden.clear()
        for _ in range(60):
            if self._is_settled():
                break
            self._fair_round()
        self.queue_and_platform_agree()
        sight = Sight.of(self.store)
        left = [*sight.in_state(State.SENDING), *sight.in_state(State.UNKNOWN)]
        assert not left, f"these are settled by nobody: {left}"
        assert not self._free(), f"these may leave and do not: {self._free()}"
        assert len(self.truth.posts) == len(sight.in_state(State.SENT))

    def _is_settled(self) -> bool:
        sight = Sight.of(self.store)
        return not (sight.in_state(State.SENDING) or sight.in_state(State.UNKNOWN) or self._free())

    def _free(self) -> list[str]:
        """Return what is queued and neither stopped nor over, nor waiting for an original that is stopped itself."""
        queued = at_desk.every(self.desk, Selection(state=("queued",)))
        held = {d.row.id for d in at_desk.every(self.desk, Selection(state=("held",)))}
        return [d.row.id for d in queued if d.row.expires > self.now and d.row.after not in held]

    def _next_instant(self) -> datetime:
        """Return when something can happen next, as the daemon asks; a lapse is not among it, and is swept for."""
        with self.store.read() as tx:
            found = sweeps.next_instant(tx, self.hands[0].writer.gate(tx, self.now), self.now)
        is_waiting = bool(Sight.of(self.store).in_state(State.SENDING))
        return found if found and not is_waiting else self.now + LEASE + timedelta(seconds=1)

    def _fair_round(self) -> None:
        hand = self.hands[0]
        self.store.instant = self._next_instant()
        self._sweep(hand)
        self._turn(hand, 3)
        while hand.claimed:
            self._ask(hand, 0)
        self._turn(hand, 0)
        while hand.sending:
            one = hand.sending[0]
            one.reached = self.truth.take(one.claim, self.now)
            self._answer(hand, 0, "answer", "")
        while hand.doubts:
            self._look_up(hand, 0, can_tell=True, is_proved=False)
        self._turn(hand, 0)
        self._look()
        self._follow()


DEEP = os.environ.get("CROSSPOST_MOVES") == "deep"
ORDERS = settings(
    max_examples=3000 if DEEP else 24,
    stateful_step_count=80 if DEEP else 40,
    derandomize=not DEEP,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


def fill(url: str) -> None:
    """Make what every order of steps starts from."""
    store = StagedStore.create(url, "sandbox")
    with store.write() as tx:
        network.save(tx, NETWORK)
        network.join(tx, NETWORK.accounts, "enabled")
    note_moves(store)
    store.close()


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Callable[[Path], str]:
    """Return what gives each order of steps a file of its own, copied from one that was filled once."""
    made = tmp_path / "made.db"
    fill(f"sqlite:///{made}")

    def make(folder: Path) -> str:
        shutil.copyfile(made, folder / "crosspost.db")
        return f"sqlite:///{folder / 'crosspost.db'}"

    return make


@pytest.fixture
def on_postgresql(postgres: PostgresServer) -> Callable[[Path], str]:
    """Return what gives each order of steps a database of its own on a server, copied from one that was filled."""
    made = postgres.with_schema()
    fill(made)
    return lambda _: postgres.new_database(name_of(made))


@pytest.mark.parametrize(
    ("database", "share"),
    [pytest.param("on_sqlite", 1, id="sqlite"), pytest.param("on_postgresql", 4, id="postgresql")],
)
def test_no_order_of_steps_sends_twice_or_sends_what_is_stopped(request, monkeypatch, database, share):
    monkeypatch.setattr(dispatch_writer, "RETRY_TURN", 0.0)
    monkeypatch.setattr(Moves, "make", staticmethod(request.getfixturevalue(database)), raising=False)
    run_state_machine_as_test(Moves, settings=settings(ORDERS, max_examples=ORDERS.max_examples // share))

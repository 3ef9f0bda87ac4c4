"""What the property test of the moves is made of: a platform that knows the truth, workers, and a store whose clock and
whose luck the test decides. No threads: whoever drives these decides what happens first, as time does with real ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from crosspost.adapter import Absent, CannotTell, Content, Found, Lookup, Receipt
from crosspost.dispatch.messages import Message
from crosspost.dispatch.writer import Writer
from crosspost.domain.delivery import MOVES, State
from crosspost.errors import StoreBusyError
from crosspost.store import Store, Transaction
from crosspost.store.claims import Claim
from crosspost.store.lookups import Doubt

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)

#: How long a request may be on its way, and a lease holds; how long after it what was on the wire is looked for.
REQUEST, LEASE, MARGIN = timedelta(seconds=20), timedelta(seconds=30), timedelta(seconds=30)
LATE_AFTER = timedelta(minutes=15)
SKEW = timedelta(seconds=60)


class StagedStore(Store):
    """A real store, whose clock the test moves, and which may lose the acknowledgement of its next commit."""

    instant = START
    #: What happens between a commit that is not acknowledged and the next try; None where the next commit is.
    meanwhile: Callable[[], None] | None = None

    def now(self, tx: Transaction, here: Callable[[], datetime]) -> datetime:
        return self.instant

    def clock(self) -> datetime:
        return self.instant

    @contextmanager
    def turn(self) -> Iterator[Transaction]:
        with super().turn() as tx:
            yield tx
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
            raise StoreBusyError("the connection was lost")


@dataclass(frozen=True, slots=True)
class Published:
    """A post that is on the platform: which delivery it truly is, and what it says."""

    remote_id: str
    delivery: str
    account: str
    digest: str
    at: datetime

    @property
    def receipt(self) -> Receipt:
        """What the platform gives back for it."""
        return Receipt(self.remote_id, f"https://paper.example/{self.remote_id}", self.at)


@dataclass(slots=True)
class Try:
    """A claim in a sender's hands. `reached` is what the platform made of its request, None while it has not come."""

    claim: Claim
    granted_at: datetime | None = None
    reached: Published | None = None
    is_refused: bool = False

    def may_reach(self, now: datetime) -> bool:
        """Say whether the request may still come to the platform."""
        under_way = self.granted_at is not None and self.reached is None and not self.is_refused
        return under_way and now <= self.granted_at + REQUEST


@dataclass(slots=True)
class Hand:
    """A daemon, as far as the queue knows it: its writer, what its senders have in hand, what they have to tell."""

    name: str
    writer: Writer
    claimed: list[Try] = field(default_factory=list)
    asking: list[Try] = field(default_factory=list)
    sending: list[Try] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    outbox: list[Message] = field(default_factory=list)

    def accounts(self) -> set[str]:
        """Return the accounts of which it has a claim in hand."""
        return {one.claim.account for one in (*self.claimed, *self.asking, *self.sending)}


class Truth:
    """The platform. `ahead` is how far its clock is before the database's; `hidden` what its lists do not show yet."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead
        self.posts: list[Published] = []
        #: What each account has said of campaigns; single posts say the same on purpose.
        self.said: dict[str, list[Content]] = {}
        self.hidden: set[str] = set()

    def take(self, claim: Claim, now: datetime) -> Published:
        """Publish what a request brings."""
        number = str(len(self.posts) + 1)
        post = Published(number, claim.delivery, claim.account, claim.content.digest, now + self.ahead)
        self.posts.append(post)
        self.said.setdefault(claim.account, []).append(claim.content)
        return post

    def saying(self, account: str, digest: str) -> list[Published]:
        """Return the account's posts of these words, newest first."""
        return [p for p in reversed(self.posts) if (p.account, p.digest) == (account, digest)]

    def look(self, doubt: Doubt, content: Content, *, is_proved: bool) -> Lookup:
        """Answer as adapters do: by account, words and time, passing over what belongs to others.

        Absence is told only where it is true: no such post is there, and none is on its way (`is_proved`).
        """
        for post in self.saying(content.account, content.digest):
            is_listed = post.remote_id not in self.hidden and post.at >= doubt.began - SKEW
            if is_listed and post.remote_id not in doubt.known:
                return Found(post.receipt)
        is_out = any(p.delivery == doubt.tried.delivery for p in self.posts)
        return Absent("Truth.look") if is_proved and not is_out else CannotTell("the listing lags")


_NOTE_MOVES = {
    "sqlite": (
        "CREATE TABLE moved (id INTEGER PRIMARY KEY, delivery TEXT, was TEXT, became TEXT)",
        """CREATE TRIGGER note_move AFTER UPDATE OF state ON delivery WHEN old.state <> new.state BEGIN
        INSERT INTO moved (delivery, was, became) VALUES (new.id, old.state, new.state); END""",
    ),
    "postgresql": (
        "CREATE TABLE moved (id SERIAL PRIMARY KEY, delivery TEXT, was TEXT, became TEXT)",
        """CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO moved (delivery, was, became) VALUES (new.id, old.state, new.state); RETURN new; END $$""",
        """CREATE TRIGGER note_move AFTER UPDATE OF state ON delivery FOR EACH ROW
        WHEN (old.state <> new.state) EXECUTE FUNCTION note_move()""",
    ),
}


def note_moves(store: Store) -> None:
    """Make the database itself write down every move, also those that a later one in the same transaction hides."""
    with store.write() as tx:
        for statement in _NOTE_MOVES[tx.dialect.name]:
            tx.exec_driver_sql(statement)


@dataclass(frozen=True, slots=True)
class Sight:
    """The queue as it stands after a step, read without the code under test."""

    deliveries: Mapping[str, Any]
    attempts: Iterable[Any]
    receipts: Iterable[Any]
    moved: Iterable[Any]

    @classmethod
    def of(cls, store: Store) -> Sight:
        """Read it."""
        with store.read() as tx:
            rows = tx.execute(text("SELECT id, account, state, content, look_at, looks, attempts FROM delivery")).all()
            attempts = tx.execute(text("SELECT delivery, number, step, content, outcome FROM attempt")).all()
            receipts = tx.execute(text("SELECT account, remote_id, delivery FROM receipt")).all()
            moved = tx.execute(text("SELECT delivery, was, became FROM moved")).all()
        return cls({row.id: row for row in rows}, attempts, receipts, moved)

    def in_state(self, state: State) -> list[str]:
        """Return what is in a state."""
        return sorted(row.id for row in self.deliveries.values() if row.state == state)

    def require_legal(self) -> None:
        """Make sure that every move is one of the table's, and that no account has two posts on the wire."""
        for move in self.moved:
            assert State(move.became) in MOVES[State(move.was)], f"{move.delivery}: {move.was} → {move.became}"
        wire = Counter(row.account for row in self.deliveries.values() if row.state == State.SENDING)
        assert all(count == 1 for count in wire.values()), wire

    def require_true(self, truth: Truth) -> None:
        """Make sure that the queue and the platform agree, each post being one delivery's and no other's.

        Two deliveries of the same words on one account may be taken for each other: nobody can tell them apart.
        """
        may_be_out = {
            key: row
            for key, row in self.deliveries.items()
            if State(row.state) in {State.SENDING, State.SENT, State.UNKNOWN}
        }
        tried: dict[tuple[str, str], set[str]] = {}
        for attempt in self.attempts:
            if attempt.step == "publish" and attempt.delivery in may_be_out:
                said = (may_be_out[attempt.delivery].account, attempt.content)
                tried.setdefault(said, set()).add(attempt.delivery)
        theirs = {(r.account, r.remote_id): r.delivery for r in self.receipts}
        taken: dict[str, Published] = {}
        for post in truth.posts:
            owner = theirs.get((post.account, post.remote_id))
            if owner is not None:
                assert owner in tried.get((post.account, post.digest), set()), f"{owner} is said to be {post}"
                assert owner not in taken, f"{owner} is out twice: {taken[owner]} and {post}"
                taken[owner] = post
        for post in truth.posts:
            if (post.account, post.remote_id) not in theirs:
                free = tried.get((post.account, post.digest), set()) - set(taken)
                free = {f for f in free if may_be_out[f].state != State.SENT}
                assert free, f"{post} is out, and no delivery may be it"
                taken[post.delivery if post.delivery in free else min(free)] = post
        for delivery in self.in_state(State.SENT):
            assert delivery in taken, f"{delivery} is said to be sent, and is not out"
            assert self.deliveries[delivery].content == taken[delivery].digest, (
                f"{delivery} says other words than are out"
            )

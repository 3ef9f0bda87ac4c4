"""The one writer of a daemon: a group commit for each turn.

Each turn is one transaction: what the senders have told since the last one, then new claims. So a durable intent before
each request and a durable outcome after it cost a few commits for many posts, not two for each.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crosspost.dispatch import steady
from crosspost.dispatch.log import logger
from crosspost.dispatch.messages import Asking, Begin, Message, StepTaken, Turn, apply_all
from crosspost.dispatch.scout import Scout
from crosspost.dispatch.settings import Rules
from crosspost.domain.network import Network
from crosspost.errors import StoreBusyError, StoreError
from crosspost.store import Store, Transaction, budgets, claims, gate, lookups, network, preparations, restored
from crosspost.store.budgets import Ledger
from crosspost.store.claims import Claim, Worker
from crosspost.store.gate import Gate
from crosspost.store.lookups import Doubt
from crosspost.store.preparations import Preparation

log = logger()

#: The longest wait before a turn that the database refused is tried again, in seconds.
RETRY_TURN = 1.0

#: How long a turn waits for more messages once there is one, in seconds: fewer and larger transactions.
GATHER = 0.003

#: Half of the first wait after a turn that the database refused, in seconds; it doubles up to `RETRY_TURN`.
FIRST_RETRY = 0.025
TRIES_WHEN_STOPPING = 60


@dataclass(frozen=True, slots=True)
class Work:
    """What a turn brought: deliveries to send, uncertain ones to look for, and ones to prepare."""

    claims: list[Claim]
    doubts: list[Doubt]
    ahead: list[Preparation] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether it brought anything."""
        return bool(self.claims or self.doubts or self.ahead)


@dataclass(frozen=True, slots=True)
class Turned:
    """How a turn's messages are applied: from which steady second, while the daemon stops, perhaps a second time."""

    began: float
    stopping: bool
    again: bool


@dataclass(frozen=True, slots=True)
class Free:
    """How many senders and preparers have nothing to do, and whether the daemon stops, so that none begins anything."""

    senders: int
    preparers: int = 0
    stopping: bool = False


class Writer:
    """Applies messages and claims work, one transaction at a time."""

    def __init__(
        self,
        store: Store,
        owner: str,
        lease: timedelta,
        clock: Callable[[], datetime],
        rules: Rules | None = None,
    ) -> None:
        self._store, self._owner, self._lease, self._clock = store, owner, lease, clock
        self._rules = rules or Rules()
        self._scout = Scout(self._rules.ahead)
        self._inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._network = (-1, Network({}, {}))
        self._gate: Gate | None = None
        self._closed = False

    @property
    def network(self) -> Network:
        """The network as the last turn saw it."""
        return self._network[1]

    def tell(self, message: Message) -> None:
        """Hand a message over; called by any thread."""
        self._inbox.put(message)
        if self._closed:
            self.close()

    def close(self) -> None:
        """Take nothing more: whoever asks whether a post may leave is told no, also those who already wait."""
        self._closed = True
        _refuse(self.wait(0))

    def wake(self) -> None:
        """Begin the next turn now; called by any thread."""
        self._inbox.put(None)

    def wait(self, seconds: float) -> list[Message]:
        """Wait for messages or a wake, and return all messages that are there."""
        found: list[Message | None] = []
        try:
            found.append(self._inbox.get(timeout=seconds))
            time.sleep(GATHER)
            while True:
                found.append(self._inbox.get_nowait())
        except queue.Empty:
            return [message for message in found if message is not None]

    def turn(self, messages: list[Message], free: int, stopping: Callable[[], bool], preparers: int = 0) -> Work:
        """Write down the messages and claim work for `free` senders and preparers, until the database takes it.

        What the senders told is evidence: it is kept in hand while the disk is full or the file is locked. One who is
        told to stop tries for a minute; what is still `sending` then is looked for at the next start.

        Raises:
            StoreError: when the database can never take it, or has refused for so long while stopping.
        """
        tries = tries_stopping = 0
        while True:
            try:
                work = self._try_turn(messages, Free(free, preparers, stopping()), again=tries > 0)
            except StoreBusyError as error:
                tries, tries_stopping = tries + 1, tries_stopping + stopping()
                log.error("the database refuses, trying again", why=str(error))  # noqa: TRY400 - no traceback is wanted
                if tries_stopping >= TRIES_WHEN_STOPPING:
                    _refuse(messages)
                    raise
                # What two turns did to one another, or a session that was cut, is over at once.
                time.sleep(min(RETRY_TURN, FIRST_RETRY * 2 ** min(tries, 10)))
            except Exception as error:
                if not messages or isinstance(error, StoreError):
                    _refuse(messages)
                    raise
                return self._one_by_one(messages, stopping, error)
            else:
                for message in messages:
                    message.after_commit()
                return work

    def _one_by_one(self, messages: list[Message], stopping: Callable[[], bool], error: Exception) -> Work:
        """Write down each message in a turn of its own, and let go of the one that cannot be: it must not take others.

        What is let go of is not lost: its delivery stays on the wire in the database, and is looked for.
        """
        if len(messages) == 1:
            log.error("a message cannot be written down", kind=type(messages[0]).__name__, error=type(error).__name__)
            _refuse(messages)
        else:
            for message in messages:
                self.turn([message], 0, stopping)
        return Work([], [])

    def _try_turn(self, messages: list[Message], free: Free, *, again: bool) -> Work:
        began = steady.seconds()
        with self._store.turn() as tx:
            now = self._store.now(tx, self._clock)
            standing = self.gate(tx, now)
            ledger = self._apply(tx, standing, messages, now, Turned(began, free.stopping, again))
            if free.stopping:
                return Work([], [])
            worker = Worker(self._owner, now + self._lease, self._rules.late_after, self._rules.keeps)
            doubts = lookups.take(tx, now, free.senders, worker.until) if free.senders > 0 else []
            doubts += restored.take(tx, now, free.senders - len(doubts), worker.until) if free.senders > 0 else []
            wanted = free.senders - len(doubts)
            claimed = claims.claim(tx, standing, worker, now, wanted, self._left(tx, ledger, now)) if wanted > 0 else []
            # What is due comes first: nothing is prepared in a turn that found any of it.
            ahead = [] if claimed else self._scout.find(tx, standing, worker, now, free.preparers)
            return Work(claimed, doubts, ahead)

    def _apply(self, tx: Transaction, standing: Gate, messages: list[Message], now: datetime, how: Turned) -> Ledger:
        """Write down the messages, and what they spent of the budgets; return what is left of these."""
        asking = [] if how.stopping else [m.claim for m in messages if isinstance(m, Begin)]
        claims.hold_leases(tx, [claim.account for claim in asking], Worker(self._owner, now + self._lease), now)
        may_leave = claims.allowed(tx, standing, [claim.delivery for claim in asking], now)
        ledger = Ledger.open(tx, self._rules.budgets, asking, now)
        prepared = [m.claim.account for m in messages if isinstance(m, StepTaken) and m.ahead]
        wanted = (
            frozenset(prepared)
            if how.stopping
            else preparations.wanted_soon(tx, standing, prepared, now, self._rules.ahead.guard)
        )
        turn = Turn(
            tx,
            now,
            may_leave,
            look_after=self._rules.look_after,
            again=how.again,
            ledger=ledger,
            wanted=wanted,
            began=how.began,
            late_after=self._rules.late_after,
            margin=self._rules.margin,
        )
        apply_all(turn, messages)
        for pace in ledger.settle(tx):
            turn.slow(pace)
        return ledger

    def _left(self, tx: Transaction, ledger: Ledger, now: datetime) -> dict[str, int]:
        """Return how many posts may still be claimed of each platform with a budget for its app."""
        left = ((platform, ledger.left(platform)) for platform in self._rules.budgets)
        return {platform: posts - budgets.in_hand(tx, platform, now) for platform, posts in left if posts is not None}

    def gate(self, tx: Transaction, now: datetime) -> Gate:
        """Return what may leave, by the holds and the network of this transaction."""
        number = network.number(tx)
        if number != self._network[0]:
            self._network = (number, network.load(tx))
        self._gate = gate.current(tx, self._network[1], now, self._gate)
        return self._gate


def _refuse(messages: list[Message]) -> None:
    """Tell whoever asks in these messages to go no further."""
    for message in messages:
        if isinstance(message, Asking):
            message.refuse()

"""The one writer of a daemon: a group commit for each turn.

Each turn is one transaction: what the senders have told since the last one, then new claims. So a durable intent before
each request and a durable outcome after it cost a few commits for many posts, not two for each.
"""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crosspost.dispatch.messages import Begin, Message, Turn
from crosspost.dispatch.retry import LOOK_AFTER
from crosspost.domain.network import Network
from crosspost.errors import StoreBusyError
from crosspost.store import Store, Transaction, claims, gate, lookups, network
from crosspost.store.claims import LATE_AFTER, Claim, Worker
from crosspost.store.gate import Gate
from crosspost.store.lookups import Doubt

log = logging.getLogger("crosspost.dispatch")

#: How long to wait before a turn that the database refused is tried again, in seconds.
RETRY_TURN = 1.0

#: How long a turn waits for more messages once there is one, in seconds: fewer and larger transactions.
GATHER = 0.003
TRIES_WHEN_STOPPING = 60


@dataclass(frozen=True, slots=True)
class Work:
    """What a turn brought: deliveries to send, and uncertain ones to look for."""

    claims: list[Claim]
    doubts: list[Doubt]


class Writer:
    """Applies messages and claims work, one transaction at a time."""

    def __init__(
        self,
        store: Store,
        owner: str,
        lease: timedelta,
        clock: Callable[[], datetime],
        late_after: timedelta = LATE_AFTER,
        look_after: tuple[timedelta, ...] = LOOK_AFTER,
    ) -> None:
        self._store, self._owner, self._lease, self._clock = store, owner, lease, clock
        self._late_after, self._look_after = late_after, look_after
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

    def turn(self, messages: list[Message], free: int, looking: frozenset[str], stopping: Callable[[], bool]) -> Work:
        """Write down the messages and claim work for `free` senders; tried again until the database takes it.

        What the senders told is evidence: it is kept in hand while the disk is full or the file is locked. One who is
        told to stop tries for a minute; what is still `sending` then is looked for at the next start.

        Raises:
            StoreError: when the database can never take it, or has refused for so long while stopping.
        """
        tries = 0
        while True:
            try:
                work = self._try_turn(messages, free, looking, stopping=stopping())
            except StoreBusyError as error:
                tries += stopping()
                log.error("the database refuses, trying again: %s", error)  # noqa: TRY400 - no traceback is wanted
                if tries >= TRIES_WHEN_STOPPING:
                    _refuse(messages)
                    raise
                time.sleep(RETRY_TURN)
            except BaseException:
                _refuse(messages)
                raise
            else:
                for message in messages:
                    message.after_commit()
                return work

    def _try_turn(self, messages: list[Message], free: int, looking: frozenset[str], *, stopping: bool) -> Work:
        with self._store.write() as tx:
            now = self._clock()
            standing = self.gate(tx, now)
            asking = [] if stopping else [m.claim.delivery for m in messages if isinstance(m, Begin)]
            turn = Turn(tx, now, claims.allowed(tx, standing, asking, now), self._look_after)
            for message in messages:
                message.apply(turn)
            if stopping or free <= 0:
                return Work([], [])
            doubts = [d for d in lookups.due(tx, now, free + len(looking)) if d.tried.delivery not in looking][:free]
            worker = Worker(self._owner, now + self._lease, self._late_after)
            return Work(claims.claim(tx, standing, worker, now, free - len(doubts)), doubts)

    def gate(self, tx: Transaction, now: datetime) -> Gate:
        """Return what may leave, by the holds and the network of this transaction."""
        number = network.number(tx)
        if number != self._network[0]:
            self._network = (number, network.load(tx))
        self._gate = gate.current(tx, self._network[1], now, self._gate)
        return self._gate


def _refuse(messages: list[Message]) -> None:
    """Tell whoever asks in these messages that their post may not leave."""
    for message in messages:
        if isinstance(message, Begin):
            message.refuse()

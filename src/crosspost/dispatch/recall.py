"""Carrying out recalls: many accounts at once, one post of an account at a time, and each outcome written down."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from crosspost.dispatch.retry import LOOK_AFTER
from crosspost.dispatch.sender import Opener
from crosspost.dispatch.taking_back import Limits, Stopped, TakingBack
from crosspost.domain.network import Account
from crosspost.store import Store, events, recalls
from crosspost.store.events import Actor
from crosspost.store.recalls import Copy, Ended


@dataclass(frozen=True, slots=True)
class Settings:
    """How recalls are carried out: how many accounts at once, and the waits before each try again.

    `patience` bounds the waiting for the platforms' limits; what they put off longer stays asked for, for a later run.
    """

    workers: int = 32
    waits: tuple[timedelta, ...] = LOOK_AFTER
    patience: timedelta = timedelta(minutes=20)


class Recaller:
    """Deletes posts whose wish is written down. `stop` may be called from a signal handler or another thread."""

    def __init__(
        self, store: Store, doors: Opener, accounts: Mapping[str, Account], clock: Callable[[], datetime], actor: Actor
    ) -> None:
        self._store, self._doors, self._accounts, self._clock, self._actor = store, doors, accounts, clock, actor
        self._ended: queue.SimpleQueue[Ended | None] = queue.SimpleQueue()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Begin no further request; what is on its way is waited for, and the other wishes stay."""
        self._stopping.set()

    def run(self, copies: Sequence[Copy], settings: Settings, told: Callable[[Ended], None]) -> list[Ended]:
        """Delete the copies and return how each ended; `told` hears of each once it is written down.

        Once told to `stop`, it returns what has ended.
        """
        by_account: dict[str, list[Copy]] = {}
        for copy in copies:
            by_account.setdefault(copy.account, []).append(copy)
        limits = Limits(settings.patience, self._stopping)
        workers = max(1, min(settings.workers, len(by_account)))
        with ThreadPoolExecutor(workers, thread_name_prefix="recall") as pool:
            futures = [
                pool.submit(self._account, of_account, settings.waits, limits) for of_account in by_account.values()
            ]
            return self._gather(futures, told)

    def _account(self, copies: Sequence[Copy], waits: Sequence[timedelta], limits: Limits) -> None:
        account = self._accounts.get(copies[0].account)
        taking = TakingBack(self._doors, account, self._known, waits, limits, self._clock)
        try:
            for ended in taking.each(copies):
                self._ended.put(ended)
        except Stopped:
            pass
        finally:
            self._ended.put(None)

    def _gather(self, futures: Sequence[Future[None]], told: Callable[[Ended], None]) -> list[Ended]:
        """Write down what ends until every account has; one transaction serves for what has ended together."""
        found: list[Ended] = []
        left = len(futures)
        while left:
            batch = [self._ended.get()]
            while not self._ended.empty():
                batch.append(self._ended.get())
            left -= batch.count(None)
            ended = [one for one in batch if one is not None]
            self._record(ended)
            for one in ended:
                told(one)
            found += ended
        for future in futures:
            future.result()  # a defect of ours must not pass in silence
        return found

    def _record(self, ended: Sequence[Ended]) -> None:
        if not ended:
            return
        with self._store.write() as tx:
            now = self._clock()
            for one in ended:
                recalls.settle(tx, one, now)
                about = {"remote_id": one.copy.remote_id, "url": one.copy.url, "detail": one.detail}
                action = f"recall: {one.outcome or 'put off'}"
                events.record(tx, self._actor, action, one.copy.delivery, now, about)

    def _known(self, account: str) -> frozenset[str]:
        with self._store.read() as tx:
            return recalls.remote_ids(tx, account)

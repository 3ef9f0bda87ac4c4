"""The daemon: the loop that keeps turning until it is told to stop, or until nothing is left to do.

APScheduler is the clockwork and only that: it wakes the loop at the next due instant, looks every half second whether
other processes have written, and keeps the sweep going. No post is ever a job: a killed scheduler loses its jobs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from crosspost.dispatch.clockwork import Clockwork
from crosspost.dispatch.retry import LOOK_AFTER
from crosspost.dispatch.sender import Opener, Sender
from crosspost.dispatch.worker_name import dead_among, own_name
from crosspost.dispatch.writer import Work, Writer
from crosspost.errors import StoreBusyError
from crosspost.store import Store, claims, sweeps
from crosspost.store.claims import LATE_AFTER, Worker
from crosspost.store.media import MediaStore

log = logging.getLogger("crosspost.dispatch")


@dataclass(frozen=True, slots=True)
class Settings:
    """How a daemon works.

    `linger` is how far ahead `until_idle` waits for what is still to come; `margin` is how long after a lease's end a
    request may still be on its way (its own timeout and then some).
    """

    workers: int = 32
    lease: timedelta = timedelta(seconds=30)
    margin: timedelta = timedelta(seconds=30)
    late_after: timedelta = LATE_AFTER
    linger: timedelta = timedelta(seconds=60)
    look_after: tuple[timedelta, ...] = LOOK_AFTER


class Daemon:
    """Publishes what is due. `run` blocks; `stop` may be called from a signal handler or another thread."""

    def __init__(
        self,
        store: Store,
        doors: Opener,
        media: MediaStore,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._doors, self._settings, self._clock = store, doors, settings, clock
        self._owner = own_name()
        self._writer = Writer(store, self._owner, settings.lease, clock, settings.late_after, settings.look_after)
        self._sender = Sender(doors, media, self._writer.tell, clock)
        self._busy: dict[Future[None], str] = {}
        self._looking: set[str] = set()
        self._stopping = False
        self._sweep_due = True

    def stop(self) -> None:
        """Claim nothing more, finish what is on the wire, and return from `run`."""
        self._stopping = True
        self._writer.wake()

    def run(self, *, until_idle: bool = False) -> None:
        """Publish what is due until told to stop; with `until_idle`, until nothing is left to do by itself."""
        log.info("daemon started owner=%s workers=%d", self._owner, self._settings.workers)
        with ExitStack() as stack:
            pool = stack.enter_context(ThreadPoolExecutor(self._settings.workers, thread_name_prefix="sender"))
            stack.callback(self._doors.close)
            stack.callback(self._writer.close)  # before the pool is waited for: nobody may wait for an answer for ever
            watch = stack.enter_context(self._store.watch())
            clockwork = stack.enter_context(Clockwork(self._writer.wake, self._ask_for_sweep, watch))
            self._loop(pool, clockwork, until_idle=until_idle)
        log.info("daemon stopped owner=%s", self._owner)

    def _ask_for_sweep(self) -> None:
        self._sweep_due = True
        self._writer.wake()

    def _loop(self, pool: ThreadPoolExecutor, clockwork: Clockwork, *, until_idle: bool) -> None:
        wait = 0.0
        while not (self._stopping and not self._busy):
            if self._sweep_due:
                self._patiently(self._sweep)
            # Before the messages are taken: what a sender has told until it finished is then among them.
            has_finished = self._forget_finished()
            messages = self._writer.wait(0.0 if has_finished else wait)
            free = self._settings.workers - len(self._busy)
            work = self._writer.turn(messages, free, frozenset(self._looking), lambda: self._stopping)
            self._start(pool, work)
            wait = clockwork.LONGEST_SLEEP
            if not (work.claims or work.doubts or self._stopping):
                self._patiently(lambda: self._rest(clockwork, until_idle=until_idle))

    def _patiently(self, step: Callable[[], None]) -> None:
        """Take a step that the next turn of the loop takes again, should the database refuse it now."""
        try:
            step()
        except StoreBusyError as error:
            log.error("the database refuses, trying again: %s", error)  # noqa: TRY400 - no traceback is wanted

    def _start(self, pool: ThreadPoolExecutor, work: Work) -> None:
        for claim in work.claims:
            account = self._writer.network.accounts[claim.account]
            self._track(pool.submit(self._sender.deliver, claim, account), "")
        for doubt in work.doubts:
            self._looking.add(doubt.tried.delivery)
            asked = self._writer.network.accounts.get(doubt.tried.account)
            self._track(pool.submit(self._sender.look, doubt, asked), doubt.tried.delivery)

    def _track(self, future: Future[None], looking: str) -> None:
        self._busy[future] = looking
        future.add_done_callback(lambda _: self._writer.wake())

    def _forget_finished(self) -> bool:
        """Free the senders that have finished; say whether there were any."""
        finished = [future for future in self._busy if future.done()]
        for future in finished:
            self._looking.discard(self._busy.pop(future))
            future.result()  # a defect of ours must not pass in silence
        return bool(finished)

    def _rest(self, clockwork: Clockwork, *, until_idle: bool) -> None:
        """Nothing more can begin at this moment: stop, or set the alarm for the next instant."""
        with self._store.read() as tx:
            now = self._clock()
            gate = self._writer.gate(tx, now)
            if until_idle and not self._busy and sweeps.outlook(tx, gate, now, now + self._settings.linger).idle:
                self._stopping = True
                self._writer.wake()
                return
            upcoming = sweeps.next_instant(tx, gate, now)
        clockwork.wake_at(upcoming)

    def _sweep(self) -> None:
        """Renew our leases, free those of the dead, and let time do what it does to the queue."""
        self._sweep_due = False
        with self._store.write() as tx:
            now = self._clock()
            claims.renew(tx, Worker(self._owner, now + self._settings.lease))
            dead = dead_among(claims.lease_owners(tx) - {self._owner})
            lapsed = sweeps.lapse(tx, now, dead, self._settings.margin)
            expired = sweeps.expire(tx, now)
            late = sweeps.block_late(tx, self._writer.gate(tx, now), now, self._settings.late_after)
        for delivery in lapsed:
            log.warning("unknown delivery=%s why=%r", delivery, "its worker stopped")
        if expired or late:
            log.warning("swept expired=%d late=%d", expired, late)

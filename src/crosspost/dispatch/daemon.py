"""The daemon: the loop that keeps turning until it is told to stop, or until nothing is left to do.

APScheduler is the clockwork and only that: it wakes the loop at the next due instant, looks every half second whether
other processes have written, and keeps the sweep going. No post is ever a job: a killed scheduler loses its jobs.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from crosspost import __version__
from crosspost.dispatch import steps
from crosspost.dispatch.ahead import Ahead, PlanAhead
from crosspost.dispatch.clockwork import Clockwork
from crosspost.dispatch.following import Follower, Replan, follow_zone_data
from crosspost.dispatch.log import logger
from crosspost.dispatch.observer import Nobody, Observer
from crosspost.dispatch.sender import Opener, Sender
from crosspost.dispatch.settings import Settings
from crosspost.dispatch.worker_name import dead_among, own_name
from crosspost.dispatch.writer import Work, Writer
from crosspost.errors import StoreBusyError
from crosspost.store import Store, Transaction, budgets, claims, holds, instants, paces, sweeps, uploads, workers
from crosspost.store.claims import Worker
from crosspost.store.gate import Gate
from crosspost.store.mark import Mark
from crosspost.store.media import MediaStore

log = logger()


@dataclass(frozen=True, slots=True)
class Pools:
    """The threads that send, and those that prepare."""

    senders: ThreadPoolExecutor
    preparers: ThreadPoolExecutor


class Daemon:
    """Publishes what is due. `run` blocks; `stop` may be called from a signal handler or another thread."""

    def __init__(
        self,
        store: Store,
        doors: Opener,
        media: MediaStore,
        settings: Settings,
        clock: Callable[[], datetime],
        observer: Observer | None = None,
    ) -> None:
        self._store, self._doors, self._settings, self._clock = store, doors, settings, clock
        self._owner = own_name()
        self._writer = Writer(store, self._owner, settings.lease, clock, settings.rules)
        self._sender = Sender(doors, media, self._writer.tell, clock, settings.keeps, settings.lease)
        self._observer = observer or Nobody()
        #: What each sender is at work on: an account that is leased, or "" where it looks for a post.
        self._busy: dict[Future[None], str] = {}
        #: Which account each preparer is at work on.
        self._preparing: dict[Future[None], str] = {}
        self._replan: Replan | None = None
        self._plan_ahead: PlanAhead | None = None
        self._follower = Follower(None, self._writer.wake)
        self._ahead = Ahead(None, self._writer.wake)
        self._stopping = False
        self._sweep_due = True
        #: Whether what is queued has still to follow the zone data in use.
        self._recheck_due = True
        self._mark = Mark(store.path) if store.path else None

    def replan_with(self, replan: Replan, plan_ahead: PlanAhead | None = None) -> None:
        """Have plans computed so where they no longer fit: an original is lost, clocks have changed.

        `plan_ahead` plans on what comes back, day after day. To be said before `run`.
        """
        self._replan, self._plan_ahead = replan, plan_ahead

    def stop(self) -> None:
        """Claim nothing more, finish what is on the wire, and return from `run`."""
        self._stopping = True
        self._writer.wake()

    def run(self, *, until_idle: bool = False) -> None:
        """Publish what is due until told to stop; with `until_idle`, until nothing is left to do by itself."""
        log.info("daemon started", workers=self._settings.workers)
        with ExitStack() as stack:
            senders = stack.enter_context(ThreadPoolExecutor(self._settings.workers, thread_name_prefix="sender"))
            preparers = stack.enter_context(
                ThreadPoolExecutor(max(1, self._settings.preparers), thread_name_prefix="preparer")
            )
            self._follower = stack.enter_context(Follower(self._replan, self._writer.wake))
            self._ahead = stack.enter_context(Ahead(self._plan_ahead, self._writer.wake))
            stack.callback(self._doors.close)
            stack.callback(self._writer.close)  # before the pool is waited for: nobody may wait for an answer for ever
            watch = stack.enter_context(self._store.watch())
            clockwork = stack.enter_context(Clockwork(self._writer.wake, self._ask_for_sweep, watch))
            self._loop(Pools(senders, preparers), clockwork, until_idle=until_idle)
        self._patiently(self._leave)
        log.info("daemon stopped")

    def _leave(self) -> None:
        with self._store.write() as tx:
            workers.stopped(tx, self._owner, self._store.now(tx, self._clock))
            self._keep_mark(tx)

    def _forget(self, tx: Transaction, now: datetime) -> None:
        """Remove what no longer says anything of the present."""
        budgets.forget(tx, now)
        paces.forget(tx, now)
        uploads.forget_old(tx, self._settings.keeps, now)

    def _keep_mark(self, tx: Transaction) -> None:
        """Write down beside the database how far it is; without that, only putting back a copy goes unnoticed."""
        try:
            if self._mark is not None:
                self._mark.keep(tx)
        except OSError as error:
            log.error("the mark beside the database cannot be written", why=str(error))  # noqa: TRY400

    def _ask_for_sweep(self) -> None:
        self._sweep_due = True
        self._writer.wake()

    def _loop(self, pools: Pools, clockwork: Clockwork, *, until_idle: bool) -> None:
        wait = 0.0
        while not (self._stopping and not self._busy and not self._preparing):
            if self._recheck_due:  # before anything leaves, expires or is late at an instant that is no longer its own
                self._patiently(self._recheck)
            if self._sweep_due:
                self._patiently(self._sweep)
            # Before the messages are taken: what a sender has told until it finished is then among them.
            has_finished = self._forget_finished()
            messages = self._writer.wait(0.0 if has_finished else wait)
            free = self._settings.workers - len(self._busy)
            preparers = self._settings.preparers - len(self._preparing)
            work = self._writer.turn(messages, free, lambda: self._stopping, preparers)
            self._observer.turned(messages)
            self._start(pools, work)
            wait = clockwork.LONGEST_SLEEP
            # While all senders are busy there is no alarm to set: the next that finishes turns the loop.
            if free > 0 and not (work or self._stopping):
                self._patiently(lambda: self._rest(clockwork, until_idle=until_idle))

    def _patiently(self, step: Callable[[], None]) -> None:
        """Take a step that the next turn of the loop takes again, should the database refuse it now."""
        try:
            step()
        except StoreBusyError as error:
            log.error("the database refuses, trying again", why=str(error))  # noqa: TRY400 - no traceback is wanted

    def _start(self, pools: Pools, work: Work) -> None:
        accounts = self._writer.network.accounts
        for claim in work.claims:
            begun = pools.senders.submit(self._sender.deliver, claim, accounts[claim.account])
            self._track(self._busy, begun, claim.account)
        for doubt in work.doubts:
            asked = accounts.get(doubt.tried.account)
            self._track(self._busy, pools.senders.submit(self._sender.look, doubt, asked), "")
        for one in work.ahead:
            begun = pools.preparers.submit(self._sender.prepare, one, accounts[one.claim.account])
            self._track(self._preparing, begun, one.claim.account)

    def _track(self, where: dict[Future[None], str], future: Future[None], account: str) -> None:
        where[future] = account
        future.add_done_callback(lambda _: self._writer.wake())

    def _forget_finished(self) -> bool:
        """Free the senders and preparers that have finished; say whether there were any."""
        has_finished = False
        for working in (self._busy, self._preparing):
            for future in [future for future in working if future.done()]:
                del working[future]
                future.result()  # a defect of ours must not pass in silence
                has_finished = True
        return has_finished

    def _rest(self, clockwork: Clockwork, *, until_idle: bool) -> None:
        """Nothing more can begin at this moment: stop, or set the alarm for the next instant."""
        # asked first: what is written from now on is not in what is read below
        was_planning = self._follower.is_at_work or self._ahead.is_at_work
        with self._store.read() as tx:
            now = self._store.now(tx, self._clock)
            gate = self._writer.gate(tx, now)
            is_planning = self._is_planning(tx, now) or was_planning
            if until_idle and not is_planning and self._is_idle(tx, gate, now):
                self._stopping = True
                self._writer.wake()
                return
            upcoming = sweeps.next_instant(tx, gate, now)
        clockwork.wake_in(upcoming - now if upcoming else None)

    def _is_planning(self, tx: Transaction, now: datetime) -> bool:
        """Ask for the plans that are needed; say whether any is needed and not there yet."""
        return any([self._follower.look(tx), self._ahead.look(tx, now)])

    def _is_idle(self, tx: Transaction, gate: Gate, now: datetime) -> bool:
        """Say whether nothing is at work, and nothing will leave by itself within the time to linger."""
        at_work = self._busy or self._preparing or self._recheck_due
        return not at_work and sweeps.outlook(tx, gate, now, now + self._settings.linger).idle

    def _recheck(self) -> None:
        """Have what is queued follow the zone data in use: it may have been queued under older ones."""
        if self._replan is not None:
            with self._store.read() as tx:
                differing = instants.differing(tx, self._store.now(tx, self._clock))
            follow_zone_data(differing, self._replan)
        self._recheck_due = False

    def _sweep(self) -> None:
        """Renew our leases, free those of the dead, and let time do what it does to the queue."""
        self._sweep_due = False
        with self._store.write() as tx:
            now = self._store.now(tx, self._clock)
            workers.seen(tx, self._owner, __version__, now)
            in_hand = {*self._busy.values(), *self._preparing.values()}
            claims.renew(tx, Worker(self._owner, now + self._settings.lease), in_hand)
            dead = dead_among(claims.lease_owners(tx) - {self._owner})
            lapsed = sweeps.lapse(tx, now, dead, self._settings.margin)
            expired = sweeps.expire(tx, now)
            self._writer.gate(tx, now)  # the network as it stands
            over = holds.end(tx, self._writer.network, now)
            late = sweeps.block_late(tx, self._writer.gate(tx, now), now, self._settings.late_after)
            self._forget(tx, now)
            self._keep_mark(tx)
            steps.reached(steps.SWEPT)
        steps.reached(steps.SWEPT_DURABLE)
        with self._store.read() as tx:
            self._is_planning(tx, now)
        for delivery in lapsed:
            log.warning("unknown", delivery=delivery, why="its worker stopped")
        for hold in over:
            log.warning("a hold's end has passed", hold=hold.id, scope=hold.scope.describe())
        if expired or late:
            log.warning("swept", expired=expired, late=late)

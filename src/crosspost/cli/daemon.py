"""`crosspost daemon`: publish what is due."""

from __future__ import annotations

import logging
import signal
import sys
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import Session, session, utc_now

#: For how long a database that cannot be used yet is waited for, in seconds.
_DATABASE_STARTS = 60.0

#: How often the display says a line where there is no terminal to draw on, in seconds.
_EVERY = 2.0

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from crosspost.dispatch.daemon import Daemon
    from crosspost.dispatch.observer import Observer


def daemon(
    ctx: typer.Context,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="Leave when nothing more is due; 1 if something needs a person.")
    ] = False,
    linger: Annotated[int, typer.Option(help="With --until-idle: wait for what is due within so many seconds.")] = 60,
    with_sandbox: Annotated[bool, typer.Option("--sandbox", help="Start the sandbox beside it.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log each attempt, one line, to standard error.")
    ] = False,
    adopt: Annotated[
        bool,
        typer.Option(
            "--adopt",
            help="The database has moved here, and nobody sends from where it was: make this its home.",
        ),
    ] = False,
    restored: Annotated[
        bool,
        typer.Option("--restored", help="The database was put back from a copy: look for what was due before sending."),
    ] = False,
) -> None:
    """Publish each text on the right account at the right minute, exactly once.

    Runs until SIGTERM or Ctrl-C; then it finishes what is on the wire. Killed, it loses and doubles nothing: what may
    be out is looked for at the next start. Several daemons may run on one database.
    """
    from crosspost.cli.sandbox import answers, beside
    from crosspost.cli.status import say_matters
    from crosspost.cli.watch import watched

    run = session(ctx)
    run.sends = True
    # `--until-idle` has a display of its own; a daemon that stays is watched through its log.
    _log(run, logging.ERROR if until_idle and not verbose and not run.config.log.file else logging.INFO)
    _wait_for_database(run)
    with ExitStack() as stack:
        if with_sandbox:
            stack.enter_context(beside(run))
        elif run.config.mode == "sandbox" and not answers(run.config.sandbox_port):
            output.complain("The sandbox does not answer yet: start `crosspost sandbox`, or say --sandbox here.")
        working = _daemon(run, linger, stack.enter_context(watched(run)))
        working.replan_with(lambda campaign: _follow(run, campaign), lambda campaign: _plan_ahead(run, campaign))
        _arrive(run, stack, adopt=adopt, restored=restored)
        stack.enter_context(_stopping_on_signal(working))
        if until_idle and not verbose:
            stack.enter_context(_display(run, timedelta(seconds=linger)))
        working.run(until_idle=until_idle)
    if until_idle and say_matters(run.desk):
        raise typer.Exit(1)


def _follow(run: Session, campaign: str) -> None:
    from crosspost.desk import rechecking, replan

    replan.follow(run.desk, [campaign])
    rechecking.follow(run.desk, campaign)


def _plan_ahead(run: Session, campaign: str) -> int:
    from crosspost.desk import replan

    return replan.plan_ahead(run.desk, campaign)


def _wait_for_database(run: Session) -> None:
    """Open the database; one that is only just starting, as after a power cut, is waited for."""
    from crosspost.errors import StoreBusyError

    end = time.monotonic() + _DATABASE_STARTS
    while True:
        try:
            _ = run.store
        except StoreBusyError as error:
            if time.monotonic() >= end:
                raise
            output.complain(f"{error}: trying again")
            time.sleep(1.0)
        else:
            return


def _arrive(run: Session, stack: ExitStack, *, adopt: bool, restored: bool) -> None:
    """Make sure that this is the database's home, and say what is looked for first where it was put back."""
    from crosspost.store import presence
    from crosspost.store.arrival import Wishes, arrive

    stack.enter_context(presence.at_work(run.store.path))
    found = arrive(run.store, run.desk.actor, run.desk.clock, Wishes(adopt, restored))
    if found.moved_from:
        output.complain(f"The database was at home in {found.moved_from}; its home is here now.")
    if found.review is not None:
        due = output.counted(found.review.deliveries, "delivery that was due", "deliveries that were due")
        output.complain(
            f"This database may be behind what was sent: {found.why}. Its last state is of "
            f"{output.rfc3339(found.review.since)}. Looked for on the platforms before it may leave: {due}. "
            "What is not found waits for a person; what is due later goes on."
        )


def _log(run: Session, level: int) -> None:
    from crosspost.cli import logs
    from crosspost.dispatch.worker_name import own_name

    own = run.config.log
    logs.set_up(logs.Style(own.format, own.file, level, {"worker": own_name()}, run.credentials.secrets))


def _daemon(run: Session, linger: int, observer: Observer | None) -> Daemon:
    from crosspost.dispatch.daemon import Daemon
    from crosspost.dispatch.settings import Settings
    from crosspost.store.media import MediaStore

    own = run.config.daemon
    run.credentials.table("")  # a file that nobody can use is one mistake, and no account's
    platforms = sorted({account.platform for account in run.desk.network().accounts.values()})
    takes = run.doors.warm(platforms)
    settings = Settings(
        workers=own.workers,
        lease=own.lease,
        margin=own.request_timeout * 2,
        late_after=own.late_after,
        linger=timedelta(seconds=linger),
        look_after=own.look_after,
        prepare_ahead=own.prepare_ahead,
        budgets={name: known.budgets for name, known in takes.items() if known.budgets} | dict(run.config.budgets),
        keeps={name: known.upload_keeps for name, known in takes.items() if known.upload_keeps},
    )
    return Daemon(run.store, run.doors, MediaStore(run.config.media), settings, utc_now, observer)


@contextmanager
def _stopping_on_signal(working: Daemon) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        working.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _display(run: Session, ahead: timedelta) -> Iterator[None]:
    """Show how far the queue has come, from a thread that only reads: a bar on a terminal, else a line now and then."""
    import threading

    from crosspost.store import deliveries

    finished = threading.Event()

    def counted() -> tuple[int, int]:
        with run.store.read() as tx:
            states = deliveries.count_by_state(tx, until=run.store.clock() + ahead)
        done = states.get("sent", 0) + states.get("failed", 0)
        return done, done + sum(states.get(state, 0) for state in ("queued", "sending", "unknown"))

    def draw() -> None:
        said = (-1, -1)
        with output.progress() as display:
            task = display.add_task("publishing", total=None)
            is_last = False
            while not is_last:
                is_last = finished.wait(0.2 if sys.stdout.isatty() else _EVERY)
                done, total = counted()
                display.update(task, completed=done, total=total)
                if not sys.stdout.isatty() and said != (done, total):
                    output.say(f"published {done} of {total}")
                said = (done, total)

    thread = threading.Thread(target=draw, name="display", daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join(timeout=5)

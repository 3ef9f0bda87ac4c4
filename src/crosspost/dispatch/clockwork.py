"""The clockwork of the daemon, on APScheduler 3.

Its defaults bite: a grace time of a second drops what it should only have done late, and a single long sleep is blind
to clocks that jump. So: no grace limit, UTC, jobs in memory, and never a sleep of more than 30 seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from crosspost.store.backend import Watch

#: How often to look whether another process has written, and how often to sweep, in seconds.
WATCH_EVERY = 0.5
SWEEP_EVERY = 5.0


class Clockwork:
    """Wakes the loop: after a given time, when another process has written, and for each sweep."""

    #: Seconds after which the loop turns in any case.
    LONGEST_SLEEP = 30.0

    def __init__(self, wake: Callable[[], None], sweep: Callable[[], None], watch: Watch) -> None:
        self._wake, self._watch = wake, watch
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )
        self._scheduler.add_job(self._look, "interval", seconds=WATCH_EVERY, id="watch")
        self._scheduler.add_job(sweep, "interval", seconds=SWEEP_EVERY, id="sweep")

    def __enter__(self) -> Self:
        """Start."""
        self._scheduler.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._scheduler.shutdown()

    def wake_in(self, wait: timedelta | None) -> None:
        """Wake the loop after so long; the alarm set before gives way.

        A length and no instant: what is due is due by the database's clock, which this machine's need not agree with.
        """
        if wait is not None:
            self._scheduler.add_job(
                self._wake, "date", run_date=datetime.now(UTC) + wait, id="due", replace_existing=True
            )

    def _look(self) -> None:
        if self._watch.changed():
            self._wake()

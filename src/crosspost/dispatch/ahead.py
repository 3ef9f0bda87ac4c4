"""Has posts that come back planned on as time goes by: when the daemon starts, and once a day from then on.

Nothing is remembered of it: a plan is written by difference, so that one made twice, by two daemons or after a kill,
adds nothing. It is computed beside the loop, in a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from crosspost.dispatch.log import logger
from crosspost.errors import CrosspostError
from crosspost.store import Transaction, campaigns

log = logger()

#: Plans a campaign on, and returns how many deliveries that added.
PlanAhead = Callable[[str], int]

#: How often it is looked for what has come within the horizon, and how soon again where a plan could not be made.
EVERY, AGAIN = timedelta(days=1), timedelta(minutes=10)


class Ahead:
    """Asks once a day for the plans of campaigns with posts that come back; without a `plan` people have to."""

    def __init__(self, plan: PlanAhead | None, wake: Callable[[], None]) -> None:
        self._plan, self._wake = plan, wake
        self._planner = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._due: datetime | None = None
        self._work: Future[bool] | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish what is being planned."""
        self._planner.shutdown(cancel_futures=True)

    @property
    def is_at_work(self) -> bool:
        """Whether a plan is being computed or written at this moment."""
        return self._work is not None and not self._work.done()

    def look(self, tx: Transaction, now: datetime) -> bool:
        """Ask for the plans of the day where they are not made yet; say whether they are being made."""
        if self._plan is None:
            return False
        if self._work is not None and self._work.done():
            has_planned_all, self._work = self._work.result(), None
            self._due = now + (EVERY if has_planned_all else AGAIN)
        if self._work is None and (self._due is None or now >= self._due):
            self._begin(campaigns.coming_back(tx), now)
        return self._work is not None

    def _begin(self, wanted: Sequence[str], now: datetime) -> None:
        self._due = now + EVERY
        if wanted:
            self._work = self._planner.submit(self._plan_all, wanted)
            self._work.add_done_callback(lambda _: self._wake())

    def _plan_all(self, wanted: Sequence[str]) -> bool:
        """Plan the campaigns on; say whether all could be. One that cannot keeps no other back."""
        planned = [self._plan_one(campaign) for campaign in wanted]
        return all(planned)

    def _plan_one(self, campaign: str) -> bool:
        try:
            added = self._plan(campaign) if self._plan is not None else 0
        except CrosspostError as error:  # as where others keep changing it
            log.error("cannot be planned on", campaign=campaign, why=str(error))  # noqa: TRY400 - no traceback is wanted
            return False
        except Exception as error:  # noqa: BLE001 - a defect of planning must not stop the sending
            log.error("defect", campaign=campaign, error=type(error).__name__)  # noqa: TRY400 - its text may hold a secret
            return False
        if added:
            log.info("planned on", campaign=campaign, deliveries=added)
        return True

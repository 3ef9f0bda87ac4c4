"""Has plans follow what has happened: where an original is lost, those who were to repost it need another.

A plan is the desk's to compute; whoever starts the daemon says how. It is computed beside the loop, in a thread of its
own, once for each loss: a plan that leaves things as they are is not asked for again.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from crosspost.dispatch.log import logger
from crosspost.errors import CrosspostError
from crosspost.store import Transaction, reposts

log = logger()

#: Computes a campaign's plan anew and writes it.
Replan = Callable[[str], None]


class Follower:
    """Asks for new plans where originals are lost; without a `replan` it asks for none, and people have to."""

    def __init__(self, replan: Replan | None, wake: Callable[[], None]) -> None:
        self._replan, self._wake = replan, wake
        self._planner = ThreadPoolExecutor(1, thread_name_prefix="planner")
        #: For which lost originals each campaign was planned last.
        self._followed: dict[str, frozenset[str]] = {}
        self._at_work: set[str] = set()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish what is being planned."""
        self._planner.shutdown()

    @property
    def is_at_work(self) -> bool:
        """Whether a plan is being computed or written at this moment."""
        return bool(self._at_work)

    def look(self, tx: Transaction) -> bool:
        """Ask for the plans that are needed; say whether any is needed and not there yet."""
        if self._replan is None:
            return False
        lost = reposts.bereft(tx)
        self._followed = {campaign: known for campaign, known in self._followed.items() if campaign in lost}
        for campaign, originals in lost.items():
            if self._followed.get(campaign) != originals and campaign not in self._at_work:
                self._followed[campaign] = originals
                self._at_work.add(campaign)
                self._planner.submit(self._follow, campaign, sorted(originals))
        return self.is_at_work

    def _follow(self, campaign: str, originals: list[str]) -> None:
        log.warning("planned anew", campaign=campaign, lost=originals)
        try:
            if self._replan is not None:
                self._replan(campaign)
        except CrosspostError as error:  # as where others keep changing it: the next look asks again
            self._followed.pop(campaign, None)
            log.error("cannot be planned", campaign=campaign, why=str(error))  # noqa: TRY400 - no traceback is wanted
        except Exception as error:  # noqa: BLE001 - a defect of planning must not stop the sending
            log.error("defect", campaign=campaign, error=type(error).__name__)  # noqa: TRY400 - its text may hold a secret
        finally:
            self._at_work.discard(campaign)
            self._wake()

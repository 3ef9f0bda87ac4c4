"""Has plans follow what has happened: an original is lost or out that others wait for, or clocks have changed.

A plan is the desk's to compute; whoever starts the daemon says how. It is computed beside the loop, in a thread of its
own, once for each: a plan that leaves things as they are is not asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from crosspost.dispatch.log import logger
from crosspost.domain import zones
from crosspost.errors import CrosspostError, StoreBusyError
from crosspost.store import Transaction, followers, reposts
from crosspost.store.instants import Differing

log = logger()

#: Computes a campaign's plan anew and writes it.
Replan = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Fate:
    """What has become of a campaign's originals that others wait for: those that are lost, and those that are out."""

    lost: frozenset[str]
    out: frozenset[str]


class Follower:
    """Asks for new plans where originals are lost or have come out; without a `replan`, people have to."""

    def __init__(self, replan: Replan | None, wake: Callable[[], None]) -> None:
        self._replan, self._wake = replan, wake
        self._planner = ThreadPoolExecutor(1, thread_name_prefix="planner")
        #: For what has become of originals each campaign was planned last.
        self._followed: dict[str, Fate] = {}
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
        lost, arrived = reposts.bereft(tx), followers.arrived(tx)
        none: frozenset[str] = frozenset()
        fates = {name: Fate(lost.get(name, none), arrived.get(name, none)) for name in {**lost, **arrived}}
        self._followed = {campaign: known for campaign, known in self._followed.items() if campaign in fates}
        for campaign, fate in fates.items():
            if self._followed.get(campaign) != fate and campaign not in self._at_work:
                self._followed[campaign] = fate
                self._at_work.add(campaign)
                self._planner.submit(self._follow, campaign, fate)
        return self.is_at_work

    def _follow(self, campaign: str, fate: Fate) -> None:
        if fate.lost:
            log.warning("planned anew", campaign=campaign, lost=sorted(fate.lost))
        else:
            log.info("planned anew", campaign=campaign, out=sorted(fate.out))
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


def follow_zone_data(differing: Sequence[Differing], replan: Replan) -> None:
    """Have the campaigns follow the zone data in use; one line of the log for each.

    Raises:
        StoreBusyError: when the database refuses; whoever asks tries again.
    """
    for campaign in dict.fromkeys(one.campaign for one in differing):
        its = [one for one in differing if one.campaign == campaign]
        said = {
            "campaign": campaign,
            "version": zones.data_version(),
            "zones": sorted({one.was.zone for one in its}),
            "deliveries": sum(one.deliveries for one in its),
        }
        try:
            replan(campaign)
        except StoreBusyError:
            raise
        except CrosspostError as error:
            log.error("cannot follow the zone data", **said, why=str(error))  # noqa: TRY400 - no traceback is wanted
        else:
            log.warning("follows the zone data", **said)

"""What planning knows of the missions' time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from crosspost.domain.blackout import Blackout
from crosspost.domain.schedule import Instant


def _always_open(_mission: str, _day: date) -> str:
    return ""


@dataclass(frozen=True)
class Hours:
    """What planning knows of the missions' time.

    `why_closed` says why a mission is closed on a day of its own clock, "" where it is open. `taken` holds for each
    account the instants (UTC) at which other campaigns have it speak; `kept` when this campaign's deliveries that are
    queued, or beyond, are due, and on which clock: a slot that was given is not given anew.
    """

    why_closed: Callable[[str, date], str] = _always_open
    blackouts: tuple[Blackout, ...] = ()
    taken: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    kept: Mapping[str, Instant] = field(default_factory=dict)

    @cached_property
    def kept_by_account(self) -> Mapping[str, Mapping[str, Instant]]:
        """What is kept, by the account that says it."""
        found: dict[str, dict[str, Instant]] = {}
        for delivery, due in self.kept.items():
            account = "/".join(delivery.split("/")[-3:-1])
            found.setdefault(account, {})[delivery] = due
        return found

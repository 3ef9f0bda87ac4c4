"""How a daemon works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from crosspost.dispatch.retry import LOOK_AFTER
from crosspost.store.budgets import Budgets
from crosspost.store.claims import LATE_AFTER
from crosspost.store.preparations import Ahead


@dataclass(frozen=True, slots=True)
class Rules:
    """What the writer goes by.

    `look_after` are the waits before each look-up; `margin` is how long after its intent a request may still be on its
    way, so that no absence proves anything; `keeps` says for each platform how long the handle of an upload
    holds.
    """

    late_after: timedelta = LATE_AFTER
    look_after: tuple[timedelta, ...] = LOOK_AFTER
    budgets: Budgets = field(default_factory=dict)
    keeps: Mapping[str, timedelta] = field(default_factory=dict)
    ahead: Ahead = field(default_factory=Ahead)
    margin: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a daemon works.

    `linger` is how far ahead `until_idle` waits for what is still to come; `margin` is how long after a lease's end a
    request may still be on its way (its own timeout and then some); `prepare_ahead` is how long before its due instant
    a post is prepared, nothing where it is not. `budgets` and `keeps` are the platforms', by their names.
    """

    workers: int = 32
    lease: timedelta = timedelta(seconds=30)
    margin: timedelta = timedelta(seconds=30)
    late_after: timedelta = LATE_AFTER
    linger: timedelta = timedelta(seconds=60)
    look_after: tuple[timedelta, ...] = LOOK_AFTER
    prepare_ahead: timedelta = timedelta(0)
    budgets: Budgets = field(default_factory=dict)
    keeps: Mapping[str, timedelta] = field(default_factory=dict)

    @property
    def preparers(self) -> int:
        """How many accounts are prepared at the same time, by threads of their own: none is taken from what is due."""
        return max(1, self.workers // 2) if self.prepare_ahead else 0

    @property
    def rules(self) -> Rules:
        """What the writer goes by."""
        ahead = Ahead(self.prepare_ahead, self.margin)
        return Rules(self.late_after, self.look_after, self.budgets, self.keeps, ahead, self.margin)

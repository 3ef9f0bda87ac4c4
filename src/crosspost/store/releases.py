"""What comes free when a person ends holds: what leaves at once, and what waits for that person's next word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, not_, select, true

from crosspost.domain.delivery import BlockKind
from crosspost.domain.hold import Hold
from crosspost.domain.network import Network
from crosspost.store import holds
from crosspost.store.engine import Transaction
from crosspost.store.gate import Gate, is_late, is_paced
from crosspost.store.selection import under_any
from crosspost.store.tables import Block, Delivery, core

_delivery = core(Delivery)
_block = core(Block)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that does not leave although its hold ends: the block it is under, why, and who set it."""

    delivery: str
    kind: str
    why: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Freed:
    """What comes free with some holds: how many deliveries leave at once, and which wait for a person."""

    leaving: int
    waiting: list[Waiting]


class Release:
    """The end of holds. With `review`, all that came due is blocked as late; else only what is late by now.

    `late_after` is how late a delivery may leave without a person's word.
    """

    def __init__(
        self, ending: Sequence[Hold], network: Network, now: datetime, late_after: timedelta, *, review: bool
    ) -> None:
        self._numbers = [hold.id for hold in ending]
        self._scopes = [hold.scope for hold in ending]
        self._network, self._now, self._late_after, self._review = network, now, late_after, review

    @property
    def _why(self) -> str:
        if self._review:
            return "it came due under a hold"
        return f"due more than {int(self._late_after.total_seconds() // 60)} minutes ago, under a hold"

    def _late(self, free: ColumnElement[bool]) -> ColumnElement[bool]:
        return and_(free, true() if self._review else is_late(), not_(holds.is_blocked_as_late()))

    def foreseen(self, tx: Transaction) -> Freed:
        """Return what comes free; nothing is changed."""
        asked = {"now": self._now, "late": self._now - self._late_after}
        free = holds.coming_free(tx, self._scopes, self._network, self._now, self._numbers)
        late = select(_delivery.c.id).where(self._late(free), _delivery.c.due <= self._now).params(asked)
        waiting = [Waiting(delivery, BlockKind.LATE.value, self._why) for delivery in tx.execute(late).scalars()]
        blocks = select(_block).join(_delivery, _delivery.c.id == _block.c.delivery).where(free)
        waiting += [Waiting(row.delivery, row.kind, row.why, row.who) for row in tx.execute(blocks)]
        return Freed(0 if self._review else self._leaving(tx), sorted(waiting, key=lambda w: (w.delivery, w.kind)))

    def _leaving(self, tx: Transaction) -> int:
        others = tuple(hold.scope for hold in holds.active(tx, self._now) if hold.id not in self._numbers)
        leaves = (
            under_any(self._scopes, self._network),
            Gate(others, self._network).may_leave,
            _delivery.c.due <= self._now,
            not_(is_late()),
            not_(is_paced()),
        )
        asked = {"now": self._now, "late": self._now - self._late_after}
        return int(tx.execute(select(func.count()).select_from(_delivery).where(*leaves).params(asked)).scalar_one())

    def carry_out(self, tx: Transaction, who: str) -> None:
        """End the holds, and block what is late in the same transaction: nothing slips out between the two."""
        free = holds.coming_free(tx, self._scopes, self._network, self._now, self._numbers)
        asked = {"now": self._now, "late": self._now - self._late_after}
        holds.block(tx, self._late(free), holds.Review(self._now, self._why, who), self._now, asked)
        holds.release(tx, self._numbers, who, self._now)

"""Uncertain deliveries that are due to be looked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from crosspost.domain.content import Content
from crosspost.domain.delivery import State
from crosspost.store.claims import as_content
from crosspost.store.engine import Transaction
from crosspost.store.outcomes import Tried
from crosspost.store.selection import is_in
from crosspost.store.tables import Attempt, ContentRow, Delivery, ReceiptRow, core

_delivery = core(Delivery)
_content = core(ContentRow)
_attempt = core(Attempt)
_receipt = core(ReceiptRow)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery that may be out: what was sent, when the attempt began, and which posts belong to others."""

    tried: Tried
    content: Content
    began: datetime
    looks: int
    known: frozenset[str]


def due(tx: Transaction, now: datetime, most: int) -> list[Doubt]:
    """Return the deliveries to look for now. What is compared is the content of the attempt, not of today's plan."""
    last = and_(_attempt.c.delivery == _delivery.c.id, _attempt.c.number == _delivery.c.attempts)
    rows = tx.execute(
        select(
            _delivery.c.id,
            _delivery.c.account,
            _delivery.c.looks,
            _attempt.c.number,
            _attempt.c.start,
            _content.c.value,
        )
        .join(_attempt, last)
        .join(_content, _content.c.digest == _attempt.c.content)
        .where(is_in(State.UNKNOWN), _delivery.c.look_at <= now)
        .order_by(_delivery.c.look_at)
        .limit(most)
    ).all()
    return [
        Doubt(Tried(r.id, r.account, r.number), as_content(r.value), r.start, r.looks, _of_others(tx, r.account, r.id))
        for r in rows
    ]


def _of_others(tx: Transaction, account: str, delivery: str) -> frozenset[str]:
    found = select(_receipt.c.remote_id).where(_receipt.c.account == account, _receipt.c.delivery != delivery)
    return frozenset(tx.execute(found).scalars())

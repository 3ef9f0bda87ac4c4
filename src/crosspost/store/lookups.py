"""Uncertain deliveries that are due to be looked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from crosspost.domain.content import Content
from crosspost.domain.delivery import State
from crosspost.store.engine import Transaction
from crosspost.store.outcomes import Tried
from crosspost.store.plans import as_content
from crosspost.store.selection import is_in
from crosspost.store.tables import Attempt, ContentRow, Delivery, Operation, ReceiptRow, core

_delivery = core(Delivery)
_content = core(ContentRow)
_attempt = core(Attempt)
_receipt = core(ReceiptRow)
_operation = core(Operation)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery that may be out: what was sent, when the attempt began, and which posts belong to others.

    `confirmed` is the fingerprint of the credential that the platform has confirmed as the account's, if it has.
    """

    tried: Tried
    content: Content
    began: datetime
    looks: int
    known: frozenset[str]
    confirmed: str


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
            _operation.c.fingerprint,
        )
        .join(_attempt, last)
        .join(_content, _content.c.digest == _attempt.c.content)
        .join(_operation, _operation.c.account == _delivery.c.account)
        .where(is_in(State.UNKNOWN), _delivery.c.look_at <= now)
        .order_by(_delivery.c.look_at)
        .limit(most)
    ).all()
    return [
        Doubt(
            tried=Tried(r.id, r.account, r.number),
            content=as_content(r.value),
            began=r.start,
            looks=r.looks,
            known=_of_others(tx, r.account, r.id),
            confirmed=r.fingerprint,
        )
        for r in rows
    ]


def _of_others(tx: Transaction, account: str, delivery: str) -> frozenset[str]:
    found = select(_receipt.c.remote_id).where(_receipt.c.account == account, _receipt.c.delivery != delivery)
    return frozenset(tx.execute(found).scalars())

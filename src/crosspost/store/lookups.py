"""Uncertain deliveries that are due to be looked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, bindparam, select, update

from crosspost.adapter import Original
from crosspost.domain.content import Content
from crosspost.domain.delivery import State
from crosspost.store import reposts
from crosspost.store.engine import Transaction
from crosspost.store.gate import NOW
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
    `restored`: the database was put back from a copy, and what is doubted is whether the database it is of has sent it.
    `original` is the post that a repost passes on, where its receipt is known.
    """

    tried: Tried
    content: Content
    began: datetime
    looks: int
    known: frozenset[str]
    confirmed: str
    restored: bool = False
    original: Original | None = None


_DUE = (
    select(_delivery.c.id)
    .where(is_in(State.UNKNOWN), _delivery.c.look_at <= NOW)
    .order_by(_delivery.c.look_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_PUT_OFF = (
    update(_delivery).where(_delivery.c.id.in_(bindparam("those", expanding=True))).values(look_at=bindparam("again"))
)
_LAST = and_(_attempt.c.delivery == _delivery.c.id, _attempt.c.number == _delivery.c.attempts)
_TAKEN = (
    select(
        _delivery.c.id,
        _delivery.c.account,
        _delivery.c.looks,
        _attempt.c.number,
        _attempt.c.start,
        _content.c.value,
        _operation.c.fingerprint,
    )
    .join(_attempt, _LAST)
    .join(_content, _content.c.digest == _attempt.c.content)
    .join(_operation, _operation.c.account == _delivery.c.account)
    .where(_delivery.c.id.in_(bindparam("those", expanding=True)))
    .order_by(_delivery.c.id)
)


def take(tx: Transaction, now: datetime, most: int, until: datetime) -> list[Doubt]:
    """Return up to `most` deliveries to look for now; until then nobody else does.

    What is compared is the content of the attempt, not of today's plan.
    """
    those = list(tx.execute(_DUE, {"now": now, "most": most}).scalars())
    if not those:
        return []
    tx.execute(_PUT_OFF, {"those": those, "again": until})
    doubts = [
        Doubt(
            tried=Tried(r.id, r.account, r.number),
            content=as_content(r.value),
            began=r.start,
            looks=r.looks,
            known=of_others(tx, r.account, r.id),
            confirmed=r.fingerprint,
        )
        for r in tx.execute(_TAKEN, {"those": those})
    ]
    return with_originals(tx, doubts)


def with_originals(tx: Transaction, doubts: list[Doubt]) -> list[Doubt]:
    """Return doubts, each repost with the post that it passes on."""
    known = reposts.originals(tx, (doubt.content for doubt in doubts))
    return [replace(doubt, original=known.get(doubt.content.original)) for doubt in doubts]


def of_others(tx: Transaction, account: str, delivery: str) -> frozenset[str]:
    """Return the ids of the account's posts that are known to be other deliveries'."""
    found = select(_receipt.c.remote_id).where(_receipt.c.account == account, _receipt.c.delivery != delivery)
    return frozenset(tx.execute(found).scalars())

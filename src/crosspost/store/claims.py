"""Claiming what is due, and writing the intent to send it: the two steps before a post may leave.

A claim leases an account, with a fencing number that only grows; the delivery stays `queued`. The intent (`sending`)
is written immediately before the one request, by an UPDATE that names state, lease, fence and digest, for what has no
block and is under no hold. Both are asked in one write transaction, so nothing can be set in between.

Statements that run for every delivery are made once, here and in the gate: building one costs more than running it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, insert, select, update

from crosspost.domain.content import Content
from crosspost.domain.delivery import State
from crosspost.store.engine import Transaction
from crosspost.store.gate import Gate
from crosspost.store.plans import as_content
from crosspost.store.tables import Attempt, ContentRow, Delivery, Lease, Operation, Pace, core

_delivery = core(Delivery)
_content = core(ContentRow)
_lease = core(Lease)
_attempt = core(Attempt)
_operation = core(Operation)
_pace = core(Pace)

#: How many due rows are looked at for each account wanted, so that one account's backlog does not hide the others.
_ROWS_PER_CLAIM = 8

#: How long after its due time a delivery may leave without a person's word.
LATE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Worker:
    """Who claims: a name that says host and process, until when its leases hold, and when late is a decision."""

    owner: str
    until: datetime
    late_after: timedelta = LATE_AFTER


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery whose account is leased: what to send, and the number that this attempt at it will have.

    `confirmed` is the fingerprint of the credential that the platform has confirmed as this account's, if it has.
    """

    delivery: str
    account: str
    content: Content
    digest: str
    due: datetime
    expires: datetime
    owner: str
    fence: int
    attempt: int
    confirmed: str

    @property
    def platform(self) -> str:
        """The platform that the account is on."""
        return self.content.platform


def claim(tx: Transaction, gate: Gate, worker: Worker, now: datetime, most: int) -> list[Claim]:
    """Lease up to `most` accounts that have something due, and return the first due delivery of each.

    What is urgent goes first, then by due time. Each walk follows an index and stops when it has enough.
    """
    chosen: dict[str, Any] = {}
    asked = {"now": now, "late": now - worker.late_after, "most": most * _ROWS_PER_CLAIM}
    for query in (gate.urgent, gate.ordinary):
        if len(chosen) < most:
            for row in tx.execute(query, asked):
                chosen.setdefault(row.account, row)
    return [_leased(tx, row, worker) for row in list(chosen.values())[:most]]


_TAKE_LEASE = (
    update(_lease)
    .where(_lease.c.account == bindparam("of"))
    .values(owner=bindparam("by"), until=bindparam("end"), fence=_lease.c.fence + 1)
    .returning(_lease.c.fence)
)


def _leased(tx: Transaction, row: Any, worker: Worker) -> Claim:
    taken = {"of": row.account, "by": worker.owner, "end": worker.until}
    return Claim(
        delivery=row.id,
        account=row.account,
        content=as_content(row.value),
        digest=row.content,
        due=row.due,
        expires=row.expires,
        owner=worker.owner,
        fence=tx.execute(_TAKE_LEASE, taken).scalar_one(),
        attempt=row.attempts + 1,
        confirmed=row.fingerprint,
    )


def allowed(tx: Transaction, gate: Gate, deliveries: Collection[str], now: datetime) -> frozenset[str]:
    """Return those of the deliveries that are due and that nothing stops: no block, hold, pause, pace or expiry."""
    if not deliveries:
        return frozenset()
    return frozenset(tx.execute(gate.free, {"now": now, "these": list(deliveries)}).scalars())


_IS_HELD = exists().where(
    _lease.c.account == bindparam("of"),
    _lease.c.owner == bindparam("by"),
    _lease.c.fence == bindparam("with_fence"),
    _lease.c.until > bindparam("now"),
)
_BEGIN = (
    update(_delivery)
    .where(
        _delivery.c.id == bindparam("this"),
        _delivery.c.state == State.QUEUED.value,
        _delivery.c.content == bindparam("words"),
        _delivery.c.attempts < bindparam("number"),
        _IS_HELD,
    )
    .values(state=State.SENDING.value, attempts=bindparam("number"), reason="")
)
RECORD_ATTEMPT = insert(_attempt)


def begin(tx: Transaction, claim: Claim, now: datetime) -> bool:
    """Write the intent to send, and say whether it may be sent: nothing about it has changed, and the lease holds.

    Only for a claim that `allowed` has let through in this same transaction.
    """
    lease = {"of": claim.account, "by": claim.owner, "with_fence": claim.fence, "now": now}
    result = tx.execute(_BEGIN, {"this": claim.delivery, "words": claim.digest, "number": claim.attempt} | lease)
    if result.rowcount == 1:
        tx.execute(RECORD_ATTEMPT, attempt_row(claim, "publish", now))
    return bool(result.rowcount == 1)


def attempt_row(claim: Claim, step: str, now: datetime) -> dict[str, Any]:
    """Return the row of an attempt that begins; its outcome comes later."""
    return {
        "delivery": claim.delivery,
        "number": claim.attempt,
        "step": step,
        "content": claim.digest,
        "worker": claim.owner,
        "fence": claim.fence,
        "start": now,
        "outcome": "",
        "status": 0,
        "code": "",
        "detail": "",
    }


def renew(tx: Transaction, worker: Worker) -> None:
    """Make all of a worker's leases hold until its new end."""
    tx.execute(update(_lease).where(_lease.c.owner == worker.owner).values(until=worker.until))


_LET_GO = (
    update(_lease)
    .where(
        _lease.c.account == bindparam("of"),
        _lease.c.owner == bindparam("by"),
        _lease.c.fence == bindparam("with_fence"),
    )
    .values(owner="")
)


def let_go(tx: Transaction, claim: Claim) -> None:
    """Free the claim's account, unless another has leased it since."""
    tx.execute(_LET_GO, {"of": claim.account, "by": claim.owner, "with_fence": claim.fence})


def lease_owners(tx: Transaction) -> set[str]:
    """Return who holds leases now."""
    return set(tx.execute(select(_lease.c.owner).where(_lease.c.owner != "").distinct()).scalars())

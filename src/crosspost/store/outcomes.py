"""Recording how an attempt ended. Evidence is never thrown away: a receipt settles a delivery whatever its state is.

An outcome counts while the attempt it speaks of is the delivery's last and the delivery is `sending`, or `unknown`
because the worker's lease lapsed meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from crosspost.adapter import DeliveryFailure, Receipt
from crosspost.domain.delivery import State
from crosspost.store import events
from crosspost.store.claims import Claim, attempt_row
from crosspost.store.engine import Transaction
from crosspost.store.tables import Attempt, Delivery, ReceiptRow, core

_delivery = core(Delivery)
_attempt = core(Attempt)
_receipt = core(ReceiptRow)

ALARM_TWICE = "alarm-second-receipt"


@dataclass(frozen=True, slots=True)
class Tried:
    """Which attempt at which delivery an outcome speaks of."""

    delivery: str
    account: str
    attempt: int

    @classmethod
    def of(cls, claim: Claim) -> Tried:
        """Return the attempt that a claim makes."""
        return cls(claim.delivery, claim.account, claim.attempt)


def sent(tx: Transaction, tried: Tried, receipt: Receipt, now: datetime, found: bool = False) -> None:  # noqa: FBT001, FBT002
    """Settle a delivery by the platform's receipt, whatever its state was."""
    known = tx.execute(
        select(_receipt.c.remote_id, _receipt.c.delivery).where(
            (_receipt.c.delivery == tried.delivery)
            | ((_receipt.c.account == tried.account) & (_receipt.c.remote_id == receipt.remote_id))
        )
    ).all()
    if any((row.remote_id, row.delivery) != (receipt.remote_id, tried.delivery) for row in known):
        detail = {"remote_id": receipt.remote_id, "url": receipt.url}
        events.record(tx, events.MACHINE, ALARM_TWICE, tried.delivery, now, detail)
    if not any(row.remote_id == receipt.remote_id for row in known):
        tx.execute(
            insert(_receipt).values(
                account=tried.account,
                remote_id=receipt.remote_id,
                delivery=tried.delivery,
                url=receipt.url,
                at=receipt.at,
            )
        )
    tx.execute(
        update(_delivery)
        .where(_delivery.c.id == tried.delivery)
        .values(state=State.SENT.value, sent_at=receipt.at, reason="", look_at=None)
    )
    _end(tx, tried, "found" if found else "sent", now)


def not_begun(tx: Transaction, claim: Claim, state: State, failure: DeliveryFailure, now: datetime) -> None:
    """Record an attempt that failed before its post was begun, as in its upload; `state` is what follows."""
    changed = tx.execute(
        update(_delivery)
        .where(
            _delivery.c.id == claim.delivery, _delivery.c.state == State.QUEUED, _delivery.c.attempts < claim.attempt
        )
        .values(state=state.value, reason=str(failure), attempts=claim.attempt)
    )
    if changed.rowcount:
        tx.execute(insert(_attempt).values(**attempt_row(claim, "prepare", now)))
        _end(tx, Tried.of(claim), "not-begun", now, failure)


def not_sent(tx: Transaction, tried: Tried, failure: DeliveryFailure, now: datetime) -> None:
    """Put a delivery back in the queue that certainly did not leave."""
    _settle(tx, tried, State.QUEUED, str(failure))
    _end(tx, tried, "not-sent", now, failure)


def refused(tx: Transaction, tried: Tried, failure: DeliveryFailure, now: datetime) -> None:
    """Record a definite no."""
    _settle(tx, tried, State.FAILED, str(failure))
    _end(tx, tried, "refused", now, failure)


def uncertain(tx: Transaction, tried: Tried, why: str, now: datetime, look_at: datetime) -> None:
    """Record that a post may or may not be out, and when it is first looked for."""
    tx.execute(
        update(_delivery)
        .where(_delivery.c.id == tried.delivery, _delivery.c.state == State.SENDING)
        .values(state=State.UNKNOWN.value, reason=why, looks=0, look_at=look_at)
    )
    _end(tx, tried, "uncertain", now, detail=why)


def absent(tx: Transaction, tried: Tried, proof: str, now: datetime) -> None:
    """Put a delivery back in the queue that the platform has proved not to be there."""
    tx.execute(
        update(_delivery)
        .where(_delivery.c.id == tried.delivery, _delivery.c.state == State.UNKNOWN)
        .values(state=State.QUEUED.value, reason=f"not on the platform: {proof}", look_at=None)
    )
    _end(tx, tried, "absent", now, detail=proof)


def not_found(tx: Transaction, tried: Tried, why: str, look_at: datetime | None) -> None:
    """Record a look-up that proved nothing; without a next one, a person decides."""
    said = why if look_at else f"{why}; a person must look at the account and decide"
    tx.execute(
        update(_delivery)
        .where(_delivery.c.id == tried.delivery, _delivery.c.state == State.UNKNOWN)
        .values(reason=said, looks=_delivery.c.looks + 1, look_at=look_at)
    )


def _settle(tx: Transaction, tried: Tried, state: State, reason: str) -> None:
    tx.execute(
        update(_delivery)
        .where(
            _delivery.c.id == tried.delivery,
            _delivery.c.attempts == tried.attempt,
            _delivery.c.state.in_([State.SENDING, State.UNKNOWN]),
        )
        .values(state=state.value, reason=reason, look_at=None)
    )


def _end(
    tx: Transaction,
    tried: Tried,
    outcome: str,
    now: datetime,
    failure: DeliveryFailure | None = None,
    detail: str = "",
) -> None:
    said: dict[str, str | int] = {"detail": detail} if failure is None else {"detail": str(failure)}
    if failure is not None:
        said |= {"code": failure.code, "status": failure.status}
    tx.execute(
        update(_attempt)
        .where(_attempt.c.delivery == tried.delivery, _attempt.c.number == tried.attempt)
        .values(outcome=outcome, end=now, **said)
    )

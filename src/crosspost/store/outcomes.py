"""Recording how an attempt ended. Evidence is never thrown away: a receipt settles a delivery whatever its state is.

An outcome counts while the attempt it speaks of is the delivery's last and the delivery is `sending`, or `unknown`
because the worker's lease lapsed meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert  # with ON CONFLICT, which SQLite's compiler knows as well

from crosspost.adapter import DeliveryFailure, Receipt
from crosspost.domain.delivery import State
from crosspost.store import events, followers, in_doubt
from crosspost.store.claims import RECORD_ATTEMPT, Claim, attempt_row
from crosspost.store.engine import Transaction
from crosspost.store.selection import is_repost
from crosspost.store.tables import Attempt, Delivery, ReceiptRow, core

_delivery = core(Delivery)
_attempt = core(Attempt)
_receipt = core(ReceiptRow)

ALARM_TWICE = "alarm-second-receipt"

#: What an attempt came to where there is a receipt.
SEEN = "seen by a person"
_BY_RECEIPT = ("sent", "found", SEEN)


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


_RECEIPTS = select(_receipt.c.remote_id, _receipt.c.delivery).where(
    or_(
        _receipt.c.delivery == bindparam("this"),
        and_(_receipt.c.account == bindparam("of"), _receipt.c.remote_id == bindparam("remote")),
    )
)
_RECEIPTS_OF_ALL = select(_receipt.c.account, _receipt.c.remote_id, _receipt.c.delivery).where(
    or_(
        _receipt.c.delivery.in_(bindparam("these", expanding=True)),
        and_(
            _receipt.c.account.in_(bindparam("of_these", expanding=True)),
            _receipt.c.remote_id.in_(bindparam("remotes", expanding=True)),
        ),
    )
)
#: A late worker and a look-up may bring the same receipt at the same moment, in turns of two daemons.
_KEEP_RECEIPT = insert(_receipt).on_conflict_do_nothing()
#: What the attempt said is out. The queue may hold other words by now, where a late worker brings its receipt.
_ITS_WORDS = (
    select(_attempt.c.content)
    .where(_attempt.c.delivery == bindparam("this"), _attempt.c.number == bindparam("try"))
    .scalar_subquery()
)
_IS_SENT = (
    update(_delivery)
    .where(_delivery.c.id == bindparam("this"))
    .values(
        state=State.SENT.value,
        content=func.coalesce(_ITS_WORDS, _delivery.c.content),
        sent_at=bindparam("at"),
        reason="",
        look_at=None,
    )
)


def sent(tx: Transaction, tried: Tried, receipt: Receipt, now: datetime, outcome: str = "sent") -> None:
    """Settle a delivery by the platform's receipt, whatever its state was; `outcome` says how it was learnt."""
    # First the delivery's row: beside other turns, one receipt of a delivery is seen by whoever brings another.
    tx.execute(_IS_SENT, {"this": tried.delivery, "try": tried.attempt, "at": receipt.at})
    known = _keep(tx, tried, receipt)
    if any((row.remote_id, row.delivery) != (receipt.remote_id, tried.delivery) for row in known):
        _raise_alarm(tx, tried, receipt, now)
    _end(tx, tried, outcome, now)
    followers.move(tx, {tried.delivery: receipt.at}, now)


def sent_all(tx: Transaction, settled: Sequence[tuple[Tried, Receipt]], now: datetime) -> None:
    """Settle many deliveries at once, as `sent` does each: a few statements for all of them."""
    if len({tried.delivery for tried, _ in settled}) < len(settled):  # which of two came first must be seen
        for tried, receipt in settled:
            sent(tx, tried, receipt, now)
        return
    ordered = sorted(settled, key=lambda one: one[0].delivery)
    tx.execute(_IS_SENT, [{"this": t.delivery, "try": t.attempt, "at": receipt.at} for t, receipt in ordered])
    tx.execute(_KEEP_RECEIPT, [_receipt_row(tried, receipt) for tried, receipt in ordered])
    for tried, receipt in _disputed(tx, ordered):
        _raise_alarm(tx, tried, receipt, now)
    tx.execute(_END, [_ended(tried, "sent", now) for tried, _ in ordered])
    followers.move(tx, {tried.delivery: receipt.at for tried, receipt in ordered}, now)


def _disputed(tx: Transaction, settled: Sequence[tuple[Tried, Receipt]]) -> Iterator[tuple[Tried, Receipt]]:
    """Yield those whose delivery has another receipt as well, or whose post is known to be another delivery's."""
    asked = {
        "these": [tried.delivery for tried, _ in settled],
        "of_these": [tried.account for tried, _ in settled],
        "remotes": [receipt.remote_id for _, receipt in settled],
    }
    known = {(row.account, row.remote_id): row.delivery for row in tx.execute(_RECEIPTS_OF_ALL, asked)}
    of_delivery = Counter(known.values())
    for tried, receipt in settled:
        owner = known.get((tried.account, receipt.remote_id))
        if owner != tried.delivery or of_delivery[tried.delivery] > 1:
            yield tried, receipt


def _raise_alarm(tx: Transaction, tried: Tried, receipt: Receipt, now: datetime) -> None:
    detail = {"remote_id": receipt.remote_id, "url": receipt.url}
    events.record(tx, events.MACHINE, ALARM_TWICE, tried.delivery, now, detail)


def _receipt_row(tried: Tried, receipt: Receipt) -> dict[str, Any]:
    row = {"account": tried.account, "remote_id": receipt.remote_id, "delivery": tried.delivery}
    return row | {"url": receipt.url, "at": receipt.at}


def found(tx: Transaction, tried: Tried, receipt: Receipt, now: datetime, outcome: str = "found") -> bool:
    """Settle a delivery by a post that somebody took for it; False where that post is known to be another's by now."""
    if any(row.remote_id == receipt.remote_id and row.delivery != tried.delivery for row in _keep(tx, tried, receipt)):
        return False
    sent(tx, tried, receipt, now, outcome)
    return True


def _keep(tx: Transaction, tried: Tried, receipt: Receipt) -> Sequence[Any]:
    """Keep a receipt, unless that post is another delivery's; return the receipts of either, this one among them."""
    tx.execute(_KEEP_RECEIPT, _receipt_row(tried, receipt))
    return tx.execute(_RECEIPTS, {"this": tried.delivery, "of": tried.account, "remote": receipt.remote_id}).all()


def not_begun(tx: Transaction, claim: Claim, state: State, failure: DeliveryFailure, now: datetime) -> None:
    """Record an attempt that failed before its post was begun, as in its upload; `state` is what follows."""
    changed = tx.execute(
        update(_delivery)
        .where(
            _delivery.c.id == claim.delivery,
            _delivery.c.state == State.QUEUED,
            _delivery.c.content == claim.digest,  # what is wrong with the old words says nothing of the new
            _delivery.c.attempts < claim.attempt,
        )
        .values(state=state.value, reason=str(failure), attempts=claim.attempt)
    )
    if changed.rowcount:
        tx.execute(RECORD_ATTEMPT, attempt_row(claim, "prepare", now))
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
    changed = tx.execute(
        update(_delivery)
        .where(*_is(tried, State.SENDING))
        .values(state=State.UNKNOWN.value, reason=why, looks=0, look_at=look_at)
    )
    if changed.rowcount:
        _end(tx, tried, "uncertain", now, why)


def absent(tx: Transaction, tried: Tried, proof: str, now: datetime) -> None:
    """Put a delivery back in the queue that the platform has proved not to be there, or to be safe to ask for again."""
    said = case((is_repost(), f"asked for again: {proof}"), else_=f"not on the platform: {proof}")
    changed = tx.execute(
        update(_delivery).where(*_is(tried, State.UNKNOWN)).values(state=State.QUEUED.value, reason=said, look_at=None)
    )
    if changed.rowcount:
        _end(tx, tried, in_doubt.ABSENT, now, proof)


def not_found(tx: Transaction, tried: Tried, looks: int, why: str, look_at: datetime | None) -> None:
    """Record a look-up that proved nothing, unless it is recorded; without a next one, a person decides.

    `looks` is how many there had been when it began: two daemons that looked at once have looked once.
    """
    said = why if look_at else f"{why}; a person must look at the account and decide"
    tx.execute(
        update(_delivery)
        .where(*_is(tried, State.UNKNOWN), _delivery.c.looks == looks)
        .values(reason=said, looks=looks + 1, look_at=look_at)
    )


def _settle(tx: Transaction, tried: Tried, state: State, reason: str) -> None:
    tx.execute(
        update(_delivery)
        .where(*_is(tried, State.SENDING, State.UNKNOWN))
        .values(state=state.value, reason=reason, look_at=None)
    )


def _is(tried: Tried, *states: State) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which the attempt is the delivery's last and the delivery in one of the states."""
    return (
        _delivery.c.id == tried.delivery,
        _delivery.c.attempts == tried.attempt,
        _delivery.c.state.in_([state.value for state in states]),
    )


_END = (
    update(_attempt)
    .where(_attempt.c.delivery == bindparam("this"), _attempt.c.number == bindparam("try"))
    .values(
        outcome=bindparam("came_to"),
        end=bindparam("now"),
        detail=bindparam("said"),
        code=bindparam("its_code"),
        status=bindparam("its_status"),
    )
)
#: A receipt is the last word on an attempt: what a late worker says after it changes nothing.
_END_WITHOUT_RECEIPT = _END.where(_attempt.c.outcome.not_in(_BY_RECEIPT))


def _end(tx: Transaction, tried: Tried, outcome: str, now: datetime, said: DeliveryFailure | str = "") -> None:
    tx.execute(_END if outcome in _BY_RECEIPT else _END_WITHOUT_RECEIPT, _ended(tried, outcome, now, said))


def _ended(tried: Tried, outcome: str, now: datetime, said: DeliveryFailure | str = "") -> dict[str, Any]:
    failure = said if isinstance(said, DeliveryFailure) else None
    return {
        "this": tried.delivery,
        "try": tried.attempt,
        "came_to": outcome,
        "now": now,
        "said": str(said),
        "its_code": failure.code if failure else "",
        "its_status": failure.status if failure else 0,
    }

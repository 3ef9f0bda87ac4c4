"""After a database was put back from a copy: nothing that was due leaves before it has been looked for.

What the original sent after the copy was made is still queued in the copy. So everything queued that was due gets a
block (`review`) in the transaction that notes the restoration, and is looked for among its account's own posts since
the copy's last state. What is found is sent. What is not found stays blocked: lists lag, and words may have been edited
after the copy was made, so a person looks and decides. What is due later goes on as if nothing had happened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, bindparam, delete, exists, func, insert, literal, select, update

from crosspost.adapter import Absent, Found, Lookup, Receipt
from crosspost.domain.delivery import BlockKind, State
from crosspost.store import events, lookups, meta, outcomes
from crosspost.store.claims import RECORD_ATTEMPT
from crosspost.store.engine import Transaction
from crosspost.store.events import Actor
from crosspost.store.gate import NOW
from crosspost.store.lookups import Doubt
from crosspost.store.outcomes import Tried
from crosspost.store.plans import as_content
from crosspost.store.selection import is_in
from crosspost.store.tables import (
    Attempt,
    Block,
    ContentRow,
    Delivery,
    Event,
    Operation,
    ReceiptRow,
    WorkerRow,
    core,
)

_delivery, _block = core(Delivery), core(Block)
_content, _operation = core(ContentRow), core(Operation)
_receipt, _attempt = core(ReceiptRow), core(Attempt)

#: Who set a block of this kind; it is closed by what the look-up finds, or by a person.
RESTORATION = "restoration"

#: What a restoration that a daemon has still to review is kept under, and since when is looked.
_PENDING, _SINCE = "restored", "restored_since"

#: Where a copy holds no trace of time at all, what is looked for begins so long before the first post was due.
_BEFORE_DUE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Review:
    """What a restoration came to: since when the queue may have been behind, and how many posts are looked for."""

    since: datetime
    deliveries: int


def mark(tx: Transaction, why: str) -> None:
    """Make sure that whoever sends next reviews the queue first."""
    meta.put(tx, _PENDING, why)


def pending(tx: Transaction) -> str:
    """Return why the queue has still to be reviewed, "" where it has not."""
    return meta.get(tx, _PENDING) or ""


def review(tx: Transaction, actor: Actor, now: datetime, why: str) -> Review:
    """Block everything queued that was due before now, and have it looked for; note why."""
    since = _since(tx, now)
    due = and_(is_in(State.QUEUED), _delivery.c.due <= now)
    blocks = select(
        _delivery.c.id,
        literal(BlockKind.REVIEW.value),
        literal(f"the database was put back to {_said(since)}; it is looked for among the account's posts since then"),
        literal(RESTORATION),
        literal(now, _block.c.since.type),
    ).where(due, ~exists().where(_block.c.delivery == _delivery.c.id, _block.c.kind == BlockKind.REVIEW.value))
    tx.execute(insert(_block).from_select(["delivery", "kind", "why", "who", "since"], blocks))
    found = tx.execute(update(_delivery).where(due).values(looks=0, look_at=now)).rowcount
    meta.drop(tx, _PENDING)
    meta.put(tx, _SINCE, since.isoformat())
    detail = {"why": why, "since": since.isoformat(), "deliveries": found}
    events.record(tx, actor, "database put back", "database", now, detail)
    return Review(since, found)


def _since(tx: Transaction, now: datetime) -> datetime:
    """Return the copy's last state: the latest instant that it knows of, or of the review before if that is open."""
    latest = [
        tx.execute(select(func.max(column)).where(column <= now)).scalar()
        for column in (_attempt.c.start, _attempt.c.end, core(Event).c.at, core(WorkerRow).c.seen)
    ]
    first_due = tx.execute(select(func.min(_delivery.c.due)).where(is_in(State.QUEUED))).scalar()
    since = max((at for at in latest if at is not None), default=(first_due or now) - _BEFORE_DUE)
    before = meta.get(tx, _SINCE)
    is_open = exists().where(_block.c.who == RESTORATION)
    if before and tx.execute(select(is_open)).scalar():
        since = min(since, datetime.fromisoformat(before))
    return since


_DUE = (
    select(_delivery.c.id)
    .where(is_in(State.QUEUED), _delivery.c.look_at <= NOW)
    .order_by(_delivery.c.look_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKEN = (
    select(
        *(_delivery.c[name] for name in ("id", "account", "attempts", "looks")),
        _content.c.value,
        func.coalesce(_operation.c.fingerprint, "").label("fingerprint"),
    )
    .join(_content, _content.c.digest == _delivery.c.content)
    .outerjoin(_operation, _operation.c.account == _delivery.c.account)
    .where(_delivery.c.id.in_(bindparam("those", expanding=True)))
    .order_by(_delivery.c.due, _delivery.c.id)
)


def take(tx: Transaction, now: datetime, most: int, until: datetime) -> list[Doubt]:
    """Return up to `most` deliveries of a restored database to look for now; until then nobody else does."""
    those = list(tx.execute(_DUE, {"now": now, "most": most}).scalars()) if most > 0 else []
    since = meta.get(tx, _SINCE) if those else None
    if since is None:
        return []
    tx.execute(update(_delivery).where(_delivery.c.id.in_(those)).values(look_at=until))
    doubts = [
        Doubt(
            tried=Tried(r.id, r.account, r.attempts),
            content=as_content(r.value),
            began=datetime.fromisoformat(since),
            looks=r.looks,
            known=lookups.of_others(tx, r.account, r.id),
            confirmed=r.fingerprint,
            restored=True,
        )
        for r in tx.execute(_TAKEN, {"those": those})
    ]
    return lookups.with_originals(tx, doubts)


def looked_for(tx: Transaction, doubt: Doubt, result: Lookup, now: datetime, again: datetime | None) -> None:
    """Settle a delivery of a restored database by what a look-up found; without a next one, a person decides."""
    if isinstance(result, Found):
        owner = _owner(tx, doubt.tried.account, result.receipt)
        if owner is None:
            is_out(tx, doubt.tried, result.receipt, doubt.content.digest, now)
        elif owner != doubt.tried.delivery:  # the same words twice: the next look-up passes over that post
            _look_again(tx, doubt, now)
        return
    again = None if isinstance(result, Absent) else again
    _look_again(tx, doubt, again, looks=doubt.looks + 1)
    since, looks = _said(doubt.began), doubt.looks + 1
    times = "once" if looks == 1 else f"{looks} times"
    reason = result.proof if isinstance(result, Absent) else result.reason
    said = f"the database was put back to {since}; looked for {times} among the account's posts since then: {reason}"
    if again is None:
        said += ". Look at the account yourself, then `crosspost delivery send-late`, `cancel` or `resolve --sent URL`"
    ours = (_block.c.delivery == doubt.tried.delivery, _block.c.who == RESTORATION)
    tx.execute(update(_block).where(*ours).values(why=said))


def _look_again(tx: Transaction, doubt: Doubt, at: datetime | None, looks: int | None = None) -> None:
    waits = (_delivery.c.id == doubt.tried.delivery, is_in(State.QUEUED), _delivery.c.look_at.is_not(None))
    counted = {} if looks is None else {"looks": looks}
    tx.execute(update(_delivery).where(*waits).values(look_at=at, **counted))


def _owner(tx: Transaction, account: str, receipt: Receipt) -> str | None:
    """Return the delivery that a post on the platform is known to belong to, if it is."""
    of = (_receipt.c.account == account, _receipt.c.remote_id == receipt.remote_id)
    return tx.execute(select(_receipt.c.delivery).where(*of)).scalar()


def is_out(tx: Transaction, tried: Tried, receipt: Receipt, digest: str, now: datetime, outcome: str = "found") -> None:
    """Settle a delivery whose post is out although this database never sent it: it lost that attempt, and gets one."""
    number = tried.attempt + 1
    row = {"delivery": tried.delivery, "number": number, "step": "restored", "content": digest, "worker": RESTORATION}
    tx.execute(
        RECORD_ATTEMPT,
        row | {"fence": 0, "start": receipt.at, "outcome": "", "status": 0, "code": "", "detail": ""},
    )
    tx.execute(update(_delivery).where(_delivery.c.id == tried.delivery).values(attempts=number))
    outcomes.sent(tx, replace(tried, attempt=number), receipt, now, outcome)
    tx.execute(delete(_block).where(_block.c.delivery == tried.delivery, _block.c.who == RESTORATION))


def _said(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"

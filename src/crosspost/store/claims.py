"""Claiming what is due, and writing the intent to send it: the two steps before a post may leave.

A claim leases an account, with a fencing number that only grows; the delivery stays `queued`. The intent (`sending`)
is written immediately before the one request, by an UPDATE that names state, lease, fence and digest, for what has no
block and is under no hold. Both are asked in one write transaction, so nothing can be set in between.

Statements that run for every delivery are made once, here and in the gate: building one costs more than running it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, insert, or_, select, update

from crosspost.adapter import Original
from crosspost.domain.content import Content
from crosspost.domain.delivery import State
from crosspost.store import reposts, uploads
from crosspost.store.engine import Transaction
from crosspost.store.gate import NOW, Gate
from crosspost.store.plans import as_content
from crosspost.store.tables import Attempt, ContentRow, Delivery, Lease, Operation, Pace, core
from crosspost.store.types import UtcDateTime
from crosspost.store.uploads import Upload

_delivery = core(Delivery)
_content = core(ContentRow)
_lease = core(Lease)
_attempt = core(Attempt)
_operation = core(Operation)
_pace = core(Pace)

#: How many due rows are looked at for each account wanted, so that one account's backlog does not hide the others.
ROWS_PER_CLAIM = 8

#: How long after its due time a delivery may leave without a person's word.
LATE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Worker:
    """Who claims: a name that says host and process, until when its leases hold, and when late is a decision.

    `keeps` says for each platform how long the handle of an upload holds.
    """

    owner: str
    until: datetime
    late_after: timedelta = LATE_AFTER
    keeps: Mapping[str, timedelta] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery whose account is leased: what to send, and the number that this attempt at it will have.

    `confirmed` is the fingerprint of the credential that the platform has confirmed as this account's, if it has;
    `uploaded` is what the platform has of the media already; `original` is the post that a repost passes on.
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
    uploaded: tuple[Upload, ...] = ()
    original: Original | None = None

    @property
    def platform(self) -> str:
        """The platform that the account is on."""
        return self.content.platform


def claim(
    tx: Transaction, gate: Gate, worker: Worker, now: datetime, most: int, left: Mapping[str, int] | None = None
) -> list[Claim]:
    """Lease up to `most` accounts that have something due, and return the first due delivery of each.

    What is urgent goes first, then by due time; no more of a platform than `left` says, where it says so. Each walk
    follows an index and stops when it has enough.
    """
    chosen: dict[str, Any] = {}
    room = dict(left or {})
    shut = [platform for platform, posts in room.items() if posts <= 0]
    asked = {"now": now, "late": now - worker.late_after, "most": most * ROWS_PER_CLAIM, "shut": shut}
    for query in (gate.urgent, gate.ordinary):
        if len(chosen) < most:
            for row in tx.execute(query, asked):
                platform = row.account.rpartition("/")[2]
                if row.account not in chosen and room.get(platform, 1) > 0:
                    chosen[row.account] = row
                    room[platform] = room.get(platform, most * ROWS_PER_CLAIM) - 1
    return [taken for taken, _ in lease(tx, chosen, worker, now, most)]


def lease(
    tx: Transaction, chosen: Mapping[str, Any], worker: Worker, now: datetime, most: int
) -> list[tuple[Claim, Any]]:
    """Lease up to `most` of the accounts that are free; return a claim to the delivery that was chosen for each."""
    free = _free_leases(tx, chosen, now)
    rows = [row for account, row in chosen.items() if account in free][:most]
    fences = _take_leases(tx, [row.account for row in rows], worker)
    taken = [_leased(row, worker, fences[row.account]) for row in rows]
    known = _uploaded(tx, [one for one in taken if one.content.media], worker, now)
    passed_on = reposts.originals(tx, (one.content for one in taken))
    return [
        (_with(one, known.get(one.delivery, ()), passed_on.get(one.content.original)), row)
        for one, row in zip(taken, rows, strict=True)
    ]


def _with(claim: Claim, uploaded: tuple[Upload, ...], original: Original | None) -> Claim:
    is_plain = not uploaded and original is None
    return claim if is_plain else replace(claim, uploaded=uploaded, original=original)


def _uploaded(
    tx: Transaction, taken: Collection[Claim], worker: Worker, now: datetime
) -> dict[str, tuple[Upload, ...]]:
    """Return what the platforms have of these deliveries' media and still keep."""
    known: dict[str, tuple[Upload, ...]] = {}
    for platform in {one.platform for one in taken} & worker.keeps.keys():
        these = [one.delivery for one in taken if one.platform == platform]
        known |= uploads.of(tx, these, now - worker.keeps[platform])
    return known


_FREE_LEASES = (
    select(_lease.c.account)
    .where(_lease.c.account.in_(bindparam("those", expanding=True)), or_(_lease.c.owner == "", _lease.c.until <= NOW))
    .order_by(_lease.c.account)
    .with_for_update(skip_locked=True)
)


def _free_leases(tx: Transaction, accounts: Collection[str], now: datetime) -> set[str]:
    """Return those of the accounts that nobody has leased or is leasing at this moment, and keep others from them.

    The candidates were read a moment ago: beside other turns (PostgreSQL) one may have been taken since.
    """
    return set(tx.execute(_FREE_LEASES, {"those": list(accounts), "now": now}).scalars())


_TAKE_LEASES = (
    update(_lease)
    .where(_lease.c.account.in_(bindparam("those", expanding=True)))
    .values(owner=bindparam("by"), until=bindparam("end"), fence=_lease.c.fence + 1)
    .returning(_lease.c.account, _lease.c.fence)
)


def _take_leases(tx: Transaction, accounts: Collection[str], worker: Worker) -> dict[str, int]:
    """Take the accounts' leases, and return the new fencing number of each."""
    if not accounts:
        return {}
    taken = {"those": list(accounts), "by": worker.owner, "end": worker.until}
    return {row.account: row.fence for row in tx.execute(_TAKE_LEASES, taken)}


def _leased(row: Any, worker: Worker, fence: int) -> Claim:
    return Claim(
        delivery=row.id,
        account=row.account,
        content=as_content(row.value),
        digest=row.content,
        due=row.due,
        expires=row.expires,
        owner=worker.owner,
        fence=fence,
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


_HOLD_LEASES = (
    update(_lease)
    .where(
        _lease.c.account.in_(bindparam("those", expanding=True)),
        _lease.c.owner == bindparam("by"),
        _lease.c.until > bindparam("now", type_=UtcDateTime()),
    )
    .values(until=bindparam("end"))
)


def hold_leases(tx: Transaction, accounts: Collection[str], worker: Worker, now: datetime) -> None:
    """Renew a worker's leases of accounts, as far as it still has them, and keep others from them in this transaction.

    Beside other turns an intent relies on that; and its sender knows how long the lease holds from now.
    """
    if accounts:
        tx.execute(_HOLD_LEASES, {"those": list(accounts), "by": worker.owner, "now": now, "end": worker.until})


def begin(tx: Transaction, claim: Claim, now: datetime) -> bool:
    """Write the intent to send, and say whether it may be sent: nothing about it has changed, and the lease holds.

    Only for a claim that `allowed` has let through in this same transaction, which holds its account's lease.
    """
    lease = {"of": claim.account, "by": claim.owner, "with_fence": claim.fence, "now": now}
    result = tx.execute(_BEGIN, {"this": claim.delivery, "words": claim.digest, "number": claim.attempt} | lease)
    if result.rowcount == 1:
        tx.execute(RECORD_ATTEMPT, attempt_row(claim, "publish", now))
    return bool(result.rowcount == 1)


_BEGUN = (
    select(_delivery.c.id)
    .join(_attempt, and_(_attempt.c.delivery == _delivery.c.id, _attempt.c.number == _delivery.c.attempts))
    .where(
        _delivery.c.id == bindparam("this"),
        _delivery.c.state == State.SENDING.value,
        _delivery.c.attempts == bindparam("number"),
        _attempt.c.worker == bindparam("by"),
        _attempt.c.fence == bindparam("with_fence"),
        _attempt.c.outcome == "",
    )
)


def has_begun(tx: Transaction, claim: Claim) -> bool:
    """Say whether the intent of exactly this claim is written already.

    It is where a turn was committed and its acknowledgement was lost on the way (PostgreSQL): the turn is then taken
    again, and its sender has been told nothing yet.
    """
    asked = {"this": claim.delivery, "number": claim.attempt, "by": claim.owner, "with_fence": claim.fence}
    return tx.execute(_BEGUN, asked).first() is not None


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


def renew(tx: Transaction, worker: Worker, in_hand: Collection[str]) -> None:
    """Make a worker's leases of the accounts in hand hold until its new end, and free any others it has.

    It has others where a turn was committed and its acknowledgement lost: nobody works on those.
    """
    own = _lease.c.owner == worker.owner
    tx.execute(update(_lease).where(own, _lease.c.account.in_(list(in_hand))).values(until=worker.until))
    tx.execute(update(_lease).where(own, _lease.c.account.not_in(list(in_hand))).values(owner=""))


_LET_GO = (
    update(_lease)
    .where(
        _lease.c.account == bindparam("of"),
        _lease.c.owner == bindparam("by"),
        _lease.c.fence == bindparam("with_fence"),
    )
    .values(owner="")
)


def let_go(tx: Transaction, *several: Claim) -> None:
    """Free the accounts of claims, save those that another has leased since."""
    held = [{"of": claim.account, "by": claim.owner, "with_fence": claim.fence} for claim in several]
    if held:
        tx.execute(_LET_GO, held)


def lease_owners(tx: Transaction) -> set[str]:
    """Return who holds leases now."""
    return set(tx.execute(select(_lease.c.owner).where(_lease.c.owner != "").distinct()).scalars())

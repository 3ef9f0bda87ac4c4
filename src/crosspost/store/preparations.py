"""What can be done for a delivery before it is due: its credential tried, its media uploaded, its connection opened.

A preparation leases the account as a claim does, so that one thread speaks for it. It is begun only for an account that
has nothing due soon, and asks at each step whether that is still so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, update

from crosspost.domain.delivery import State
from crosspost.store import claims
from crosspost.store.claims import Claim, Worker
from crosspost.store.engine import Transaction
from crosspost.store.gate import Gate
from crosspost.store.tables import Delivery, core

_delivery = core(Delivery)

#: For how long the platform's word that a credential is the account's is not asked for again.
_CONFIRMED_FOR = timedelta(hours=1)

#: A connection is opened so long before a post is due, and no later than that: it takes a moment, and an idle one is
#: trusted for half a minute.
_WARM = (timedelta(seconds=25), timedelta(seconds=6))


@dataclass(frozen=True, slots=True)
class Ahead:
    """How far ahead of the due instant to prepare, and how soon before it an account is left alone."""

    window: timedelta = timedelta(0)
    guard: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Preparation:
    """A delivery whose account is leased to prepare it: `asks` to try the credential, `warms` to open the way alone."""

    claim: Claim
    asks: bool = False
    warms: bool = False


def take(tx: Transaction, gate: Gate, worker: Worker, ahead: Ahead, now: datetime, most: int) -> list[Preparation]:
    """Lease up to `most` accounts whose next delivery can be prepared now."""
    if most <= 0 or not ahead.window:
        return []
    asked = {"now": now, "from": now + ahead.guard, "to": now + ahead.window, "most": most * claims.ROWS_PER_CLAIM}
    chosen = _first_of_each(tx.execute(gate.ahead, asked))
    for account in wanted_soon(tx, gate, chosen, now, ahead.guard):
        del chosen[account]
    taken = claims.lease(tx, chosen, worker, now, most)
    return [Preparation(claim, asks=_is_stale(row.verified_at, now)) for claim, row in taken]


def to_warm(
    tx: Transaction, gate: Gate, worker: Worker, but: Collection[str], now: datetime, most: int
) -> list[Preparation]:
    """Lease up to `most` accounts, save those named, whose next delivery is about to be due."""
    if most <= 0:
        return []
    first, last = (now + before for before in reversed(_WARM))
    asked = {"now": now, "from": first, "to": last, "but": list(but), "most": most * claims.ROWS_PER_CLAIM}
    chosen = _first_of_each(tx.execute(gate.about_to_be, asked))
    return [Preparation(claim, warms=True) for claim, _ in claims.lease(tx, chosen, worker, now, most)]


def wanted_soon(
    tx: Transaction, gate: Gate, accounts: Collection[str], now: datetime, guard: timedelta
) -> frozenset[str]:
    """Return those of the accounts that have something due within `guard`, which nobody is to keep from it."""
    if not accounts:
        return frozenset()
    asked = {"now": now, "those": list(accounts), "to": now + guard}
    return frozenset(tx.execute(gate.soon, asked).scalars())


_DONE = (
    update(_delivery)
    .where(
        _delivery.c.id == bindparam("this"),
        _delivery.c.state == State.QUEUED.value,
        _delivery.c.content == bindparam("words"),
    )
    .values(prepared=bindparam("words"))
)


def done(tx: Transaction, claim: Claim) -> None:
    """Record that all is ready for what the delivery says, if it still says so."""
    tx.execute(_DONE, {"this": claim.delivery, "words": claim.digest})


def _first_of_each(rows: Iterable[Any]) -> dict[str, Any]:
    """Return the first row of each account."""
    chosen: dict[str, Any] = {}
    for row in rows:
        chosen.setdefault(row.account, row)
    return chosen


def _is_stale(verified_at: datetime | None, now: datetime) -> bool:
    return verified_at is None or verified_at <= now - _CONFIRMED_FOR

"""Instants in the queue that are no longer what their wall time and zone give, since the zone data have changed.

Most deliveries share their wall time with others, so the whole queue is looked through by its distinct ones. What a
campaign plans is moved by its plan alone; single posts have none, and are moved here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, not_, or_, select, true, update

from crosspost.domain.campaign import NO_CAMPAIGN
from crosspost.domain.delivery import MAY_BE_OUT, BlockKind, State
from crosspost.domain.moved import Moved
from crosspost.domain.schedule import Instant, Shift, resolve
from crosspost.domain.zones import UnknownZoneError
from crosspost.store.engine import Transaction
from crosspost.store.selection import is_in
from crosspost.store.tables import Block, Delivery, ReceiptRow, core

_delivery = core(Delivery)
_block = core(Block)
_receipt = core(ReceiptRow)


@dataclass(frozen=True, slots=True)
class Differing:
    """So many queued deliveries of a campaign (`-`: single posts), alike in an instant that is no longer theirs."""

    campaign: str
    was: Instant
    becomes: Instant
    deliveries: int


@dataclass(frozen=True, slots=True)
class Single:
    """A queued delivery that no campaign plans, and what it reposts, if anything."""

    id: str
    account: str
    after: str
    time: Instant
    expires: datetime


@dataclass(frozen=True, slots=True)
class Gone:
    """A delivery that is out, or may be, by an instant that is no longer its own."""

    moved: Moved
    state: str
    url: str


def differing(tx: Transaction, now: datetime, within: ColumnElement[bool] | None = None) -> list[Differing]:
    """Return what is queued at another instant than its wall time and zone give, by instant."""
    clock = (_delivery.c.due, _delivery.c.wall, _delivery.c.zone, _delivery.c.campaign)
    rows = tx.execute(
        select(*clock, func.count().label("deliveries"))
        .where(is_in(State.QUEUED), not_(_goes_by_no_clock(now)), true() if within is None else within)
        .group_by(*clock)
        .order_by(_delivery.c.due)
    )
    found = ((row, _derived(row)) for row in rows)
    return [
        Differing(row.campaign, Instant(row.due, derived.wall, row.zone), derived, row.deliveries)
        for row, derived in found
        if derived is not None and derived.utc != row.due
    ]


def _goes_by_no_clock(now: datetime) -> ColumnElement[bool]:
    """Return the condition under which no wall time says when a delivery is due.

    It comes so long after another; or it is due from the moment at which its original was lost.
    """
    waits_no_more = and_(_delivery.c.because != "", _delivery.c.after == "", _delivery.c.due <= now)
    return or_(_delivery.c.delay > 0, waits_no_more)


def _derived(row: Any) -> Instant | None:
    """Return what a row's wall time and zone give; None where the zone data know no such zone."""
    try:
        return resolve(datetime.fromisoformat(row.wall), row.zone)
    except UnknownZoneError:
        return None


def gone(tx: Transaction, since: datetime, within: ColumnElement[bool] | None = None) -> list[Gone]:
    """Return what is out, or may be, and was due since then by an instant that is no longer its own."""
    rows = tx.execute(
        select(*(_delivery.c[name] for name in ("id", "due", "wall", "zone", "state")), func.min(_receipt.c.url))
        .outerjoin(_receipt, _receipt.c.delivery == _delivery.c.id)
        .where(
            _delivery.c.state.in_([state.value for state in MAY_BE_OUT]),
            _delivery.c.due >= since,
            _delivery.c.after == "",  # a repost goes by its original
            _delivery.c.because == "",
            true() if within is None else within,
        )
        .group_by(_delivery.c.id, _delivery.c.due, _delivery.c.wall, _delivery.c.zone, _delivery.c.state)
        .order_by(_delivery.c.due, _delivery.c.id)
    )
    found = ((row, _derived(row)) for row in rows)
    return [
        Gone(Moved(row.id, Instant(row.due, derived.wall, row.zone), derived), row.state, row[5] or "")
        for row, derived in found
        if derived is not None and derived.utc != row.due
    ]


def ids(tx: Transaction, campaigns: Collection[str], within: ColumnElement[bool]) -> frozenset[str]:
    """Return what is queued of these campaigns within a condition."""
    of_them = _delivery.c.campaign.in_(list(campaigns))
    return frozenset(tx.execute(select(_delivery.c.id).where(is_in(State.QUEUED), of_them, within)).scalars())


def singles(tx: Transaction) -> list[Single]:
    """Return the single posts that are queued, originals before what reposts them."""
    rows = tx.execute(
        select(*(_delivery.c[name] for name in ("id", "account", "after", "due", "wall", "zone", "shift", "expires")))
        .where(_delivery.c.campaign == NO_CAMPAIGN, is_in(State.QUEUED))
        .order_by(_delivery.c.after != "", _delivery.c.due, _delivery.c.id)
    )
    return [
        Single(
            row.id,
            row.account,
            row.after,
            Instant(row.due, datetime.fromisoformat(row.wall), row.zone, Shift(row.shift)),
            row.expires,
        )
        for row in rows
    ]


def move(tx: Transaction, moved: Iterable[tuple[Single, Instant]]) -> list[str]:
    """Give single posts their new times, and their expiry with them, where they are still queued; return which."""
    done = []
    for single, becomes in moved:
        as_seen = (_delivery.c.id == single.id, is_in(State.QUEUED), _delivery.c.due == single.time.utc)
        values = {
            "wall": becomes.wall.isoformat(),
            "shift": becomes.shift.value,
            "due": becomes.utc,
            "expires": single.expires + (becomes.utc - single.time.utc),
            "settled_by": "",
        }
        if tx.execute(update(_delivery).where(*as_seen).values(values)).rowcount:
            # Whether it is still late, at its new time, is for the next sweep to say.
            late = (_block.c.delivery == single.id, _block.c.kind == BlockKind.LATE.value)
            tx.execute(delete(_block).where(*late))
            done.append(single.id)
    return done

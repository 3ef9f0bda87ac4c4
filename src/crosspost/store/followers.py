"""Deliveries that come so long after another: due by when that was really out, in the transaction of its receipt.

What the time alone cannot say, as whether a mission is closed then, is for a plan to say: the campaigns of `arrived`
are to be planned anew. Until they are, what has come to another day or into quiet hours is stopped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert  # with ON CONFLICT, which SQLite's compiler knows as well

from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.hours import QUIET, Quiet, parse_quiet
from crosspost.domain.planned import Earlier, Plan
from crosspost.domain.schedule import Instant
from crosspost.domain.timing import AfterOriginal
from crosspost.domain.zones import zone
from crosspost.store.engine import Transaction
from crosspost.store.selection import is_in
from crosspost.store.tables import Block, Delivery, core, mission

_delivery = core(Delivery)
_block = core(Block)
_original = _delivery.alias("its_original")

_IS_FOLLOWER = (_delivery.c.after != "", _delivery.c.delay > 0, is_in(State.QUEUED))
_OF = (
    select(_delivery, _original.c.due.label("original_due"))
    .join(_original, _original.c.id == _delivery.c.after)
    .where(_delivery.c.after.in_(bindparam("these", expanding=True)), *_IS_FOLLOWER)
)
_MOVE = (
    update(_delivery)
    .where(_delivery.c.id == bindparam("this"))
    .values(
        due=bindparam("new_due"),
        expires=bindparam("new_expires"),
        wall=bindparam("new_wall"),
        shift="",
        moved=bindparam("why"),
    )
)
_STOP = insert(_block).on_conflict_do_nothing()


@dataclass(frozen=True, slots=True)
class _Follower:
    """A delivery that waits, and when it is due now that its original was out at an instant."""

    row: Any
    becomes: Instant
    why: str

    @property
    def is_to_move(self) -> bool:
        """Whether its time follows from its original's alone: what a calendar has moved stays, if that is not early."""
        planned = AfterOriginal(self.delay).instant(self.row.original_due, self.row.zone)
        return bool(self.row.due == planned.utc or self.becomes.utc > self.row.due)

    @property
    def delay(self) -> timedelta:
        """How long after its original it is due."""
        return timedelta(seconds=self.row.delay)

    def is_elsewhere(self, quiet: Quiet) -> bool:
        """Say whether the day is another than was planned, or the hour is a quiet one and was none."""
        was, becomes = self.row.due.astimezone(zone(self.row.zone)), self.becomes.local
        is_quiet_now = quiet.covers(becomes.time()) and not quiet.covers(was.time())
        return bool(is_quiet_now or was.date() != becomes.date())


def move(tx: Transaction, out: Mapping[str, datetime], now: datetime) -> None:
    """Move what comes after deliveries that are out, by the instants of their receipts."""
    rows = tx.execute(_OF, {"these": list(out)}).all() if out else []
    moved = [one for one in (_follower(row, out[row.after]) for row in rows) if one.is_to_move]
    if not moved:
        return
    tx.execute(_MOVE, [_values(one) for one in moved])
    quiet = _quiet_hours(tx, (one.row.account for one in moved))
    stops = [_stop(one, now) for one in moved if one.is_elsewhere(quiet.get(_mission(one.row.account), QUIET))]
    if stops:
        tx.execute(_STOP, stops)


def _follower(row: Any, out: datetime) -> _Follower:
    at = AfterOriginal(timedelta(seconds=row.delay))
    return _Follower(row, at.instant(out, row.zone), at.told(row.after, is_out=True))


def _values(one: _Follower) -> dict[str, Any]:
    return {
        "this": one.row.id,
        "new_due": one.becomes.utc,
        "new_expires": one.becomes.utc + (one.row.expires - one.row.due),
        "new_wall": one.becomes.wall.isoformat(),
        "why": one.why,
    }


def _stop(one: _Follower, now: datetime) -> dict[str, Any]:
    why = f"its original was not out when planned: {one.becomes.local:%A %H:%M} is to be planned anew"
    return {"delivery": one.row.id, "kind": BlockKind.QUIET.value, "why": why, "who": "daemon", "since": now}


def _quiet_hours(tx: Transaction, accounts: Iterable[str]) -> dict[str, Quiet]:
    """Return the quiet hours of these accounts' missions, where the network names any."""
    named = sorted({_mission(account) for account in accounts})
    rows = tx.execute(select(mission.c.id, mission.c.quiet).where(mission.c.id.in_(named), mission.c.quiet != ""))
    return {row.id: parse_quiet(row.quiet) for row in rows}


def _mission(account: str) -> str:
    return account.rpartition("/")[0]


def arrived(tx: Transaction) -> Mapping[str, frozenset[str]]:
    """Return, by campaign, the originals that are out and that something queued comes after."""
    rows = tx.execute(
        select(_delivery.c.campaign, _original.c.id)
        .join(_original, _original.c.id == _delivery.c.after)
        .where(*_IS_FOLLOWER, is_in(State.SENT, _original))
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.campaign, set()).add(row.id)
    return {campaign: frozenset(out) for campaign, out in found.items()}


def has_left_since(tx: Transaction, plan: Plan, seen: Mapping[str, Earlier]) -> bool:
    """Say whether an original that the plan has others come after is out since, or at another instant than was seen."""
    names = sorted({one.content.original or one.after for one in plan.planned if one.delay})
    known = {name: seen[name].sent_at if name in seen else None for name in names}
    return any(known[name] != at for name, at in _sent_at(tx, names))


def _sent_at(tx: Transaction, names: Collection[str]) -> Iterator[tuple[str, datetime | None]]:
    query = select(_delivery.c.id, _delivery.c.sent_at).where(
        _delivery.c.id.in_(bindparam("these", expanding=True)), is_in(State.SENT)
    )
    return ((row.id, row.sent_at) for row in tx.execute(query, {"these": list(names)})) if names else iter(())

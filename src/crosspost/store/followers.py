"""Deliveries that come so long after another: due by when that was really out, in the transaction of its receipt.

What the time alone cannot say, as whether a mission is closed then, is for a plan to say: the campaigns of `arrived`
are to be planned anew. Until they are, what has come to another day or into quiet hours is stopped; so is a repost that
has waited until then for its original, past its own time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert  # with ON CONFLICT, which SQLite's compiler knows as well

from crosspost.domain.campaign import NO_CAMPAIGN
from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.hours import QUIET, Quiet, parse_quiet
from crosspost.domain.planned import Earlier, Plan
from crosspost.domain.schedule import Instant
from crosspost.domain.timing import AfterOriginal
from crosspost.domain.zones import zone
from crosspost.store.engine import Transaction
from crosspost.store.selection import is_in, is_repost
from crosspost.store.tables import Block, Delivery, core, mission

_delivery = core(Delivery)
_block = core(Block)
_original = _delivery.alias("its_original")

_WAITS = (_delivery.c.after != "", is_in(State.QUEUED))
_IS_FOLLOWER = _delivery.c.delay > 0
#: A repost whose original was out only after its own time. Nothing stops an embargo; single posts have no plan.
_IS_OVERDUE = and_(
    is_repost(), _delivery.c.priority == 0, _delivery.c.campaign != NO_CAMPAIGN, _delivery.c.due < _original.c.sent_at
)
_OF = (
    select(_delivery, _original.c.due.label("original_due"))
    .join(_original, _original.c.id == _delivery.c.after)
    .where(_delivery.c.after.in_(bindparam("these", expanding=True)), *_WAITS, or_(_IS_FOLLOWER, _IS_OVERDUE))
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
_IS_QUIET = _block.c.kind == BlockKind.QUIET.value
_STOP = insert(_block).on_conflict_do_nothing()

#: Who has stopped what came to another day, or into quiet hours, until the plan says what becomes of it there.
_BY_DAEMON = "daemon"


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
        return bool(self.delay and (self.row.due == planned.utc or self.becomes.utc > self.row.due))

    @property
    def mission(self) -> str:
        """Whose post it is."""
        return str(self.row.account.rpartition("/")[0])

    @property
    def delay(self) -> timedelta:
        """How long after its original it is due."""
        return timedelta(seconds=self.row.delay)

    def is_elsewhere(self, quiet: Quiet, clock: str) -> bool:
        """Say whether the day is another than was planned, or the hour is a quiet one and was none, on a clock."""
        was, becomes = (moment.astimezone(zone(clock)) for moment in (self.row.due, self.becomes.utc))
        is_quiet_now = quiet.covers(becomes.time()) and not quiet.covers(was.time())
        return bool(is_quiet_now or was.date() != becomes.date())


def move(tx: Transaction, out: Mapping[str, datetime], now: datetime) -> None:
    """Move what comes after deliveries that are out, by the instants of their receipts."""
    rows = tx.execute(_OF, {"these": list(out)}).all() if out else []
    waiting = [_follower(row, out[row.after]) for row in rows]
    moved = [one for one in waiting if one.is_to_move]
    if moved:
        tx.execute(_MOVE, [_values(one) for one in moved])
    hours = _hours(tx, waiting)
    come = [one for one in waiting if one.is_to_move or not one.delay]
    stops = [_stop(one, now) for one in come if one.is_elsewhere(*hours.get(one.mission, (QUIET, one.row.zone)))]
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
    return {"delivery": one.row.id, "kind": BlockKind.QUIET.value, "why": why, "who": _BY_DAEMON, "since": now}


def _hours(tx: Transaction, waiting: Iterable[_Follower]) -> dict[str, tuple[Quiet, str]]:
    """Return the quiet hours of these deliveries' missions, and the clock that they are read on."""
    zones = {one.mission: one.row.zone for one in waiting}
    query = select(mission.c.id, mission.c.quiet, mission.c.timezone).where(mission.c.id.in_(sorted(zones)))
    rows = tx.execute(query) if zones else ()
    return {r.id: (parse_quiet(r.quiet) if r.quiet else QUIET, r.timezone or zones[r.id]) for r in rows}


def arrived(tx: Transaction) -> Mapping[str, frozenset[str]]:
    """Return, by campaign, the originals that are out and that something queued comes after, or is stopped for."""
    is_stopped = exists().where(_block.c.delivery == _delivery.c.id, _block.c.who == _BY_DAEMON, _IS_QUIET)
    rows = tx.execute(
        select(_delivery.c.campaign, _original.c.id)
        .join(_original, _original.c.id == _delivery.c.after)
        .where(*_WAITS, or_(_IS_FOLLOWER, is_stopped), is_in(State.SENT, _original))
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.campaign, set()).add(row.id)
    return {campaign: frozenset(out) for campaign, out in found.items()}


def has_left_since(tx: Transaction, plan: Plan, seen: Mapping[str, Earlier]) -> bool:
    """Say whether an original that the plan has others come after is out since, or at another instant than was seen."""
    names = sorted({one.content.original or one.after for one in plan.planned if one.delay or one.content.is_repost})
    known = {name: seen[name].sent_at if name in seen else None for name in names}
    return any(known[name] != at for name, at in _sent_at(tx, names))


def _sent_at(tx: Transaction, names: Collection[str]) -> Iterator[tuple[str, datetime | None]]:
    query = select(_delivery.c.id, _delivery.c.sent_at).where(
        _delivery.c.id.in_(bindparam("these", expanding=True)), is_in(State.SENT)
    )
    return ((row.id, row.sent_at) for row in tx.execute(query, {"these": list(names)})) if names else iter(())

"""What a person lets leave although the plan stops it: for the reason as it stands, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select

from crosspost.domain.campaign import NO_CAMPAIGN
from crosspost.domain.delivery import MAY_BE_ALLOWED, BlockKind, State
from crosspost.store.engine import Transaction
from crosspost.store.plans import BY_PLAN, Stopped
from crosspost.store.tables import Allowed, Block, Delivery, core

_allowed = core(Allowed)
_block = core(Block)
_delivery = core(Delivery)


def allow(tx: Transaction, read: Iterable[Stopped], who: str, now: datetime) -> list[str]:
    """Set aside stops that still are as somebody has read them, of what is still queued; return which deliveries'."""
    done: dict[str, None] = {}
    for stop in read:
        if stop.kind not in MAY_BE_ALLOWED:
            continue
        its = (_block.c.delivery == stop.delivery, _block.c.kind == stop.kind, _block.c.why == stop.why)
        queued = select(_delivery.c.id).where(_delivery.c.id == stop.delivery, _delivery.c.state == State.QUEUED.value)
        if not tx.execute(delete(_block).where(*its, _block.c.delivery.in_(queued))).rowcount:
            continue
        tx.execute(delete(_allowed).where(_allowed.c.delivery == stop.delivery, _allowed.c.kind == stop.kind))
        row = {"delivery": stop.delivery, "kind": stop.kind, "why": stop.why, "who": who, "at": now}
        tx.execute(insert(_allowed).values(row))
        done[stop.delivery] = None
    return list(done)


@dataclass(slots=True)
class SinglesChange:
    """What blackouts change for single posts, which no plan stops: new stops, and those that are over."""

    stopped: list[Stopped] = field(default_factory=list)
    freed: list[Stopped] = field(default_factory=list)


def of_singles(tx: Transaction, wanted: Mapping[str, str]) -> SinglesChange:
    """Return what changes where blackouts stop these single posts, each for a reason, and no others."""
    rows = tx.execute(
        select(_block.c.delivery, _block.c.why)
        .join(_delivery, _delivery.c.id == _block.c.delivery)
        .where(_delivery.c.campaign == NO_CAMPAIGN, _block.c.kind == BlockKind.BLACKOUT.value)
    )
    before = {row.delivery: row.why for row in rows}
    is_blackout = _allowed.c.kind == BlockKind.BLACKOUT.value
    set_aside = {(row.delivery, row.why) for row in tx.execute(select(_allowed).where(is_blackout))}
    now = {delivery: why for delivery, why in wanted.items() if (delivery, why) not in set_aside}
    return SinglesChange(
        [_stopped(*one) for one in now.items() if before.get(one[0]) != one[1]],
        [_stopped(*one) for one in before.items() if one[0] not in now],
    )


def have_singles_follow(tx: Transaction, change: SinglesChange, now: datetime) -> None:
    """Write what blackouts change for single posts."""
    for one in (*change.freed, *change.stopped):
        tx.execute(delete(_block).where(_block.c.delivery == one.delivery, _block.c.kind == one.kind))
    rows = [
        {"delivery": s.delivery, "kind": s.kind, "why": s.why, "who": BY_PLAN, "since": now} for s in change.stopped
    ]
    if rows:
        tx.execute(insert(_block), rows)


def _stopped(delivery: str, why: str) -> Stopped:
    return Stopped(delivery, BlockKind.BLACKOUT.value, why)

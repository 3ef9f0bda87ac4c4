"""What a person lets leave although the plan stops it: for the reason as it stands, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from crosspost.domain.campaign import NO_CAMPAIGN
from crosspost.domain.delivery import MAY_BE_ALLOWED, BlockKind, State
from crosspost.store.engine import Transaction
from crosspost.store.plans import BY_PLAN, Stopped, spend
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
    """What quiet hours and blackouts change for single posts, which no plan stops: new stops, and those that are over.

    `spent` are those that a person has set aside, and that stop nothing any more.
    """

    stopped: list[Stopped] = field(default_factory=list)
    freed: list[Stopped] = field(default_factory=list)
    spent: list[Stopped] = field(default_factory=list)


def in_quiet(tx: Transaction) -> frozenset[str]:
    """Return the queued single posts that quiet hours stop."""
    return frozenset(row.delivery for row in _blocks(tx) if row.kind == BlockKind.QUIET)


def of_singles(tx: Transaction, wanted: Mapping[tuple[str, BlockKind], str]) -> SinglesChange:
    """Return what changes where these single posts are stopped so, each for a reason, and no others."""
    stops = [Stopped(delivery, kind.value, why) for (delivery, kind), why in wanted.items()]
    before = [Stopped(row.delivery, row.kind, row.why) for row in _blocks(tx)]
    of_them = select(_delivery.c.id).where(_delivery.c.campaign == NO_CAMPAIGN)
    rows = tx.execute(select(_allowed).where(_allowed.c.delivery.in_(of_them)))
    set_aside = [Stopped(row.delivery, row.kind, row.why) for row in rows]
    now = [one for one in stops if one not in set_aside]
    standing = {(one.delivery, one.kind) for one in now}
    return SinglesChange(
        [one for one in now if one not in before],
        [one for one in before if (one.delivery, one.kind) not in standing],
        [one for one in set_aside if one not in stops],
    )


def _blocks(tx: Transaction) -> Sequence[Any]:
    """Return the blocks of queued single posts of a kind that their time alone sets."""
    its = (_delivery.c.campaign == NO_CAMPAIGN, _delivery.c.state == State.QUEUED.value)
    kinds = _block.c.kind.in_([kind.value for kind in MAY_BE_ALLOWED])
    return tx.execute(select(_block).join(_delivery, _delivery.c.id == _block.c.delivery).where(*its, kinds)).all()


def have_singles_follow(tx: Transaction, change: SinglesChange, now: datetime) -> None:
    """Write what quiet hours and blackouts change for single posts."""
    for one in (*change.freed, *change.stopped):
        tx.execute(delete(_block).where(_block.c.delivery == one.delivery, _block.c.kind == one.kind))
    spend(tx, change.spent)
    rows = [
        {"delivery": s.delivery, "kind": s.kind, "why": s.why, "who": BY_PLAN, "since": now} for s in change.stopped
    ]
    if rows:
        tx.execute(insert(_block), rows)

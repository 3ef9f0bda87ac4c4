"""Raising and clearing the blocks that an act of a person sets, each of one kind.

What a plan stops of its own accord is written with the plan (`store.plans`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert, select

from crosspost.domain.delivery import BlockKind, State
from crosspost.store.engine import Transaction
from crosspost.store.parts import in_parts
from crosspost.store.tables import Block, Delivery, core

_block = core(Block)
_delivery = core(Delivery)


def raise_(tx: Transaction, kind: BlockKind, deliveries: Iterable[str], why: str, who: str, now: datetime) -> None:
    """Block deliveries, whatever their state; one that is blocked so already has the new reason from now on."""
    ids = list(dict.fromkeys(deliveries))
    clear(tx, kind, ids)
    if ids:
        block = {"kind": kind.value, "why": why, "who": who, "since": now}
        tx.execute(insert(_block), [block | {"delivery": delivery} for delivery in ids])


def spread(tx: Transaction, kind: BlockKind, campaign_id: str, new: Iterable[str]) -> None:
    """Block new deliveries of a campaign as others of their posts are blocked that have not left, where any are.

    What comes into the queue while a correction is open was seen by nobody either.
    """
    ids = list(new)
    waiting = _delivery.c.state.in_([State.QUEUED.value, State.SENDING.value, State.UNKNOWN.value])
    its = (_delivery.c.campaign == campaign_id, _block.c.kind == kind.value, waiting)
    asked = select(_delivery.c.post, _block).join(_delivery, _delivery.c.id == _block.c.delivery).where(*its)
    standing = {row.post: row for row in tx.execute(asked.order_by(_block.c.since))} if ids else {}
    for some in in_parts(ids) if standing else ():
        posts = tx.execute(select(_delivery.c.id, _delivery.c.post).where(_delivery.c.id.in_(some))).all()
        for post, row in standing.items():
            raise_(tx, kind, [one.id for one in posts if one.post == post], row.why, row.who, row.since)


def clear(tx: Transaction, kind: BlockKind, deliveries: Iterable[str]) -> int:
    """Take a block away from deliveries; return how many had it."""
    cleared = 0
    for some in in_parts(deliveries):
        its = (_block.c.kind == kind.value, _block.c.delivery.in_(some))
        cleared += tx.execute(delete(_block).where(*its)).rowcount
    return cleared


def under(tx: Transaction, kind: BlockKind, deliveries: Iterable[str]) -> frozenset[str]:
    """Return those of the deliveries that are blocked so."""
    found: set[str] = set()
    for some in in_parts(deliveries):
        its = (_block.c.kind == kind.value, _block.c.delivery.in_(some))
        found |= set(tx.execute(select(_block.c.delivery).where(*its)).scalars())
    return frozenset(found)

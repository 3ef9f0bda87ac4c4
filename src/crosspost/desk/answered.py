"""What an answer does to a critical correction: what was looked at may leave again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from crosspost.desk import replan
from crosspost.desk.desk import Desk
from crosspost.desk.replan import Change
from crosspost.domain.campaign import Variant
from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.planned import Planned
from crosspost.domain.selection import Selection
from crosspost.store import Transaction, blocks, deliveries, network
from crosspost.store.deliveries import Listed

#: A post, and a value of it.
Valued = tuple[str, Variant]


def let_go(
    tx: Transaction, desk: Desk, campaign_id: str, change: Change, answered: Collection[Valued], now: datetime
) -> None:
    """Clear the critical block of what is made of the answered values, before or after, and of no stale one then.

    To be called in the transaction that makes the change, before it is made.
    """
    chosen = Selection(campaign=(campaign_id,), state=(State.QUEUED.value,))
    waiting = {listed.row.id: listed for listed in deliveries.every(tx, chosen, network.load(tx))}
    critical = blocks.under(tx, BlockKind.CRITICAL, waiting)
    if not critical or not answered:
        return
    new = replan.planned(desk, change.see(replan.snapshot(tx, campaign_id)), now)
    blocks.clear(tx, BlockKind.CRITICAL, _looked_at([p for p in new.planned if p.id in critical], waiting, answered))


def _looked_at(planned: Collection[Planned], waiting: dict[str, Listed], answered: Collection[Valued]) -> Iterator[str]:
    places = {(post, *variant.place) for post, variant in answered}
    for one in planned:
        before = [
            tuple(origin[name] for name in ("owner", "field", "language", "platform"))
            for origin in waiting[one.id].row.origins
        ]
        after = [(origin.owner, origin.field, origin.language, origin.platform) for origin in one.origins]
        is_answered = any((one.post, *place) in places for place in (*before, *after))
        if is_answered and all(stop.kind != BlockKind.STALE for stop in one.stops):
            yield one.id

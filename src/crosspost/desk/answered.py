"""What an answer does to a critical correction: what was looked at may leave again.

Looked at is what stood there when somebody began to answer: a correction that came while they wrote was not seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from crosspost.desk import replan
from crosspost.desk.desk import Desk
from crosspost.desk.replan import Change
from crosspost.domain.campaign import Variant
from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.planned import Planned
from crosspost.domain.selection import Selection
from crosspost.store import Transaction, blocks, campaigns, deliveries, network
from crosspost.store.deliveries import Listed


@dataclass(frozen=True, slots=True)
class Answered:
    """A value of a post that somebody answered for, and the campaign's revision that they had before them."""

    post: str
    variant: Variant
    revision: int


def let_go(
    tx: Transaction, desk: Desk, campaign_id: str, change: Change, given: Collection[Answered], now: datetime
) -> None:
    """Clear the critical block of what is made of the answered values, before or after, and of no stale one then.

    An answer given before a post's last correction was seen does nothing. To be called in the transaction that makes
    the change, before it is made.
    """
    last = {post: one.revision for one in campaigns.corrections(tx, campaign_id) for post in one.posts}
    answered = [one for one in given if one.revision >= last.get(one.post, 0)]
    chosen = Selection(campaign=(campaign_id,), state=(State.QUEUED.value,))
    waiting = {listed.row.id: listed for listed in deliveries.every(tx, chosen, network.load(tx))}
    critical = blocks.under(tx, BlockKind.CRITICAL, waiting)
    if not critical or not answered:
        return
    new = replan.planned(desk, change.see(replan.snapshot(tx, campaign_id)), now)
    blocks.clear(tx, BlockKind.CRITICAL, _looked_at([p for p in new.planned if p.id in critical], waiting, answered))


def _looked_at(
    planned: Collection[Planned], waiting: dict[str, Listed], answered: Collection[Answered]
) -> Iterator[str]:
    places = {(one.post, *one.variant.place) for one in answered}
    for one in planned:
        before = [
            tuple(origin[name] for name in ("owner", "field", "language", "platform"))
            for origin in waiting[one.id].row.origins
        ]
        after = [(origin.owner, origin.field, origin.language, origin.platform) for origin in one.origins]
        is_answered = any((one.post, *place) in places for place in (*before, *after))
        if is_answered and all(stop.kind != BlockKind.STALE for stop in one.stops):
            yield one.id

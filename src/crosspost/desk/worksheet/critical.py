"""What a critical correction stops: a worksheet says so, and an answer to it lets go."""

from __future__ import annotations

from collections.abc import Sequence

from crosspost.desk.staleness import is_used
from crosspost.domain.campaign import Variant
from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.network import Network
from crosspost.domain.selection import Selection
from crosspost.store import Transaction, deliveries
from crosspost.store.deliveries import Listed


def stopped(tx: Transaction, campaign_id: str, known: Network) -> tuple[Listed, ...]:
    """Return the queued deliveries of a campaign that a critical correction stops."""
    chosen = Selection(campaign=(campaign_id,), state=(State.QUEUED.value,))
    return tuple(listed for listed in deliveries.every(tx, chosen, known) if _why(listed))


def stop_of(found: Sequence[Listed], post: str, variant: Variant | None) -> str:
    """Return what the correction says of those deliveries of a post that use the value; "" where it stops none."""
    if variant is None:
        return ""
    return next((_why(one) for one in found if one.row.post == post and is_used(one.row, variant)), "")


def _why(listed: Listed) -> str:
    return next((block.why or "see the centre" for block in listed.blocks if block.kind == BlockKind.CRITICAL), "")

"""Where the deliveries of some campaigns stand, without their words: a page over the whole network is read at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true

from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.network import Network
from crosspost.domain.selection import Selection
from crosspost.store.engine import Transaction
from crosspost.store.selection import is_in, matching, recalled
from crosspost.store.tables import Attempt, Block, Delivery, core

_delivery = core(Delivery)
_block = core(Block)
_attempt = core(Attempt)


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery without its words.

    `text_from` holds owner and language of each text in it; `stops` kind and reason of each open block. `by` is who
    settled it; `is_looked_for`: a look-up is set, so that no person is needed yet; `is_recalled`: it was deleted again.
    """

    id: str
    campaign: str
    post: str
    account: str
    slot: str
    language: str
    state: str
    due: datetime
    sent_at: datetime | None
    reason: str
    by: str
    is_looked_for: bool
    is_recalled: bool
    text_from: tuple[tuple[str, str], ...]
    stops: tuple[tuple[str, str], ...]


_COLUMNS = ("id", "campaign", "post", "account", "slot", "language", "state", "due", "sent_at", "reason")


def standing(tx: Transaction, campaigns: Sequence[str], accounts: Collection[str] | None = None) -> list[Standing]:
    """Return the deliveries of some campaigns (`-`: single posts) by due time, of some accounts or of all."""
    wanted = _delivery.c.campaign.in_(list(campaigns)) & _of(accounts)
    stops: dict[str, tuple[tuple[str, str], ...]] = {}
    blocked = select(_block).join(_delivery, _delivery.c.id == _block.c.delivery).where(wanted)
    for row in tx.execute(blocked.order_by(_block.c.delivery, _block.c.kind)):
        stops[row.delivery] = (*stops.get(row.delivery, ()), (row.kind, row.why))
    gone = set(tx.execute(select(_delivery.c.id).where(wanted, recalled())).scalars())
    columns = [_delivery.c[name] for name in (*_COLUMNS, "settled_by", "look_at", "origins")]
    rows = tx.execute(select(*columns).where(wanted).order_by(_delivery.c.due, _delivery.c.id))
    return [_standing(row, row.id in gone, stops.get(row.id, ())) for row in rows]


def _standing(row: Any, is_recalled: bool, stops: tuple[tuple[str, str], ...]) -> Standing:  # noqa: FBT001 - a column
    texts = tuple((origin["owner"], origin["language"]) for origin in row.origins if origin["field"] == "text")
    return Standing(
        **{name: getattr(row, name) for name in _COLUMNS},
        by=row.settled_by,
        is_looked_for=row.look_at is not None,
        is_recalled=is_recalled,
        text_from=texts,
        stops=stops,
    )


def _of(accounts: Collection[str] | None) -> ColumnElement[bool]:
    return true() if accounts is None else _delivery.c.account.in_(sorted(accounts))


def under(tx: Transaction, scope: Selection, network: Network, accounts: Collection[str] | None = None) -> list[str]:
    """Return what is queued within a selection, such as a hold's: of some accounts, or of all."""
    wanted = (is_in(State.QUEUED), matching(scope, network), _of(accounts))
    return list(tx.execute(select(_delivery.c.id).where(*wanted).order_by(_delivery.c.due, _delivery.c.id)).scalars())


def running(tx: Transaction, since: datetime) -> list[str]:
    """Return the campaigns (`-`: single posts) of which something was sent since then, or is still to be settled."""
    open_ = [State.QUEUED.value, State.SENDING.value, State.UNKNOWN.value, State.FAILED.value]
    rows = tx.execute(
        select(_delivery.c.campaign)
        .where(_delivery.c.state.in_(open_) | (_delivery.c.sent_at >= since))
        .distinct()
        .order_by(_delivery.c.campaign)
    )
    return list(rows.scalars())


def lately(
    tx: Transaction, since: datetime, now: datetime, accounts: Collection[str] | None = None
) -> dict[str, dict[str, int]]:
    """Return for each campaign how many of its deliveries came to what since an instant, of some accounts or of all.

    `sent`, `failed` (refused for good), `late` (blocked as such), `expired`; `unknown` is how many are so now.
    """
    state, of = _delivery.c.state, _of(accounts)
    ended = (_attempt.c.delivery == _delivery.c.id) & (_attempt.c.end >= since) & (_attempt.c.outcome == "refused")
    is_late = (_block.c.delivery == _delivery.c.id) & (_block.c.kind == BlockKind.LATE.value)
    came_late = is_late & (_block.c.since >= since)
    of_each: Select[Any] = select(_delivery.c.campaign, func.count(_delivery.c.id.distinct())).where(of)
    queries = {
        "sent": of_each.where(state == State.SENT.value, _delivery.c.sent_at >= since),
        "failed": of_each.where(state == State.FAILED.value).join(_attempt, ended),
        "unknown": of_each.where(state == State.UNKNOWN.value),
        "late": of_each.where(state == State.QUEUED.value).join(_block, came_late),
        "expired": of_each.where(
            state == State.EXPIRED.value, _delivery.c.expires >= since, _delivery.c.expires <= now
        ),
    }
    found: dict[str, dict[str, int]] = {}
    for name, query in queries.items():
        for campaign, number in tx.execute(query.group_by(_delivery.c.campaign)):
            found.setdefault(campaign, {})[name] = number
    return found

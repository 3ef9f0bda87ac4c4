"""Reposts in the queue: what they repost, which of them have lost their original, and what planning must know of both.

A repost's `after` names its original, the delivery that its content names too. It leaves only once that is out, by its
receipt (`store.gate`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select

from crosspost.adapter import Original
from crosspost.domain.content import Content
from crosspost.domain.delivery import MAY_BE_OUT, BlockKind, State
from crosspost.domain.planned import Earlier, Plan
from crosspost.domain.schedule import Instant, Shift
from crosspost.store import in_doubt
from crosspost.store.engine import Transaction
from crosspost.store.parts import in_parts
from crosspost.store.plans import BY_PERSON, as_content
from crosspost.store.selection import is_in, is_repost
from crosspost.store.tables import Block, ContentRow, Delivery, Recall, ReceiptRow, core

_delivery = core(Delivery)
_content = core(ContentRow)
_receipt = core(ReceiptRow)
_recall = core(Recall)
_block = core(Block)

#: In which states a delivery is not out, and will not be unless somebody acts.
_LOST = (State.FAILED, State.EXPIRED, State.CANCELLED)


def originals(tx: Transaction, contents: Iterable[Content]) -> Mapping[str, Original]:
    """Return the posts that these contents repost, by the deliveries that they name; those that are out by a receipt.

    Of several receipts the first counts, always the same: a repost is looked for by what was reposted.
    """
    wanted = sorted({content.original for content in contents if content.original})
    found: dict[str, Original] = {}
    for some in in_parts(wanted):
        rows = tx.execute(
            select(_receipt.c.delivery, _receipt.c.remote_id, _receipt.c.url)
            .where(_receipt.c.delivery.in_(some))
            .order_by(_receipt.c.at, _receipt.c.remote_id)
        )
        for row in rows:
            found.setdefault(row.delivery, Original(row.remote_id, row.url))
    return found


def is_original_out() -> ColumnElement[bool]:
    """Return the condition under which a delivery need not wait for its original: it has none, or that is out."""
    other, receipt, recall = _delivery.alias("before"), _receipt.alias("its_receipt"), _recall.alias("its_recall")
    is_sent = exists().where(other.c.id == _delivery.c.after, is_in(State.SENT, other))
    has_receipt = exists().where(receipt.c.delivery == _delivery.c.after)
    is_recalled = exists().where(recall.c.delivery == _delivery.c.after)
    return or_(_delivery.c.after == "", and_(is_sent, has_receipt, not_(is_recalled)))


def of(tx: Transaction, deliveries: Collection[str]) -> list[str]:
    """Return the deliveries that repost these, or are to, whatever became of them."""
    found: list[str] = []
    for some in in_parts(sorted(deliveries)):
        found += tx.execute(select(_delivery.c.id).where(_delivery.c.after.in_(some), is_repost())).scalars()
    return sorted(found)


def states_of(tx: Transaction, delivery: str) -> dict[str, str]:
    """Return the deliveries that repost this one, or are to, each with its state."""
    rows = tx.execute(
        select(_delivery.c.id, _delivery.c.state)
        .where(_delivery.c.after == delivery, is_repost())
        .order_by(_delivery.c.id)
    )
    return {row.id: row.state for row in rows}


def bereft(tx: Transaction) -> Mapping[str, frozenset[str]]:
    """Return, by campaign, the originals that are lost and that something queued still waits for.

    It waits to repost it, or is stopped since it would have said the same.
    """
    original, recall = _delivery.alias("original"), _recall.alias("its_recall")
    is_recalled = exists().where(recall.c.delivery == original.c.id)
    is_lost = or_(original.c.state.in_([state.value for state in _LOST]), is_recalled)
    block = _block.alias("stop")
    pairs = select(_delivery.c.campaign, original.c.id).where(is_in(State.QUEUED), is_lost).distinct()
    waiting = pairs.join(original, original.c.id == _delivery.c.after).where(_delivery.c.after != "")
    stopped = (
        pairs.join(block, and_(block.c.delivery == _delivery.c.id, block.c.kind == BlockKind.SAME.value))
        .join(original, and_(original.c.campaign == _delivery.c.campaign, original.c.platform == _delivery.c.platform))
        .where(original.c.after == "", original.c.id != _delivery.c.id)
    )
    found: dict[str, set[str]] = {}
    for row in (*tx.execute(waiting), *tx.execute(stopped)):
        found.setdefault(row.campaign, set()).add(row.id)
    return {campaign: frozenset(lost) for campaign, lost in found.items()}


def has_left_otherwise(
    tx: Transaction, campaign_id: str, plan: Plan, seen: Mapping[str, Earlier], platforms: Collection[str]
) -> bool:
    """Say whether something has left on these platforms since a plan looked (`seen`), and not as the plan has it.

    Where accounts are not to say the same, the rest of the plan depends on what each of them has said.
    """
    if not platforms:
        return False
    rows = tx.execute(
        select(_delivery.c.id, _delivery.c.content, _delivery.c.after).where(
            _delivery.c.campaign == campaign_id,
            _delivery.c.state.in_([state.value for state in MAY_BE_OUT]),
            _delivery.c.platform.in_(list(platforms)),
        )
    )
    had_left = {delivery for delivery, earlier in seen.items() if earlier.state in MAY_BE_OUT}
    planned = {one.id: one.content for one in plan.planned}
    return any(not _is_as_planned(row, planned.get(row.id)) for row in rows if row.id not in had_left)


def _is_as_planned(row: Any, content: Content | None) -> bool:
    if content is None:
        return False
    return bool(row.content == content.digest or (row.after and row.after == content.original))


def earlier(tx: Transaction, campaign_id: str) -> dict[str, Earlier]:
    """Return what the queue holds of a campaign, as far as planning reposts depends on it.

    What is queued in its own words at its own time, or was cancelled by a plan, is planned as if it were new.
    """
    rows = tx.execute(_rows(campaign_id)).all()
    recalled = {row.delivery: row for row in tx.execute(_recalls(campaign_id))}
    return {row.id: _as_earlier(row, recalled.get(row.id)) for row in rows}


def _rows(campaign_id: str) -> Select[Any]:
    states = [state.value for state in (*MAY_BE_OUT, State.FAILED, State.EXPIRED)]
    matters = or_(
        _delivery.c.state.in_(states),
        and_(_delivery.c.state == State.CANCELLED.value, _delivery.c.settled_by == BY_PERSON),
        and_(_delivery.c.state == State.QUEUED.value, or_(_delivery.c.after != "", _delivery.c.because != "")),
        and_(_delivery.c.state == State.QUEUED.value, _is_stopped()),
    )
    return (
        select(
            _delivery, _content.c.value, _is_stopped().label("is_stopped"), in_doubt.may_be_out().label("may_be_out")
        )
        .join(_content, _content.c.digest == _delivery.c.content)
        .where(_delivery.c.campaign == campaign_id, matters)
    )


def _is_stopped() -> ColumnElement[bool]:
    """Return the condition under which the last plan has stopped a delivery, since another says the same."""
    block = _block.alias("its_block")
    return exists().where(block.c.delivery == _delivery.c.id, block.c.kind == BlockKind.SAME.value)


def _recalls(campaign_id: str) -> Select[Any]:
    return (
        select(_recall.c.delivery, _recall.c.who, _recall.c.why)
        .join(_delivery, _delivery.c.id == _recall.c.delivery)
        .where(_delivery.c.campaign == campaign_id)
    )


def _as_earlier(row: Any, recall: Any) -> Earlier:
    return Earlier(
        content=as_content(row.value),
        time=Instant(row.due, datetime.fromisoformat(row.wall), row.zone, Shift(row.shift)),
        expires=row.expires,
        # One that may be out is planned as if it were: what its account says by now, it does not say as well.
        state=State.UNKNOWN if row.may_be_out else State(row.state),
        because=row.because,
        lost=f"was recalled by {recall.who}: {recall.why}" if recall is not None else _why_lost(row),
        is_stopped=bool(row.is_stopped),
        sent_at=row.sent_at,
    )


def _why_lost(row: Any) -> str:
    said = {State.FAILED: "has failed", State.EXPIRED: "has expired", State.CANCELLED: "was cancelled"}.get(row.state)
    return f"{said}: {row.reason}".removesuffix(": ") if said else ""

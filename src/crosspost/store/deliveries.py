"""Reading the queue for people, and the moves that people make in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, and_, delete, func, select, update

from crosspost.domain.campaign import NO_CAMPAIGN
from crosspost.domain.content import Content
from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.network import Network
from crosspost.domain.selection import Selection
from crosspost.store import in_doubt
from crosspost.store.engine import Transaction
from crosspost.store.plans import BY_PERSON, BY_PLAN, as_content
from crosspost.store.selection import HELD, RECALLED, matching
from crosspost.store.tables import Attempt, Block, ContentRow, Delivery, Recall, ReceiptRow, core

#: Blocks that ask a person whether a delivery may still leave.
ANSWERED_BY_SEND_LATE = frozenset({BlockKind.LATE, BlockKind.REVIEW})

_delivery = core(Delivery)
_content = core(ContentRow)
_block = core(Block)
_receipt = core(ReceiptRow)
_attempt = core(Attempt)
_recall = core(Recall)


@dataclass(frozen=True, slots=True)
class Listed:
    """A delivery as people see it: its row, its content, its open blocks, and the platform's receipt if any.

    `stopped` says what stops it from outside: a hold, a paused account. `receipts` counts the platform's, and `recalls`
    are the wishes that what they stand for be deleted.
    """

    row: Delivery
    content: Content
    blocks: tuple[Block, ...]
    remote_id: str
    remote_url: str
    stopped: str = ""
    receipts: int = 0
    recalls: tuple[Recall, ...] = ()

    @property
    def state(self) -> str:
        """The state as it is said to people: `held` where it is blocked or stopped from outside, `recalled` if deleted.

        `recalled` is said only of what is gone: where one of several posts may still be seen, it is `sent`.
        """
        if self.row.state == State.SENT and self.recalls and not self.left_to_delete:
            return RECALLED
        return HELD if (self.blocks or self.stopped) and self.row.state == State.QUEUED else self.row.state

    @property
    def left_to_delete(self) -> int:
        """How many of its posts may still be seen, once somebody has recalled it; 0 where nobody has."""
        return self.receipts - sum(recall.outcome == "deleted" for recall in self.recalls) if self.recalls else 0

    @property
    def reason(self) -> str:
        """Why it stands where it stands; "" where nothing needs to be said."""
        if self.recalls:
            return "; ".join(dict.fromkeys(_told(recall) for recall in self.recalls))
        blocks = self.blocks if self.row.state == State.QUEUED else ()
        said = [f"{block.kind}: {block.why}" for block in blocks]
        because = self.row.because if self.row.state == State.QUEUED else ""
        return "; ".join([*said, *filter(None, [self.stopped])]) or self.row.reason or because


def _told(recall: Recall) -> str:
    asked = f"recalled by {recall.who}: {recall.why}"
    if recall.outcome == "deleted":
        return asked
    return f"{asked}; not deleted ({recall.outcome or 'not asked yet'}): {recall.detail}".removesuffix(": ")


def _listing() -> Select[Any]:
    return (
        select(_delivery, _content.c.value, _receipt.c.remote_id, _receipt.c.url)
        .join(_content, _content.c.digest == _delivery.c.content)
        .outerjoin(_receipt, _receipt.c.delivery == _delivery.c.id)
        .order_by(_delivery.c.due, _delivery.c.campaign, _delivery.c.id)
    )


@dataclass(frozen=True, slots=True)
class Span:
    """The time from an instant on, up to and with another."""

    begin: datetime
    end: datetime


def every(tx: Transaction, selection: Selection, network: Network, due: Span | None = None) -> list[Listed]:
    """Return the deliveries within the selection, by due time; only those due in a span, if one is given."""
    condition = matching(selection, network)
    if due is not None:
        condition = and_(condition, _delivery.c.due.between(due.begin, due.end))
    blocks: dict[str, tuple[Block, ...]] = {}
    blocked = select(_block).join(_delivery, _delivery.c.id == _block.c.delivery).where(condition)
    for row in tx.execute(blocked):
        blocks[row.delivery] = (*blocks.get(row.delivery, ()), Block(**row._mapping))
    recalls: dict[str, tuple[Recall, ...]] = {}
    recalled = select(_recall).join(_delivery, _delivery.c.id == _recall.c.delivery).where(condition)
    for row in tx.execute(recalled):
        recalls[row.delivery] = (*recalls.get(row.delivery, ()), Recall(**row._mapping))
    return list(_listed(tx.execute(_listing().where(condition)), blocks, recalls))


def _listed(
    rows: Iterable[Any], blocks: dict[str, tuple[Block, ...]], recalls: dict[str, tuple[Recall, ...]]
) -> Iterable[Listed]:
    # A second receipt is an alarm of its own, not a second delivery.
    for _, receipts in groupby(rows, key=attrgetter("id")):
        row, *others = receipts
        fields = {name: row._mapping[name] for name in Delivery.model_fields}
        yield Listed(
            Delivery(**fields),
            as_content(row.value),
            blocks.get(row.id, ()),
            row.remote_id or "",
            row.url or "",
            receipts=(1 + len(others)) if row.remote_id else 0,
            recalls=recalls.get(row.id, ()),
        )


def clocks(tx: Transaction, selection: Selection, network: Network) -> Iterator[tuple[datetime, str]]:
    """Yield when each delivery within the selection is due, earliest first, and the zone of the clock it is said on."""
    query = select(_delivery.c.due, _delivery.c.zone).where(matching(selection, network)).order_by(_delivery.c.due)
    return ((row.due, row.zone) for row in tx.execute(query))


def ids_starting_with(tx: Transaction, prefix: str, most: int = 20) -> list[str]:
    """Return the ids that begin with a prefix, at most so many."""
    begins = _delivery.c.id.startswith(prefix, autoescape=True)
    return list(tx.execute(select(_delivery.c.id).where(begins).order_by(_delivery.c.id).limit(most)).scalars())


def find(tx: Transaction, delivery_id: str) -> Listed | None:
    """Return one delivery, or None."""
    blocks = tuple(Block(**r._mapping) for r in tx.execute(select(_block).where(_block.c.delivery == delivery_id)))
    recalls = tuple(Recall(**r._mapping) for r in tx.execute(select(_recall).where(_recall.c.delivery == delivery_id)))
    rows = tx.execute(_listing().where(_delivery.c.id == delivery_id))
    return next(iter(_listed(rows, {delivery_id: blocks}, {delivery_id: recalls})), None)


def attempts(tx: Transaction, delivery_id: str) -> list[Attempt]:
    """Return every attempt at a delivery, oldest first."""
    rows = tx.execute(select(_attempt).where(_attempt.c.delivery == delivery_id).order_by(_attempt.c.number))
    return [Attempt(**row._mapping) for row in rows]


def cancel(tx: Transaction, ids: Iterable[str], why: str) -> list[str]:
    """Cancel what is still queued, by a person; return what was. A repost that may be out becomes `unknown` instead."""
    done = []
    for delivery_id in ids:
        in_doubt.leave_to_a_person(tx, why, _delivery.c.id == delivery_id)
        result = tx.execute(
            update(_delivery)
            .where(_delivery.c.id == delivery_id, _delivery.c.state == State.QUEUED)
            .values(state=State.CANCELLED.value, settled_by=BY_PERSON, reason=why)
        )
        if result.rowcount:
            done.append(delivery_id)
    return done


def let_late_leave(tx: Transaction, ids: Iterable[str]) -> list[str]:
    """Let what is still queued and waits for a person leave, by that person's word, which is kept; return which.

    What a restored database has not finished looking for stays.
    """
    done = []
    for delivery_id in ids:
        result = tx.execute(
            update(_delivery)
            .where(_delivery.c.id == delivery_id, _delivery.c.state == State.QUEUED, _delivery.c.look_at.is_(None))
            .values(settled_by=BY_PERSON)
        )
        if result.rowcount:
            answered = _block.c.kind.in_([kind.value for kind in ANSWERED_BY_SEND_LATE])
            tx.execute(delete(_block).where(_block.c.delivery == delivery_id, answered))
            done.append(delivery_id)
    return done


def queue_again(tx: Transaction, ids: Iterable[str], state: State, why: str) -> list[str]:
    """Put what is in a state, and waits for a person, back in the queue by that person's word; return which."""
    done = []
    for delivery_id in ids:
        waits = (_delivery.c.id == delivery_id, _delivery.c.state == state.value, _delivery.c.look_at.is_(None))
        back = {"state": State.QUEUED.value, "settled_by": BY_PERSON, "reason": why}
        if tx.execute(update(_delivery).where(*waits).values(back)).rowcount:
            done.append(delivery_id)
    if state is State.UNKNOWN:
        in_doubt.are_not_out(tx, done)
    return done


def cancel_single(tx: Transaction, accounts: Iterable[str], why: str) -> None:
    """Cancel what accounts that speak no more still have queued on their own; a campaign's plan sees to its own."""
    theirs = (_delivery.c.campaign == NO_CAMPAIGN, _delivery.c.account.in_(list(accounts)))
    in_doubt.leave_to_a_person(tx, why, *theirs)
    tx.execute(
        update(_delivery)
        .where(*theirs, _delivery.c.state == State.QUEUED)
        .values(state=State.CANCELLED.value, settled_by=BY_PLAN, reason=why)
    )


def posts(tx: Transaction) -> dict[str, set[str]]:
    """Return the posts of each campaign that has deliveries."""
    found: dict[str, set[str]] = {}
    for row in tx.execute(select(_delivery.c.campaign, _delivery.c.post).distinct()):
        found.setdefault(row.campaign, set()).add(row.post)
    return found


def days(tx: Transaction, campaign_id: str) -> dict[str, set[str]]:
    """Return the posts of a campaign that have deliveries, each with the days of those that come back."""
    found: dict[str, set[str]] = {}
    said = select(_delivery.c.post, _delivery.c.occurrence).where(_delivery.c.campaign == campaign_id).distinct()
    for row in tx.execute(said):
        found.setdefault(row.post, set()).update({row.occurrence} - {""})
    return found


def unsent(tx: Transaction, campaign_id: str, of_posts: Iterable[str]) -> list[str]:
    """Return the deliveries of these posts that no receipt says are out, in whichever state."""
    within = (_delivery.c.campaign == campaign_id, _delivery.c.post.in_(list(of_posts)))
    query = select(_delivery.c.id).where(*within, _delivery.c.state != State.SENT.value).order_by(_delivery.c.id)
    return list(tx.execute(query).scalars())


def count(tx: Transaction, selection: Selection, network: Network, states: Iterable[State]) -> int:
    """Return how many deliveries within the selection are in one of the states."""
    wanted = (matching(selection, network), _delivery.c.state.in_([state.value for state in states]))
    return int(tx.execute(select(func.count()).select_from(_delivery).where(*wanted)).scalar_one())


def on_the_wire(tx: Transaction, selection: Selection, network: Network) -> list[str]:
    """Return what is being sent at this moment within the selection."""
    sending = (_delivery.c.state == State.SENDING, matching(selection, network))
    return list(tx.execute(select(_delivery.c.id).where(*sending).order_by(_delivery.c.id)).scalars())


def count_by_state(tx: Transaction, campaign: str = "", until: datetime | None = None) -> dict[str, int]:
    """Return how many deliveries are in each state: of one campaign or of all, and due by an instant or ever."""
    query = select(_delivery.c.state, func.count()).group_by(_delivery.c.state).order_by(_delivery.c.state)
    if campaign:
        query = query.where(_delivery.c.campaign == campaign)
    if until is not None:
        query = query.where(_delivery.c.due <= until)
    return {row[0]: row[1] for row in tx.execute(query)}


def recently_said(tx: Transaction, account: str, digests: Iterable[str], since: datetime) -> list[str]:
    """Return the deliveries by which the account says one of these contents, or has said since then."""
    live = _delivery.c.state.in_([State.QUEUED, State.SENDING, State.UNKNOWN, State.SENT])
    same = (_delivery.c.account == account, _delivery.c.content.in_(list(digests)), live, _delivery.c.due >= since)
    return list(tx.execute(select(_delivery.c.id).where(*same)).scalars())


def lateness(tx: Transaction) -> list[float]:
    """Return how late each sent delivery left, in seconds: from its due instant to its last attempt's start."""
    left = (_attempt.c.delivery == _delivery.c.id) & (_attempt.c.number == _delivery.c.attempts)
    rows = tx.execute(
        select(_delivery.c.due, _attempt.c.start).join(_attempt, left).where(_delivery.c.state == State.SENT)
    )
    return [(row.start - row.due).total_seconds() for row in rows]

"""Recalls: the wish that a post which is out be deleted, kept before the first request, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, insert, literal, select, update

from crosspost.adapter import Original
from crosspost.domain.content import Content
from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.network import Network
from crosspost.domain.selection import Selection
from crosspost.store import reposts
from crosspost.store.engine import Transaction
from crosspost.store.parts import in_parts
from crosspost.store.plans import as_content
from crosspost.store.selection import matching
from crosspost.store.tables import Block, ContentRow, Delivery, Operation, Recall, ReceiptRow, core

_recall = core(Recall)
_receipt = core(ReceiptRow)
_delivery = core(Delivery)
_content = core(ContentRow)
_block = core(Block)
_operation = core(Operation)

#: Who set a block of this kind: the recall of what may be out. Nothing lets it leave; a person cancels it.
RECALL = "recall"


class Outcome(StrEnum):
    """What became of the wish that a post be deleted."""

    ASKED = ""  # nothing is known yet
    DELETED = "deleted"
    REFUSED = "refused"  # it is out, and a person must act
    UNCERTAIN = "uncertain"  # it may be out


@dataclass(frozen=True, slots=True)
class Copy:
    """A post that is out, by its receipt: what it says, since when, and how far its recall is, None without one.

    `confirmed` is the fingerprint of the credential that the platform has confirmed as the account's, "" without.
    `original` is the post that a repost passes on, where its receipt is known.
    """

    delivery: str
    account: str
    remote_id: str
    url: str
    at: datetime
    content: Content
    confirmed: str
    outcome: Outcome | None = None
    detail: str = ""
    tries: int = 0
    original: Original | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants posts deleted, and why."""

    who: str
    why: str
    at: datetime


def _copies() -> Select[Any]:
    asked = and_(_recall.c.account == _receipt.c.account, _recall.c.remote_id == _receipt.c.remote_id)
    return (
        select(
            _receipt,
            _content.c.value,
            _operation.c.fingerprint,
            _recall.c.outcome,
            _recall.c.detail,
            _recall.c.tries,
        )
        .join(_delivery, _delivery.c.id == _receipt.c.delivery)
        .join(_content, _content.c.digest == _delivery.c.content)
        .outerjoin(_operation, _operation.c.account == _receipt.c.account)
        .outerjoin(_recall, asked)
        .order_by(_delivery.c.due, _receipt.c.account, _receipt.c.at)
    )


def copies(tx: Transaction, deliveries: Sequence[str]) -> list[Copy]:
    """Return every post that is or was out by these deliveries, each receipt one: a second one too."""
    found: list[Copy] = []
    for these in in_parts(deliveries):
        found += _read(tx.execute(_copies().where(_receipt.c.delivery.in_(these))))
    return _with_originals(tx, found)


def _with_originals(tx: Transaction, found: list[Copy]) -> list[Copy]:
    known = reposts.originals(tx, (copy.content for copy in found))
    return [replace(copy, original=known.get(copy.content.original)) for copy in found]


def unfinished(tx: Transaction, selection: Selection, network: Network) -> list[Copy]:
    """Return the posts within the selection whose deletion was asked for and is not known to have happened."""
    is_open = (_recall.c.outcome.is_not(None), _recall.c.outcome != Outcome.DELETED.value)
    return _with_originals(tx, list(_read(tx.execute(_copies().where(*is_open, matching(selection, network))))))


def _read(rows: Iterable[Any]) -> Iterator[Copy]:
    for row in rows:
        yield Copy(
            delivery=row.delivery,
            account=row.account,
            remote_id=row.remote_id,
            url=row.url,
            at=row.at,
            content=as_content(row.value),
            confirmed=row.fingerprint or "",
            outcome=None if row.outcome is None else Outcome(row.outcome),
            detail=row.detail or "",
            tries=row.tries or 0,
        )


_ASK_AGAIN = (
    update(_recall)
    .where(_recall.c.account == bindparam("of"), _recall.c.remote_id == bindparam("remote"))
    .values(
        who=bindparam("by"), why=bindparam("said"), asked_at=bindparam("now"), outcome=Outcome.ASKED.value, detail=""
    )
)


def ask(tx: Transaction, wanted: Iterable[Copy], wish: Wish) -> None:
    """Write down the wish that these posts be deleted; what is deleted already is not to be among them."""
    new = []
    for copy in wanted:
        again = {"of": copy.account, "remote": copy.remote_id, "by": wish.who, "said": wish.why, "now": wish.at}
        if copy.outcome is None:
            new.append(
                Recall(
                    account=copy.account,
                    remote_id=copy.remote_id,
                    delivery=copy.delivery,
                    who=wish.who,
                    why=wish.why,
                    asked_at=wish.at,
                ).model_dump()
            )
        else:
            tx.execute(_ASK_AGAIN, again)
    if new:
        tx.execute(insert(_recall), new)


@dataclass(frozen=True, slots=True)
class Ended:
    """How the deletion of a copy came out: `detail` says why it is not deleted, or how that is known."""

    copy: Copy
    outcome: Outcome
    detail: str
    tries: int = 0


_SETTLE = (
    update(_recall)
    .where(
        _recall.c.account == bindparam("of"),
        _recall.c.remote_id == bindparam("remote"),
        _recall.c.outcome != Outcome.DELETED.value,
    )
    .values(
        outcome=bindparam("came_to"),
        detail=bindparam("said"),
        at=bindparam("now"),
        tries=_recall.c.tries + bindparam("more"),
    )
)


def settle(tx: Transaction, ended: Ended, now: datetime) -> None:
    """Write down what became of a wish; what is deleted stays deleted."""
    tx.execute(
        _SETTLE,
        {
            "of": ended.copy.account,
            "remote": ended.copy.remote_id,
            "came_to": ended.outcome.value,
            "said": ended.detail,
            "now": now,
            "more": ended.tries,
        },
    )


def remote_ids(tx: Transaction, account: str) -> frozenset[str]:
    """Return the ids of all posts that the account is known to have made."""
    return frozenset(tx.execute(select(_receipt.c.remote_id).where(_receipt.c.account == account)).scalars())


def keep_back(tx: Transaction, deliveries: Iterable[str], wish: Wish) -> None:
    """Make sure that what may be out at this moment does not leave again, should it turn out not to be."""
    why = literal(f"recalled by {wish.who}: {wish.why}")
    for delivery in deliveries:
        standing = (_block.c.delivery == delivery, _block.c.kind == BlockKind.REVIEW.value)
        tx.execute(delete(_block).where(*standing))  # a recall weighs more than any other review
        block = select(
            _delivery.c.id, literal(BlockKind.REVIEW.value), why, literal(RECALL), literal(wish.at, _block.c.since.type)
        ).where(_delivery.c.id == delivery, _delivery.c.state.in_([State.SENDING.value, State.UNKNOWN.value]))
        tx.execute(insert(_block).from_select(["delivery", "kind", "why", "who", "since"], block))


def give_up_keeping_back(tx: Transaction, deliveries: Iterable[str]) -> None:
    """Take away the blocks of those that are out after all, or cancelled: they have nothing to wait for."""
    for delivery in deliveries:
        tx.execute(delete(_block).where(_block.c.delivery == delivery, _block.c.who == RECALL))

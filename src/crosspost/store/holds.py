"""Holds in the database. Whoever starts a post reads them in the transaction that writes the intent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, insert, literal, not_, select, update

from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.hold import Hold
from crosspost.domain.network import Network
from crosspost.domain.selection import Selection
from crosspost.store import events
from crosspost.store.engine import Transaction
from crosspost.store.selection import is_in, under_any
from crosspost.store.tables import Block, Delivery, HoldRow, core

_hold = core(HoldRow)
_delivery = core(Delivery)
_block = core(Block)

#: Who ends a hold whose end has passed.
ITS_END = "its end"


def place(tx: Transaction, hold: Hold) -> int:
    """Set a hold and return its number; the id in `hold` is not looked at."""
    result = tx.execute(
        insert(_hold).values(
            scope=asdict(hold.scope),
            reason=hold.reason,
            who=hold.who,
            since=hold.since,
            until=hold.until,
            released_by="",
        )
    )
    return int((result.inserted_primary_key or (0,))[0])


def active(tx: Transaction, now: datetime) -> list[Hold]:
    """Return the holds in force, oldest first.

    One whose end has passed is in force, and `is_over`, until `end` has seen to what came due under it: between the two
    nothing may slip out.
    """
    rows = tx.execute(select(_hold).where(_hold.c.released_at.is_(None)).order_by(_hold.c.id))
    return [
        Hold(r.id, _selection(r.scope), r.reason, r.who, r.since, r.until, r.until is not None and r.until <= now)
        for r in rows
    ]


def release(tx: Transaction, numbers: Sequence[int], who: str, now: datetime) -> None:
    """End holds."""
    tx.execute(update(_hold).where(_hold.c.id.in_(numbers)).values(released_at=now, released_by=who))


@dataclass(frozen=True, slots=True)
class Review:
    """What is to be blocked as late when holds end: what was due by an instant, and the words for why."""

    due_by: datetime
    why: str
    who: str


def end(tx: Transaction, network: Network, now: datetime) -> list[Hold]:
    """End the holds whose end has passed, and block as late what came due under them: a person decides about that.

    What another hold still stops is left to that one. Return the holds that ended.
    """
    over = [hold for hold in active(tx, now) if hold.is_over]
    if not over:
        return []
    release(tx, [hold.id for hold in over], ITS_END, now)
    for hold in over:
        why = f"a hold until {hold.until:%Y-%m-%d %H:%M} UTC ended: {hold.reason}"
        blocked = block(tx, coming_free(tx, [hold.scope], network, now), Review(now, why, ITS_END), now)
        told = {"hold": hold.id, "why": ITS_END, "late": blocked}
        events.record(tx, events.MACHINE, "release", hold.scope.describe(), now, told)
    return over


def coming_free(
    tx: Transaction, scopes: Sequence[Selection], network: Network, now: datetime, but: Sequence[int] = ()
) -> ColumnElement[bool]:
    """Return the condition under which a queued delivery is within these scopes and under no hold in force.

    The holds in `but` do not count: they are about to end.
    """
    others = [hold.scope for hold in active(tx, now) if hold.id not in but]
    return is_in(State.QUEUED) & under_any(list(scopes), network) & not_(under_any(others, network))


def block(
    tx: Transaction,
    condition: ColumnElement[bool],
    review: Review,
    now: datetime,
    asked: Mapping[str, datetime] | None = None,
) -> int:
    """Block as late the deliveries of a condition that were due by an instant; return how many.

    `asked` are the values of the condition's own parameters.
    """
    late = select(
        _delivery.c.id,
        literal(BlockKind.LATE.value),
        literal(review.why),
        literal(review.who),
        literal(now, _block.c.since.type),
    ).where(condition, _delivery.c.due <= review.due_by, not_(is_blocked_as_late()))
    columns = ["delivery", "kind", "why", "who", "since"]
    # psycopg counts what an INSERT … SELECT did only where it is asked to.
    statement = insert(_block).from_select(columns, late.params(dict(asked or {})))
    return int(tx.execute(statement.execution_options(preserve_rowcount=True)).rowcount)


def is_blocked_as_late() -> ColumnElement[bool]:
    """Return the condition under which a delivery waits for a person's word because it came too late."""
    late = _block.alias("late_block")
    return exists().where(late.c.delivery == _delivery.c.id, late.c.kind == BlockKind.LATE.value)


def _selection(scope: dict[str, list[str]]) -> Selection:
    return Selection(**{name: tuple(values) for name, values in scope.items()})

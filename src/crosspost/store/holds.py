"""Holds in the database. Whoever starts a post reads them in the transaction that writes the intent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert, or_, select, update

from crosspost.domain.hold import Hold
from crosspost.domain.selection import Selection
from crosspost.store.engine import Transaction
from crosspost.store.tables import HoldRow, core

_hold = core(HoldRow)


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
    """Return the holds in force, oldest first."""
    in_force = (_hold.c.released_at.is_(None), or_(_hold.c.until.is_(None), _hold.c.until > now))
    rows = tx.execute(select(_hold).where(*in_force).order_by(_hold.c.id))
    return [Hold(r.id, _selection(r.scope), r.reason, r.who, r.since, r.until) for r in rows]


def release(tx: Transaction, numbers: Sequence[int], who: str, now: datetime) -> None:
    """End holds."""
    tx.execute(update(_hold).where(_hold.c.id.in_(numbers)).values(released_at=now, released_by=who))


def _selection(scope: dict[str, list[str]]) -> Selection:
    return Selection(**{name: tuple(values) for name, values in scope.items()})

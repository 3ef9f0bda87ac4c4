"""Whether the database itself is sound: its pages, its size, and whether it holds records from the future."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select, text

from crosspost.domain.delivery import State
from crosspost.store.engine import Transaction
from crosspost.store.selection import is_in
from crosspost.store.tables import Attempt, ContentRow, Delivery, Event, WorkerRow, core


def faults(tx: Transaction, most: int = 5) -> list[str]:
    """Return what SQLite finds wrong with its file's pages, at most so much; PostgreSQL sees to its own."""
    if tx.dialect.name != "sqlite":
        return []
    said = [str(row[0]) for row in tx.execute(text(f"PRAGMA quick_check({most})"))]
    return [] if said == ["ok"] else said


def size(tx: Transaction) -> int:
    """Return how large the database is, in bytes."""
    if tx.dialect.name != "sqlite":
        return int(tx.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    pages, each = (tx.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("page_count", "page_size"))
    return int(pages) * int(each)


def newest(tx: Transaction) -> datetime | None:
    """Return the latest instant that any record of what happened bears."""
    columns = (core(Event).c.at, core(Attempt).c.start, core(WorkerRow).c.seen)
    found = [tx.execute(select(func.max(column))).scalar() for column in columns]
    return max((at for at in found if at is not None), default=None)


def images_in_queue(tx: Transaction) -> dict[str, int]:
    """Return the digests of the images of all that is still to be sent, each with how many deliveries show it."""
    content, delivery = core(ContentRow), core(Delivery)
    query = select(content.c.value["media"]).join(delivery, delivery.c.content == content.c.digest)
    shown: Counter[str] = Counter()
    for (media,) in tx.execute(query.where(is_in(State.QUEUED)).execution_options(yield_per=1000)):
        shown.update({medium["sha256"] for medium in media})
    return dict(shown)

"""The daemons that this database knows: since when, when each was last seen, and when it stopped if it said so."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update

from crosspost.store.engine import Transaction
from crosspost.store.tables import WorkerRow, core

_worker = core(WorkerRow)

#: A daemon writes that it is there every few seconds: who was silent for so long is dead, or its host is.
SILENT_AFTER = timedelta(minutes=2)

#: How long a daemon that runs no more is remembered.
REMEMBERED = timedelta(days=30)


def seen(tx: Transaction, name: str, version: str, now: datetime) -> None:
    """Write down that a daemon is there; the first time, also that it has started."""
    here = update(_worker).where(_worker.c.name == name).values(seen=now, stopped=None)
    if not tx.execute(here).rowcount:
        tx.execute(insert(_worker).values(name=name, version=version, started=now, seen=now))
        tx.execute(delete(_worker).where(_worker.c.seen < now - REMEMBERED))


def stopped(tx: Transaction, name: str, now: datetime) -> None:
    """Write down that a daemon has stopped, as it was told to."""
    tx.execute(update(_worker).where(_worker.c.name == name).values(seen=now, stopped=now))


def running(tx: Transaction, now: datetime) -> list[WorkerRow]:
    """Return the daemons that were seen just now, oldest first."""
    return _rows(tx, _worker.c.stopped.is_(None), _worker.c.seen > now - SILENT_AFTER)


def silent(tx: Transaction, now: datetime, since: datetime) -> list[WorkerRow]:
    """Return the daemons that fell silent since then without having stopped: killed, broken, or their host is."""
    return _rows(tx, _worker.c.stopped.is_(None), _worker.c.seen <= now - SILENT_AFTER, _worker.c.seen > since)


def last(tx: Transaction) -> WorkerRow | None:
    """Return the daemon that was seen last, whether it runs or not."""
    row = tx.execute(select(_worker).order_by(_worker.c.seen.desc()).limit(1)).first()
    return WorkerRow(**row._mapping) if row else None


def _rows(tx: Transaction, *conditions: ColumnElement[bool]) -> list[WorkerRow]:
    query = select(_worker).where(*conditions).order_by(_worker.c.started)
    return [WorkerRow(**row._mapping) for row in tx.execute(query)]

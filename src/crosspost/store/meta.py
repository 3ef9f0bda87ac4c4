"""What the database knows of itself, by name: its mode, its home, the number of the network's last change."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from crosspost.store.tables import Meta, core

_meta = core(Meta)


def get(tx: Connection, name: str) -> str | None:
    """Return what is kept under a name, or None."""
    return tx.execute(select(_meta.c.value).where(_meta.c.name == name)).scalar()


def put(tx: Connection, name: str, value: str) -> None:
    """Keep a value under a name, in place of the one before."""
    drop(tx, name)
    tx.execute(insert(_meta).values(name=name, value=value))


def drop(tx: Connection, name: str) -> None:
    """Forget what is kept under a name."""
    tx.execute(delete(_meta).where(_meta.c.name == name))

"""The record of what people and the machine did. Append-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from crosspost.store.engine import Transaction
from crosspost.store.tables import Event, core


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the operating system's user, and the mission they say they act for (a claim, not an authentication)."""

    who: str
    role: str


MACHINE = Actor("daemon", "daemon")


def record(
    tx: Transaction, actor: Actor, action: str, target: str, now: datetime, detail: Mapping[str, Any] | None = None
) -> None:
    """Write down one act."""
    row = {"at": now, "who": actor.who, "role": actor.role, "action": action, "target": target}
    tx.execute(insert(Event).values(**row, detail=dict(detail or {})))


def about(tx: Transaction, target: str) -> list[dict[str, Any]]:
    """Return what was done about a target, oldest first."""
    event = core(Event)
    rows = tx.execute(select(event).where(event.c.target == target).order_by(event.c.id))
    return [dict(row._mapping) for row in rows]

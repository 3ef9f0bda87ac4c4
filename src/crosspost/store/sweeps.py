"""What time does to the queue: leases lapse, deliveries expire or fall late. And when something is due next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, insert, literal, not_, or_, select, update

from crosspost.domain.delivery import BlockKind, State
from crosspost.store import in_doubt
from crosspost.store.engine import Transaction
from crosspost.store.gate import NOW, Gate, is_late, is_paced
from crosspost.store.outcomes import Tried, uncertain
from crosspost.store.reposts import is_original_out
from crosspost.store.selection import is_in
from crosspost.store.tables import Block, Delivery, Lease, Pace, core

_delivery = core(Delivery)
_lease = core(Lease)
_block = core(Block)
_pace = core(Pace)


def lapse(tx: Transaction, now: datetime, dead: Collection[str], margin: timedelta) -> list[str]:
    """Free accounts whose lease has run out or whose worker is known to be dead; return what became `unknown`.

    What was on the wire is looked for at once where the worker is dead, else after `margin`: its request may still run.
    """
    over = or_(_lease.c.until <= now, _lease.c.owner.in_(list(dead)))
    leases = tx.execute(select(_lease).where(_lease.c.owner != "", over)).all()
    owners = {lease.account: lease.owner for lease in leases}
    tx.execute(update(_lease).where(_lease.c.owner != "", over).values(owner=""))
    held = select(_lease.c.account).where(_lease.c.owner != "")
    orphans = tx.execute(
        select(_delivery.c.id, _delivery.c.account, _delivery.c.attempts).where(
            is_in(State.SENDING), _delivery.c.account.not_in(held)
        )
    ).all()
    for row in orphans:
        look_at = now if owners.get(row.account) in dead else now + margin
        tried = Tried(row.id, row.account, row.attempts)
        uncertain(tx, tried, "the worker stopped before it could record the answer", now, look_at)
    return [row.id for row in orphans]


def expire(tx: Transaction, now: datetime) -> int:
    """Let what is past its expiry, and not looked for after a restoration, expire; return how many.

    A repost that may be out becomes `unknown` instead. What comes so long after another waits until that is out: its
    expiry moves with it.
    """
    waits = and_(_delivery.c.delay > 0, not_(is_original_out()))
    is_past = (is_in(State.QUEUED), _delivery.c.due <= now, _delivery.c.expires <= now, _delivery.c.look_at.is_(None))
    over = (*is_past, not_(waits))
    in_doubt.leave_to_a_person(tx, "it has expired", *over)
    why = "it could not leave before it expired"
    result = tx.execute(update(_delivery).where(*over).values(state=State.EXPIRED.value, reason=why))
    return int(result.rowcount)


def block_late(tx: Transaction, gate: Gate, now: datetime, late_after: timedelta) -> int:
    """Block what should have left more than `late_after` ago, tried or not: a person decides. Return how many."""
    late = select(
        _delivery.c.id,
        literal(BlockKind.LATE.value),
        literal(f"due more than {int(late_after.total_seconds() // 60)} minutes ago"),
        literal("daemon"),
        literal(now, core(Block).c.since.type),
    ).where(
        is_late(),
        gate.may_leave,
        not_(is_paced()),
    )
    columns = ["delivery", "kind", "why", "who", "since"]
    # psycopg counts what an INSERT … SELECT did only where it is asked to.
    block = insert(_block).from_select(columns, late).execution_options(preserve_rowcount=True)
    result = tx.execute(block, {"now": now, "late": now - late_after})
    return int(result.rowcount)


def _is_looked_for() -> ColumnElement[bool]:
    """Return the condition under which a delivery with a `look_at` is looked for: uncertain, or after a restoration."""
    return or_(is_in(State.UNKNOWN), is_in(State.QUEUED))


def next_instant(tx: Transaction, gate: Gate, now: datetime) -> datetime | None:
    """Return when something can happen next: a delivery due, a look-up, the end of a pace."""
    upcoming = (_delivery.c.due > NOW, gate.may_leave, not_(is_paced()))
    due = select(_delivery.c.due).where(*upcoming).order_by(_delivery.c.due).limit(1)
    look = select(func.min(_delivery.c.look_at)).where(_is_looked_for(), _delivery.c.look_at > NOW)
    pace = select(func.min(_pace.c.until)).where(_pace.c.until > NOW)
    found = [tx.execute(query, {"now": now}).scalar() for query in (due, look, pace)]
    return min((instant for instant in found if instant is not None), default=None)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is left to do: on the wire, looked for, and what will leave by itself before a given instant."""

    sending: int
    looking: int
    leaving: int

    @property
    def idle(self) -> bool:
        """Whether nothing more happens by itself."""
        return not (self.sending or self.looking or self.leaving)


def outlook(tx: Transaction, gate: Gate, now: datetime, until: datetime) -> Outlook:
    """Return what is left to do before an instant."""
    count = select(func.count()).select_from(_delivery)
    stopped = select(_pace.c.scope).where(_pace.c.until.is_(None))
    open_app = not_(or_(_delivery.c.account.in_(stopped), _delivery.c.platform.in_(stopped)))
    queries = (
        count.where(is_in(State.SENDING)),
        count.where(_is_looked_for(), _delivery.c.look_at.is_not(None)),
        count.where(gate.may_leave, _delivery.c.due <= until, open_app),
    )
    return Outlook(*(tx.execute(query, {"now": now}).scalar_one() for query in queries))

"""Who has been told of what: each matter once by each way, also across restarts and several daemons.

A matter is claimed before it is told, for a bounded time, in a write transaction: whoever is killed in between leaves
it to another, so a matter may then be told twice and is never lost.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, not_, or_, select, update

from crosspost.store import matters
from crosspost.store.engine import Store, Transaction
from crosspost.store.matters import Kind, Matter
from crosspost.store.tables import Notice, core

_notice = core(Notice)

#: How long a claim holds: longer than telling may take.
CLAIM = timedelta(minutes=2)

#: How many matters are told at once.
_AT_ONCE = 100

#: How long the notice of what is over is kept.
_REMEMBERED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A matter that is this daemon's to tell, and how often that was tried before."""

    matter: Matter
    tries: int


def to_tell(store: Store, way: str, now: datetime, after: int) -> tuple[list[Claimed], int]:
    """Return what is to be told by a way now, claimed; and the last event that was looked at for alarms.

    Reads first: while nothing has changed, which is nearly always, nothing is written.
    """
    with store.read() as tx:
        alarms, last = matters.alarms(tx, after)
        open_now = [*alarms, *matters.every(tx, now)]
        known = _known(tx, way)
        # An alarm counts until it has been told: whoever has claimed it may be killed meanwhile.
        untold = [a.event for a in alarms if (n := known.get(_key(way, a))) is None or n.told_at is None]
        last = min(untold, default=last + 1) - 1
        if not _has_news(known, way, open_now, now):
            return [], last
    with store.write() as tx:
        _note(tx, way, open_now, now)
        return _claim(tx, way, open_now, now), last


def told(store: Store, way: str, claimed: Sequence[Claimed], now: datetime) -> None:
    """Write down that matters were told; an alarm is over with that."""
    with store.write() as tx:
        for each in claimed:
            over = now if each.matter.kind is Kind.ALARM else None
            _set(tx, way, each.matter, told_at=now, over_at=over)


def not_told(store: Store, way: str, claimed: Sequence[Claimed], again: datetime) -> None:
    """Write down that matters could not be told, and when that is tried again."""
    with store.write() as tx:
        for each in claimed:
            _set(tx, way, each.matter, tries=each.tries + 1, try_at=again)


def _set(tx: Transaction, way: str, matter: Matter, **values: object) -> None:
    tx.execute(update(_notice).where(_notice.c.matter == _key(way, matter)).values(**values))


def _key(way: str, matter: Matter) -> str:
    return f"{way} {matter.key}"


def _known(tx: Transaction, way: str) -> dict[str, Notice]:
    rows = tx.execute(select(_notice).where(_notice.c.matter.startswith(f"{way} ", autoescape=True)))
    return {row.matter: Notice(**row._mapping) for row in rows}


def _has_news(known: Mapping[str, Notice], way: str, open_now: Sequence[Matter], now: datetime) -> bool:
    keys = {_key(way, matter) for matter in open_now}
    begun = any(key not in known or (known[key].over_at is not None and not _is_alarm(way, key)) for key in keys)
    return begun or any(_is_due(n, now) or _is_over(n, keys, way) for n in known.values())


def _is_alarm(way: str, key: str) -> bool:
    return key.startswith(f"{way} {Kind.ALARM}:")


def _is_due(notice: Notice, now: datetime) -> bool:
    return notice.told_at is None and notice.over_at is None and (notice.try_at is None or notice.try_at <= now)


def _is_over(notice: Notice, keys: Collection[str], way: str) -> bool:
    # An alarm is something that happened: it is over when it has been told, whatever happens afterwards.
    return notice.over_at is None and notice.matter not in keys and not _is_alarm(way, notice.matter)


def _note(tx: Transaction, way: str, open_now: Sequence[Matter], now: datetime) -> None:
    """Write down what has begun, and what is over."""
    known = _known(tx, way)
    keys = {_key(way, matter) for matter in open_now}
    over = [n.matter for n in known.values() if _is_over(n, keys, way)]
    for start in range(0, len(over), 500):
        tx.execute(update(_notice).where(_notice.c.matter.in_(over[start : start + 500])).values(over_at=now))
    again = [key for key in keys if key in known and known[key].over_at is not None and not _is_alarm(way, key)]
    for start in range(0, len(again), 500):
        tx.execute(delete(_notice).where(_notice.c.matter.in_(again[start : start + 500])))
    new = {_key(way, m): m for m in open_now if _key(way, m) not in known or _key(way, m) in again}
    if new:
        tx.execute(
            insert(_notice),
            [{"matter": k, "what": m.what, "since": m.since or now, "tries": 0} for k, m in new.items()],
        )
        alarm = _notice.c.matter.startswith(f"{way} {Kind.ALARM}:", autoescape=True)  # its event stays, so it does too
        tx.execute(delete(_notice).where(_notice.c.over_at < now - _REMEMBERED, not_(alarm)))


def _claim(tx: Transaction, way: str, open_now: Sequence[Matter], now: datetime) -> list[Claimed]:
    by_key = {_key(way, matter): matter for matter in open_now}
    waits = or_(_notice.c.try_at.is_(None), _notice.c.try_at <= now)
    rows = tx.execute(
        select(_notice.c.matter, _notice.c.tries, _notice.c.since)
        .where(_notice.c.told_at.is_(None), _notice.c.over_at.is_(None), waits)
        .order_by(_notice.c.since, _notice.c.matter)
    ).all()
    mine = [row for row in rows if row.matter in by_key][:_AT_ONCE]
    for row in mine:
        tx.execute(update(_notice).where(_notice.c.matter == row.matter).values(try_at=now + CLAIM))
    return [Claimed(replace(by_key[row.matter], since=row.since), row.tries) for row in mine]

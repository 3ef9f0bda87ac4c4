"""When parts of the network keep silent by somebody's word: missions' own days, and blackouts.

Whoever changes one of them advances the network's number with it: plans depend on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from crosspost.calendars import OwnDay
from crosspost.domain.blackout import Blackout
from crosspost.domain.selection import Selection
from crosspost.store import network
from crosspost.store.engine import Transaction
from crosspost.store.tables import BlackoutRow, OwnDayRow, core

_own_day = core(OwnDayRow)
_blackout = core(BlackoutRow)


@dataclass(frozen=True, slots=True)
class Word:
    """Who gave a word, and when."""

    who: str
    at: datetime


def own_days(tx: Transaction) -> tuple[OwnDay, ...]:
    """Return the missions' own words on days, in the order of days."""
    rows = tx.execute(select(_own_day).order_by(_own_day.c.day, _own_day.c.mission))
    return tuple(OwnDay(row.mission, row.day, row.is_open, row.why) for row in rows)


def own_words(tx: Transaction) -> dict[tuple[str, date], Word]:
    """Return who gave each mission's word on each day."""
    return {(row.mission, row.day): Word(row.who, row.at) for row in tx.execute(select(_own_day))}


def set_days(tx: Transaction, days: Iterable[OwnDay], word: Word) -> None:
    """Keep a mission's own words on days, in the place of what it said of them before."""
    wanted = [asdict(own) for own in days]
    drop_days(tx, ((own["mission"], own["day"]) for own in wanted))
    tx.execute(insert(_own_day), [own | {"who": word.who, "at": word.at} for own in wanted])


def drop_days(tx: Transaction, days: Iterable[tuple[str, date]]) -> None:
    """Let go of missions' own words on days."""
    for mission, day in days:
        tx.execute(delete(_own_day).where(_own_day.c.mission == mission, _own_day.c.day == day))
    network.advance(tx)


def blackouts(tx: Transaction) -> tuple[Blackout, ...]:
    """Return the blackouts that nobody has ended early, those gone by among them."""
    rows = tx.execute(select(_blackout).where(_blackout.c.ended_by == "").order_by(_blackout.c.id))
    return tuple(
        Blackout(row.id, Selection(**_scope(row.scope)), row.first, row.last, row.why, row.topics) for row in rows
    )


def blackout_words(tx: Transaction) -> dict[int, Word]:
    """Return who set each blackout."""
    rows = tx.execute(select(_blackout.c.id, _blackout.c.who, _blackout.c.at))
    return {row.id: Word(row.who, row.at) for row in rows}


def add_blackout(tx: Transaction, blackout: Blackout, word: Word) -> int:
    """Set a blackout and return its number; the id in it is not looked at."""
    values = {name: getattr(blackout, name) for name in ("first", "last", "why", "topics")}
    row = values | {"scope": asdict(blackout.scope), "who": word.who, "at": word.at, "ended_by": ""}
    network.advance(tx)
    return int((tx.execute(insert(_blackout).values(row)).inserted_primary_key or (0,))[0])


def end_blackouts(tx: Transaction, numbers: Iterable[int], who: str) -> None:
    """End blackouts, whatever their last day."""
    tx.execute(update(_blackout).where(_blackout.c.id.in_(list(numbers))).values(ended_by=who))
    network.advance(tx)


def _scope(written: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in written.items()}

"""Before a daemon sends: is this the database's home, and is the database the one that last sent from here?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crosspost.store import events, home, restored
from crosspost.store.engine import Store, Transaction
from crosspost.store.events import Actor
from crosspost.store.home import Standing
from crosspost.store.mark import Mark
from crosspost.store.restored import Review


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person says at a start: that the database has moved here, or that it was put back from a copy."""

    adopt: bool = False
    put_back: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a start found: where the database was at home before, "" where it still is, and what is reviewed first."""

    moved_from: str = ""
    review: Review | None = None
    why: str = ""


def arrive(store: Store, actor: Actor, clock: Callable[[], datetime], wishes: Wishes | None = None) -> Arrival:
    """Make sure that a database may send from here, and that nothing leaves that its original has sent already.

    Raises:
        StoreError: when its home is elsewhere, and nobody has said that it has moved.
    """
    wishes = wishes or Wishes()
    with store.write() as tx:
        now = store.now(tx, clock)
        moved_from = _come_home(tx, store.path, actor, now, adopt=wishes.adopt) if store.path else ""
        why = _why_review(tx, store.path, adopted=bool(moved_from) and wishes.adopt, put_back=wishes.put_back)
        review = restored.review(tx, actor, now, why) if why else None
    if store.path:
        with store.write() as tx:  # once the review is durable: until then the old mark asks for it
            Mark(store.path).keep(tx)
    return Arrival(moved_from, review, why)


def _come_home(tx: Transaction, path: Path, actor: Actor, now: datetime, *, adopt: bool) -> str:
    """Make sure that the database is at home, or make this its home; return where it was before, "" where it stays."""
    place, known = home.here(path), home.of(tx)
    standing = home.standing(known, place)
    if standing is Standing.ELSEWHERE and not adopt:
        home.require(known, place)
    is_here = known is None or (known.host, known.path) == (place.host, place.path)
    if is_here:
        home.settle(tx, place)  # its inode is another one after a restoration
    if is_here or standing is Standing.AT_HOME:
        return ""
    home.settle(tx, place)
    detail = {"from": str(known), "to": str(place)}
    events.record(tx, actor, "adopt" if standing is Standing.ELSEWHERE else "move", "database", now, detail)
    return str(known)


def _why_review(tx: Transaction, path: Path | None, *, adopted: bool, put_back: bool) -> str:
    if put_back:
        return "a person says that it was put back"
    if restored.pending(tx):
        return restored.pending(tx)
    before = Mark(path).read() if path else None
    if before is not None and not before.is_within(tx):
        return f"the mark beside it is of a later state, with {before.attempts} attempts"
    return "it was adopted, and its original may have sent meanwhile" if adopted else ""


def require_home(store: Store) -> None:
    """Make sure that a database may be used to speak to the platforms from here.

    Raises:
        StoreError: when its home is elsewhere.
    """
    if store.path:
        with store.read() as tx:
            home.require(home.of(tx), home.here(store.path))


def away(store: Store) -> str:
    """Return what people should know of a database that is not at home, "" where it is."""
    if store.path is None:
        return ""
    with store.read() as tx:
        known, place = home.of(tx), home.here(store.path)
    if known is None or home.standing(known, place) is not Standing.ELSEWHERE:
        return ""
    return (
        f"{home.why_not(known, place)}. What is changed here is not changed there, and nothing is sent from here until "
        "`crosspost daemon --adopt`."
    )

"""A mission's own closed days, and open ones, at the desk: setting and dropping them, and what is coming."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from crosspost.calendars import Calendar, Day, OwnDay
from crosspost.calendars.closed import Because, Source
from crosspost.desk import replan
from crosspost.desk.desk import Desk
from crosspost.desk.replan import Outcome, Snapshot
from crosspost.domain.network import Network
from crosspost.domain.zones import zone
from crosspost.errors import UsageError
from crosspost.store import Transaction, closures, events, network
from crosspost.store.closures import Word


@dataclass(frozen=True, slots=True)
class SetDays:
    """The change that a mission's own words on some days make; what it said of them before is replaced."""

    desk: Desk
    mission: str
    days: tuple[OwnDay, ...]

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation with these words."""
        places = {(own.mission, own.day) for own in self.days}
        kept = (own for own in before.own_days if (own.mission, own.day) not in places)
        return replace(before, own_days=(*kept, *self.days))

    def write(self, tx: Transaction) -> None:
        """Keep the words."""
        now, first = self.desk.clock(), self.days[0]
        closures.set_days(tx, self.days, Word(self.desk.actor.who, now))
        told = {"days": [f"{own.day}" for own in self.days], "why": first.why}
        events.record(tx, self.desk.actor, "open days" if first.is_open else "closed days", self.mission, now, told)


@dataclass(frozen=True, slots=True)
class DropDays:
    """The change that letting go of a mission's own words makes: what counts then is its calendar."""

    desk: Desk
    mission: str
    days: tuple[date, ...]

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation without these words."""
        gone = {(self.mission, day) for day in self.days}
        return replace(before, own_days=tuple(o for o in before.own_days if (o.mission, o.day) not in gone))

    def write(self, tx: Transaction) -> None:
        """Let go of the words."""
        closures.drop_days(tx, ((self.mission, day) for day in self.days))
        told = {"days": [f"{day}" for day in self.days]}
        events.record(tx, self.desk.actor, "closed days removed", self.mission, self.desk.clock(), told)


def setting(desk: Desk, mission: str, days: Iterable[date], why: str, *, is_open: bool) -> SetDays:
    """Return the change that sets a mission's own words on days.

    Raises:
        UsageError: when no reason is given, or all the days are over.
        NotPermittedError: when the acting mission may not act for it.
    """
    known = desk.network()
    desk.require_role(mission, known)
    if not why.strip():
        raise UsageError('say why: `--why "Sinai Liberation Day"`; plans show it')
    wanted = tuple(OwnDay(mission, day, is_open, why.strip()) for day in sorted(set(days)))
    if not wanted or wanted[-1].day < today(known, mission, desk.clock()):
        raise UsageError(f"{wanted[-1].day if wanted else 'no day'} is over: name a day that is still to come")
    return SetDays(desk, mission, wanted)


def dropping(desk: Desk, mission: str, days: Iterable[date]) -> DropDays:
    """Return the change that lets go of a mission's own words on days; those of which it said nothing are passed over.

    Raises:
        UsageError: when it said nothing of any of them.
        NotPermittedError: when the acting mission may not act for it.
    """
    desk.require_role(mission, desk.network())
    with desk.store.read() as tx:
        own = {one.day for one in closures.own_days(tx) if one.mission == mission}
    found = tuple(sorted(own.intersection(days)))
    if not found:
        see = f"`crosspost mission closed list {mission}` shows whose word a day is"
        raise UsageError(f"{mission} has said nothing itself of these days: {see}")
    return DropDays(desk, mission, found)


def before(desk: Desk, mission: str, days: Iterable[date]) -> list[OwnDay]:
    """Return what a mission has said itself of these days."""
    wanted = set(days)
    with desk.store.read() as tx:
        return [own for own in closures.own_days(tx) if own.mission == mission and own.day in wanted]


def propose(desk: Desk, change: SetDays | DropDays) -> Mapping[str, Outcome]:
    """Return what a change would do to every campaign's plan."""
    return replan.preview_all(desk, change)


def carry_out(desk: Desk, change: SetDays | DropDays) -> Mapping[str, Outcome]:
    """Make a change, and write the plans that follow from it."""
    return replan.commit(desk, None, change)


@dataclass(frozen=True, slots=True)
class Coming:
    """A day on which a mission is closed, or open by its own word; and who gave that word, None where nobody did."""

    mission: str
    day: date
    special: Day
    word: Word | None = None


def coming(desk: Desk, mission: str, days: int) -> list[Coming]:
    """Return the days to come on which a mission is closed, or open by its own word.

    Of a node that is nowhere, as a region, the words that it and all below it have given.
    """
    with desk.store.read() as tx:
        known, own, words = network.load(tx), closures.own_days(tx), closures.own_words(tx)
    first = today(known, mission, desk.clock())
    span = [first + timedelta(days=n) for n in range(days)]
    if not known.missions[mission].timezone:
        inside = set(known.subtree(mission)) | set(known.owners(mission))
        given = [one for one in own if one.mission in inside and span[0] <= one.day <= span[-1]]
        return [Coming(o.mission, o.day, _as_day(o), words[o.mission, o.day]) for o in given]
    calendar = Calendar(known, own)
    found = ((day, calendar.special(mission, day)) for day in span)
    return [Coming(mission, day, special, words.get((special.owner, day))) for day, special in found if special]


def today(known: Network, mission: str, now: datetime) -> date:
    """Return the day on a mission's clock; on UTC's where it has none."""
    return now.astimezone(zone(known.missions[mission].timezone or "UTC")).date()


def _as_day(own: OwnDay) -> Day:
    return Day(Because.OWN, Source.MISSION, own.why, owner=own.mission, is_open=own.is_open)

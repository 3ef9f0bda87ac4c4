"""Blackouts at the desk: setting and ending them. What they stop waits until a person lets it leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from crosspost.desk import replan, singles
from crosspost.desk.desk import Desk
from crosspost.desk.replan import Outcome, Snapshot
from crosspost.domain.blackout import Blackout
from crosspost.domain.days import days_between
from crosspost.domain.delivery import BlockKind
from crosspost.domain.selection import Selection
from crosspost.errors import UsageError
from crosspost.store import Transaction, closures, events
from crosspost.store.allowed import SinglesChange
from crosspost.store.closures import Word
from crosspost.store.plans import Stopped

#: A day on which every clock on earth is past a last day: two days later on UTC's.
_OVER_AFTER = 2


@dataclass(frozen=True, slots=True)
class AddBlackout:
    """The change that a new blackout makes."""

    desk: Desk
    blackout: Blackout

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation with it."""
        return replace(before, blackouts=self.on(before.blackouts))

    def on(self, blackouts: tuple[Blackout, ...]) -> tuple[Blackout, ...]:
        """Return the blackouts with it."""
        return (*blackouts, self.blackout)

    def write(self, tx: Transaction) -> None:
        """Set it, and stop single posts as well."""
        now, its = self.desk.clock(), self.blackout
        number = closures.add_blackout(tx, its, Word(self.desk.actor.who, now))
        told = {"blackout": number, "why": its.why, "first": f"{its.first}", "last": f"{its.last}"}
        events.record(tx, self.desk.actor, "blackout", its.scope.describe(), now, told)
        singles.follow(tx, now)


@dataclass(frozen=True, slots=True)
class EndBlackouts:
    """The change that the end of blackouts makes."""

    desk: Desk
    ending: tuple[Blackout, ...]

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation without them."""
        return replace(before, blackouts=self.on(before.blackouts))

    def on(self, blackouts: tuple[Blackout, ...]) -> tuple[Blackout, ...]:
        """Return the blackouts without them."""
        gone = {one.id for one in self.ending}
        return tuple(one for one in blackouts if one.id not in gone)

    def write(self, tx: Transaction) -> None:
        """End them, and let single posts go as well."""
        now = self.desk.clock()
        closures.end_blackouts(tx, (one.id for one in self.ending), self.desk.actor.who)
        for one in self.ending:
            told = {"blackout": one.id, "why": one.why}
            events.record(tx, self.desk.actor, "blackout end", one.scope.describe(), now, told)
        singles.follow(tx, now)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a change to the blackouts does: to the campaigns' plans, and to single posts."""

    outcomes: Mapping[str, Outcome]
    singles: SinglesChange

    @property
    def stopped(self) -> list[Stopped]:
        """What is stopped by a blackout now, and was not before, or for another reason."""
        found = [one for outcome in self.outcomes.values() for one in outcome.changes.stopped]
        return [one for one in (*found, *self.singles.stopped) if one.kind == BlockKind.BLACKOUT]

    @property
    def freed(self) -> list[Stopped]:
        """What no blackout stops any more."""
        found = [one for outcome in self.outcomes.values() for one in outcome.changes.freed]
        return [one for one in (*found, *self.singles.freed) if one.kind == BlockKind.BLACKOUT]


def adding(desk: Desk, scope: Selection, days: tuple[date, date], why: str, topics: Iterable[str] = ()) -> AddBlackout:
    """Return the change that a new blackout makes.

    Raises:
        UsageError: when no reason is given, or its days are none, or over.
        NotPermittedError: when the scope reaches beyond the acting mission's subtree.
    """
    _require_role(desk, scope)
    if not why.strip():
        raise UsageError('say why: `--why "national mourning"`; everyone who is stopped will read it')
    try:
        days_between(*days)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if (desk.clock().date() - days[1]).days >= _OVER_AFTER:
        raise UsageError(f"{days[1]} is over everywhere: name a last day that is still to come")
    named = tuple(dict.fromkeys(filter(None, (topic.strip() for topic in topics))))
    return AddBlackout(desk, Blackout(0, scope, *days, why.strip(), named))


def ending(desk: Desk, numbers: Sequence[int]) -> EndBlackouts:
    """Return the change that the end of blackouts makes.

    Raises:
        UsageError: when there is no such blackout.
        NotPermittedError: when one reaches beyond the acting mission's subtree.
    """
    with desk.store.read() as tx:
        known = {one.id: one for one in closures.blackouts(tx)}
    missing = [str(number) for number in numbers if number not in known]
    if missing:
        raise UsageError(f"there is no blackout {', '.join(missing)}: `crosspost blackout list` shows them")
    found = tuple(known[number] for number in dict.fromkeys(numbers))
    for one in found:
        _require_role(desk, one.scope)
    return EndBlackouts(desk, found)


def propose(desk: Desk, change: AddBlackout | EndBlackouts) -> Consequence:
    """Return what a change would do. Nothing is changed."""
    outcomes = replan.preview_all(desk, change)
    with desk.store.read() as tx:
        return Consequence(outcomes, singles.stopped(tx, change.on(closures.blackouts(tx)), desk.clock()))


def carry_out(desk: Desk, change: AddBlackout | EndBlackouts) -> Mapping[str, Outcome]:
    """Make a change, and write the plans that follow from it."""
    return replan.commit(desk, None, change)


@dataclass(frozen=True, slots=True)
class Standing:
    """A blackout, and who set it."""

    blackout: Blackout
    word: Word


def standing(desk: Desk, *, everything: bool = False) -> list[Standing]:
    """Return the blackouts that nobody has ended; with `everything`, also those whose last day is over."""
    with desk.store.read() as tx:
        found, words = closures.blackouts(tx), closures.blackout_words(tx)
    today = desk.clock().date()
    current = [one for one in found if everything or (today - one.last).days < _OVER_AFTER]
    return [Standing(one, words[one.id]) for one in current]


def _require_role(desk: Desk, scope: Selection) -> None:
    known = desk.network()
    for mission in scope.mission or (known.root,):
        desk.require_role(mission, known)

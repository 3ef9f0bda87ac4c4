"""When each delivery was last other than before, and a number that grows with it, from what is only ever added to.

Nothing notes a change as such. But whatever changes a delivery leaves a trace that stays: a plan advances its
campaign's number, people and the machine record what they do, an attempt is written down, a block says since when. So
the number never goes down, whatever is released, cancelled or queued again. That a database was put back from a copy is
noted as well, so the numbers go on above those that were told before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, or_, select

from crosspost.domain.campaign import NO_CAMPAIGN, SINGLE
from crosspost.domain.delivery import State, occasion
from crosspost.domain.network import Network
from crosspost.domain.selection import Selection
from crosspost.store import campaigns
from crosspost.store.deliveries import Listed
from crosspost.store.engine import Transaction
from crosspost.store.selection import matching
from crosspost.store.tables import Attempt, Delivery, Event, core

#: What the numbers count from, in seconds; so they fit what programs keep them in until 2088.
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)

#: Acts that are about part of the network, of which it is not asked here what was in it at the time.
_ABOUT_PARTS = frozenset({"hold", "release"})

_delivery, _attempt, _event = core(Delivery), core(Attempt), core(Event)


@dataclass(frozen=True, slots=True)
class LastChange:
    """The last change of a delivery: when it was, and its number, which never goes down and grows with each."""

    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class _Left:
    """How many traces were left of something, and when the last one was."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Traces:
    """All traces by what they are about; `parts` are those of holds, which are about part of the network each.

    `everywhere` is when something was done that may concern any delivery.
    """

    events: Mapping[str, _Left]
    attempts: Mapping[str, _Left]
    plans: Mapping[str, int]
    parts: _Left
    everywhere: datetime

    def of(self, listed: Listed) -> LastChange:
        """Return the last change of a delivery."""
        row = listed.row
        said = {row.post, occasion(row.post, row.occurrence)}
        about = (row.id, row.campaign, row.account, row.platform, *(f"{row.campaign}/{name}" for name in said))
        found = [self.events.get(key) for key in about]
        own = [self.parts, *(left for left in (*found, self.attempts.get(row.id)) if left)]
        # What it comes after moves it; whether it does so may change, so that is never counted.
        after = [self.attempts[row.after].at] if row.after in self.attempts else []
        at = max([self.everywhere, *(left.at for left in own), *after, *_dates(listed)])
        number = sum(left.number for left in own) + self.plans.get(row.campaign, 0)
        return LastChange(at, int((at - _BEGINNING).total_seconds()) + number)


def _dates(listed: Listed) -> Iterable[datetime]:
    """Yield what a delivery itself says about when it became what it is."""
    yield from (block.since for block in listed.blocks)
    yield from (recall.at or recall.asked_at for recall in listed.recalls)
    if listed.row.state == State.EXPIRED:
        yield listed.row.expires


def load(tx: Transaction, selection: Selection, network: Network) -> Traces:
    """Return the traces of the deliveries within a selection."""
    plans = {row.id: row.plan_number for row in campaigns.every(tx)}
    own = {*plans, NO_CAMPAIGN, SINGLE, *network.accounts, *(account.platform for account in network.accounts.values())}
    events: dict[str, _Left] = {}
    parts, everywhere = _Left(0, _BEGINNING), _BEGINNING
    is_about_part = _event.c.action.in_(_ABOUT_PARTS)
    counted = select(_event.c.target, is_about_part, func.count(), func.max(_event.c.at))
    for target, is_part, number, at in tx.execute(counted.group_by(_event.c.target, is_about_part)):
        if is_part:
            parts = _Left(parts.number + number, max(parts.at, at))
            continue
        events[target] = _Left(number, at)
        if target not in own and target.partition("/")[0] not in own:
            everywhere = max(everywhere, at)
    return Traces(events, _attempts(tx, selection, network), plans, parts, everywhere)


def _attempts(tx: Transaction, selection: Selection, network: Network) -> dict[str, _Left]:
    """Return the attempts at the deliveries, and at those that they come after: what is out moves what follows it."""
    within = matching(selection, network)
    before = select(_delivery.c.after).where(within, _delivery.c.after != "")
    begun_and_ended = func.max(_attempt.c.number) + func.count(_attempt.c.end)
    counted = (
        select(_attempt.c.delivery, begun_and_ended, func.max(_attempt.c.start), func.max(_attempt.c.end))
        .join(_delivery, _delivery.c.id == _attempt.c.delivery)
        .where(or_(within, _delivery.c.id.in_(before)))
        .group_by(_attempt.c.delivery)
    )
    return {row[0]: _Left(row[1], max(row[2], row[3] or row[2])) for row in tx.execute(counted)}

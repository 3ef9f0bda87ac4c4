"""Deliveries as a calendar shows them: one by one, by due time, each with its reasons and its last change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crosspost.desk.deliveries import listed
from crosspost.desk.desk import Desk
from crosspost.desk.report import Entry, entry_of_delivery
from crosspost.domain.network import Mission, Network
from crosspost.domain.selection import Selection
from crosspost.store import Transaction, deliveries, network, traces
from crosspost.store.deliveries import Span
from crosspost.store.traces import LastChange, Traces

#: So many deliveries, or a few more that are due at the same instant, are read at once.
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Dated:
    """A delivery at its time: what it says (as the report has it), for which mission, and its last change.

    `campaign` is `-` for a single post. `moved` says what gave it another time than its post's.
    """

    campaign: str
    entry: Entry
    mission: Mission
    moved: str
    change: LastChange


@dataclass(frozen=True, slots=True)
class Timetable:
    """The deliveries of a selection by due time, as they stand at one moment; read while they are looked at.

    `clocks` says when each is due, and the zone of the clock that it is said on; it may hold more than the selection.
    """

    at: datetime
    clocks: tuple[tuple[datetime, str], ...]
    tx: Transaction
    desk: Desk
    selection: Selection
    network: Network
    traces: Traces

    def entries(self) -> Iterator[Dated]:
        """Yield them one by one, so that the words of all need not be held at once."""
        for span in self._pages():
            for row in listed(self.tx, self.selection, self.at, span):
                entry = entry_of_delivery(row, self.desk.adapters)
                # A mission that has left the network stays in the calendar of what it was to say.
                mission = self.network.missions.get(entry.mission, Mission(entry.mission))
                yield Dated(row.row.campaign, entry, mission, row.row.moved, self.traces.of(row))

    def _pages(self) -> Iterator[Span]:
        begin = 0
        while begin < len(self.clocks):
            end = min(begin + _PAGE, len(self.clocks)) - 1
            while end + 1 < len(self.clocks) and self.clocks[end + 1][0] == self.clocks[end][0]:
                end += 1
            yield Span(self.clocks[begin][0], self.clocks[end][0])
            begin = end + 1


@contextmanager
def timetable(desk: Desk, selection: Selection, days: int | None = None) -> Iterator[Timetable]:
    """Open the deliveries within the selection, cancelled ones too; only those due within so many days of now."""
    now = desk.clock()
    near = None if days is None else timedelta(days=days)
    with desk.store.read() as tx:
        known = network.load(tx)
        # What is held is known only once it is read: until then, whatever its state.
        wide = replace(selection, state=())
        clocks = tuple(c for c in deliveries.clocks(tx, wide, known) if near is None or abs(c[0] - now) <= near)
        yield Timetable(now, clocks, tx, desk, selection, known, traces.load(tx, wide, known))

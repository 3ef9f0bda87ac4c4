"""When a mission says something: from the way in which a time was given to an instant, with what moved it, in words.

Nothing moves an embargo. Everything else goes through the mission's calendar, then through its quiet hours, then
through the blackouts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from crosspost.domain.campaign import Post
from crosspost.domain.delivery import BlockKind
from crosspost.domain.hours import CRISIS, QUIET, ClosedPolicy, Hours, Quiet, QuietPolicy
from crosspost.domain.network import Account, Mission, Network
from crosspost.domain.planned import Stop
from crosspost.domain.schedule import Instant, WallTime, resolve
from crosspost.domain.timing import NextWorking, Slot
from crosspost.domain.zones import zone

#: How far ahead an open day is looked for. No calendar is closed for longer.
_FURTHEST = timedelta(days=60)

#: What an account keeps between two posts that it gives a slot to, where the network says nothing else.
GAP = timedelta(minutes=30)

#: Slots where the network names none: mid-morning and late afternoon.
SLOTS = (time(10), time(17))


@dataclass(frozen=True, slots=True)
class Settled:
    """When it is said; in words what moved it, "" where nothing did; and what stops it until somebody has answered."""

    instant: Instant
    note: str = ""
    stops: tuple[Stop, ...] = ()


class ClosedError(Exception):
    """Raised where a post is not said since the mission is closed; its message says why."""


class Diary:
    """The time of one account: its clock, the days on which its mission works, the hours in which it keeps quiet."""

    def __init__(self, account: Account, network: Network, hours: Hours) -> None:
        self.account, self.network, self.hours = account, network, hours
        self.mission: Mission = network.missions[account.mission]

    def settle(self, at: WallTime | NextWorking | Slot, post: Post) -> Settled:
        """Return when the account says the post.

        Raises:
            ClosedError: when the mission is closed and the post is not to be said then, or never works.
        """
        if isinstance(at, WallTime):
            instant = at.instant(self.mission.timezone)
            if post.embargo:
                return Settled(instant)
            settled = self._on_a_working_day(instant, post)
        elif isinstance(at, NextWorking):
            settled = self._next_working(at)
        else:
            settled = self._next_slot(at)
        return self._allowed(settled, post)

    def _on_a_working_day(self, instant: Instant, post: Post) -> Settled:
        local = self._local(instant)
        why = self._why_closed(local.date())
        if not why or post.kind == CRISIS:
            return Settled(instant)
        said = f"{local:%A}, closed in {self._place} ({why})"
        if post.closed is ClosedPolicy.IGNORE:
            return Settled(instant, f"{said}: it leaves all the same")
        if post.closed is ClosedPolicy.SKIP:
            raise ClosedError(f"{said}: not said there")
        day = next(self._working_days(local.date()))
        return self._moved(datetime.combine(day, local.time()), said)

    def _next_working(self, at: NextWorking) -> Settled:
        clock = self.mission.timezone if at.clock == "local" else at.clock
        since = self._since(at.since, clock)
        for day in self._working_days(since.date()):
            opens = datetime.combine(day, at.opens)
            if opens >= since:
                return Settled(resolve(opens, clock), f"first working hours: {_day(opens)}")
            if since < datetime.combine(day, at.closes):
                return Settled(resolve(_next_five(since), clock), f"first working hours: {_day(since)}")
        raise ClosedError(f"{self._place} never works within {_FURTHEST.days} days")

    def _next_slot(self, at: Slot) -> Settled:
        clock = self.mission.timezone
        since = self._since(at.since, clock)
        taken = sorted(self.hours.taken.get(self.account.id, ()))
        for day in self._working_days(since.date()):
            for hour in self.mission.slots or SLOTS:
                instant = resolve(datetime.combine(day, hour), clock)
                if instant.wall >= since and not any(abs(instant.utc - other) < self._gap for other in taken):
                    return Settled(instant, f"its slot: {_day(instant.local)}")
        raise ClosedError(f"{self._place} has no free slot within {_FURTHEST.days} days")

    def _allowed(self, settled: Settled, post: Post) -> Settled:
        """Return it moved out of the quiet hours, or stopped by them or by a blackout, as the post wants it."""
        if post.kind == CRISIS:
            return settled
        settled = self._out_of_quiet(settled, post)
        day = self._local(settled.instant).date()
        stops = tuple(
            Stop(BlockKind.BLACKOUT, f"{blackout.why}, until {blackout.last:%A %-d %B %Y}")
            for blackout in self.hours.blackouts
            if blackout.covers(self.account, self.network, day, post.topics)
        )
        return replace(settled, stops=(*settled.stops, *stops))

    def _out_of_quiet(self, settled: Settled, post: Post) -> Settled:
        quiet, local = self._quiet, self._local(settled.instant)
        if post.quiet is QuietPolicy.IGNORE or not quiet.covers(local.time()):
            return settled
        if post.quiet is QuietPolicy.REVIEW:
            return replace(settled, stops=(Stop(BlockKind.QUIET, f"{local:%H:%M} is in its quiet hours, {quiet}"),))
        end = quiet.end_after(local.replace(tzinfo=None))
        if self._why_closed(end.date()) and post.closed is ClosedPolicy.NEXT_WORKING:
            end = datetime.combine(next(self._working_days(end.date())), quiet.ends)
        return self._moved(end, f"{local:%A %H:%M} is in its quiet hours, {quiet}")

    def _moved(self, wall: datetime, why: str) -> Settled:
        return Settled(resolve(wall, self.mission.timezone), f"{why}: {_day(wall)}")

    def _working_days(self, first: date) -> Iterator[date]:
        """Yield the days from the first on, within reach, on which the mission works."""
        days = (first + timedelta(days=n) for n in range(_FURTHEST.days))
        found = False
        for day in days:
            if not self._why_closed(day):
                found = True
                yield day
        if not found:
            raise ClosedError(f"{self._place} is closed for {_FURTHEST.days} days")

    def _why_closed(self, day: date) -> str:
        return self.hours.why_closed(self.mission.id, day)

    def _local(self, instant: Instant) -> datetime:
        """Return the moment on the mission's own clock, whatever clock it was given on."""
        return instant.utc.astimezone(zone(self.mission.timezone))

    def _since(self, since: WallTime | None, clock: str) -> datetime:
        """Return from when on it counts, as the clock shows it (naive)."""
        if since is None:
            raise ValueError("a time that counts from now was not given its beginning")
        return since.instant(self.mission.timezone).utc.astimezone(zone(clock)).replace(tzinfo=None)

    @property
    def _place(self) -> str:
        return self.mission.country or self.mission.id

    @property
    def _quiet(self) -> Quiet:
        return self.mission.quiet or QUIET

    @property
    def _gap(self) -> timedelta:
        return self.mission.gap or GAP


def _day(wall: datetime) -> str:
    """Return a time as people say it: `Sunday 29 November 09:00`."""
    return f"{wall:%A} {wall.day} {wall:%B %H:%M}"


def _next_five(wall: datetime) -> datetime:
    """Return the next minute that five divides, which is how people set times."""
    rest = timedelta(minutes=wall.minute % 5, seconds=wall.second, microseconds=wall.microsecond)
    return wall - rest + timedelta(minutes=5 if rest else 0)



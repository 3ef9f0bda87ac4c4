"""When a mission says something: from the way in which a time was given to an instant, with what moved it, in words.

Nothing moves an embargo. Everything else goes through the mission's calendar, then through its quiet hours, then
through the blackouts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from crosspost.domain.blackout import stops
from crosspost.domain.campaign import Post
from crosspost.domain.delivery import BlockKind
from crosspost.domain.hours import ClosedPolicy, Kind, QuietPolicy, gap_of, quiet_of, slots_of
from crosspost.domain.network import Account, Network
from crosspost.domain.planned import Stop
from crosspost.domain.schedule import LOCAL, Instant, Shift, WallTime, at_instant, resolve
from crosspost.domain.timing import AfterOriginal, NextWorking, Slot
from crosspost.domain.zones import zone
from crosspost.planning.hours import Hours

#: How far ahead an open day is looked for. No calendar is closed for longer.
FURTHEST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Settled:
    """When it is said; in words what moved it, "" where nothing did; and what stops it until somebody has answered.

    It waits until `after`, another delivery, has been out for `delay`.
    """

    instant: Instant
    moved: str = ""
    stops: tuple[Stop, ...] = ()
    after: str = ""
    delay: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Original:
    """What something comes after: the delivery, and when it was out or, while it is not, is to be."""

    id: str
    at: datetime
    is_out: bool


class ClosedError(Exception):
    """Raised where a post is not said since the mission is closed; its message says why."""


class Diary:
    """The time of one account: its clock, the days on which its mission works, the hours in which it keeps quiet."""

    def __init__(self, account: Account, network: Network, hours: Hours, now: datetime | None = None) -> None:
        self._account, self._network, self._hours, self._now = account, network, hours, now
        self._mission = network.missions[account.mission]
        self._taken = list(hours.taken.get(account.id, ()))
        self._kept = hours.kept_by_account.get(account.id, {})

    def take(self, instant: Instant) -> None:
        """Note that the account speaks at an instant: no slot is given within its gap."""
        self._taken.append(instant.utc)

    def settle(self, at: WallTime | NextWorking | Slot, post: Post, delivery: str = "") -> Settled:
        """Return when the account says the post; `delivery` is which one, as far as it may have been given a slot.

        Raises:
            ClosedError: when the mission is closed and the post is not to be said then, or never works.
        """
        if isinstance(at, WallTime):
            return self.at(at.instant(self._mission.timezone), post)
        if isinstance(at, NextWorking):
            # Out of quiet hours, it is still said on a day on which the mission works.
            return self.allowed(self._next_working(at), replace(post, closed=ClosedPolicy.NEXT_WORKING))
        return self._slot(at, post, delivery)

    def at(self, instant: Instant, post: Post) -> Settled:
        """Return when the account says a post that is due at an instant.

        Raises:
            ClosedError: as `settle` does.
        """
        return Settled(instant) if post.embargo else self.allowed(self._on_a_working_day(instant, post), post)

    def follow(self, at: AfterOriginal, original: Original, post: Post) -> Settled:
        """Return when the account says a post that comes after another's.

        Raises:
            ClosedError: as `settle` does.
        """
        settled = self._on_a_working_day(at.instant(original.at, self._mission.timezone), post)
        said = "; ".join(filter(None, [at.told(original.id, is_out=original.is_out), settled.moved]))
        return self.allowed(replace(settled, moved=said, after=original.id, delay=at.delay), post)

    def _on_a_working_day(self, instant: Instant, post: Post) -> Settled:
        if post.closed is ClosedPolicy.IGNORE or post.kind is Kind.CRISIS:
            return Settled(instant)
        local = self._local(instant)
        why = self._why_closed(local.date())
        if not why:
            return Settled(instant)
        said = self._closed(local.date(), why)
        if post.closed is ClosedPolicy.SKIP:
            raise ClosedError(f"{said}: not said there")
        day = next(self._working_days(local.date()))
        # What the clocks skip on the closed day, they show on the other.
        asked = instant.wall if instant.zone == self._mission.timezone else local
        moved = resolve(datetime.combine(day, asked.time()), self._mission.timezone)
        return Settled(moved, f"{said}: {said_time(moved.local)}")

    def _next_working(self, at: NextWorking) -> Settled:
        clock = self._mission.timezone if at.clock == LOCAL else at.clock
        earliest = self._since(at.since)
        since = earliest.astimezone(zone(clock)).replace(tzinfo=None)
        for day in (since.date() + timedelta(days=n) for n in range(FURTHEST.days)):
            opens = datetime.combine(day, at.opens)
            begins = opens if opens >= since else _next_five(since)
            instant = _not_before(earliest, resolve(begins, clock))
            if instant.utc.astimezone(zone(clock)).replace(tzinfo=None) >= datetime.combine(day, at.closes):
                continue  # they are over, or the clocks skip what is left of them
            local = self._local(instant)  # whose day it is: it may be another than on the named clock
            if not self._why_closed(local.date()):
                return Settled(instant, f"first working hours: {said_time(local)}")
        raise ClosedError(f"{self._place} is closed for {FURTHEST.days} days")

    def _slot(self, at: Slot, post: Post, delivery: str) -> Settled:
        """Return the slot that a delivery was given before, while it still is one; else the first that is free.

        It is kept by its wall time, whatever has become of the clock. What has lost its slot is given none gone by.
        """
        kept, free = self._kept.get(delivery), None
        for slot in self._slots(at, post):
            if kept is not None and slot.instant.wall == kept.wall:
                return slot
            if free is None and self._is_free(slot.instant, delivery) and not self._is_gone_by(slot.instant, kept):
                free = slot
            if free is not None and (kept is None or slot.instant.wall > kept.wall):
                break
        if free is None:
            raise ClosedError(f"{self._place} has no free slot within {FURTHEST.days} days")
        return free

    def _slots(self, at: Slot, post: Post) -> Iterator[Settled]:
        """Yield the mission's best hours as the post may leave in them; those in quiet hours only if all are."""
        clock, hours = self._mission.timezone, slots_of(self._mission)
        if post.quiet is not QuietPolicy.IGNORE and post.kind is not Kind.CRISIS:
            hours = tuple(hour for hour in hours if not quiet_of(self._mission).covers(hour)) or hours
        since = self._since(at.since)
        for day in self._working_days(since.astimezone(zone(clock)).date()):
            for hour in hours:
                instant = resolve(datetime.combine(day, hour), clock)
                if instant.utc >= since and instant.local.date() == day:  # the clocks may skip midnight
                    yield self.allowed(Settled(instant, f"its slot: {said_time(instant.local)}"), post)

    def _is_free(self, instant: Instant, delivery: str) -> bool:
        others = (due.utc for name, due in self._kept.items() if name != delivery)
        gap = gap_of(self._mission)
        return not any(abs(instant.utc - other) < gap for other in (*self._taken, *others))

    def _is_gone_by(self, instant: Instant, kept: Instant | None) -> bool:
        return kept is not None and self._now is not None and instant.utc < self._now

    def allowed(self, settled: Settled, post: Post) -> Settled:
        """Return it moved out of the quiet hours, or stopped by them or by a blackout, as the post wants it."""
        if post.embargo or post.kind is Kind.CRISIS:
            return settled
        settled = self._out_of_quiet(settled, post)
        day = self._local(settled.instant).date()
        silent = stops(self._hours.blackouts, self._account, self._network, day, post.topics)
        return replace(settled, stops=(*settled.stops, *silent))

    def _out_of_quiet(self, settled: Settled, post: Post) -> Settled:
        quiet, local = quiet_of(self._mission), self._local(settled.instant)
        if post.quiet is QuietPolicy.IGNORE or not quiet.covers(local.time()):
            return settled
        said = f"{said_time(local)} is in the quiet hours of {self._mission.id}, {quiet}"
        if post.quiet is QuietPolicy.REVIEW:
            return replace(settled, stops=(Stop(BlockKind.QUIET, said),))
        end = quiet.end_after(local.replace(tzinfo=None))
        why = "" if post.closed is ClosedPolicy.IGNORE else self._why_closed(end.date())
        if why:
            said = f"{said}; {self._closed(end.date(), why)}"
            if post.closed is ClosedPolicy.SKIP:
                raise ClosedError(f"{said}: not said there")
            end = datetime.combine(next(self._working_days(end.date())), quiet.ends)
        before = f"{settled.moved}; " if settled.moved else ""
        instant = _not_before(settled.instant.utc, resolve(end, self._mission.timezone))
        return replace(settled, instant=instant, moved=f"{before}{said}: {said_time(self._local(instant))}")

    def _working_days(self, first: date) -> Iterator[date]:
        """Yield the days from the first on, within reach, on which the mission works; at least one."""
        found = False
        for day in (first + timedelta(days=n) for n in range(FURTHEST.days)):
            if not self._why_closed(day):
                found = True
                yield day
        if not found:
            raise ClosedError(f"{self._place} is closed for {FURTHEST.days} days")

    def _closed(self, day: date, why: str) -> str:
        return f"{day:%A}, closed in {self._place} ({why})"

    def _why_closed(self, day: date) -> str:
        return self._hours.why_closed(self._mission.id, day)

    def _local(self, instant: Instant) -> datetime:
        """Return the moment on the mission's own clock, whatever clock it was given on."""
        return instant.utc.astimezone(zone(self._mission.timezone))

    def _since(self, since: WallTime | None) -> datetime:
        """Return the instant (UTC) from which on it counts."""
        if since is None:
            raise ValueError("a time that counts from now was not given its beginning")
        return since.instant(self._mission.timezone).utc

    @property
    def _place(self) -> str:
        return self._mission.country or self._mission.id


def said_time(wall: datetime) -> str:
    """Return a time as people say it: `Sunday 29 November 09:00`."""
    return f"{wall:%A} {wall.day} {wall:%B %H:%M}"


def _not_before(earliest: datetime, instant: Instant) -> Instant:
    """Return the instant; where it is too early, and the clock shows its time twice, the second one.

    That one is named on UTC's clock: a wall time that is stored stands for its first occurrence.
    """
    if instant.utc >= earliest or instant.shift is not Shift.FOLD:
        return instant
    return at_instant(instant.wall.replace(tzinfo=zone(instant.zone), fold=1)).instant("UTC")


def _next_five(wall: datetime) -> datetime:
    """Return the next minute that five divides, which is how people set times."""
    rest = timedelta(minutes=wall.minute % 5, seconds=wall.second, microseconds=wall.microsecond)
    return wall - rest + timedelta(minutes=5 if rest else 0)

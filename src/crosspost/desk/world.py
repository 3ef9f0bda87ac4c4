"""How a campaign goes round the world: what leaves when, where that is a closed day, and what the budgets say to it.

One value for the report and for the terminal. It knows one campaign: what others spend of a budget is not in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crosspost.adapter import Adapter, Budget, Scope
from crosspost.calendars import Calendar
from crosspost.desk.desk import Desk
from crosspost.domain.hours import quiet_of
from crosspost.domain.network import Network
from crosspost.domain.planned import Plan, Reason, Skipped
from crosspost.domain.zones import zone
from crosspost.store import closures


@dataclass(frozen=True, slots=True)
class Going:
    """One thing that an account says, or is to say: when, on the mission's clock, and what moved it, in words."""

    account: str
    post: str
    utc: datetime
    zone: str
    moved: str = ""

    @property
    def mission(self) -> str:
        """The id of the mission that says it."""
        return self.account.rpartition("/")[0]

    @property
    def platform(self) -> str:
        """The platform on which it is said."""
        return self.account.rpartition("/")[2]

    @property
    def local(self) -> datetime:
        """The moment on the mission's own clock."""
        return self.utc.astimezone(zone(self.zone))


@dataclass(frozen=True, slots=True)
class Departure:
    """What goes, and what to know of its hour: why its mission is closed that day, and whether it keeps quiet then."""

    going: Going
    closed: str = ""
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Busiest:
    """The minute in which most leaves: when it begins, and how many posts of each platform leave in it."""

    at: datetime
    by_platform: Mapping[str, int]

    @property
    def number(self) -> int:
        """How many posts leave in it."""
        return sum(self.by_platform.values())


@dataclass(frozen=True, slots=True)
class Load:
    """The most that one app, or one account, begins within a budget's length; `begins` is when that stretch begins."""

    scope: str
    budget: Budget
    number: int
    begins: datetime

    @property
    def over(self) -> int:
        """How many posts are more than the budget lets leave in time: they wait until it has room."""
        return max(0, self.number - self.budget.most)


@dataclass(frozen=True, slots=True)
class World:
    """A campaign round the world, in the order of time. `unsaid` is what is not said where its mission is closed."""

    departures: tuple[Departure, ...] = ()
    unsaid: tuple[Skipped, ...] = ()
    busiest: Busiest | None = None
    loads: tuple[Load, ...] = ()

    @property
    def instants(self) -> tuple[datetime, ...]:
        """The different instants at which something leaves."""
        return tuple(dict.fromkeys(departure.going.utc for departure in self.departures))

    @property
    def moved(self) -> tuple[Departure, ...]:
        """What leaves at another time than its post's."""
        return tuple(departure for departure in self.departures if departure.going.moved)

    @property
    def on_closed_days(self) -> tuple[Departure, ...]:
        """What leaves although its mission is closed that day."""
        return tuple(departure for departure in self.departures if departure.closed)

    @property
    def in_quiet_hours(self) -> tuple[Departure, ...]:
        """What is due while its mission keeps quiet."""
        return tuple(departure for departure in self.departures if departure.is_quiet)


def of_plan(desk: Desk, network: Network, plan: Plan) -> World:
    """Return how a plan goes round the world."""
    going = [
        Going(p.account, p.post, p.time.utc, network.clock_of(p.account) or p.time.zone, p.moved) for p in plan.planned
    ]
    return world(desk, network, going, plan.skipped)


def world(desk: Desk, network: Network, going: Iterable[Going], skipped: Iterable[Skipped]) -> World:
    """Return how what goes, goes round the world, by the calendar that the desk has."""
    with desk.store.read() as tx:
        own_days = closures.own_days(tx)
    why_closed = Calendar(network, own_days).why_closed
    ordered = sorted(going, key=lambda one: one.utc)
    return World(
        departures=tuple(_departures(ordered, network, why_closed)),
        unsaid=tuple(skip for skip in skipped if skip.reason is Reason.CLOSED),
        busiest=busiest(ordered),
        loads=tuple(loads(ordered, budgets_of(desk.config.budgets, desk.adapters, ordered))),
    )


def _departures(
    ordered: Iterable[Going], network: Network, why_closed: Callable[[str, date], str]
) -> Iterator[Departure]:
    known: dict[tuple[str, date], str] = {}
    for going in ordered:
        local, mission = going.local, network.missions.get(going.mission)
        if mission is None:  # it has left the network since
            yield Departure(going)
            continue
        day = (mission.id, local.date())
        if day not in known:
            known[day] = why_closed(*day)
        yield Departure(going, known[day], quiet_of(mission).covers(local.time()))


def busiest(ordered: Iterable[Going]) -> Busiest | None:
    """Return the minute in which most leaves, of several the first; None where nothing does."""
    by_minute: dict[datetime, Counter[str]] = {}
    for going in ordered:
        by_minute.setdefault(going.utc.replace(second=0, microsecond=0), Counter())[going.platform] += 1
    if not by_minute:
        return None
    at = max(by_minute, key=lambda minute: by_minute[minute].total())
    return Busiest(at, dict(sorted(by_minute[at].items())))


def budgets_of(
    configured: Mapping[str, tuple[Budget, ...]], adapters: Mapping[str, Adapter], going: Iterable[Going]
) -> dict[str, tuple[Budget, ...]]:
    """Return the budgets of the platforms: those of the configuration, else those that the adapters know."""
    found = {}
    for platform in sorted({one.platform for one in going}):
        known = adapters[platform].capabilities.budgets if platform in adapters else ()
        found[platform] = configured.get(platform, known)
    return found


def loads(ordered: Sequence[Going], budgets: Mapping[str, tuple[Budget, ...]]) -> Iterator[Load]:
    """Yield for each budget the fullest stretch of its length; of accounts, that of the fullest one.

    What goes is in the order of time.
    """
    for platform, several in budgets.items():
        times: dict[str, list[datetime]] = {}
        for going in ordered:
            if going.platform == platform:
                times.setdefault(going.account, []).append(going.utc)
        for budget in several:
            shared = {platform: sorted(at for own in times.values() for at in own)}
            scopes = shared if budget.scope is Scope.APP else times
            fullest = {scope: _fullest(own, budget.per) for scope, own in scopes.items()}
            scope = max(fullest, key=lambda name: fullest[name][0])
            yield Load(scope, budget, *fullest[scope])


def _fullest(times: Sequence[datetime], per: timedelta) -> tuple[int, datetime]:
    """Return how many of the times lie in the fullest stretch of that length, and when it begins."""
    best, first = (0, times[0]), 0
    for number, at in enumerate(times):
        while at - times[first] >= per:
            first += 1
        if number - first + 1 > best[0]:
            best = (number - first + 1, times[first])
    return best

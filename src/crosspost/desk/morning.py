"""What the centre, or a region, sees in the morning: the night, who is needed, what is stale, what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crosspost.desk import staleness, summary
from crosspost.desk.coverage import Coverage, Mark
from crosspost.desk.desk import Desk
from crosspost.desk.staleness import Open
from crosspost.desk.today import Leaving, Seen, Stopped, account_of, leaving, stopped
from crosspost.domain.zones import PARIS
from crosspost.store import coverage as store
from crosspost.store import matters
from crosspost.store.matters import Matter

#: How far ahead is told what comes.
_AHEAD = timedelta(days=1)

#: Where nothing is due, what is listed stands last.
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StaleTexts:
    """The stale values of a campaign in one language: how many translations of the centre, and how many overrides.

    `posts` are those concerned; `deliveries` wait for them, the earliest of which is due at `due` (UTC).
    """

    campaign: str
    language: str
    posts: tuple[str, ...]
    translations: int
    overrides: int
    deliveries: int
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A mission that has not answered for its stale overrides yet: how many, and when the first is due (UTC)."""

    mission: str
    values: int
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Covered:
    """A campaign's coverage in one line: its texts by mark, and how many missions need somebody."""

    campaign: str
    title: str
    counts: dict[Mark, int]
    missions: int
    needing: int


@dataclass(frozen=True, slots=True)
class Morning:
    """The day of the ministry or a region. `lately` counts by campaign (`-`: single posts) what came since `since`."""

    mission: str
    zone: str
    now: datetime
    since: datetime
    lately: dict[str, dict[str, int]]
    alarms: list[Matter]
    stopped: list[Stopped]
    stale: list[StaleTexts]
    unanswered: list[Unanswered]
    leaving: list[Leaving]
    coverage: list[Covered]

    @property
    def needs_somebody(self) -> bool:
        """Whether something waits for an answer."""
        return bool(self.alarms or self.stopped or self.stale)


def morning(desk: Desk, mission: str, since: datetime | None = None) -> Morning:
    """Return the day of a node with missions below it; what happened counts from the evening before, or `since` on."""
    now = desk.clock()
    start = since or summary.evening_before(now)
    open_now, stale = summary.matters(desk), staleness.open_answers(desk, mission=mission)
    with desk.store.read() as tx:
        seen = Seen.read(tx, mission, now)
        found = seen.coverage(tx)
        lately = store.lately(tx, start, now, seen.reach.ids())
        alarms, _ = matters.alarms(tx)
    within = {account.id for account in seen.reach.accounts()}
    return Morning(
        mission=mission,
        zone=seen.network.missions[mission].timezone or PARIS,
        now=now,
        since=start,
        lately=lately,
        alarms=[one for one in alarms if one.since and one.since >= start and account_of(one.about) in within],
        stopped=stopped(seen, open_now, stale),
        stale=_stale(stale),
        unanswered=_unanswered(stale),
        leaving=_by_post(each for each in leaving(seen) if each.due <= now + _AHEAD),
        coverage=[_covered(each) for each in found if each.texts],
    )


def _stale(values: Iterable[Open]) -> list[StaleTexts]:
    """Return what is stale by campaign and language, in the order in which it is due."""
    grouped: dict[tuple[str, str], list[Open]] = {}
    for value in values:
        grouped.setdefault((value.campaign, value.variant.language), []).append(value)
    found = [
        StaleTexts(
            campaign=campaign,
            language=language,
            posts=tuple(dict.fromkeys(value.post for value in together)),
            translations=sum(not value.is_override for value in together),
            overrides=sum(value.is_override for value in together),
            deliveries=len({delivery for value in together for delivery in value.deliveries}),
            due=_first(together),
        )
        for (campaign, language), together in grouped.items()
    ]
    return sorted(found, key=lambda each: (each.due or _NEVER, each.campaign, each.language))


def _unanswered(values: Iterable[Open]) -> list[Unanswered]:
    """Return the missions whose own words are stale, in the order in which they are due."""
    grouped: dict[str, list[Open]] = {}
    for value in values:
        if value.is_override:
            grouped.setdefault(value.variant.owner, []).append(value)
    found = [Unanswered(owner, len(own), _first(own)) for owner, own in grouped.items()]
    return sorted(found, key=lambda each: (each.due or _NEVER, each.mission))


def _first(values: Iterable[Open]) -> datetime | None:
    return min((value.due for value in values if value.due), default=None)


def _by_post(coming: Iterable[Leaving]) -> list[Leaving]:
    """Return each post once, at its first instant, with all that it says within the time."""
    grouped: dict[tuple[str, str], list[Leaving]] = {}
    for each in coming:
        grouped.setdefault((each.campaign, each.post), []).append(each)
    return [_together(parts) for parts in grouped.values()]


def _together(parts: Sequence[Leaving]) -> Leaving:
    first, last = parts[0], parts[-1]
    says = tuple(one for part in parts for one in part.says)
    return Leaving(first.campaign, first.post, first.due, says, sum(part.held for part in parts), last.due)


def _covered(found: Coverage) -> Covered:
    counts = found.counts()
    marks = {mark: counts[mark] for mark in Mark if counts[mark]}
    missions = {text.mission for text in found.texts}
    return Covered(found.campaign, found.title, marks, len(missions), len(found.needing()))

"""Has the queue follow the zone data: an instant is derived, and derived again when countries change their clocks.

A campaign's deliveries are moved by its plan, as by any other change; a campaign is planned as a whole. Single posts
have no plan: they keep their wall time, their expiry moves with them, and a repost still follows its original.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crosspost.desk import replan
from crosspost.desk import singles as keep_silent
from crosspost.desk.desk import Desk
from crosspost.desk.replan import AsItStands, Outcome
from crosspost.domain import zones
from crosspost.domain.campaign import NO_CAMPAIGN, REPOST_AFTER
from crosspost.domain.moved import Moved
from crosspost.domain.schedule import Instant, resolve
from crosspost.domain.selection import Selection
from crosspost.domain.zones import zone
from crosspost.store import Transaction, campaigns, events, instants, network
from crosspost.store.events import MACHINE, Actor
from crosspost.store.instants import Gone, Single
from crosspost.store.selection import matching

#: For how long it is said that something went out at an instant that is no longer its own: nobody can mend it.
OUT_MATTERS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Recheck:
    """What the zone data in use would move, or have moved.

    `chosen` are the queued deliveries of the campaigns concerned that are within the filters. `outcomes` are those
    campaigns' plans. `gone` is out, or may be, and went by older data.
    """

    version: str
    chosen: frozenset[str]
    outcomes: Mapping[str, Outcome]
    singles: tuple[tuple[Single, Instant], ...]
    gone: tuple[Gone, ...]

    @property
    def moved(self) -> list[Moved]:
        """What moves within the filters, by its new time."""
        return [move for move in self._every if move.delivery in self.chosen]

    @property
    def beyond(self) -> list[Moved]:
        """What moves with it, since a campaign is planned as a whole."""
        return [move for move in self._every if move.delivery not in self.chosen]

    @property
    def _every(self) -> list[Moved]:
        found = [move for outcome in self.outcomes.values() for move in outcome.changes.moved]
        found += [Moved(one.id, one.time, becomes) for one, becomes in self.singles if becomes.utc != one.time.utc]
        return sorted(found, key=lambda move: (move.becomes.utc, move.delivery))


@dataclass(frozen=True, slots=True)
class FollowZoneData(AsItStands):
    """The change that new zone data make: none of what is stored, and so another plan of the same."""

    actor: Actor
    campaign: str
    now: datetime

    def write(self, tx: Transaction) -> None:
        """Write down by which data the times are derived from now on."""
        _record(tx, self.actor, self.campaign, self.now)


def look(desk: Desk, chosen: Selection) -> Recheck:
    """Return what the zone data in use would move within the filters, and what has gone out by older ones."""
    now = desk.clock()
    with desk.store.read() as tx:
        within = matching(chosen, network.load(tx))
        concerned = {one.campaign for one in instants.differing(tx, now, within)}
        names = instants.ids(tx, concerned, within)
        gone = instants.gone(tx, now - OUT_MATTERS, within)
        active = concerned.intersection(replan.active_campaigns(tx))
    outcomes = {campaign: replan.preview(desk, campaign, AsItStands()) for campaign in sorted(active)}
    return Recheck(
        version=zones.data_version(),
        chosen=names,
        outcomes={campaign: outcome for campaign, outcome in outcomes.items() if outcome.changes},
        singles=tuple(one for one in _singles(desk) if one[0].id in names) if NO_CAMPAIGN in concerned else (),
        gone=tuple(gone),
    )


def move(desk: Desk, seen: Recheck) -> Recheck:
    """Move what was looked at and has not left yet, and return what moved.

    Raises:
        NotPermittedError: when the acting mission may not act for a campaign's owner, or a single post's mission.
    """
    _require_roles(desk, seen)
    outcomes = {campaign: _follow(desk, campaign, desk.actor) for campaign in seen.outcomes}
    done = _move_singles(desk, seen.singles, desk.actor)
    return replace(seen, outcomes=outcomes, singles=tuple(one for one in seen.singles if one[0].id in done))


def follow(desk: Desk, campaign: str) -> None:
    """Have a campaign's unsent deliveries, or with `-` the single posts, follow the zone data; the daemon's own act."""
    with desk.store.read() as tx:
        within = matching(Selection(campaign=(campaign,)), network.load(tx))
        found = instants.differing(tx, desk.clock(), within)
        is_active = campaign in replan.active_campaigns(tx)
    if found and campaign == NO_CAMPAIGN:
        _move_singles(desk, _singles(desk), MACHINE)
    elif found and is_active:
        _follow(desk, campaign, MACHINE)


def _follow(desk: Desk, campaign: str, actor: Actor) -> Outcome:
    return replan.commit(desk, [campaign], FollowZoneData(actor, campaign, desk.clock()))[campaign]


def _record(tx: Transaction, actor: Actor, target: str, now: datetime) -> None:
    events.record(tx, actor, "zone data", target, now, {"version": zones.data_version()})


def _require_roles(desk: Desk, seen: Recheck) -> None:
    known = desk.network()
    with desk.store.read() as tx:
        rows = [campaigns.find(tx, campaign) for campaign in seen.outcomes]
    owners = {row.owner for row in rows if row is not None}
    owners |= {single.account.rpartition("/")[0] for single, _ in seen.singles}
    for mission in sorted(owners):
        desk.require_role(mission, known)


def _move_singles(desk: Desk, singles: Iterable[tuple[Single, Instant]], actor: Actor) -> list[str]:
    chosen = list(singles)
    if not chosen:
        return []
    with desk.store.write() as tx:
        done = instants.move(tx, chosen)
        for delivery in done:
            _record(tx, actor, delivery, desk.clock())
        keep_silent.follow(tx, desk.clock())  # at another hour, or on another day, other things stop them
    return done


def _singles(desk: Desk) -> Iterator[tuple[Single, Instant]]:
    """Yield the single posts whose times are others now, each with the new one; reposts after their originals."""
    with desk.store.read() as tx:
        queued = instants.singles(tx)
    times: dict[str, tuple[Instant, Instant]] = {}
    for single in queued:
        becomes = _becomes(single, times)
        times[single.id] = (single.time, becomes)
        if (becomes.utc, becomes.wall) != (single.time.utc, single.time.wall):
            yield single, becomes


def _becomes(single: Single, times: Mapping[str, tuple[Instant, Instant]]) -> Instant:
    """Return when a single post leaves now. A repost that goes by its original, and by no clock, goes with it."""
    own = resolve(single.time.wall, single.time.zone)
    if single.after not in times:
        return own
    was, becomes = times[single.after]
    earliest = becomes.utc + REPOST_AFTER
    if single.time.utc == was.utc + REPOST_AFTER or own.utc < earliest:
        return Instant(earliest, earliest.astimezone(zone(own.zone)).replace(tzinfo=None), own.zone)
    return own

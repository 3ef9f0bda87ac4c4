"""The missions' time as planning needs it, from what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from crosspost.calendars import Calendar, OwnDay
from crosspost.desk.desk import Desk
from crosspost.domain.blackout import Blackout
from crosspost.domain.campaign import TIME, Campaign, Post, Variant
from crosspost.domain.network import Account, Network
from crosspost.domain.schedule import Instant
from crosspost.domain.timing import AfterOriginal, Slot, Timing, parse_timing
from crosspost.planning import Hours
from crosspost.planning.diary import FURTHEST, ClosedError, Diary
from crosspost.store import times


def hours(network: Network, own_days: Iterable[OwnDay], blackouts: tuple[Blackout, ...]) -> Hours:
    """Return what planning knows of the missions' time where no slots are given."""
    return Hours(Calendar(network, tuple(own_days)).why_closed, blackouts)


def uses_slots(campaign: Campaign, overrides: Mapping[str, tuple[Variant, ...]]) -> bool:
    """Say whether anything of a campaign is given a slot of its mission."""
    moved = (one.value for several in overrides.values() for one in several if one.field == TIME)
    return any(isinstance(at, Slot) for at in (*(post.at for post in campaign.posts), *map(parse_timing, moved)))


def said_at(at: Timing, post: Post, account: Account, network: Network, known: Hours) -> Instant | None:
    """Return when an account would say a post of which nothing is planned there, as where it has no text yet.

    None where it would not, or where nobody knows. What comes after the original is taken for as early as that.
    """
    if not network.missions[account.mission].timezone:
        return None
    begins = post.at if isinstance(at, AfterOriginal) else at
    if isinstance(begins, AfterOriginal):
        return None
    try:
        return Diary(account, network, known).settle(begins, post).instant
    except ClosedError:
        return None


def taken(desk: Desk, campaign_id: str, now: datetime) -> dict[str, tuple[datetime, ...]]:
    """Return when the accounts speak for other campaigns, as far ahead as slots are given.

    Two campaigns that are queued in the same moment may be given the same slot: a gap is kept between posts, it is no
    lock.
    """
    with desk.store.read() as tx:
        return times.taken(tx, campaign_id, now, now + FURTHEST * 2)

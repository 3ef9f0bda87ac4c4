"""What the missions' time stops of single posts, which no plan looks after: their quiet hours, and blackouts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from crosspost.domain.blackout import Blackout
from crosspost.domain.campaign import NO_CAMPAIGN, Post
from crosspost.domain.delivery import MAY_BE_ALLOWED, BlockKind
from crosspost.domain.hours import QuietPolicy
from crosspost.domain.network import Network
from crosspost.domain.planned import Stop
from crosspost.domain.schedule import WallTime
from crosspost.planning import Hours
from crosspost.planning.diary import Diary, Settled
from crosspost.store import Transaction, allowed, closures, instants, network
from crosspost.store.allowed import SinglesChange
from crosspost.store.instants import Single
from crosspost.store.plans import joined


def stopped(tx: Transaction, blackouts: Sequence[Blackout], now: datetime) -> SinglesChange:
    """Return what changes where these blackouts, and the missions' hours as they stand, stop single posts."""
    queued = instants.singles(tx)
    known, in_quiet = network.load(tx), allowed.in_quiet(tx)
    its = {single.id: single for single in queued}
    wanted: dict[tuple[str, BlockKind], str] = {}
    for single in queued:
        asks = single.id in in_quiet or _was_given_a_time(single, its, now)
        for stop in joined(_stops(single, known, blackouts, QuietPolicy.REVIEW if asks else QuietPolicy.IGNORE)):
            wanted[single.id, stop.kind] = stop.why
    return allowed.of_singles(tx, wanted)


def follow(tx: Transaction, now: datetime) -> None:
    """Have single posts be stopped by what stops them as things stand, and by nothing else."""
    allowed.have_singles_follow(tx, stopped(tx, closures.blackouts(tx), now), now)


def _was_given_a_time(single: Single, its: Mapping[str, Single], now: datetime) -> bool:
    """Say whether a single post was not said at once: who says it now knows what time it is, also for its reposts."""
    original = its.get(single.after) if single.after else single
    return original is not None and original.time.utc > now


def _stops(single: Single, known: Network, blackouts: Sequence[Blackout], quiet: QuietPolicy) -> Iterator[Stop]:
    account = known.accounts.get(single.account)
    if account is None or not known.missions[account.mission].timezone:
        return
    post = Post(NO_CAMPAIGN, WallTime(single.time.wall, single.time.zone), (), quiet=quiet)
    settled = Diary(account, known, Hours(blackouts=tuple(blackouts))).allowed(Settled(single.time), post)
    yield from (stop for stop in settled.stops if stop.kind in MAY_BE_ALLOWED)

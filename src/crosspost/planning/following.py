"""What comes so long after another is timed once it is settled who says what: after what it reposts, where it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from crosspost.domain.delivery import MAY_BE_OUT, BlockKind, State
from crosspost.domain.planned import Earlier, Planned, Reason, Skipped
from crosspost.domain.timing import AfterOriginal
from crosspost.planning.diary import ClosedError, Diary, Original, Settled
from crosspost.planning.situation import Situation

#: Stops that hang on the time alone.
_OF_THE_TIME = frozenset({BlockKind.QUIET, BlockKind.BLACKOUT})


def retimed(planned: Planned, settled: Settled, valid: timedelta) -> Planned:
    """Return a planned delivery at another time, for which it is valid so long, with what stops it then."""
    stops = tuple(stop for stop in planned.stops if stop.kind not in _OF_THE_TIME)
    return replace(
        planned,
        time=settled.instant,
        expires=settled.instant.utc + valid,
        moved=settled.moved,
        stops=(*stops, *settled.stops),
    )


def is_lost(planned: Planned, situation: Situation) -> bool:
    """Say whether nothing can come after a delivery: it is not out, and this plan does not bring it back."""
    earlier = situation.earlier.get(planned.id)
    if earlier is None or not earlier.lost:
        return False
    may_return = earlier.state in {State.FAILED, State.EXPIRED}
    return not (may_return and (planned.content.digest, planned.time.utc) != (earlier.content.digest, earlier.time.utc))


def original_of(planned: Planned, situation: Situation) -> Original:
    """Return a planned delivery as what others come after: at the time at which it was out, if it is."""
    out = _sent_at(situation.earlier.get(planned.id))
    return Original(planned.id, out or planned.time.utc, is_out=out is not None)


def followed(
    situation: Situation, settled: Iterable[Planned | Skipped], diaries: Mapping[str, Diary]
) -> Iterator[Planned | Skipped]:
    """Yield what is settled, what comes after another at that one's time as it stands now."""
    every = tuple(settled)
    planned = {one.id: one for one in every if isinstance(one, Planned)}
    for one in every:
        if not isinstance(one, Planned) or not one.after:
            yield one
            continue
        timed = _timed(one, situation, planned, diaries[one.account])
        if isinstance(timed, Planned):
            planned[timed.id] = timed
        yield timed


def _timed(one: Planned, situation: Situation, planned: Mapping[str, Planned], diary: Diary) -> Planned | Skipped:
    earlier, original = situation.earlier.get(one.id), _original(one, situation, planned)
    post = situation.campaign.post(one.post)
    if original is None or post is None:
        return _skipped(one, Reason.NO_ORIGINAL, f"{one.content.original or one.after} is not said: give it a time")
    if earlier is not None and _stays(earlier, original):
        return replace(one, time=earlier.time, expires=earlier.expires)
    try:
        settled = diary.follow(AfterOriginal(_delay(one, situation, planned)), original, post)
    except ClosedError as error:
        return _skipped(one, Reason.CLOSED, str(error))
    return replace(retimed(one, settled, post.expires), after=settled.after, delay=settled.delay)


def _original(one: Planned, situation: Situation, planned: Mapping[str, Planned]) -> Original | None:
    name = one.content.original or one.after
    if name in planned:
        return original_of(planned[name], situation)
    earlier = situation.earlier.get(name)  # out, and no longer planned
    out = _sent_at(earlier)
    if earlier is None or earlier.state not in MAY_BE_OUT:
        return None
    return Original(name, out or earlier.time.utc, is_out=out is not None)


def _delay(one: Planned, situation: Situation, planned: Mapping[str, Planned]) -> timedelta:
    """Return how long after its original it comes: a repost as late as reposts do, and after a repost no later."""
    if not one.content.is_repost:
        return one.delay
    reposted = planned.get(one.content.original)
    is_late_enough = reposted is not None and bool(reposted.after)
    return situation.campaign.repost_after if is_late_enough else max(one.delay, situation.campaign.repost_after)


def _stays(earlier: Earlier, original: Original) -> bool:
    """Say whether a delivery keeps its time: it may be out, or it has failed or expired after its original."""
    return earlier.state in MAY_BE_OUT or (earlier.state is not State.QUEUED and original.is_out)


def _sent_at(earlier: Earlier | None) -> datetime | None:
    return earlier.sent_at if earlier is not None else None


def _skipped(one: Planned, reason: Reason, why: str) -> Skipped:
    return Skipped(one.campaign, one.post, one.account, one.slot, reason, why, one.occurrence)

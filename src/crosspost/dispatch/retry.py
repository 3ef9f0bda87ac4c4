"""What follows a failure: decided purely here, carried out by the writer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from crosspost.adapter import (
    AccountBlocked,
    AppBlocked,
    CredentialRefused,
    DeliveryFailure,
    Duplicate,
    RateLimited,
    Refused,
    Scope,
)
from crosspost.store.tables import Pace

#: The first wait after a failure that certainly had no effect; it doubles with each, up to the longest.
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)

#: How long to wait where a platform says "too many" and not until when.
RATE_LIMIT_WAIT = timedelta(minutes=15)

#: When an uncertain post is looked for: listings lag, so several times with growing waits.
LOOK_AFTER = (timedelta(seconds=5), timedelta(seconds=30), timedelta(seconds=120))


class Then(StrEnum):
    """What becomes of the delivery."""

    RETRY = "retry"  # back in the queue, the account or app waits
    PAUSE = "pause"  # back in the queue, a person must see to the account or app
    FAIL = "fail"  # an author must edit
    LOOK = "look"  # it may be out


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of the delivery, and until when its account or app waits."""

    then: Then
    scope: Scope = Scope.POST
    until: datetime | None = None


def decide(
    failure: DeliveryFailure, *, begun: bool, attempt: int, strikes: int, jitter: float, now: datetime
) -> Decision:
    """Return what follows a failure.

    Args:
        failure: what the adapter says happened.
        begun: whether the post itself was begun; before, as in an upload, nothing of this attempt can be out.
        attempt: the number of this attempt at the delivery; an earlier one may have been uncertain.
        strikes: how many failures without effect the account has had in a row.
        jitter: a number from 0 to 1 that spreads the retries of many accounts.
        now: the present.
    """
    if begun and (failure.may_exist or (isinstance(failure, Duplicate) and attempt > 1)):
        return Decision(Then.LOOK)
    if isinstance(failure, CredentialRefused | AccountBlocked | AppBlocked):
        return Decision(Then.PAUSE, failure.scope)
    if isinstance(failure, Refused):
        return Decision(Then.FAIL)
    scope = failure.scope if failure.scope is Scope.APP else Scope.ACCOUNT
    wait = RATE_LIMIT_WAIT if isinstance(failure, RateLimited) else backoff(strikes, jitter)
    until = failure.retry_at or now + wait
    # A platform that says "now" again and again is not asked as fast as it answers.
    return Decision(Then.RETRY, scope, max(until, now + backoff(strikes, jitter)) if strikes else until)


def strikes_of(pace: Pace | None, now: datetime) -> int:
    """Return how many failures in a row a pace tells of.

    Those of a pace that is long over are not in a row with the next. Those that were on the wire together when the pace
    was set are one: it counts its strikes up only once it is over.
    """
    if pace is None or (pace.until is not None and pace.until < now - 2 * LONGEST_WAIT):
        return 0
    in_force = pace.until is None or pace.until > now
    return max(0, pace.strikes - 1) if in_force else pace.strikes


def backoff(strikes: int, jitter: float) -> timedelta:
    """Return how long to wait after so many failures in a row: 5 s, 10 s, 20 s … 5 min, of which half is jitter."""
    wait: timedelta = min(FIRST_WAIT * 2 ** min(strikes, 10), LONGEST_WAIT)
    return wait / 2 + wait / 2 * jitter


def next_look(looks: int, now: datetime, schedule: tuple[timedelta, ...] = LOOK_AFTER) -> datetime | None:
    """Return when to look again after so many look-ups, or None where a person must decide."""
    return now + schedule[looks] if looks < len(schedule) else None

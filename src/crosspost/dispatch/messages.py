"""What senders tell the writer. Each message is applied in the writer's transaction, many at a time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from crosspost.adapter import (
    Absent,
    CannotTell,
    DeliveryFailure,
    Found,
    Identity,
    Lookup,
    RateLimited,
    Receipt,
    Rejected,
    Scope,
    UploadLost,
)
from crosspost.dispatch import steady, steps
from crosspost.dispatch.log import logger
from crosspost.dispatch.retry import LOOK_AFTER, Decision, Then, decide, next_look, strikes_of
from crosspost.domain.delivery import State
from crosspost.store import (
    Transaction,
    claims,
    events,
    lookups,
    network,
    outcomes,
    paces,
    preparations,
    restored,
    uploads,
)
from crosspost.store.budgets import Ledger
from crosspost.store.claims import LATE_AFTER, Claim
from crosspost.store.outcomes import Tried
from crosspost.store.tables import Pace
from crosspost.store.uploads import Upload

log = logger()


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the writer: its transaction, the present, and which of the posts that ask may leave.

    `again` says that the turn was tried before, and that nobody knows whether it was committed. `wanted` are the
    accounts that are not to be prepared any further: something is due soon, or the daemon stops. `began` is the steady
    second before the present was read; `margin` is how long after its intent a request may still be on its way.
    """

    tx: Transaction
    now: datetime
    allowed: frozenset[str] = frozenset()
    look_after: tuple[timedelta, ...] = LOOK_AFTER
    again: bool = False
    ledger: Ledger = field(default_factory=lambda: Ledger({}, ()))
    wanted: frozenset[str] = frozenset()
    began: float = field(default_factory=steady.seconds)
    late_after: timedelta = LATE_AFTER
    margin: timedelta = timedelta(0)

    def slow(self, pace: Pace) -> bool:
        """Set a pace; a limit excuses the wait of what is not late yet. See `paces.slow`."""
        pace.excuses = self.now - self.late_after
        return paces.slow(self.tx, pace)


class Message(Protocol):
    """Something a sender tells the writer."""

    def apply(self, turn: Turn) -> None:
        """Write it down."""
        ...

    def after_commit(self) -> None:
        """Do what may only follow once it is durable."""
        ...


@dataclass(frozen=True, slots=True)
class Timing:
    """How long after the due instant the request left, and how long the platform took over it."""

    late: timedelta
    took: timedelta


@dataclass(slots=True)
class Asking:
    """A sender asks whether it may go on, and waits for the answer."""

    claim: Claim
    answer: Future[bool] = field(default_factory=Future)
    granted: bool = False

    def after_commit(self) -> None:
        """Tell the sender, now that it is durable."""
        self.answer.set_result(self.granted)

    def refuse(self) -> None:
        """Tell the sender to go no further: nothing was made durable."""
        self.answer.set_result(False)


@dataclass(slots=True)
class Begin(Asking):
    """A sender has all it needs, and asks whether its post may leave now.

    `held_since` is the steady second at which the account's lease was last renewed.
    """

    held_since: float = field(default_factory=steady.seconds)

    def apply(self, turn: Turn) -> None:
        """Write the intent to send, unless something stops it."""
        self.held_since = turn.began
        self.granted = (turn.again and claims.has_begun(turn.tx, self.claim)) or self._begins(turn)
        if not self.granted:
            claims.let_go(turn.tx, self.claim)
            return
        steps.reached(steps.INTENT)

    def _begins(self, turn: Turn) -> bool:
        """Write the intent and spend of the budgets; False where the post may not leave, or a budget is used up."""
        if self.claim.delivery not in turn.allowed:
            return False
        pace = turn.ledger.exhausted(self.claim)
        if pace is not None:
            turn.slow(pace)
            return False
        begun = claims.begin(turn.tx, self.claim, turn.now)
        if begun:
            turn.ledger.spend(self.claim)
        return begun

    def after_commit(self) -> None:
        """Tell the sender, now that the intent is durable."""
        steps.reached(steps.INTENT_DURABLE)
        self.answer.set_result(self.granted)


@dataclass(slots=True)
class StepTaken(Asking):
    """A medium is uploaded, or described. The sender waits until that is durable: then no crash makes it do it again.

    `ahead`: the post is not due yet, and the sender asks whether the account may still be kept.
    """

    upload: Upload | None = None
    ahead: bool = False

    def apply(self, turn: Turn) -> None:
        """Write it down, and say whether to go on."""
        if self.upload is not None:
            uploads.keep(turn.tx, self.claim.delivery, self.upload, turn.now)
            steps.reached(steps.UPLOAD)
        self.granted = not (self.ahead and self.claim.account in turn.wanted)
        if not self.granted:
            claims.let_go(turn.tx, self.claim)

    def after_commit(self) -> None:
        """Tell the sender, now that the step is durable."""
        steps.reached(steps.UPLOAD_DURABLE)
        self.answer.set_result(self.granted)


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that can be done ahead for a delivery is done; `whole` is False where only the connection was opened."""

    claim: Claim
    whole: bool = True

    def apply(self, turn: Turn) -> None:
        """Write it down, and free the account."""
        if self.whole:
            preparations.done(turn.tx, self.claim)
        claims.let_go(turn.tx, self.claim)

    def after_commit(self) -> None:
        """Say so."""
        if self.whole:
            log.info("prepared", delivery=self.claim.delivery, media=len(self.claim.content.media))


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The platform says that the credential is the account's."""

    account: str
    fingerprint: str
    identity: Identity

    def apply(self, turn: Turn) -> None:
        """Remember it until the credential changes."""
        network.operate(
            turn.tx,
            self.account,
            fingerprint=self.fingerprint,
            identity=f"{self.identity.handle} ({self.identity.id})",
            verified_at=turn.now,
        )

    def after_commit(self) -> None:
        """Nothing follows."""


@dataclass(frozen=True, slots=True)
class AccountTrouble:
    """The account cannot be used at all: the wrong mouth, no credential, no adapter. A person must see to it."""

    claim: Claim
    why: str

    def apply(self, turn: Turn) -> None:
        """Pause the account; its queue stays."""
        _pause_account(turn, self.claim.account, self.why)
        claims.let_go(turn.tx, self.claim)

    def after_commit(self) -> None:
        """Say so."""
        log.error("account paused", account=self.claim.account, why=self.why)


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform gave a receipt."""

    claim: Claim
    receipt: Receipt
    timing: Timing

    def apply(self, turn: Turn) -> None:
        """Settle the delivery and free its account; where the platform wants a rest, it is given."""
        settle(turn, [self])

    def rest(self, turn: Turn) -> None:
        """Give the platform the rest that it wants, and forget what was uploaded for the post."""
        rest = self.receipt.rest
        if rest is not None:
            whose = self.claim.platform if rest.scope is Scope.APP else self.claim.account
            turn.slow(Pace(scope=whose, until=rest.until, why=rest.why, is_limit=True))
        if self.claim.content.media:
            uploads.forget(turn.tx, self.claim.delivery)

    def after_commit(self) -> None:
        """Say so."""
        steps.reached(steps.OUTCOME_DURABLE)
        log.info("attempt", outcome="sent", **_attempt(self.claim, self.timing), url=self.receipt.url)


@dataclass(slots=True)
class Failed:
    """An attempt failed, before or after its post was begun; `ahead`: while it was prepared, before it was due."""

    claim: Claim
    failure: DeliveryFailure
    begun: bool
    timing: Timing | None = None
    decision: Decision | None = None
    ahead: bool = False

    def apply(self, turn: Turn) -> None:
        """Write down what happened, and what follows from it."""
        self._judge_upload(turn)
        whose = self.claim.platform if self.failure.scope is Scope.APP else self.claim.account
        strikes = strikes_of(paces.find(turn.tx, whose), turn.now)
        decision = self.decision = decide(
            self.failure,
            begun=self.begun,
            attempt=self.claim.attempt,
            strikes=strikes,
            jitter=random.random(),  # noqa: S311 - spreads retries, guards nothing
            now=turn.now,
        )
        self._record(turn, decision)
        if decision.then is Then.PAUSE:
            self._pause(turn, decision.scope)
        elif decision.then is Then.RETRY:
            self._slow(turn, whose, decision, strikes)
        elif decision.then is Then.FAIL and self.claim.content.media:
            uploads.forget(turn.tx, self.claim.delivery)  # perhaps it was they that the platform would not take
        claims.let_go(turn.tx, self.claim)
        steps.reached(steps.OUTCOME)

    def _judge_upload(self, turn: Turn) -> None:
        """Forget an upload that the platform knows no more; one that was made just now is refused, and not lost."""
        if not isinstance(self.failure, UploadLost):
            return
        uploads.forget(turn.tx, self.claim.delivery)
        if not self.claim.uploaded:
            self.failure = Rejected(str(self.failure), code=self.failure.code, status=self.failure.status)

    def _slow(self, turn: Turn, whose: str, decision: Decision, strikes: int) -> None:
        is_limit = isinstance(self.failure, RateLimited)
        until = decision.until
        if self.ahead and not is_limit and until is not None:
            until = min(until, self.claim.due)  # what was tried ahead never makes the post itself late
        slowed = Pace(scope=whose, until=until, why=str(self.failure), strikes=strikes + 1, is_limit=is_limit)
        turn.slow(slowed)

    def _record(self, turn: Turn, decision: Decision) -> None:
        tried = Tried.of(self.claim)
        if not self.begun:
            state = State.FAILED if decision.then is Then.FAIL else State.QUEUED
            outcomes.not_begun(turn.tx, self.claim, state, self.failure, turn.now)
        elif decision.then is Then.LOOK:
            outcomes.uncertain(turn.tx, tried, str(self.failure), turn.now, turn.now + turn.look_after[0])
        elif decision.then is Then.FAIL:
            outcomes.refused(turn.tx, tried, self.failure, turn.now)
        else:
            outcomes.not_sent(turn.tx, tried, self.failure, turn.now)

    def _pause(self, turn: Turn, scope: Scope) -> None:
        if scope is Scope.APP:
            stopped = Pace(scope=self.claim.platform, until=None, why=str(self.failure))
            if turn.slow(stopped):  # those that were on the wire as well are told the same: it is one pause
                events.record(turn.tx, events.MACHINE, "pause", stopped.scope, turn.now, {"why": stopped.why})
        else:
            _pause_account(turn, self.claim.account, str(self.failure))

    def after_commit(self) -> None:
        """Say so."""
        steps.reached(steps.OUTCOME_DURABLE)
        log.warning(
            "attempt",
            outcome=self.outcome,
            **_attempt(self.claim, self.timing),
            failure=type(self.failure).__name__,
            status=self.failure.status,
            code=self.failure.code,
            why=str(self.failure),
            then=self.decision.then.value if self.decision else "",
        )

    @property
    def outcome(self) -> str:
        """What the attempt came to, in the words of its record."""
        then = self.decision.then if self.decision else None
        if not self.begun:
            return "not-begun"
        return {Then.LOOK: "uncertain", Then.FAIL: "refused"}.get(then, "not-sent") if then else ""


@dataclass(frozen=True, slots=True)
class LookedFor:
    """What a look-up for an uncertain delivery came to."""

    doubt: lookups.Doubt
    result: Lookup

    def apply(self, turn: Turn) -> None:
        """Settle the delivery, or say when to look again."""
        tried = self.doubt.tried
        again = next_look(self.doubt.looks + 1, turn.now, turn.look_after)
        if self.doubt.restored:
            restored.looked_for(turn.tx, self.doubt, self.result, turn.now, again)
        elif isinstance(self.result, Found):
            if not outcomes.found(turn.tx, tried, self.result.receipt, turn.now):
                outcomes.not_found(turn.tx, tried, self.doubt.looks, "what was found is another delivery's", again)
        elif isinstance(self.result, Absent) and turn.now - self.doubt.began >= turn.margin:
            outcomes.absent(turn.tx, tried, self.result.proof, turn.now)
        else:
            outcomes.not_found(turn.tx, tried, self.doubt.looks, self._unproved, again)
        steps.reached(steps.LOOK_WRITTEN)

    @property
    def _unproved(self) -> str:
        """Why nothing is proved: what is absent while its request may still be on the way can appear."""
        if isinstance(self.result, Absent):
            return "it is not there yet, and its request may still have been on the way"
        return self.result.reason if isinstance(self.result, CannotTell) else ""

    def after_commit(self) -> None:
        """Say so."""
        steps.reached(steps.LOOK_DURABLE)
        tried = self.doubt.tried
        log.info(
            "looked",
            delivery=tried.delivery,
            account=tried.account,
            attempt=tried.attempt,
            look=self.doubt.looks + 1,
            result=type(self.result).__name__,
            why=self._unproved,
        )


def apply_all(turn: Turn, messages: Sequence[Message]) -> None:
    """Write down messages, in order; the receipts last and together, since most messages of a busy turn are such.

    Nothing in a turn waits for a receipt: it frees an account, which is claimed afterwards.
    """
    for message in messages:
        if not isinstance(message, Sent):
            message.apply(turn)
    settle(turn, [message for message in messages if isinstance(message, Sent)])


def settle(turn: Turn, sent: Sequence[Sent]) -> None:
    """Settle what is sent, with a few statements for all of it."""
    if not sent:
        return
    outcomes.sent_all(turn.tx, [(Tried.of(one.claim), one.receipt) for one in sent], turn.now)
    paces.recover(turn.tx, [one.claim.account for one in sent])
    for one in sent:
        one.rest(turn)
    claims.let_go(turn.tx, *(one.claim for one in sent))
    steps.reached(steps.OUTCOME)


def _attempt(claim: Claim, timing: Timing | None) -> dict[str, object]:
    """Return what the log says of every attempt; without a timing its request has not left."""
    millisecond = timedelta(milliseconds=1)
    return {
        "delivery": claim.delivery,
        "account": claim.account,
        "platform": claim.platform,
        "attempt": claim.attempt,
        "late_ms": round(timing.late / millisecond) if timing else None,
        "took_ms": round(timing.took / millisecond) if timing else None,
    }


def _pause_account(turn: Turn, account: str, why: str) -> None:
    network.operate(turn.tx, account, paused=why)
    events.record(turn.tx, events.MACHINE, "pause", account, turn.now, {"why": why})

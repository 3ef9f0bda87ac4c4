"""What senders tell the writer. Each message is applied in the writer's transaction, many at a time."""

from __future__ import annotations

import logging
import random
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from crosspost.adapter import Absent, CannotTell, DeliveryFailure, Found, Identity, Lookup, Receipt, Scope
from crosspost.dispatch.retry import LOOK_AFTER, Decision, Then, decide, next_look
from crosspost.domain.delivery import State
from crosspost.store import Transaction, claims, events, lookups, network, outcomes, paces
from crosspost.store.claims import Claim
from crosspost.store.outcomes import Tried
from crosspost.store.tables import Pace

log = logging.getLogger("crosspost.dispatch")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the writer: its transaction, the present, and which of the posts that ask may leave."""

    tx: Transaction
    now: datetime
    allowed: frozenset[str] = frozenset()
    look_after: tuple[timedelta, ...] = LOOK_AFTER


class Message(Protocol):
    """Something a sender tells the writer."""

    def apply(self, turn: Turn) -> None:
        """Write it down."""
        ...

    def after_commit(self) -> None:
        """Do what may only follow once it is durable."""
        ...


@dataclass(slots=True)
class Begin:
    """A sender has all it needs, and asks whether its post may leave now."""

    claim: Claim
    answer: Future[bool] = field(default_factory=Future)
    granted: bool = False

    def apply(self, turn: Turn) -> None:
        """Write the intent to send, unless something stops it."""
        may_leave = self.claim.delivery in turn.allowed
        self.granted = may_leave and claims.begin(turn.tx, self.claim, turn.now)
        if not self.granted:
            claims.let_go(turn.tx, self.claim)

    def after_commit(self) -> None:
        """Tell the sender, now that the intent is durable."""
        self.answer.set_result(self.granted)

    def refuse(self) -> None:
        """Tell the sender that its post may not leave: nothing was made durable."""
        self.answer.set_result(False)


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
        log.error("account paused account=%s why=%r", self.claim.account, self.why)


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform gave a receipt."""

    claim: Claim
    receipt: Receipt
    late: timedelta

    def apply(self, turn: Turn) -> None:
        """Settle the delivery and free its account."""
        outcomes.sent(turn.tx, Tried.of(self.claim), self.receipt, turn.now)
        paces.clear(turn.tx, self.claim.account)
        claims.let_go(turn.tx, self.claim)

    def after_commit(self) -> None:
        """Say so."""
        log.info(
            "sent delivery=%s attempt=%d late_ms=%d url=%s",
            self.claim.delivery,
            self.claim.attempt,
            self.late / timedelta(milliseconds=1),
            self.receipt.url,
        )


@dataclass(slots=True)
class Failed:
    """An attempt failed, before or after its post was begun."""

    claim: Claim
    failure: DeliveryFailure
    begun: bool
    decision: Decision | None = None

    def apply(self, turn: Turn) -> None:
        """Write down what happened, and what follows from it."""
        pace = paces.find(turn.tx, self.claim.account)
        strikes = pace.strikes if pace else 0
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
            whose = self.claim.platform if decision.scope is Scope.APP else self.claim.account
            slowed = Pace(scope=whose, until=decision.until, why=str(self.failure), strikes=strikes + 1)
            paces.slow(turn.tx, slowed)
        claims.let_go(turn.tx, self.claim)

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
            paces.slow(turn.tx, Pace(scope=self.claim.platform, until=None, why=str(self.failure)))
            events.record(turn.tx, events.MACHINE, "pause", self.claim.platform, turn.now, {"why": str(self.failure)})
        else:
            _pause_account(turn, self.claim.account, str(self.failure))

    def after_commit(self) -> None:
        """Say so."""
        log.warning(
            "%s delivery=%s attempt=%d then=%s status=%s code=%s why=%r",
            type(self.failure).__name__,
            self.claim.delivery,
            self.claim.attempt,
            self.decision.then if self.decision else "",
            self.failure.status or "-",
            self.failure.code or "-",
            str(self.failure),
        )


@dataclass(frozen=True, slots=True)
class LookedFor:
    """What a look-up for an uncertain delivery came to."""

    doubt: lookups.Doubt
    result: Lookup

    def apply(self, turn: Turn) -> None:
        """Settle the delivery, or say when to look again."""
        tried = self.doubt.tried
        if isinstance(self.result, Found):
            outcomes.sent(turn.tx, tried, self.result.receipt, turn.now, outcome="found")
        elif isinstance(self.result, Absent):
            outcomes.absent(turn.tx, tried, self.result.proof, turn.now)
        else:
            again = next_look(self.doubt.looks + 1, turn.now, turn.look_after)
            outcomes.not_found(turn.tx, tried, self.result.reason, again)

    def after_commit(self) -> None:
        """Say so."""
        result = type(self.result).__name__
        why = self.result.reason if isinstance(self.result, CannotTell) else ""
        log.info(
            "looked delivery=%s look=%d result=%s why=%r", self.doubt.tried.delivery, self.doubt.looks, result, why
        )


def _pause_account(turn: Turn, account: str, why: str) -> None:
    network.operate(turn.tx, account, paused=why)
    events.record(turn.tx, events.MACHINE, "pause", account, turn.now, {"why": why})

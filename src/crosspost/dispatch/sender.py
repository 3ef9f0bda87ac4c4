"""What one sender does with one claim: get ready, ask, send once, tell. It runs in a thread and never touches SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from types import UnionType
from typing import Protocol

from crosspost.adapter import Connection, DeliveryFailure, Lookup, NotSent, Receipt, Rejected, Uncertain
from crosspost.adapter.contract import CannotTell
from crosspost.dispatch import steady, steps
from crosspost.dispatch.log import logger
from crosspost.dispatch.messages import (
    AccountTrouble,
    Begin,
    Confirmed,
    Failed,
    LookedFor,
    Message,
    Prepared,
    Sent,
    StepTaken,
    Timing,
)
from crosspost.domain.network import Account
from crosspost.errors import CrosspostError, StoreError
from crosspost.store import uploads
from crosspost.store.claims import Claim
from crosspost.store.lookups import Doubt
from crosspost.store.media import MediaStore
from crosspost.store.preparations import Preparation
from crosspost.store.uploads import Upload

log = logger()


class Opener(Protocol):
    """What opens accounts: `crosspost.plugins.Doors`, or a shipped fake."""

    def open(self, account: str) -> tuple[Connection, str]:
        """Return the account's connection and the fingerprint of its credential."""
        ...

    def close(self) -> None:
        """Let go of all connections."""
        ...


class Sender:
    """Carries out claims, look-ups and preparations; `tell` hands a message to the writer.

    `keeps` are the platforms that keep an upload until it is published, on any connection. A post whose intent is older
    than `lease` does not leave.
    """

    def __init__(
        self,
        doors: Opener,
        media: MediaStore,
        tell: Callable[[Message], None],
        clock: Callable[[], datetime],
        keeps: Collection[str] = (),
        lease: timedelta = timedelta(seconds=30),
    ) -> None:
        self._doors, self._media, self._tell, self._clock = doors, media, tell, clock
        self._lease = lease.total_seconds()
        self._keeps = frozenset(keeps)

    def deliver(self, claim: Claim, account: Account) -> None:
        """Carry out a claim to its end, whatever happens: the writer hears exactly one outcome."""
        steps.reached(steps.CLAIMED)
        ready = self._get_ready(Preparation(claim), account, ahead=False)
        if ready is None:
            return
        begin = Begin(claim)
        self._tell(begin)
        steps.reached(steps.ASKED)
        if not begin.answer.result():
            return
        if steady.seconds() - begin.held_since >= self._lease:
            stopped = NotSent("the process was stopped for longer than its lease, and another may have the account")
            self._tell(Failed(claim, stopped, begun=True))
            return
        self._publish(claim, *ready)

    def prepare(self, preparation: Preparation, account: Account) -> None:
        """Do what can be done before the post is due; the writer hears that it is done, or what became of it."""
        claim = preparation.claim
        ready = self._get_ready(preparation, account, ahead=True)
        if ready is not None:
            with suppress(Exception):  # what cannot be opened now is opened when the post leaves, and is told then
                ready[0].warm()
            self._tell(Prepared(claim, whole=not preparation.warms))

    def _get_ready(
        self, preparation: Preparation, account: Account, *, ahead: bool
    ) -> tuple[Connection, list[str]] | None:
        """Return the account's connection and the handles of the media; None where it goes no further, and is told."""
        claim = preparation.claim
        try:
            connection, fingerprint = self._doors.open(claim.account)
            asks = preparation.asks or (fingerprint != claim.confirmed and not preparation.warms)
            if asks and not self._confirmed(claim, account, connection, fingerprint):
                return None
            handles = self._media_steps(preparation, connection, ahead=ahead)
            steps.reached(steps.READY)
        except DeliveryFailure as failure:
            self._tell(Failed(claim, failure, begun=False, ahead=ahead))
        except StoreError as error:  # the media store has lost an image: this post's trouble, not the account's
            self._tell(Failed(claim, Rejected(str(error)), begun=False, ahead=ahead))
        except CrosspostError as error:
            self._tell(AccountTrouble(claim, str(error)))
        except Exception as error:  # noqa: BLE001 - a broken adapter stops its account, not the daemon
            self._tell(AccountTrouble(claim, _defect(claim, error)))
        else:
            return None if handles is None else (connection, handles)
        return None

    def _confirmed(self, claim: Claim, account: Account, connection: Connection, fingerprint: str) -> bool:
        """Ask the platform whose credential this is; say whether it is the account's."""
        identity = connection.whoami()
        steps.reached(steps.CONFIRMED)
        if identity.is_called(account.handle):
            self._tell(Confirmed(claim.account, fingerprint, identity))
            return True
        why = f"the credential is {identity.handle}'s, and the account is {account.handle}: put the right one in place"
        self._tell(AccountTrouble(claim, why))
        return False

    def _media_steps(self, preparation: Preparation, connection: Connection, *, ahead: bool) -> list[str] | None:
        """Return the media's handles; None where the writer says to go no further.

        What the platform does not keep is uploaded with the post and not ahead of it. A repost shows the original's.
        """
        claim = preparation.claim
        if preparation.warms or claim.content.is_repost or (ahead and claim.platform not in self._keeps):
            return []
        handles = []
        for position in range(len(claim.content.media)):
            handle = self._uploaded(claim, position, connection, ahead=ahead)
            if handle is None:
                return None
            handles.append(handle)
        return handles

    def _uploaded(self, claim: Claim, position: int, connection: Connection, *, ahead: bool) -> str | None:
        """Return the handle of a medium, uploaded and described; a step that is recorded is not taken again."""
        medium = claim.content.media[position]
        name = uploads.name(medium)
        known = {(upload.position, upload.medium): upload for upload in claim.uploaded}.get((position, name))
        if known is None:
            handle = connection.upload(medium, self._media.read(medium.sha256))
            steps.reached(steps.UPLOADED)
            known = Upload(position, name, handle, described=False)
            if not self._goes_on(claim, known, ahead=ahead):
                return None
        if not known.described:
            connection.describe(known.handle, medium)
            steps.reached(steps.DESCRIBED)
            if not self._goes_on(claim, replace(known, described=True), ahead=ahead):
                return None
        return known.handle

    def _goes_on(self, claim: Claim, upload: Upload, *, ahead: bool) -> bool:
        """Have a step recorded where the platform keeps what came of it; say whether to take the next one."""
        if claim.platform not in self._keeps:
            return True
        taken = StepTaken(claim, upload=upload, ahead=ahead)
        self._tell(taken)
        return taken.answer.result()

    def _publish(self, claim: Claim, connection: Connection, handles: list[str]) -> None:
        started = self._clock()
        try:
            steps.reached(steps.REQUEST)
            receipt = self._create(claim, connection, handles)
            steps.reached(steps.ANSWER)
            _require(receipt, Receipt)
        except DeliveryFailure as failure:
            self._tell(Failed(claim, failure, begun=True, timing=self._timed(claim, started)))
        except Exception as error:  # noqa: BLE001 - whatever it is, the request may have left
            uncertain = Uncertain(_defect(claim, error))
            self._tell(Failed(claim, uncertain, begun=True, timing=self._timed(claim, started)))
        else:
            self._tell(Sent(claim, receipt, self._timed(claim, started)))
        steps.reached(steps.TOLD)

    @staticmethod
    def _create(claim: Claim, connection: Connection, handles: list[str]) -> Receipt:
        if not claim.content.is_repost:
            return connection.publish(claim.content, handles)
        if claim.original is None:
            raise NotSent("its original is not known to be out")
        return connection.repost(claim.content, claim.original)

    def _timed(self, claim: Claim, started: datetime) -> Timing:
        """Return how late a request left and how long it took, now that it is over."""
        return Timing(started - claim.due, self._clock() - started)

    def look(self, doubt: Doubt, account: Account | None) -> None:
        """Look for an uncertain delivery among the account's own posts; None where the network has it no more."""
        steps.reached(steps.LOOK)
        found = self._look(doubt, account)
        steps.reached(steps.LOOK_ENDED)
        self._tell(LookedFor(doubt, found))

    def _look(self, doubt: Doubt, account: Account | None) -> Lookup:
        try:
            connection, fingerprint = self._doors.open(doubt.tried.account)
            # In another account's timeline the post is absent, which proves nothing.
            if fingerprint != doubt.confirmed and not (account and connection.whoami().is_called(account.handle)):
                return CannotTell("the credential is not known to be the account's")
            found = _looked_for(connection, doubt)
            _require(found, Lookup)
        except CrosspostError as error:
            return CannotTell(str(error))
        except Exception as error:  # noqa: BLE001 - a look-up that breaks proves nothing
            return CannotTell(f"the look-up broke: {type(error).__name__}")
        else:
            return found


def _looked_for(connection: Connection, doubt: Doubt) -> Lookup:
    if not doubt.content.is_repost:
        return connection.find_recent(doubt.content, doubt.began, doubt.known)
    if doubt.original is None:
        return CannotTell("its original is not known to be out")
    return connection.find_repost(doubt.content, doubt.original, doubt.began, doubt.known)


def _require(answer: object, kind: type | UnionType) -> None:
    """Make sure that an adapter has answered what the contract says; raises a TypeError where it has not."""
    if not isinstance(answer, kind):
        raise TypeError(f"an adapter answered {type(answer).__name__}")


def _defect(claim: Claim, error: Exception) -> str:
    """Log a defect of an adapter by its type alone: its text may hold a secret."""
    log.error("defect", delivery=claim.delivery, error=type(error).__name__)
    return f"the adapter broke: {type(error).__name__}; see its maintainer"

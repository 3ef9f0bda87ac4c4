"""What one sender does with one claim: prepare, ask, send once, tell. It runs in a thread and never touches SQL."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from types import UnionType
from typing import Protocol

from crosspost.adapter import Connection, DeliveryFailure, Lookup, Receipt, Rejected, Uncertain
from crosspost.adapter.contract import CannotTell
from crosspost.dispatch.messages import AccountTrouble, Begin, Confirmed, Failed, LookedFor, Message, Sent
from crosspost.domain.network import Account
from crosspost.errors import CrosspostError, StoreError
from crosspost.store.claims import Claim
from crosspost.store.lookups import Doubt
from crosspost.store.media import MediaStore

log = logging.getLogger("crosspost.dispatch")


class Opener(Protocol):
    """What opens accounts: `crosspost.plugins.Doors`, or a shipped fake."""

    def open(self, account: str) -> tuple[Connection, str]:
        """Return the account's connection and the fingerprint of its credential."""
        ...

    def close(self) -> None:
        """Let go of all connections."""
        ...


class Sender:
    """Carries out claims and look-ups; `tell` hands a message to the writer."""

    def __init__(
        self, doors: Opener, media: MediaStore, tell: Callable[[Message], None], clock: Callable[[], datetime]
    ) -> None:
        self._doors, self._media, self._tell, self._clock = doors, media, tell, clock

    def deliver(self, claim: Claim, account: Account) -> None:
        """Carry out a claim to its end, whatever happens: the writer hears exactly one outcome."""
        try:
            connection, fingerprint = self._doors.open(claim.account)
            if fingerprint != claim.confirmed and not self._confirmed(claim, account, connection, fingerprint):
                return
            handles = self._upload(claim, connection)
        except DeliveryFailure as failure:
            self._tell(Failed(claim, failure, begun=False))
        except StoreError as error:  # the media store has lost an image: this post's trouble, not the account's
            self._tell(Failed(claim, Rejected(str(error)), begun=False))
        except CrosspostError as error:
            self._tell(AccountTrouble(claim, str(error)))
        except Exception as error:  # noqa: BLE001 - a broken adapter stops its account, not the daemon
            self._tell(AccountTrouble(claim, _defect(claim, error)))
        else:
            begin = Begin(claim)
            self._tell(begin)
            if begin.answer.result():
                self._publish(claim, connection, handles)

    def _confirmed(self, claim: Claim, account: Account, connection: Connection, fingerprint: str) -> bool:
        """Ask the platform whose credential this is; say whether it is the account's."""
        identity = connection.whoami()
        if identity.is_called(account.handle):
            self._tell(Confirmed(claim.account, fingerprint, identity))
            return True
        why = f"the credential is {identity.handle}'s, and the account is {account.handle}: put the right one in place"
        self._tell(AccountTrouble(claim, why))
        return False

    def _upload(self, claim: Claim, connection: Connection) -> list[str]:
        return [connection.upload(medium, self._media.read(medium.sha256)) for medium in claim.content.media]

    def _publish(self, claim: Claim, connection: Connection, handles: list[str]) -> None:
        started = self._clock()
        try:
            receipt = connection.publish(claim.content, handles)
            _require(receipt, Receipt)
        except DeliveryFailure as failure:
            self._tell(Failed(claim, failure, begun=True))
        except Exception as error:  # noqa: BLE001 - whatever it is, the request may have left
            self._tell(Failed(claim, Uncertain(_defect(claim, error)), begun=True))
        else:
            self._tell(Sent(claim, receipt, started - claim.due))

    def look(self, doubt: Doubt, account: Account | None) -> None:
        """Look for an uncertain delivery among the account's own posts; None where the network has it no more."""
        self._tell(LookedFor(doubt, self._look(doubt, account)))

    def _look(self, doubt: Doubt, account: Account | None) -> Lookup:
        try:
            connection, fingerprint = self._doors.open(doubt.tried.account)
            # In another account's timeline the post is absent, which proves nothing.
            if fingerprint != doubt.confirmed and not (account and connection.whoami().is_called(account.handle)):
                return CannotTell("the credential is not known to be the account's")
            found = connection.find_recent(doubt.content, doubt.began, doubt.known)
            _require(found, Lookup)
        except CrosspostError as error:
            return CannotTell(str(error))
        except Exception as error:  # noqa: BLE001 - a look-up that breaks proves nothing
            return CannotTell(f"the look-up broke: {type(error).__name__}")
        else:
            return found


def _require(answer: object, kind: type | UnionType) -> None:
    """Make sure that an adapter has answered what the contract says; raises a TypeError where it has not."""
    if not isinstance(answer, kind):
        raise TypeError(f"an adapter answered {type(answer).__name__}")


def _defect(claim: Claim, error: Exception) -> str:
    """Log a defect of an adapter by its type alone: its text may hold a secret."""
    log.error("defect delivery=%s error=%s", claim.delivery, type(error).__name__)
    return f"the adapter broke: {type(error).__name__}; see its maintainer"

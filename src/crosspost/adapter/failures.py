"""How a try at a platform fails. Only the adapter decides which; nobody else reads a status code.

Three kinds, and each says whether the post may exist: `NotSent` (certainly not: try again), `Refused` (certainly not,
and trying again is no use), `Uncertain` (it may: look, never resend on a guess).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from crosspost.domain.text import legible
from crosspost.errors import CrosspostError


class Scope(StrEnum):
    """Whose trouble a failure is: one post's, one account's, or the whole app's."""

    POST = "post"
    ACCOUNT = "account"
    APP = "app"


class DeliveryFailure(CrosspostError):  # noqa: N818 - a failure of the platform, not an error of the program
    """One try at a platform failed. The message is redacted: it never holds a secret.

    `code` is the platform's own, `status` the HTTP status; either may be absent. `retry_at` (UTC) is set where the
    platform says when to come back.
    """

    may_exist: ClassVar[bool] = False
    scope: Scope = Scope.POST

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        status: int = 0,
        retry_at: datetime | None = None,
        scope: Scope | None = None,
    ) -> None:
        if retry_at is not None and retry_at.tzinfo is None:
            raise ValueError("an instant needs its offset")
        super().__init__(legible(message))
        self.code = legible(code)
        self.status = status
        self.retry_at = retry_at
        if scope is not None:
            self.scope = scope


class NotSent(DeliveryFailure):
    """Raised when the request certainly had no effect: refused connection, unknown host, TLS, a documented no."""

    scope = Scope.ACCOUNT


class RateLimited(NotSent):
    """Raised when the platform says "later"; `retry_at` says when, `scope` for whom."""


class UploadLost(NotSent):
    """Raised when the platform knows an uploaded medium no more: the post has not left, and the medium is sent anew."""


class Refused(DeliveryFailure):
    """Raised when the platform says no, and would say it again."""


class Rejected(Refused):
    """Raised when the words, the link or a medium are refused: an author must edit."""


class Duplicate(Rejected):
    """Raised when the account has said this already. After an uncertain attempt it is a reason to look."""


class Gone(Refused):
    """Raised when what is to be deleted is not there: deleted already, or never this account's, which is not told."""


class CredentialRefused(Refused):
    """Raised when the account's credential is expired, revoked, or lacks a right: a person must renew it."""

    scope = Scope.ACCOUNT


class AccountBlocked(Refused):
    """Raised when the platform stopped the account: a person must see to it there."""

    scope = Scope.ACCOUNT


class AppBlocked(Refused):
    """Raised when the whole app is stopped: no credit, app refused, a dead version of the interface."""

    scope = Scope.APP


class Uncertain(DeliveryFailure):
    """Raised when the request left and no verdict came back."""

    may_exist = True

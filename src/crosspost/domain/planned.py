"""What planning says should be sent, and what should not, each with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crosspost.domain.content import Content
from crosspost.domain.delivery import BlockKind, delivery_id
from crosspost.domain.schedule import Instant


class Reason(StrEnum):
    """Why a post is not planned for an account."""

    PAST = "past"
    NO_LANGUAGE = "no-language"
    SAME_TEXT = "same-text"
    OPTED_OUT = "opted-out"
    ACCOUNT = "account"
    ALREADY_SAID = "already-said"
    UNFIT = "unfit"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Origin:
    """Which layer gave a field: the owner, and the language and platform it was written for."""

    field: str
    owner: str
    language: str
    platform: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Why something planned may not leave as things stand, of a kind that follows from the plan alone."""

    kind: BlockKind
    why: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One post to one account, once: what, when, and where each field came from. A value: same input, same plan.

    `slot` is the language, or `*` where one post speaks for all. `length` and `limit` are in the platform's own unit.
    What has the higher `priority` goes first among all that is due.
    """

    campaign: str
    post: str
    account: str
    slot: str
    content: Content
    time: Instant
    expires: datetime
    length: int
    limit: int
    origins: tuple[Origin, ...]
    occurrence: str = ""
    priority: int = 0
    stops: tuple[Stop, ...] = ()

    @property
    def id(self) -> str:
        """The id of the delivery that this plans."""
        return delivery_id(self.campaign, self.post, self.account, self.slot, self.occurrence)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A post that an account will not say, and why. `slot` is "" where it is about every language."""

    campaign: str
    post: str
    account: str
    slot: str
    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a campaign will say, and all that it will not, in tree order."""

    planned: tuple[Planned, ...]
    skipped: tuple[Skipped, ...]

"""What planning says should be sent, and what should not, each with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from crosspost.domain.content import Content
from crosspost.domain.delivery import BlockKind, State, delivery_id, occasion, repeated_voices, voices
from crosspost.domain.schedule import Instant


class Reason(StrEnum):
    """Why a post is not planned for an account."""

    PAST = "past"
    NO_LANGUAGE = "no-language"
    SAME_TEXT = "same-text"
    OPTED_OUT = "opted-out"
    ACCOUNT = "account"
    ALREADY_SAID = "already-said"
    CLOSED = "closed"
    NO_ORIGINAL = "no-original"
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
    What has the higher `priority` goes first among all that is due. `because` says why it is a repost, or why its
    account says it itself now, where other accounts' words have decided that; else it is "". `moved` says in words what
    gave it another time than its post's, such as a closed day; "" where nothing did. It waits until `after`, another
    delivery, has been out for `delay`. `until` is the end of the pin by which alone it may be said, None where its
    words fit their source: then it expires, whatever moved its time.
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
    because: str = ""
    until: datetime | None = None
    moved: str = ""
    after: str = ""
    delay: timedelta = timedelta(0)

    @property
    def id(self) -> str:
        """The id of the delivery that this plans."""
        return delivery_id(self.campaign, self.post, self.account, self.slot, self.occurrence)

    @property
    def in_time(self) -> Planned:
        """The same, expiring when the pin ends by which alone it may be said."""
        return self if self.until is None or self.expires <= self.until else replace(self, expires=self.until)

    @property
    def occasion(self) -> str:
        """The time at which its post is said: the post, or one occurrence of it."""
        return occasion(self.post, self.occurrence)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the queue holds already of a delivery that is planned anew: its content and times, and how far it is.

    `because` is as in Planned. `lost` says why it is not out and will not be, as things stand: it has failed, has
    expired, was cancelled by a person, or is out and recalled; "" while it is none of these. `sent_at` is when it went
    out, None while nobody knows that it did. `is_stopped`: the plan
    before has stopped it, since it would have said the same as another.
    """

    content: Content
    time: Instant
    expires: datetime
    state: State
    because: str = ""
    lost: str = ""
    sent_at: datetime | None = None
    is_stopped: bool = False


def said_by(said: str, slot: str, content: Content) -> tuple[str, ...]:
    """Return the names of what a delivery says on an occasion: its words, and the languages in which it says it."""
    return (words_on(said, content), *voices(said, content.account, slot, content.languages))


def would_repeat(said: str, slot: str, content: Content) -> tuple[str, ...]:
    """Return the names that must not be out under another id: the same words, or the occasion in the same language."""
    return (words_on(said, content), *repeated_voices(said, content.account, slot, content.languages))


def words_on(said: str, content: Content) -> str:
    """Return the name of words on an occasion: a post that comes back says the same each time, and is meant to."""
    return f"{content.words} {said}" if "@" in said else content.words


@dataclass(frozen=True, slots=True)
class Skipped:
    """A post that an account will not say, and why.

    `slot` is "" where it is about every language, `occurrence` where it is about every time that the post is said.
    """

    campaign: str
    post: str
    account: str
    slot: str
    reason: Reason
    message: str
    occurrence: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a campaign will say, and all that it will not, in tree order."""

    planned: tuple[Planned, ...]
    skipped: tuple[Skipped, ...]

"""Campaigns as the centre writes them: posts, their texts in each language, facts, media."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from crosspost.domain.glossary import Term, Words
from crosspost.domain.hours import ClosedPolicy, Kind, QuietPolicy
from crosspost.domain.recurrence import Recurrence
from crosspost.domain.schedule import WallTime, at_instant, hour_of
from crosspost.domain.selection import Selection
from crosspost.domain.text import digest_of_text
from crosspost.domain.timing import Timing

#: What stands for "every language" or "every platform" where a field does not depend on it.
ANY = "*"

#: The fields of a post that owners may set. Alt text hangs on its medium, see `alt_of`.
TEXT = "text"
LINK = "link"
TIME = "time"
OPT_OUT = "opt-out"

#: The campaign column of posts that one mission sends on its own, and what their ids begin with instead.
NO_CAMPAIGN = "-"
SINGLE = "post"

#: How long after its own time a post may still leave.
DEFAULT_EXPIRES = timedelta(hours=4)

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


def is_identifier(text: str) -> bool:
    """Say whether the text may name a campaign, post or mission: small letters, digits, `-`, `_`, `.`."""
    return IDENTIFIER.fullmatch(text) is not None


def alt_of(sha256: str) -> str:
    """Return the field name of the alt text of a medium."""
    return f"alt:{sha256}"


@dataclass(frozen=True, slots=True)
class Variant:
    """One owner's value of one field of a post, for one language and perhaps one platform.

    The centre's texts and an embassy's overrides are both Variants; only the owner differs. `source` is the digest of
    the source's value that this one was made from; "" where the value is itself the source, or does not depend on it.
    `pinned`: until then (UTC) its owner stands by it whatever the source says.
    """

    owner: str
    field: str
    language: str
    platform: str
    value: str
    source: str = ""
    pinned: datetime | None = None

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What tells it from the other values of its post: owner, field, language, platform."""
        return (self.owner, self.field, self.language, self.platform)

    @property
    def is_words(self) -> bool:
        """Whether it is something that is said in words: a text, or the description of an image."""
        return self.field == TEXT or self.field.startswith("alt:")


@dataclass(frozen=True, slots=True)
class Medium:
    """An image of a post: what its bytes are (SHA-256, MIME type, size in bytes, pixels), and the file it came from."""

    sha256: str
    mime: str
    size: int
    width: int
    height: int
    file: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that is corrected in one place and used in many texts, kept as text with its type."""

    name: str
    type: str
    text: str

    @classmethod
    def of(cls, name: str, value: str | bool | float | date | datetime) -> Fact:  # noqa: FBT001 - a TOML value
        """Return the fact that holds a TOML value."""
        if isinstance(value, (date, datetime)):
            return cls(name, type(value).__name__, value.isoformat())
        if isinstance(value, bool):
            return cls(name, "text", str(value).lower())
        return cls(name, "number" if isinstance(value, (int, float)) else "text", str(value))

    @property
    def value(self) -> str | Decimal | date | datetime:
        """The value in its own type."""
        if self.type == "date":
            return date.fromisoformat(self.text)
        if self.type == "datetime":
            return datetime.fromisoformat(self.text)
        return Decimal(self.text) if self.type == "number" else self.text


@dataclass(frozen=True, slots=True)
class Post:
    """One thing to say, at one time, in several languages.

    `expires` counts from the post's own time. An embargo is one instant everywhere: nobody may move it. `closed` and
    `quiet` say what becomes of it on days and in hours at which a mission does not speak, `topics` which blackouts are
    about it. Where it comes back, `at` is its first time.
    """

    id: str
    at: Timing
    variants: tuple[Variant, ...]
    expires: timedelta = DEFAULT_EXPIRES
    embargo: bool = False
    media: tuple[Medium, ...] = ()
    kind: Kind = Kind.NEWS
    closed: ClosedPolicy = ClosedPolicy.IGNORE
    quiet: QuietPolicy = QuietPolicy.REVIEW
    topics: tuple[str, ...] = ()
    recurrence: Recurrence | None = None

    def languages(self) -> tuple[str, ...]:
        """Return the languages that the centre has texts in, in the order of the file."""
        return tuple(dict.fromkeys(v.language for v in self.variants if v.field == TEXT))

    def rushed(self, now: datetime) -> Post:
        """Return the post moved to now, whatever hour or day it is somewhere: somebody has asked for it."""
        closed, quiet = ClosedPolicy.IGNORE, QuietPolicy.IGNORE
        return replace(self, at=at_instant(now), closed=closed, quiet=quiet, recurrence=None)

    def timed_as(self, other: Post) -> Post:
        """Return the post with all that another one's time hangs on."""
        return replace(self, at=other.at, closed=other.closed, quiet=other.quiet, recurrence=other.recurrence)

    def words(self) -> Iterator[Words]:
        """Yield everything that the centre says in words: its texts and descriptions, each in its language."""
        return (Words(v.language, v.value) for v in self.variants if v.is_words)

    def source_of(self, field: str, source_language: str, platform: str = ANY) -> str | None:
        """Return what others' values of the field are made from, None where there is nothing: an opt-out has no source.

        It is the centre's words in the source language, its link, or its time: of a post that comes back the hour,
        since its days are its rule's.
        """
        if field == TIME:
            return hour_of(self.at) if self.recurrence and isinstance(self.at, WallTime) else str(self.at)
        language = ANY if field == LINK else source_language
        found = {v.platform: v.value for v in self.variants if (v.field, v.language) == (field, language)}
        return found.get(platform, found.get(ANY))

    def source_digest(self, field: str, source_language: str, platform: str = ANY) -> str:
        """Return the digest of what others' values of the field are made from; "" where there is no source."""
        value = self.source_of(field, source_language, platform)
        return digest_of_text(value) if value is not None else ""


class StalePolicy(StrEnum):
    """What becomes of a post whose text is stale while nobody has answered."""

    SKIP = "skip"  # it waits for an answer, and is not said without one
    FALLBACK = "fallback"  # it is said in the next language of the account that has a fresh text


class SameWords(StrEnum):
    """What becomes of accounts that would say the same, or nearly the same, on one platform."""

    REPOST = "repost"  # the first in tree order says it, and the others repost that
    OWN = "own"  # each says it itself
    BLOCK = "block"  # the first says it, and the others wait for words of their own


class LostPolicy(StrEnum):
    """What becomes of reposts whose original will not be out."""

    NEXT = "next"  # the next account in tree order says it itself, and the rest repost that
    WAIT = "wait"  # they wait for a person


#: How long after its original a repost is due at the earliest.
REPOST_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as queued. `source` is the language that the others are translated from; `require` must be there.

    `stale` says what happens to stale texts that nobody has answered for. `terms` are those of the glossary that its
    texts use, as they were agreed when it was queued. `same_words` says for a platform what becomes of accounts that
    would say the same, where that is not what the platform's adapter suggests; `lost` what becomes of reposts whose
    original is lost. A repost is due `repost_after` its original at the earliest, one under embargo with it.
    """

    id: str
    title: str
    source: str
    audience: Selection
    posts: tuple[Post, ...]
    owner: str = ""
    require: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    stale: StalePolicy = StalePolicy.SKIP
    terms: tuple[Term, ...] = ()
    same_words: tuple[tuple[str, SameWords], ...] = ()
    lost: LostPolicy = LostPolicy.NEXT
    repost_after: timedelta = REPOST_AFTER

    def post(self, post_id: str) -> Post | None:
        """Return the post of that id, if there is one."""
        return next((post for post in self.posts if post.id == post_id), None)

    @property
    def comes_back(self) -> bool:
        """Whether any of its posts comes back: then it is planned on as time goes by."""
        return any(post.recurrence for post in self.posts)

    def media(self) -> Iterator[Medium]:
        """Yield every medium of every post."""
        return (medium for post in self.posts for medium in post.media)

    def rushed(self, now: datetime) -> Campaign:
        """Return the campaign with every post moved to now, which is what `--now` asks for; reposts follow at once."""
        posts = tuple(post.rushed(now) for post in self.posts)
        return replace(self, posts=posts, repost_after=timedelta(0))

"""What an adapter is, and the values that pass through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from crosspost.adapter.failures import Scope
from crosspost.domain.content import Content, ContentMedium
from crosspost.domain.text import legible


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit that is known beforehand: at most so many posts begun in any stretch of time of this length.

    `scope` says who shares it: each account has one of its own, or all accounts of the app have one together.
    """

    scope: Scope
    per: timedelta
    most: int

    def __post_init__(self) -> None:
        """Refuse what cannot be kept."""
        if self.scope is Scope.POST or self.most < 1 or self.per < timedelta(seconds=1) or self.per.microseconds:
            raise ValueError("a budget is an account's or an app's, of 1 or more in whole seconds")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform takes. Sizes are in bytes, lengths in the platform's own `unit`; 0 means "none".

    `upload_keeps` is how long the handle of an upload can be published, on any connection of the account; without it
    media are uploaded when the post leaves and not before. `can_repost`: an account can pass on what another has
    said, as that one's words. `one_voice`: the platform forbids the same words on several accounts of one owner.
    """

    text_limit: int
    unit: str
    media_limit: int = 0
    media_types: frozenset[str] = frozenset()
    media_bytes: int = 0
    alt_limit: int = 0
    link_required: bool = False
    can_delete: bool = True
    budgets: tuple[Budget, ...] = ()
    upload_keeps: timedelta = timedelta(0)
    can_repost: bool = False
    one_voice: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason why the platform would refuse a content, known without asking it."""

    rule: str
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose credential it is, as the platform says. `handle` is without the `@`; `aliases` serve equally well."""

    id: str
    handle: str
    name: str = ""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Keep what a database takes of what a platform calls itself."""
        for name in ("id", "handle", "name"):
            object.__setattr__(self, name, legible(getattr(self, name)))

    def is_called(self, handle: str) -> bool:
        """Say whether this is the account of that handle, which may be written with or without its `@`."""
        wanted = handle.removeprefix("@").casefold()
        return bool(wanted) and wanted in {n.removeprefix("@").casefold() for n in (self.handle, *self.aliases)}


@dataclass(frozen=True, slots=True)
class Rest:
    """A platform has taken a post, and wants a rest before the next: whose, until when (UTC), and why, in words."""

    scope: Scope
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform gave back: the post's id there, its address, when (UTC), and the rest that it wants, if any."""

    remote_id: str
    url: str
    at: datetime
    rest: Rest | None = None

    def __post_init__(self) -> None:
        """Refuse what would be no evidence."""
        if not self.remote_id or self.at.tzinfo is None:
            raise ValueError("a receipt needs the post's id, and an instant with its offset")
        if legible(self.remote_id) != self.remote_id:
            raise ValueError("the post's id holds characters that are none")
        object.__setattr__(self, "url", legible(self.url))


@dataclass(frozen=True, slots=True)
class Original:
    """The post that a repost passes on: its id on the platform and its address, as its receipt gave them."""

    remote_id: str
    url: str

    def __post_init__(self) -> None:
        """Refuse what names no post."""
        if not self.remote_id:
            raise ValueError("an original needs the post's id")


@dataclass(frozen=True, slots=True)
class Found:
    """A look-up found the post."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Absent:
    """A look-up proved that the post is not there. `proof` names the document that makes it one.

    Of a repost it may also mean that asking for it again makes no second one (see `Connection.find_repost`).
    """

    proof: str


@dataclass(frozen=True, slots=True)
class CannotTell:
    """A look-up proved nothing, as an empty list does where listings lag."""

    reason: str

    def __post_init__(self) -> None:
        """Keep what a database takes of a reason, which may be the platform's own words."""
        object.__setattr__(self, "reason", legible(self.reason))


Lookup = Found | Absent | CannotTell


@dataclass(frozen=True, slots=True)
class Access:
    """Where a platform is and what opens it: the app's and the account's secrets by name, which no repr shows.

    `timeout` is in seconds and bounds each request from connecting to the last byte of the answer.
    """

    base_url: str
    app: Mapping[str, str] = field(repr=False)
    account: Mapping[str, str] = field(repr=False)
    timeout: float = 20.0


@runtime_checkable
class Connection(Protocol):
    """One account's way in. Used by one thread at a time; every method raises a `DeliveryFailure` when it fails."""

    def whoami(self) -> Identity:
        """Ask the platform whose credential this is."""
        ...

    def upload(self, medium: ContentMedium, data: bytes) -> str:
        """Upload a medium and return its handle for `publish`. Safe to repeat, and may be done long before."""
        ...

    def describe(self, handle: str, medium: ContentMedium) -> None:
        """Tell the platform the alt text of what was uploaded, unless `upload` has told it. Safe to repeat."""
        ...

    def publish(self, content: Content, handles: Sequence[str]) -> Receipt:
        """Send the content with exactly one creating request, which is never repeated here."""
        ...

    def find_recent(self, content: Content, since: datetime, known: frozenset[str]) -> Lookup:
        """Look for the content among the account's own posts since then, passing over the remote ids in `known`.

        Of several that say it the oldest is meant: the later ones may be those of deliveries that left later. `Absent`
        wants a proof that holds on: also for a request that had left before and comes to the platform only now.
        """
        ...

    def repost(self, content: Content, original: Original) -> Receipt:
        """Pass the original on with exactly one creating request, which is never repeated here.

        The content's words are the original's: none of them is sent. Called only where the platform `can_repost`.
        "You have reposted this already" is evidence: a receipt, and no failure. An original that is not there (any
        more) is `Rejected`. The receipt's id is the same however often one account reposts one post, or else that of
        this one repost; it is never the original's own, and `delete` tells by it that a repost is to be undone.
        """
        ...

    def find_repost(self, content: Content, original: Original, since: datetime, known: frozenset[str]) -> Lookup:
        """Look for the repost of the original among what the account has out since then, but for ids in `known`.

        `Absent` is also the answer where it is not found and the platform documents that asking for it again makes no
        second one: then `proof` names that document.
        """
        ...

    def delete(self, remote_id: str) -> None:
        """Take a post back, or undo a repost; the id says which.

        Safe to repeat: what is gone already is deleted, or `Gone` where that cannot be told.
        """
        ...

    def warm(self) -> None:
        """Open the way to the platform, so that the next request need not. Nothing is asked; may do nothing."""
        ...

    def close(self) -> None:
        """Let go of sockets."""
        ...


@runtime_checkable
class Adapter(Protocol):
    """The one piece that knows a platform. Made without arguments, without input or output; `connect` opens it."""

    #: The name in account ids and files (`twitter`), and the one that people read (`X (Twitter)`).
    name: str
    title: str
    #: Where the platform is; the mode decides whether it may be used.
    base_url: str
    #: The names of the secrets that the app and each account need; those with `?` at the end may be absent.
    app_keys: tuple[str, ...]
    account_keys: tuple[str, ...]
    #: Empty, or in what way this is not the real thing.
    stub: str

    @property
    def capabilities(self) -> Capabilities:
        """What the platform takes."""
        ...

    def wording(self, content: Content) -> str:
        """Return the words as the account will show them, the link among them where the platform wants it so."""
        ...

    def measure(self, content: Content) -> int:
        """Return the length of the wording in the platform's own unit."""
        ...

    def check(self, content: Content) -> Sequence[Problem]:
        """Return every reason why the platform would refuse the content; pure, without asking it."""
        ...

    def post_id(self, url: str) -> str:
        """Return the id of the post at an address that a person has copied, as a receipt says it; "" where it is none.

        What a receipt's own address gives is that receipt's id.
        """
        ...

    def repost_id(self, url: str, original: Original) -> str:
        """Return the id of an account's repost of the original, from an address that a person has copied.

        That is the repost's own address; where the platform gives a repost none, the original's serves as well. "" for
        any other. Called only where the platform `can_repost`.
        """
        ...

    def connect(self, access: Access) -> Connection:
        """Return a connection; nothing is asked of the platform yet."""
        ...

"""What an adapter is, and the values that pass through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from crosspost.domain.content import Content, ContentMedium


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform takes. Sizes are in bytes, lengths in the platform's own `unit`; 0 means "none"."""

    text_limit: int
    unit: str
    media_limit: int = 0
    media_types: frozenset[str] = frozenset()
    media_bytes: int = 0
    alt_limit: int = 0
    link_required: bool = False
    can_delete: bool = True


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

    def is_called(self, handle: str) -> bool:
        """Say whether this is the account of that handle, which may be written with or without its `@`."""
        wanted = handle.removeprefix("@").casefold()
        return bool(wanted) and wanted in {n.removeprefix("@").casefold() for n in (self.handle, *self.aliases)}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform gave back: the post's id there, its address, and when (UTC)."""

    remote_id: str
    url: str
    at: datetime

    def __post_init__(self) -> None:
        """Refuse what would be no evidence."""
        if not self.remote_id or self.at.tzinfo is None:
            raise ValueError("a receipt needs the post's id, and an instant with its offset")


@dataclass(frozen=True, slots=True)
class Found:
    """A look-up found the post."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Absent:
    """A look-up proved that the post is not there. `proof` names the document that makes it one."""

    proof: str


@dataclass(frozen=True, slots=True)
class CannotTell:
    """A look-up proved nothing, as an empty list does where listings lag."""

    reason: str


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
        """Upload a medium with its alt text and return its handle for `publish`. Safe to repeat."""
        ...

    def publish(self, content: Content, handles: Sequence[str]) -> Receipt:
        """Send the content with exactly one creating request, which is never repeated here."""
        ...

    def find_recent(self, content: Content, since: datetime, known: frozenset[str]) -> Lookup:
        """Look for the content among the account's own posts since then, passing over the remote ids in `known`."""
        ...

    def delete(self, remote_id: str) -> None:
        """Take a post back."""
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

    def connect(self, access: Access) -> Connection:
        """Return a connection; nothing is asked of the platform yet."""
        ...

"""How a platform talks, as far as the contract tests need to know it: a subclass for each adapter under test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from crosspost.adapter import Access, Adapter, Content, ContentMedium, Original
from crosspost.testing.scripted import Arrived, Reply


class Dialect(Protocol):
    """What the platform of the adapter under test says, in its own form, when asked in each way.

    Secrets in `access` must be longer than six characters, each unlike all that the platform says by itself.
    """

    adapter: Adapter

    def access(self, base_url: str, timeout: float) -> Access:
        """Return what opens one account at that address."""
        ...

    def content(self, text: str, media: tuple[ContentMedium, ...] = ()) -> Content:
        """Return a content with that text that passes the adapter's check, with a link if it wants one."""
        ...

    def identity(self, handle: str) -> Sequence[Reply]:
        """Return the answers to `whoami` for an account of that handle, one for each request it makes."""
        ...

    def uploaded(self) -> Sequence[Reply]:
        """Return the answers to `upload` and then `describe`, with alt text; empty where nothing is asked for them."""
        ...

    def published(self) -> Reply:
        """Return the answer to the creating request."""
        ...

    def deleted(self) -> Reply:
        """Return the answer to a deletion."""
        ...

    def gone(self) -> Reply:
        """Return the answer to the deletion of a post that is not there."""
        ...

    def listing(self, text: str, at: datetime) -> Sequence[Reply]:
        """Return the answers to `find_recent` on a new connection: one post, with the text as the platform shows it."""
        ...

    def empty_listing(self) -> Sequence[Reply]:
        """Return the answers to `find_recent` on a new connection, when there is no post."""
        ...

    def creates(self, request: Arrived) -> bool:
        """Say whether a request creates a post."""
        ...

    def words(self, request: Arrived) -> str:
        """Return the words that a creating request carries."""
        ...

    def refusal(self, message: str) -> Reply:
        """Return a definite no to words or media, with that message."""
        ...

    def unauthorized(self, message: str) -> Reply:
        """Return what a credential gets that no longer serves, with that message."""
        ...

    def duplicate(self) -> Reply:
        """Return what a text gets that the account has said already."""
        ...

    def blocked(self) -> Reply:
        """Return what an account gets that the platform stopped."""
        ...

    def too_many(self, seconds: int | None) -> Reply | None:
        """Return what one request too many gets, with when to come back, or without; None if it cannot be so said."""
        ...


@runtime_checkable
class RepostDialect(Protocol):
    """What the platform says besides, where its adapter's capabilities say that it can repost."""

    def original(self) -> Original:
        """Return a post that might be reposted, as its receipt gave it."""
        ...

    def before_repost(self) -> Sequence[Reply]:
        """Return the answers to what a new connection asks before it reposts, finds or undoes a repost."""
        ...

    def reposted(self) -> Reply:
        """Return the answer to the creating request of a repost."""
        ...

    def reposted_already(self) -> Sequence[Reply]:
        """Return each answer that a second repost is known to get; empty where the platform reposts again."""
        ...

    def original_gone(self) -> Sequence[Reply]:
        """Return each answer that the repost of a post is known to get that is not there."""
        ...

    def repost_listing(self, original: Original, at: datetime) -> Sequence[Reply]:
        """Return the answers to `find_repost`, after those before: one repost, of that original."""
        ...

    def nothing_listed(self) -> Sequence[Reply]:
        """Return the answers to `find_repost`, after those before, when the account has said nothing."""
        ...

    def undone(self) -> Reply:
        """Return the answer where a repost is undone."""
        ...

    def nothing_to_undo(self) -> Reply:
        """Return the answer where a repost is to be undone that is not there."""
        ...

    def reposts(self, request: Arrived) -> bool:
        """Say whether a request creates a repost."""
        ...

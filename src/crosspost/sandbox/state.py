"""One sandbox: its platforms, what they published, who lives there, and how they misbehave."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crosspost.sandbox.facebook import Facebook
from crosspost.sandbox.faults import Faults
from crosspost.sandbox.journal import Journal
from crosspost.sandbox.ledger import Ledger
from crosspost.sandbox.published import Published
from crosspost.sandbox.routes import Platform, World
from crosspost.sandbox.shelf import Shelf
from crosspost.sandbox.town import Town
from crosspost.sandbox.twitter import Twitter
from crosspost.sandbox.weibo import BOUND_DOMAINS, Weibo

#: Requests that are remembered.
_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Request:
    """A request that a platform of the sandbox received, read to its end; `account` is "" where no token was known."""

    platform: str
    method: str
    path: str
    account: str


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class Sandbox:
    """All there is to a sandbox but the server. `requests` are those that the platforms received, oldest first.

    `clock` says what time it is there. Without `limits`, rate limits are told but do not bite. With `repeats`, the
    same words are taken twice, which would otherwise hide a double post. With `one_voice`, X does not take the same
    words from two accounts: X forbids it, and documents no answer to it; here it is the one to automation.
    """

    def __init__(
        self,
        town: Town,
        *,
        journal: Path | None = None,
        clock: Callable[[], datetime] = utc_now,
        limits: bool = True,
        repeats: bool = False,
        one_voice: bool = False,
    ) -> None:
        self.town = town
        self.clock = clock
        self.faults = Faults()
        self.requests: deque[Request] = deque(maxlen=_REMEMBERED)
        self._journal = Journal(journal) if journal else None
        self.ledger = Ledger(self._journal)
        self.shelf = Shelf(journal.with_suffix(".media") if journal else None)
        world = World(town, self.ledger, self.shelf, limits, repeats, one_voice)
        self.platforms: tuple[Platform, ...] = (Twitter(world), Facebook(world), Weibo(world, BOUND_DOMAINS))

    def posts(self, root: str, platform: str = "", account: str = "") -> list[dict[str, Any]]:
        """Return what was published, in the order of acceptance, as plain values for JSON."""
        return [
            _plain(post, root)
            for post in self.ledger.posts()
            if platform in {"", post.platform} and account in {"", post.account}
        ]

    def reset(self) -> None:
        """Begin anew: no posts, no uploads, no faults, all budgets full; the town is read again."""
        self.ledger.clear()
        self.shelf.clear()
        self.faults.clear()
        self.requests.clear()
        self.town.look_again()
        for platform in self.platforms:
            platform.clear()

    def close(self) -> None:
        """Close the journal."""
        if self._journal:
            self._journal.close()


def _plain(post: Published, root: str) -> dict[str, Any]:
    return {
        "platform": post.platform,
        "account": post.account,
        "handle": post.handle,
        "id": post.id,
        "text": post.text,
        "link": post.link,
        "media": [{"sha256": p.sha256, "alt": p.alt, "mime": p.mime} for p in post.media],
        "created_at": post.created_at.isoformat(),
        "url": f"{root}{post.path}",
        "listed": post.listed,
        "deleted": post.deleted,
        "repost_of": post.repost_of,
    }

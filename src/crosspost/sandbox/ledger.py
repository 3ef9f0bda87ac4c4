"""What was published: every post that a platform of the sandbox accepted, in memory and perhaps in a journal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from crosspost.sandbox.journal import Journal
from crosspost.sandbox.published import Published

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


class Ledger:
    """All that was published, by account in order of time. Touched by the server's one thread; others only read."""

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal
        self._posts: dict[tuple[str, str], Published] = {}
        self._by_account: dict[str, list[str]] = {}
        self._said: dict[tuple[str, str], Published] = {}
        self._alike: dict[tuple[str, str], list[str]] = {}
        self._reposts: dict[tuple[str, str], list[str]] = {}
        for post in journal.load() if journal else ():
            self._keep(post)

    def publish(self, post: Published) -> None:
        """Keep a new post."""
        self._keep(post)
        if self._journal:
            self._journal.published(post)

    def delete(self, post: Published) -> None:
        """Mark a post as deleted; it stays in the ledger, and leaves the account."""
        self._posts[post.platform, post.id] = replace(post, deleted=True)
        if self._journal:
            self._journal.deleted(post)

    def post(self, platform: str, post_id: str) -> Published | None:
        """Return the post of that id, whether deleted or not."""
        return self._posts.get((platform, post_id))

    def has_said(self, account: str, text: str) -> bool:
        """Say whether the text already stands on the account, white space and normal form apart."""
        post = self._said.get((account, _folded(text)))
        return post is not None and not self._posts[post.platform, post.id].deleted

    def others_said(self, platform: str, account: str, text: str) -> bool:
        """Say whether the same letters stand on another account of the platform, addresses and signs apart."""
        posts = (self._posts[platform, post_id] for post_id in self._alike.get((platform, _letters(text)), []))
        return any(post.account != account and not post.deleted for post in posts)

    def reposts(self, original: Published) -> list[Published]:
        """Return the reposts of a post that stand, oldest first."""
        platform = original.platform
        made = (self._posts[platform, post_id] for post_id in self._reposts.get((platform, original.id), []))
        return [post for post in made if not post.deleted]

    def repost(self, original: Published, account: str) -> Published | None:
        """Return the account's repost of a post; None where it has none that stands."""
        return next((post for post in self.reposts(original) if post.account == account), None)

    def posts(self) -> list[Published]:
        """Return every post in the order of acceptance, the deleted ones too."""
        return list(self._posts.values())

    def newest(self, count: int) -> list[Published]:
        """Return the newest posts, last first."""
        return list(islice(reversed(self.posts()), count))

    def timeline(self, platform: str, account: str, until: datetime) -> Iterator[Published]:
        """Yield what stands on an account, newest first, as a listing shows it that knows nothing after `until`."""
        for post_id in reversed(self._by_account.get(account, [])):
            post = self._posts[platform, post_id]
            if post.listed and not post.deleted and post.created_at <= until:
                yield post

    def of_account(self, platform: str, account: str) -> list[Published]:
        """Return all posts of an account, newest first, the deleted ones too."""
        return [self._posts[platform, post_id] for post_id in reversed(self._by_account.get(account, []))]

    def clear(self) -> None:
        """Forget everything, the journal included."""
        self._posts.clear()
        self._by_account.clear()
        self._said.clear()
        self._alike.clear()
        self._reposts.clear()
        if self._journal:
            self._journal.clear()

    def _keep(self, post: Published) -> None:
        self._posts[post.platform, post.id] = post
        self._by_account.setdefault(post.account, []).append(post.id)
        if post.repost_of:
            self._reposts.setdefault((post.platform, post.repost_of), []).append(post.id)
            return
        self._said[post.account, _folded(post.text)] = post
        letters = _letters(post.text)
        if letters:
            self._alike.setdefault((post.platform, letters), []).append(post.id)


def _letters(text: str) -> str:
    bare = unicodedata.normalize("NFKC", _ADDRESS.sub("", text)).casefold()
    return "".join(character for character in bare if character.isalnum())


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())

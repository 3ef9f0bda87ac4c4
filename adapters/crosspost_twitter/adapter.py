"""What X takes, and how it counts."""

from __future__ import annotations

from collections.abc import Sequence

from crosspost.adapter import Access, Capabilities, Connection, Content, Problem
from crosspost.adapter.fit import unfit
from crosspost.adapter.words import with_link
from crosspost_twitter.length import weighted_length

#: Animated images go another way (a job that X works off), so GIF is not among the types.
_CAPABILITIES = Capabilities(
    text_limit=280,
    unit="weighted characters",
    media_limit=4,
    media_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
    media_bytes=5 * 1024 * 1024,
    alt_limit=1000,
)

#: Characters that X refuses wherever they stand.
_FORBIDDEN = ("\ufffe", "\ufeff", "\uffff")


class TwitterAdapter:
    """X (Twitter), API v2."""

    name = "twitter"
    title = "X (Twitter)"
    base_url = "https://api.x.com"
    app_keys: tuple[str, ...] = ("consumer_key", "consumer_secret")
    account_keys: tuple[str, ...] = ("access_token?", "access_token_secret?", "bearer_token?")
    stub = ""

    @property
    def capabilities(self) -> Capabilities:
        """Four images, 280 weighted characters."""
        return _CAPABILITIES

    def wording(self, content: Content) -> str:
        """Return the text in NFC, the link in a line of its own unless the text holds it."""
        return with_link(content.text, content.link)

    def measure(self, content: Content) -> int:
        """Return X's weighted length: most letters 1, CJK and emoji 2, every address 23."""
        return weighted_length(self.wording(content))

    def check(self, content: Content) -> Sequence[Problem]:
        """Return why X would refuse the content."""
        problems = unfit(content, _CAPABILITIES, self.measure(content))
        if any(character in content.text for character in _FORBIDDEN):
            problems.append(
                Problem(
                    "text-characters",
                    "the text holds a character that X refuses (U+FEFF, U+FFFE or U+FFFF)",
                    "delete it",
                )
            )
        return problems

    def connect(self, access: Access) -> Connection:
        """Return a connection; tweepy is imported now."""
        from crosspost_twitter.connection import TwitterConnection

        return TwitterConnection(access)

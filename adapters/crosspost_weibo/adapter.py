"""What Weibo's share endpoint takes, and how Weibo counts. A stub: see README.md."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from crosspost.adapter import Access, Capabilities, Connection, Content, Original, Problem
from crosspost.adapter.addresses import last_step
from crosspost.adapter.fit import unfit
from crosspost.adapter.words import with_link

_CAPABILITIES = Capabilities(
    text_limit=140,
    unit="characters (ASCII counts half)",
    media_limit=1,
    media_types=frozenset({"image/jpeg", "image/png", "image/gif"}),
    media_bytes=5 * 1024 * 1024,
    alt_limit=0,
    link_required=True,
    # No upload of its own (the picture goes with the words), and no budget: Weibo documents hourly quotas by the level
    # of the app, and no number of posts.
)

_ADDRESS = re.compile(r"https?://\S+")
_TOPIC = re.compile(r"#[^#\n]+#")


class WeiboAdapter:
    """Weibo's share endpoint, with its rules, against an imitation on this machine."""

    name = "weibo"
    title = "Weibo"
    base_url = "https://api.weibo.com"
    app_keys: tuple[str, ...] = ()
    account_keys: tuple[str, ...] = ("access_token",)
    stub = "speaks to the sandbox alone; a real one needs an app that Weibo has reviewed (see the adapter's README)"

    @property
    def capabilities(self) -> Capabilities:
        """One picture, no alt text, 140 characters, a link."""
        return _CAPABILITIES

    def wording(self, content: Content) -> str:
        """Return the text in NFC with the link in it."""
        return with_link(content.text, content.link, " ")

    def measure(self, content: Content) -> int:
        """Return the length: ASCII characters count half, all others whole; a link counts in full."""
        return math.ceil(sum(0.5 if ord(character) < 128 else 1 for character in self.wording(content)))

    def check(self, content: Content) -> Sequence[Problem]:
        """Return why Weibo would refuse the content. Whether the link's domain is the app's own, only Weibo knows."""
        problems = unfit(content, _CAPABILITIES, self.measure(content))
        if _TOPIC.search(_ADDRESS.sub("", content.text)):
            problems.append(
                Problem("topic", "Weibo's share endpoint takes no #topic#", "take the second # away, or the topic out")
            )
        return problems

    def post_id(self, url: str) -> str:
        """Return the last part of the address."""
        return last_step(url)

    def repost_id(self, url: str, original: Original) -> str:  # noqa: ARG002 - there is nothing to look for
        """Return nothing: the share endpoint knows no reposts."""
        return ""

    def connect(self, access: Access) -> Connection:
        """Return a connection; `requests` is imported now.

        Raises:
            ConfigurationError: the address is not this machine's: a stub does not speak for a ministry.
        """
        from crosspost_weibo.connection import WeiboConnection

        return WeiboConnection(access, self.wording)

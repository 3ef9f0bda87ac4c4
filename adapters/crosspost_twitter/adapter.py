"""What X takes, and how it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from crosspost.adapter import Access, Budget, Capabilities, Connection, Content, Original, Problem, Scope
from crosspost.adapter.addresses import steps
from crosspost.adapter.fit import unfit
from crosspost.adapter.words import with_link
from crosspost_twitter.length import weighted_length
from crosspost_twitter.reposts import repost_id, reposted_post

#: What X documents for `POST /2/tweets` (docs.x.com, x-api/fundamentals/rate-limits, August 2026). Contracts differ,
#: and so does another page of the same documents: `[platforms.twitter] budgets` says what holds for this app.
_BUDGETS = (
    Budget(Scope.ACCOUNT, timedelta(minutes=15), 100),
    Budget(Scope.APP, timedelta(hours=24), 10_000),
)

#: An uploaded image lasts for a day (`expires_after_secs`); an hour of it is left for clocks that differ.
_KEEPS = timedelta(hours=23)

#: Animated images go another way (a job that X works off), so GIF is not among the types.
_CAPABILITIES = Capabilities(
    text_limit=280,
    unit="weighted characters",
    media_limit=4,
    media_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
    media_bytes=5 * 1024 * 1024,
    alt_limit=1000,
    budgets=_BUDGETS,
    upload_keeps=_KEEPS,
    can_repost=True,
    one_voice=True,
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
        """Four images, 280 weighted characters; reposts, and no words twice on accounts of one owner."""
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

    def post_id(self, url: str) -> str:
        """Return the number after `/status/`, whatever stands behind it (`/photo/1`), else one that stands last.

        Behind the address of a post, `/retweets` is the list of those who reposted it: a repost's own address.
        """
        path = steps(url)
        after = path[path.index("status") + 1 :] if "status" in path else path[-1:]
        if not (after and after[0].isdecimal()):
            return ""
        return repost_id(after[0]) if after[1:2] == ["retweets"] else after[0]

    def repost_id(self, url: str, original: Original) -> str:
        """Return the repost's id: a browser that shows it has the original's address, or that of its reposts."""
        post = reposted_post(original.remote_id) or original.remote_id
        return repost_id(post) if self.post_id(url) in {post, repost_id(post)} else ""

    def connect(self, access: Access) -> Connection:
        """Return a connection; tweepy is imported now."""
        from crosspost_twitter.connection import TwitterConnection

        return TwitterConnection(access)

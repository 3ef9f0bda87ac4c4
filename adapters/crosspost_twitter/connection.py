"""One account's way into X, through tweepy's `Client`.

tweepy has no timeout, no other host than its own, and writes tokens into its debug log; its session is replaced by one
of ours, its loggers are held above DEBUG, and what became of a request is read from the session, not from what tweepy
makes of it. `wait_on_rate_limit` is never used: it sleeps in the calling thread, for up to a day.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
import tweepy

from crosspost.adapter import (
    Absent,
    Access,
    CannotTell,
    Content,
    ContentMedium,
    Found,
    Identity,
    Lookup,
    Original,
    Receipt,
    Rejected,
)
from crosspost.adapter.http import Answer, PlatformSession, Step, answer_of, is_loopback, not_understood
from crosspost.adapter.secrets import Redaction, secret
from crosspost.adapter.words import with_link
from crosspost.errors import ConfigurationError
from crosspost_twitter import reposts
from crosspost_twitter.refusals import refusal, wanted_rest
from crosspost_twitter.shown import shows

#: The loggers that write headers or signatures at DEBUG.
_TALKATIVE = (
    "tweepy.client",
    "oauthlib.oauth1.rfc5849",
    "requests_oauthlib.oauth1_auth",
    "requests_oauthlib.oauth1_session",
)

#: Pages of 100 posts that a look-up reads, and how far this machine's clock may be ahead of X's.
_PAGES, _SKEW = 5, timedelta(seconds=60)
_FIELDS = ["created_at", "entities", "attachments", "referenced_tweets"]


class TwitterConnection:
    """An account of X. Every method may raise any `DeliveryFailure`, redacted."""

    def __init__(self, access: Access) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.INFO)
        self._redact = Redaction([*access.app.values(), *access.account.values()])
        self._client, self._signs = _client(access)
        self._session = PlatformSession(access.base_url, access.timeout)
        self._client.session = self._session
        self._site = access.base_url.rstrip("/") if is_loopback(access.base_url) else "https://x.com"
        self._number = reposts.own_number(access.account.get("access_token", ""))
        self._me: Identity | None = None

    def whoami(self) -> Identity:
        """Ask X whose token this is."""
        answer = self._ask(Step.ASK, lambda: self._client.get_me(user_auth=self._signs))
        me = _data(answer)
        if not (me.get("id") and me.get("username")):
            raise not_understood(answer, Step.ASK)
        self._me = Identity(str(me["id"]), str(me["username"]), str(me.get("name", "")))
        return self._me

    def upload(self, medium: ContentMedium, data: bytes) -> str:
        """Upload an image; `describe` tells its alt text."""
        image = {
            "media": base64.b64encode(data).decode("ascii"),
            "media_category": "tweet_image",
            "media_type": medium.mime,
        }
        answer = self._post("/2/media/upload", image)
        media_id = str(_data(answer).get("id") or "")
        if not media_id:
            raise not_understood(answer, Step.UPLOAD)
        return media_id

    def describe(self, handle: str, medium: ContentMedium) -> None:
        """Tell X the alt text of an uploaded image; an image without one is not described."""
        if medium.alt:
            told = {"id": handle, "metadata": {"alt_text": {"text": medium.alt}}}
            answer = self._post("/2/media/metadata", told)
            if not _data(answer):
                raise not_understood(answer, Step.UPLOAD)

    def publish(self, content: Content, handles: Sequence[str]) -> Receipt:
        """Create the post with one request."""
        # An empty text is no text: X wants the field left out where images speak alone.
        words = _wording(content) or None
        media = list(handles) or None
        answer = self._ask(
            Step.CREATE, lambda: self._client.create_tweet(text=words, media_ids=media, user_auth=self._signs)
        )
        post_id = str(_data(answer).get("id") or "")
        if not post_id:
            raise not_understood(answer, Step.CREATE)
        return replace(self._receipt(post_id, datetime.now(UTC)), rest=wanted_rest(answer.headers))

    def find_recent(self, content: Content, since: datetime, known: frozenset[str]) -> Lookup:
        """Look among the account's own posts; X documents no delay after which an absent post is proved absent."""
        owner = self._me or self.whoami()
        wording = _wording(content)
        oldest: Found | None = None
        for post in self._posts(owner.id, since - _SKEW):
            post_id = str(post.get("id") or "")
            if post_id and post_id not in known and shows(post, wording, content):
                oldest = Found(self._receipt(post_id, _moment(post)))
        return oldest or CannotTell("X does not list it among the account's posts, which proves nothing: its lists lag")

    def repost(self, content: Content, original: Original) -> Receipt:  # noqa: ARG002 - no word is sent
        """Repost with one request. That the account has done so before is as good, and X says it."""
        post_id = _post_id(original)
        path = f"/2/users/{self._own_number()}/retweets"
        answer = answer_of(self._session, Step.REPOST, lambda: self._make("POST", path, json={"tweet_id": post_id}))
        if reposts.is_not_there(answer):
            raise Rejected(f"X does not know the original ({post_id}): deleted, perhaps", status=answer.status)
        if not reposts.is_done_already(answer):
            self._check(answer, Step.REPOST)
            if _data(answer).get("retweeted") is not True:
                raise not_understood(answer, Step.REPOST)
        return replace(self._repost_receipt(original, datetime.now(UTC)), rest=wanted_rest(answer.headers))

    def find_repost(
        self,
        content: Content,  # noqa: ARG002 - the original says it all
        original: Original,
        since: datetime,
        known: frozenset[str],
    ) -> Lookup:
        """Look among the account's own posts. Where it is not among them, asking again makes no second one."""
        post_id = _post_id(original)
        if reposts.repost_id(post_id) in known:
            return CannotTell("the account's repost of this post is known already, and it has but one")
        for post in self._posts(self._own_number(), since - _SKEW):
            if reposts.passes_on(post, post_id):
                return Found(self._repost_receipt(original, _moment(post)))
        return Absent(reposts.NO_SECOND)

    def delete(self, remote_id: str) -> None:
        """Delete the post, or undo the repost; one that is gone already is deleted."""
        original = reposts.reposted_post(remote_id)
        if original:
            self._undo_repost(original)
            return
        answer = answer_of(
            self._session, Step.DELETE, lambda: self._client.delete_tweet(remote_id, user_auth=self._signs)
        )
        if answer.status == 404:
            return
        self._check(answer, Step.DELETE)
        if _data(answer).get("deleted") is not True:
            raise not_understood(answer, Step.DELETE)

    def _undo_repost(self, post_id: str) -> None:
        """Undo the repost of a post; X lets it pass where there is none, and an original that is gone took it along."""
        path = f"/2/users/{self._own_number()}/retweets/{post_id}"
        answer = answer_of(self._session, Step.DELETE, lambda: self._make("DELETE", path))
        if reposts.is_not_there(answer):
            return
        self._check(answer, Step.DELETE)
        if _data(answer).get("retweeted") is not False:
            raise not_understood(answer, Step.DELETE)

    def warm(self) -> None:
        """Open the connection."""
        self._session.open()

    def close(self) -> None:
        """Close the session."""
        self._session.close()

    def _posts(self, user_id: str, since: datetime) -> Iterator[Mapping[str, Any]]:
        """Yield the account's posts since then, newest first, a bounded number of pages of them."""
        options: dict[str, Any] = {"start_time": since, "max_results": 100, "tweet_fields": _FIELDS}
        for _ in range(_PAGES):
            answer = self._ask(
                Step.ASK, lambda: self._client.get_users_tweets(user_id, user_auth=self._signs, **options)
            )
            posts, meta = answer.fields.get("data", []), answer.fields.get("meta")
            if not isinstance(meta, dict) or not isinstance(posts, list):
                raise not_understood(answer, Step.ASK)
            yield from (post for post in posts if isinstance(post, dict))
            if not meta.get("next_token"):
                return
            options["pagination_token"] = meta["next_token"]

    def _post(self, path: str, body: Mapping[str, Any]) -> Answer:
        return self._ask(Step.UPLOAD, lambda: self._make("POST", path, json=body))

    def _make(self, method: str, path: str, **options: Any) -> object:
        """Call by the door that tweepy's own methods use.

        It has no method for the v2 media endpoints; and its `retweet` takes what stands before the first dash of any
        token for the account's number, or asks for it in the midst of what is one request here.
        """
        make = self._client._make_request  # noqa: SLF001 - tweepy 4.17 has no public way
        return make(method, path, user_auth=self._signs, **options)

    def _own_number(self) -> str:
        """Return the account's number: from its access token where it stands in it, else as X has said it."""
        if not self._number:
            self._number = (self._me or self.whoami()).id
        return self._number

    def _ask(self, step: Step, call: Callable[[], object]) -> Answer:
        answer = answer_of(self._session, step, call)
        self._check(answer, step)
        return answer

    def _check(self, answer: Answer, step: Step) -> None:
        if not 200 <= answer.status < 300:
            raise refusal(answer, step, self._redact)

    def _repost_receipt(self, original: Original, at: datetime) -> Receipt:
        post_id = _post_id(original)
        return Receipt(reposts.repost_id(post_id), reposts.repost_url(self._site, original, post_id), at)

    def _receipt(self, post_id: str, at: datetime) -> Receipt:
        handle = self._me.handle if self._me else "i"
        return Receipt(post_id, f"{self._site}/{handle}/status/{post_id}", at)


def _client(access: Access) -> tuple[tweepy.Client, bool]:
    """Return tweepy's client, and whether it signs (OAuth 1.0a) or shows a bearer token.

    Raises:
        ConfigurationError: the credential is neither.
    """
    account = access.account
    options: dict[str, Any] = {"return_type": requests.Response}
    if account.get("access_token"):
        options |= {key: secret(access.app, key) for key in ("consumer_key", "consumer_secret")}
        options |= {key: secret(account, key) for key in ("access_token", "access_token_secret")}
        return tweepy.Client(**options), True
    if account.get("bearer_token"):
        return tweepy.Client(bearer_token=secret(account, "bearer_token"), **options), False
    raise ConfigurationError(
        "the credential has neither access_token with access_token_secret nor bearer_token: docs/credentials.md says "
        "how to get them"
    )


def _wording(content: Content) -> str:
    return with_link(content.text, content.link)


def _post_id(original: Original) -> str:
    """Return the number of the post; where the original is itself a repost, that of the post behind it, as on X."""
    return reposts.reposted_post(original.remote_id) or original.remote_id


def _data(answer: Answer) -> Mapping[str, Any]:
    data = answer.fields.get("data")
    return data if isinstance(data, dict) else {}


def _moment(post: Mapping[str, Any]) -> datetime:
    """Return when a listed post was created; now, where X does not say."""
    try:
        return datetime.fromisoformat(str(post.get("created_at"))).astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)

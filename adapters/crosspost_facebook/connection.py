"""One page's way into Facebook, through facebook-sdk's methods on a transport of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from crosspost.adapter import (
    Access,
    CannotTell,
    Content,
    ContentMedium,
    CredentialRefused,
    Found,
    Identity,
    Lookup,
    Original,
    Receipt,
)
from crosspost.adapter.http import Answer, PlatformSession, Step, answer_of, is_loopback, not_understood
from crosspost.adapter.secrets import Redaction, secret
from crosspost.adapter.words import composed
from crosspost.errors import ConfigurationError
from crosspost_facebook.graph import PageGraph
from crosspost_facebook.refusals import refusal
from crosspost_facebook.shown import FIELDS, SHARE_FIELDS, shares, shows
from crosspost_facebook.usage import wanted_rest

#: Pages of 100 posts that a look-up reads, and how far this machine's clock may be ahead of Facebook's.
_PAGES, _SKEW = 5, timedelta(seconds=60)


class FacebookConnection:
    """A page. Every method may raise any `DeliveryFailure`, redacted."""

    def __init__(self, access: Access, version: str, wording: Callable[[Content], str]) -> None:
        token, self._page = secret(access.account, "access_token"), secret(access.account, "page_id")
        if not self._page.isdecimal():
            raise ConfigurationError("page_id must be the page's number: docs/credentials.md says where it stands")
        app_secret = secret(access.app, "app_secret") if access.app.get("app_secret") else ""
        self._redact = Redaction([token, app_secret])
        self._session = PlatformSession(access.base_url, access.timeout)
        self._graph = PageGraph(token, self._session, version, app_secret)
        self._wording = wording
        self._site = access.base_url.rstrip("/") if is_loopback(access.base_url) else "https://www.facebook.com"

    def whoami(self) -> Identity:
        """Ask Facebook which page the token is that of.

        Raises:
            CredentialRefused: it is not `page_id`'s, as that of a person or a system user is not.
        """
        answer = self._ask(Step.ASK, lambda: self._graph.get_object("me", fields="id,name,username"))
        page_id, name = str(answer.fields.get("id") or ""), str(answer.fields.get("name") or "")
        if not page_id:
            raise not_understood(answer, Step.ASK)
        if page_id != self._page:
            raise CredentialRefused(
                f"the token is that of {self._redact(name)} ({page_id}), and page_id is {self._page}: "
                "a page's own token is wanted"
            )
        return Identity(page_id, str(answer.fields.get("username") or page_id), name, (page_id,))

    def upload(self, medium: ContentMedium, data: bytes) -> str:
        """Upload a photo with its alt text, in one request and unpublished; Facebook forgets it after about a day."""
        options = {"published": False, "alt_text_custom": medium.alt or None}
        answer = self._ask(Step.UPLOAD, lambda: self._graph.put_photo(data, f"{self._page}/photos", **options))
        photo_id = answer.fields.get("id")
        if not photo_id:
            raise not_understood(answer, Step.UPLOAD)
        return str(photo_id)

    def describe(self, handle: str, medium: ContentMedium) -> None:
        """Nothing is left to say: the photo was uploaded with its alt text."""

    def publish(self, content: Content, handles: Sequence[str]) -> Receipt:
        """Create the post with one request, with no photo, one or ten."""
        fields: dict[str, Any] = {"message": self._wording(content) or None}
        if handles:
            fields["attached_media"] = [{"media_fbid": handle} for handle in handles]
        elif content.link:
            fields["link"] = composed(content.link)
        return self._create(Step.CREATE, fields)

    def find_recent(self, content: Content, since: datetime, known: frozenset[str]) -> Lookup:
        """Look among the page's own posts; Facebook documents no delay after which an absent post is proved absent."""
        wording = self._wording(content)
        return self._oldest(since, known, FIELDS, lambda post: shows(post, wording, content))

    def repost(self, content: Content, original: Original) -> Receipt:  # noqa: ARG002 - no word is sent
        """Share the original with one request: a post of this page with its address, and without words."""
        return self._create(Step.REPOST, {"link": original.url})

    def find_repost(
        self,
        content: Content,  # noqa: ARG002 - the original says it all
        original: Original,
        since: datetime,
        known: frozenset[str],
    ) -> Lookup:
        """Look among the page's own posts; asked again, Facebook would share again, so that absence proves nothing."""
        return self._oldest(since, known, SHARE_FIELDS, lambda post: shares(post, original))

    def delete(self, remote_id: str) -> None:
        """Delete the post. One that is gone already is `Gone`: Facebook does not tell it from one of another page."""
        answer = self._ask(Step.DELETE, lambda: self._graph.delete_object(remote_id))
        if answer.fields.get("success") is not True:
            raise not_understood(answer, Step.DELETE)

    def warm(self) -> None:
        """Open the connection."""
        self._session.open()

    def close(self) -> None:
        """Close the session."""
        self._session.close()

    def _create(self, step: Step, fields: Mapping[str, Any]) -> Receipt:
        answer = self._ask(step, lambda: self._graph.put_object(self._page, "feed", **fields))
        post_id = answer.fields.get("id")
        if not post_id:
            raise not_understood(answer, step)
        return replace(self._receipt(str(post_id), datetime.now(UTC)), rest=wanted_rest(answer.headers))

    def _oldest(
        self, since: datetime, known: frozenset[str], fields: str, is_it: Callable[[Mapping[str, Any]], bool]
    ) -> Lookup:
        """Return the oldest of the page's posts since then that is it, but for the known ones."""
        oldest: Found | None = None
        for post in self._posts(since - _SKEW, fields):
            post_id = str(post.get("id") or "")
            if post_id and post_id not in known and is_it(post):
                oldest = Found(self._receipt(post_id, _moment(post), str(post.get("permalink_url") or "")))
        return oldest or CannotTell(
            "Facebook does not list it among the page's posts, which proves nothing: its lists lag"
        )

    def _posts(self, since: datetime, fields: str) -> Iterator[Mapping[str, Any]]:
        """Yield the page's posts since then, newest first, a bounded number of pages of them."""
        options: dict[str, Any] = {"fields": fields, "since": int(since.timestamp()), "limit": 100}
        for _ in range(_PAGES):
            answer = self._ask(Step.ASK, lambda: self._graph.get_connections(self._page, "published_posts", **options))
            posts, paging = answer.fields.get("data"), answer.fields.get("paging")
            if not isinstance(posts, list):
                raise not_understood(answer, Step.ASK)
            yield from (post for post in posts if isinstance(post, dict))
            # `next` is an address with the token in it: it is taken for a sign, and never for an address.
            if not isinstance(paging, dict) or not paging.get("next"):
                return
            options["after"] = paging.get("cursors", {}).get("after")

    def _ask(self, step: Step, call: Callable[[], object]) -> Answer:
        answer = answer_of(self._session, step, call)
        # Graph errors have come with status 200 before.
        if not 200 <= answer.status < 300 or "error" in answer.fields:
            raise refusal(answer, step, self._redact)
        return answer

    def _receipt(self, post_id: str, at: datetime, url: str = "") -> Receipt:
        page, _, number = post_id.rpartition("_")
        return Receipt(post_id, url or f"{self._site}/{page or self._page}/posts/{number}", at)


def _moment(post: Mapping[str, Any]) -> datetime:
    """Return when a listed post was created; now, where Facebook does not say."""
    try:
        return datetime.fromisoformat(str(post.get("created_time"))).astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)

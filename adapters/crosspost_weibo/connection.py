"""One account's way into the imitated Weibo, on `requests`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from crosspost.adapter import Access, CannotTell, Content, ContentMedium, Found, Identity, Lookup, NotSent, Receipt
from crosspost.adapter.http import Answer, PlatformSession, Step, answer_of, is_loopback, not_understood
from crosspost.adapter.reposts import NoReposts
from crosspost.adapter.secrets import Redaction, secret
from crosspost.adapter.words import same_words
from crosspost.errors import ConfigurationError
from crosspost_weibo.refusals import error_code, refusal

#: What Weibo wants to know of the person who posts: their public address. A stub has none to tell.
_REAL_IP = "127.0.0.1"

#: Pages of 100 posts that a look-up reads, and how far this machine's clock may be ahead of Weibo's.
_PAGES, _SKEW = 5, timedelta(seconds=60)
#: Weibo's times, `Tue Nov 24 17:00:00 +0800 2026`, with English names whatever this machine's language is.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_GONE = 20101


class WeiboConnection(NoReposts):
    """An account of the imitated Weibo. Every method may raise any `DeliveryFailure`, redacted."""

    def __init__(self, access: Access, wording: Callable[[Content], str]) -> None:
        if not is_loopback(access.base_url):
            raise ConfigurationError(
                "the Weibo adapter is a stub and speaks to the sandbox alone: install a real one, see its README.md"
            )
        token = secret(access.account, "access_token")
        self._redact = Redaction([token])
        self._session = PlatformSession(access.base_url, access.timeout)
        self._session.headers["Authorization"] = f"OAuth2 {token}"
        self._site = access.base_url.rstrip("/")
        self._wording = wording
        self._picture: tuple[str, str, bytes] | None = None

    def whoami(self) -> Identity:
        """Ask whose token this is: first the number, then the name."""
        answer = self._get("/2/account/get_uid.json")
        uid = answer.fields.get("uid")
        if not uid:
            raise not_understood(answer, Step.ASK)
        answer = self._get("/2/users/show.json", uid=uid)
        name = str(answer.fields.get("screen_name") or "")
        if not name:
            raise not_understood(answer, Step.ASK)
        return Identity(str(uid), name, name, (str(uid),))

    def upload(self, medium: ContentMedium, data: bytes) -> str:
        """Keep the picture for `publish`: the share endpoint takes it together with the words. Nothing is asked."""
        self._picture = (medium.sha256, medium.mime, data)
        return medium.sha256

    def describe(self, handle: str, medium: ContentMedium) -> None:
        """Nothing is said: Weibo's share endpoint takes no alt text."""

    def publish(self, content: Content, handles: Sequence[str]) -> Receipt:
        """Share the words and the picture with one request."""
        files = self._files(handles)
        form = {"status": self._wording(content), "rip": _REAL_IP}
        answer = self._ask(
            Step.CREATE,
            lambda: self._session.request("POST", "/2/statuses/share.json", data=form, files=files),
        )
        self._picture = None
        return self._receipt(answer.fields, datetime.now(UTC)) or _raise(answer, Step.CREATE)

    def find_recent(self, content: Content, since: datetime, known: frozenset[str]) -> Lookup:
        """Look among the account's own posts; Weibo says itself that they may lag by one or two minutes."""
        wording, earliest = self._wording(content), since - _SKEW
        oldest: Found | None = None
        for post in self._posts():
            at = _moment(post)
            if at < earliest:
                break
            receipt = self._receipt(post, at)
            if receipt and receipt.remote_id not in known and same_words(wording, str(post.get("text", ""))):
                oldest = Found(receipt)
        return oldest or CannotTell(
            "Weibo does not list it among the account's posts, which proves nothing: its lists lag"
        )

    def delete(self, remote_id: str) -> None:
        """Delete the post; one that is gone already is deleted."""
        form = {"id": remote_id}
        answer = answer_of(
            self._session, Step.DELETE, lambda: self._session.request("POST", "/2/statuses/destroy.json", data=form)
        )
        if error_code(answer) == _GONE:
            return
        self._check(answer, Step.DELETE)
        if not answer.fields.get("idstr"):  # Weibo answers with the post that it has deleted
            raise not_understood(answer, Step.DELETE)

    def warm(self) -> None:
        """Open the connection."""
        self._session.open()

    def close(self) -> None:
        """Close the session."""
        self._session.close()

    def _files(self, handles: Sequence[str]) -> dict[str, tuple[str, bytes, str]] | None:
        if not handles:
            return None
        if self._picture is None or self._picture[0] != handles[0]:
            raise NotSent("the picture was uploaded on another connection: upload it again")
        _, mime, data = self._picture
        return {"pic": (f"picture.{mime.partition('/')[2]}", data, mime)}

    def _posts(self) -> Iterator[Mapping[str, Any]]:
        """Yield the account's posts, newest first, a bounded number of pages of them."""
        for page in range(1, _PAGES + 1):
            answer = self._get("/2/statuses/user_timeline.json", count=100, page=page)
            posts = answer.fields.get("statuses")
            if not isinstance(posts, list):
                raise not_understood(answer, Step.ASK)
            yield from (post for post in posts if isinstance(post, dict))
            if len(posts) < 100:
                return

    def _get(self, path: str, **query: Any) -> Answer:
        return self._ask(Step.ASK, lambda: self._session.request("GET", path, params=query))

    def _ask(self, step: Step, call: Callable[[], object]) -> Answer:
        answer = answer_of(self._session, step, call)
        self._check(answer, step)
        return answer

    def _check(self, answer: Answer, step: Step) -> None:
        if not 200 <= answer.status < 300 or error_code(answer):
            raise refusal(answer, step, self._redact)

    def _receipt(self, post: Mapping[str, Any], at: datetime) -> Receipt | None:
        """Return the receipt of a post as Weibo shows it; None where it has no id."""
        post_id, user = str(post.get("idstr") or ""), post.get("user")
        uid = str(user.get("idstr") or "") if isinstance(user, dict) else ""
        return Receipt(post_id, f"{self._site}/{uid or 'u'}/{post_id}", at) if post_id else None


def _raise(answer: Answer, step: Step) -> Receipt:
    raise not_understood(answer, step)


def _moment(post: Mapping[str, Any]) -> datetime:
    """Return when a listed post was created; now, where Weibo does not say."""
    try:
        _, month, day, time, offset, year = str(post.get("created_at")).split()
        number = _MONTHS.index(month) + 1
        return datetime.strptime(f"{year}-{number}-{day} {time} {offset}", "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)

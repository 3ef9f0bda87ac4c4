"""An imitation of X's interface (API v2): who am I, posts, reposts, an account's own posts, images.

Paths, bodies, limits and refusals as X documents them or as client libraries report them. Not imitated: replies,
quotes, polls, long posts, video, money.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from crosspost.sandbox import twitter_answers as says
from crosspost.sandbox.answers import Answer, Refusal, as_json
from crosspost.sandbox.calls import Call
from crosspost.sandbox.ids import Ids
from crosspost.sandbox.limits import Budget, Windows
from crosspost.sandbox.oauth1 import Signed
from crosspost.sandbox.published import Published
from crosspost.sandbox.routes import Route, World
from crosspost.sandbox.tco import fits, media_key, shown_text
from crosspost.sandbox.town import Resident
from crosspost.sandbox.twitter_media import MediaDesk
from crosspost.sandbox.twitter_reposts import RepostDesk

LONGEST_TEXT = 280
MOST_IMAGES = 4
#: Seconds of a rate limit's window, of the app's day, and the app's posts in a day.
WINDOW, DAY, APP_POSTS = 900, 86_400, 10_000

#: What POST /2/tweets takes and this sandbox has no use for, and what it takes and this sandbox cannot do.
_WITHOUT_EFFECT = frozenset({"made_with_ai", "paid_partnership", "reply_settings", "share_with_followers"})
_NOT_IMITATED = frozenset(
    {"card_uri", "community_id", "direct_message_deep_link", "edit_options", "for_super_followers_only"}
    | {"geo", "nullcast", "poll", "quote_tweet_id", "reply"}
)


class Twitter:
    """X, below `/twitter`."""

    name = "twitter"

    def __init__(self, world: World) -> None:
        self._world = world
        ids = Ids(self.name)
        self._ids = ids
        media = MediaDesk(world.shelf, ids)
        self._media = media
        reposts = RepostDesk(world.ledger, ids)
        self._reposts = reposts
        self._windows = Windows()
        self.routes: tuple[Route, ...] = (
            Route("GET", "/2/users/me", _me, limit=75),
            Route("POST", "/2/tweets", self._create, limit=100),
            Route("DELETE", "/2/tweets/{id}", self._delete, limit=50),
            Route("GET", "/2/users/{id}/tweets", self._timeline, limit=900),
            Route("POST", "/2/users/{id}/retweets", reposts.create, limit=50),
            Route("DELETE", "/2/users/{id}/retweets/{source}", reposts.undo, limit=50),
            Route("POST", "/2/media/upload", media.upload, limit=500),
            Route("POST", "/2/media/metadata", media.describe, limit=500),
        )

    def caller(self, call: Call) -> Resident | None:
        """Return whose token the request names."""
        return self._named(call, Signed.read(call))

    def answer(self, call: Call, route: Route) -> Answer:
        """Do what is asked, or refuse it as X would; each answer says what is left of the rate limit."""
        try:
            resident = self._authenticated(call)
        except Refusal as refusal:
            return refusal.answer
        budgets = self._budgets(call, route, resident)
        if self._world.limits and any(budget.exceeded for _, budget in budgets):
            return _budgeted(says.too_many(), budgets)
        try:
            return _budgeted(route.handler(call, resident), budgets)
        except Refusal as refusal:
            return _budgeted(refusal.answer, budgets)

    def no_route(self, call: Call) -> Answer:  # noqa: ARG002 - the same for every path
        """Return X's 404."""
        return says.problem(404, "Not Found", "Not Found")

    def broken(self, call: Call) -> Answer:  # noqa: ARG002 - the same for every path
        """Return X's 500."""
        return says.problem(500, "Internal Server Error", "Something is broken. This is usually a temporary error.")

    def too_many(self, call: Call, reset: float | None) -> Answer:
        """Return X's 429."""
        if reset is None:
            return says.too_many()
        return _budgeted(says.too_many(), [("x-rate-limit", Budget(100, 0, int(call.now.timestamp() + reset)))])

    def clear(self) -> None:
        """Give all budgets back."""
        self._windows.clear()

    def _authenticated(self, call: Call) -> Resident:
        resident = self._proven(call)
        if resident is None:
            # Perhaps a secret was renewed since the last look.
            self._world.town.look_again()
            resident = self._proven(call)
        if resident is None:
            raise Refusal(says.problem(401, "Unauthorized", "Unauthorized"))
        return resident

    def _proven(self, call: Call) -> Resident | None:
        signed = Signed.read(call)
        resident = self._named(call, signed)
        if resident is None or signed is None:
            return resident
        return resident if signed.proves(call, self._world.town.app(self.name), resident.secrets) else None

    def _named(self, call: Call, signed: Signed | None) -> Resident | None:
        if signed is not None:
            return self._world.town.find(self.name, "access_token", signed.token)
        return self._world.town.find(self.name, "bearer_token", call.authorization("Bearer"))

    def _budgets(self, call: Call, route: Route, resident: Resident) -> list[tuple[str, Budget]]:
        key = (route.method, route.path, resident.account_id)
        budgets = [("x-rate-limit", self._windows.take(key, route.limit, WINDOW, call.now))]
        if (route.method, route.path) == ("POST", "/2/tweets"):
            day = self._windows.take(("app", "posts"), APP_POSTS, DAY, call.now)
            budgets.append(("x-app-limit-24hour", day))
        return budgets

    def _create(self, call: Call, resident: Resident) -> Answer:
        draft = _Draft.read(call.document)
        pictures = tuple(self._media.picture(media_id, call, resident) for media_id in draft.media_ids)
        if not fits(draft.text, LONGEST_TEXT):
            raise Refusal(says.invalid(says.TOO_LONG, text=draft.text))
        self._check_words(draft.text, resident)
        post_id = str(self._ids.next(call.now))
        post = Published(
            platform=self.name,
            account=resident.account_id,
            handle=resident.username,
            id=post_id,
            text=draft.text,
            created_at=call.now,
            path=f"/twitter/{resident.username}/status/{post_id}",
            media=pictures,
        )
        self._world.ledger.publish(post)
        return as_json({"data": self._shown(post, resident, frozenset())}, 201)

    def _check_words(self, text: str, resident: Resident) -> None:
        ledger, account = self._world.ledger, resident.account_id
        if text and not self._world.repeats and ledger.has_said(account, text):
            raise Refusal(says.problem(403, "Forbidden", says.DUPLICATE))
        if self._world.one_voice and ledger.others_said(self.name, account, text):
            raise Refusal(says.problem(403, "Forbidden", says.AUTOMATED))

    def _delete(self, call: Call, resident: Resident) -> Answer:
        post = self._world.ledger.post(self.name, call.params["id"])
        if post is None or post.deleted:
            raise Refusal(says.not_found("tweet", call.params["id"], 404))
        if post.account != resident.account_id:
            raise Refusal(says.problem(403, "Forbidden", "You are not authorized to delete this Tweet."))
        # With a post go its reposts.
        for one in (*self._world.ledger.reposts(post), post):
            self._world.ledger.delete(one)
        return as_json({"data": {"deleted": True}})

    def _timeline(self, call: Call, resident: Resident) -> Answer:  # noqa: ARG002 - anyone may read
        owner = self._world.town.find(self.name, "user_id", call.params["id"])
        if owner is None:
            raise Refusal(says.not_found("user", call.params["id"], 200))
        wanted = _Page.read(call.query)
        posts = self._world.ledger.timeline(self.name, owner.account_id, call.now - call.lag)
        found = list(islice(wanted.among(posts), wanted.size + 1))
        page = found[: wanted.size]
        if not page:
            return as_json({"meta": {"result_count": 0}})
        meta: dict[str, Any] = {"result_count": len(page), "newest_id": page[0].id, "oldest_id": page[-1].id}
        if len(found) > len(page):
            meta["next_token"] = f"{_Page.TOKEN}{page[-1].id}"
        return as_json({"data": [self._shown(post, owner, wanted.fields) for post in page], "meta": meta})

    def _shown(self, post: Published, owner: Resident, fields: frozenset[str]) -> dict[str, Any]:
        shown = _shown(post, owner, fields)
        if post.repost_of:
            of_repost = self._reposts.shown(post, shown["text"])
            shown |= {name: value for name, value in of_repost.items() if name == "text" or name in fields}
        return shown


@dataclass(frozen=True, slots=True)
class _Draft:
    """The body of POST /2/tweets, once it is well formed."""

    text: str
    media_ids: tuple[str, ...]

    @classmethod
    def read(cls, body: Any) -> _Draft:
        if not isinstance(body, dict):
            raise Refusal(says.invalid("the request body must be a JSON object"))
        for key in sorted(set(body) - _WITHOUT_EFFECT - {"text", "media"}):
            raise Refusal(
                says.invalid(f"this sandbox does not imitate {key}" if key in _NOT_IMITATED else says.undefined(key))
            )
        text, media_ids = body.get("text", ""), cls._media_ids(body.get("media", {}))
        if not isinstance(text, str):
            raise Refusal(says.invalid(f"$.text: {type(text).__name__} found, string expected"))
        if not text.strip() and not media_ids:
            raise Refusal(says.invalid("$.text: must not be empty where there are no media"))
        return cls(unicodedata.normalize("NFC", text), media_ids)

    @staticmethod
    def _media_ids(media: Any) -> tuple[str, ...]:
        if not isinstance(media, dict):
            raise Refusal(says.invalid("$.media: object expected"))
        for key in sorted(set(media) - {"media_ids", "tagged_user_ids"}):
            raise Refusal(says.invalid(says.undefined(f"media.{key}")))
        ids = media.get("media_ids", [])
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise Refusal(says.invalid("$.media.media_ids: array of strings expected"))
        if len(ids) > MOST_IMAGES:
            raise Refusal(
                says.invalid(f"$.media.media_ids: there must be a maximum of {MOST_IMAGES} items in the array")
            )
        return tuple(ids)


@dataclass(frozen=True, slots=True)
class _Page:
    """What a listing asks for: how many, between which ids and times, with which fields."""

    TOKEN = "7140w"  # noqa: S105 - not a secret: what a token of a next page begins with

    size: int
    after_id: int
    before_id: int
    since: datetime
    until: datetime
    fields: frozenset[str]

    @classmethod
    def read(cls, query: dict[str, str]) -> _Page:
        size = query.get("max_results", "10")
        if not size.isdecimal() or not 5 <= int(size) <= 100:
            message = f"The `max_results` query parameter value [{size}] is not between 5 and 100"
            raise Refusal(says.invalid(message, max_results=size))
        ids = (query.get("since_id", "0"), query.get("until_id", ""), query.get("pagination_token", ""))
        below = [int(one) for one in (ids[1], ids[2].removeprefix(cls.TOKEN)) if one.isdecimal()]
        return cls(
            size=int(size),
            after_id=int(ids[0]) if ids[0].isdecimal() else 0,
            before_id=min(below, default=10**30),
            since=_moment(query, "start_time", datetime.min.replace(tzinfo=UTC)),
            until=_moment(query, "end_time", datetime.max.replace(tzinfo=UTC)),
            fields=frozenset(query.get("tweet.fields", "").split(",")),
        )

    def among(self, posts: Iterator[Published]) -> Iterator[Published]:
        for post in posts:
            if int(post.id) <= self.after_id or post.created_at < self.since:
                return  # newest first: none of those that follow is wanted
            if int(post.id) < self.before_id and post.created_at < self.until:
                yield post


def _moment(query: dict[str, str], name: str, default: datetime) -> datetime:
    said = query.get(name)
    if said is None:
        return default
    try:
        return datetime.strptime(said.split(".")[0].removesuffix("Z"), "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(
            says.invalid(f"invalid value for parameter `{name}`: RFC 3339 expected", **{name: said})
        ) from None


def _me(call: Call, resident: Resident) -> Answer:  # noqa: ARG001 - a handler
    return as_json({"data": {"id": resident.user_id, "name": resident.name, "username": resident.username}})


def _shown(post: Published, owner: Resident, fields: frozenset[str]) -> dict[str, Any]:
    text, urls = shown_text(post)
    shown: dict[str, Any] = {"id": post.id, "text": text, "edit_history_tweet_ids": [post.id]}
    if "created_at" in fields:
        shown["created_at"] = post.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if "author_id" in fields:
        shown["author_id"] = owner.user_id
    if "entities" in fields and urls:
        shown["entities"] = {"urls": urls}
    if "attachments" in fields and post.media:
        shown["attachments"] = {"media_keys": [media_key(picture.sha256) for picture in post.media]}
    return shown


def _budgeted(answer: Answer, budgets: list[tuple[str, Budget]]) -> Answer:
    return answer.with_headers(
        *(
            (f"{name}-{part}", str(value))
            for name, budget in budgets
            for part, value in (("limit", budget.limit), ("remaining", budget.remaining), ("reset", budget.reset))
        )
    )

"""An imitation of Facebook's Graph API for pages: who am I, posts, shares of posts, photos, a page's own posts.

Paths, bodies, codes and limits as documented or as client libraries report them. Not imitated: scheduling by the
platform, targeting, video, comments, fetching of images from an address.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from crosspost.sandbox import facebook_answers as says
from crosspost.sandbox.answers import Answer, Refusal, as_json
from crosspost.sandbox.calls import Call
from crosspost.sandbox.facebook_listing import Listing, shown_page
from crosspost.sandbox.facebook_photos import PhotoDesk
from crosspost.sandbox.ids import Ids
from crosspost.sandbox.limits import Budget, Windows
from crosspost.sandbox.published import Picture, Published
from crosspost.sandbox.routes import Route, World
from crosspost.sandbox.town import Resident

#: UTF-16 units that a message may have, and photos.
LONGEST_TEXT, MOST_PHOTOS = 63_206, 10
#: The versions of the interface that still answer, and that answer already.
OLDEST_VERSION, NEWEST_VERSION = 21, 27
#: Calls an hour that an app has for each of its users, and seconds of the window.
CALLS_FOR_EACH, HOUR = 200, 3600


class Facebook:
    """The Graph API, below `/facebook`."""

    name = "facebook"

    def __init__(self, world: World) -> None:
        self._world = world
        self._ids = Ids(self.name)
        self._windows = Windows()
        self._photos = PhotoDesk(world.shelf, self._ids)
        listing = Listing(world.ledger)
        self._listing = listing
        self.routes: tuple[Route, ...] = (
            Route("GET", "/{version}/{node}", self._node),
            Route("DELETE", "/{version}/{node}", self._delete),
            Route("POST", "/{version}/{page}/feed", self._feed),
            Route("POST", "/{version}/{page}/photos", self._photo),
            Route("GET", "/{version}/{page}/published_posts", listing.answer),
            Route("GET", "/{version}/{page}/posts", listing.answer),
            Route("GET", "/{version}/{page}/feed", listing.answer),
        )

    def caller(self, call: Call) -> Resident | None:
        """Return whose token the request carries."""
        return self._world.town.find(self.name, "access_token", _token(call))

    def answer(self, call: Call, route: Route) -> Answer:
        """Do what is asked, or refuse it as the Graph API would; each answer says how much of the limit is used."""
        try:
            _check_version(call.params["version"])
            page = self._authenticated(call)
        except Refusal as refusal:
            return refusal.answer
        limit = CALLS_FOR_EACH * max(1, len(self._world.town.known(self.name)))
        budget = self._windows.take(("app",), limit, HOUR, call.now)
        if self._world.limits and budget.exceeded:
            return _with_usage(
                says.error(4, "(#4) Application request limit reached", status=403, is_transient=True), budget
            )
        try:
            return _with_usage(route.handler(call, page), budget)
        except Refusal as refusal:
            return _with_usage(refusal.answer, budget)

    def no_route(self, call: Call) -> Answer:
        """Return what the Graph API says to a path that leads nowhere."""
        return says.error(2500, f"Unknown path components: {call.path}")

    def broken(self, call: Call) -> Answer:  # noqa: ARG002 - the same for every path
        """Return the Graph API's 500."""
        message = "An unexpected error has occurred. Please retry your request later."
        return says.error(2, message, status=500, is_transient=True)

    def too_many(self, call: Call, reset: float | None) -> Answer:
        """Return the page's own limit; the header that says when it ends only with `reset`."""
        message = "(#32) Page request limit reached"
        answer = says.error(32, message, status=403, is_transient=True)
        page = self.caller(call)
        if reset is None or page is None:
            return answer
        usage = {"type": "pages", "call_count": 100, "total_cputime": 25, "total_time": 25}
        usage["estimated_time_to_regain_access"] = max(1, round(reset / 60))
        return answer.with_headers(("x-business-use-case-usage", json.dumps({page.user_id: [usage]})))

    def clear(self) -> None:
        """Give the app's budget back."""
        self._windows.clear()

    def _authenticated(self, call: Call) -> Resident:
        token = _token(call)
        if not token:
            raise Refusal(says.error(104, "An access token is required to request this resource."))
        page = self.caller(call)
        if page is None:
            raise Refusal(says.error(190, "Invalid OAuth access token - Cannot parse access token"))
        proof = call.parameter("appsecret_proof")
        if proof and not self._is_proof(proof, token):
            # Perhaps the secret was renewed since the last look.
            self._world.town.look_again()
            if not self._is_proof(proof, token):
                raise Refusal(says.error(100, "Invalid appsecret_proof provided in the API argument", kind=says.METHOD))
        return page

    def _is_proof(self, proof: str, token: str) -> bool:
        """Say whether it proves that the caller holds the app's secret; where that is not known, anything does."""
        secret = self._world.town.app(self.name).get("app_secret", "")
        right = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        return not secret or hmac.compare_digest(right.encode(), proof.encode())

    def _node(self, call: Call, page: Resident) -> Answer:
        node, fields = call.params["node"], call.query.get("fields", "")
        if node in {"me", page.user_id}:
            return as_json(shown_page(page, fields))
        post = self._world.ledger.post(self.name, node)
        if post is None or post.deleted:
            raise Refusal(says.unknown_object("get", node))
        return as_json(self._listing.shown_post(post, page, call, fields))

    def _delete(self, call: Call, page: Resident) -> Answer:
        post = self._world.ledger.post(self.name, call.params["node"])
        if post is None or post.deleted or post.account != page.account_id:
            raise Refusal(says.unknown_object("delete", call.params["node"]))
        self._world.ledger.delete(post)
        return as_json({"success": True})

    def _feed(self, call: Call, page: Resident) -> Answer:
        _check_own(call, page)
        message, link = call.parameter("message"), call.parameter("link")
        attached = _attached(call)
        if not (message.strip() or link or attached):
            raise Refusal(says.error(197, "(#197) The post is empty. Please enter a message to share."))
        self._check_words(call, page, message)
        uploads = [self._photos.unpublished(photo, call, page) for photo in attached]
        pictures = tuple(Picture(u.image.sha256, u.image.mime, u.alt) for u in uploads)
        shared = self._shared(call, link)
        draft = self._draft(call, page, message, pictures)
        if shared and not (message.strip() or attached):
            # Nothing but another post's address: people see that post.
            draft = replace(draft, text=shared.text, link=shared.link, media=shared.media, repost_of=shared.id)
        post = self._publish(draft)
        for upload in uploads:
            self._world.shelf.take(self.name, upload)
        return as_json({"id": post.id})

    def _photo(self, call: Call, page: Resident) -> Answer:
        _check_own(call, page)
        caption = call.parameter("caption") or call.parameter("message")
        published = _is_published(call)
        if published:
            self._check_words(call, page, caption)
        upload = self._photos.upload(call, page)
        if not published:
            return as_json({"id": upload.id})
        picture = Picture(upload.image.sha256, upload.image.mime, upload.alt)
        post = self._publish(self._draft(call, page, caption, (picture,)))
        self._world.shelf.take(self.name, upload)
        return as_json({"id": upload.id, "post_id": post.id})

    def _check_words(self, call: Call, page: Resident, message: str) -> None:
        if call.parameter("scheduled_publish_time"):
            raise Refusal(says.error(100, "(#100) this sandbox does not imitate scheduled_publish_time"))
        if len(message.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_TEXT:
            raise Refusal(says.error(100, f"(#100) Param message must be at most {LONGEST_TEXT} characters long"))
        previous = next(self._world.ledger.timeline(self.name, page.account_id, call.now), None)
        is_repeat = previous is not None and not previous.repost_of and previous.text == message
        if message and is_repeat and not self._world.repeats:
            user: dict[str, Any] = {"error_user_title": "Duplicate Status Update", "error_user_msg": says.DUPLICATE}
            raise Refusal(says.error(506, "(#506) Duplicate status message", error_subcode=1455006, **user))

    def _shared(self, call: Call, link: str) -> Published | None:
        """Return the post that an address here leads to, the first one behind shares; None where it is no post's."""
        found = re.fullmatch(r"/facebook/(\d+)/posts/(\d+)", urlsplit(link).path.rstrip("/"))
        if not found or not link.startswith(f"{call.root}/"):
            return None
        post = self._world.ledger.post(self.name, f"{found[1]}_{found[2]}")
        if post and post.repost_of:
            post = self._world.ledger.post(self.name, post.repost_of)
        if post is None or post.deleted or not post.listed:
            raise Refusal(says.error(100, says.BAD_LINK, error_subcode=1609005))
        return post

    def _draft(self, call: Call, page: Resident, message: str, pictures: tuple[Picture, ...]) -> Published:
        number = self._ids.next(call.now)
        return Published(
            platform=self.name,
            account=page.account_id,
            handle=page.username,
            id=f"{page.user_id}_{number}",
            text=message,
            created_at=call.now,
            path=f"/facebook/{page.user_id}/posts/{number}",
            link=call.parameter("link"),
            media=pictures,
            listed=_is_published(call),
        )

    def _publish(self, post: Published) -> Published:
        self._world.ledger.publish(post)
        return post


def _token(call: Call) -> str:
    return call.authorization("Bearer") or call.authorization("OAuth") or call.parameter("access_token")


def _check_version(version: str) -> None:
    found = re.fullmatch(r"v(\d{1,2})\.(\d)", version)
    if not found or int(found[1]) > NEWEST_VERSION:
        raise Refusal(says.error(2500, f"Unknown path components: /{version}"))
    if int(found[1]) < OLDEST_VERSION:
        message = (
            f"(#2635) You are calling a deprecated version of the Graph API. Please update to v{NEWEST_VERSION}.0."
        )
        raise Refusal(says.error(2635, message))


def _check_own(call: Call, page: Resident) -> None:
    if call.params["page"] not in {"me", page.user_id}:
        raise Refusal(says.error(200, says.NO_PERMISSION, status=403))


def _is_published(call: Call) -> bool:
    return call.parameter("published").casefold() not in {"false", "0"}


def _attached(call: Call) -> list[str]:
    """Return the ids of the photos in `attached_media`: one JSON list, or `attached_media[0]` and so on."""
    listed = call.parameter("attached_media")
    single = [value for name, value in call.form.items() if re.fullmatch(r"attached_media\[\d+\]", name)]
    try:
        media = [*json.loads(listed or "[]"), *map(json.loads, single)]
        ids = [str(one["media_fbid"]) for one in media]
    except (ValueError, TypeError, KeyError):
        raise Refusal(says.error(100, "(#100) Param attached_media must be an array of {media_fbid}.")) from None
    if len(ids) > MOST_PHOTOS:
        raise Refusal(says.error(100, f"(#100) Param attached_media must have at most {MOST_PHOTOS} photos"))
    return ids


def _with_usage(answer: Answer, budget: Budget) -> Answer:
    used = 100 * (budget.limit - budget.remaining) // budget.limit
    usage: dict[str, Any] = {"call_count": used, "total_cputime": 0, "total_time": used // 2}
    return answer.with_headers(("x-app-usage", json.dumps(usage)))

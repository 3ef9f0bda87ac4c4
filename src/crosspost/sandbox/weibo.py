"""An imitation of Weibo's open interface: the share endpoint with its rules, and an account's own posts.

Rules and codes as its documentation and mirrors of it state them; where those are silent, the stricter reading wins.
Not imitated: shortening of links, long posts, several pictures, hourly quotas (a fault can say 10023).
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from crosspost.sandbox.answers import Answer, Refusal, as_json
from crosspost.sandbox.calls import Call
from crosspost.sandbox.ids import Ids
from crosspost.sandbox.published import Picture, Published
from crosspost.sandbox.routes import Route, World
from crosspost.sandbox.town import Resident

#: The domain that the app is bound to unless another is given.
BOUND_DOMAINS = ("www.diplomatie.gouv.fr",)
#: Characters that a text may have, two half-width ones counting as one; bytes that a picture may have.
LONGEST_TEXT, LARGEST_PICTURE = 140, 5 * 1024 * 1024
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif"})

_BEIJING = timezone(timedelta(hours=8))
_URL = re.compile(r"https?://[A-Za-z0-9.-]+[^\s\u3000-\u303f\uff00-\uffef]*")
_TOPIC = re.compile(r"#[^#\n]+#")


class Weibo:
    """Weibo, below `/weibo`."""

    name = "weibo"

    def __init__(self, world: World, domains: tuple[str, ...] = BOUND_DOMAINS) -> None:
        self._world = world
        self._domains = domains
        self._ids = Ids(self.name)
        self.routes: tuple[Route, ...] = (
            Route("POST", "/2/statuses/share.json", self._share),
            Route("GET", "/2/account/get_uid.json", _uid),
            Route("GET", "/2/users/show.json", self._user),
            Route("GET", "/2/statuses/user_timeline.json", self._timeline),
            Route("POST", "/2/statuses/destroy.json", self._destroy),
        )

    def caller(self, call: Call) -> Resident | None:
        """Return whose token the request carries."""
        return self._world.town.find(self.name, "access_token", _token(call))

    def answer(self, call: Call, route: Route) -> Answer:
        """Do what is asked, or refuse it as Weibo would."""
        try:
            if not _token(call):
                return refusal(call, 21301, "auth faild!", 403)
            resident = self.caller(call)
            if resident is None:
                return refusal(call, 21332, "invalid_access_token", 403)
            return route.handler(call, resident)
        except Refusal as refused:
            return refused.answer

    def no_route(self, call: Call) -> Answer:
        """Return what Weibo says to a path that leads nowhere."""
        return refusal(call, 10020, "Request Api not found!", 404)

    def broken(self, call: Call) -> Answer:
        """Return Weibo's own "system error"."""
        return refusal(call, 10001, "System error", 500)

    def too_many(self, call: Call, reset: float | None) -> Answer:  # noqa: ARG002 - Weibo never says when
        """Return the user's own limit, which ends with the hour; Weibo does not say so."""
        return refusal(call, 10023, "User requests out of rate limit!", 403)

    def clear(self) -> None:
        """There is nothing that Weibo counts."""

    def _share(self, call: Call, resident: Resident) -> Answer:
        text = call.parameter("status")
        self._check_words(call, resident, text)
        post_id = str(self._ids.next(call.now))
        post = Published(
            platform=self.name,
            account=resident.account_id,
            handle=resident.username,
            id=post_id,
            text=text,
            created_at=call.now,
            path=f"/weibo/{resident.user_id}/{post_id}",
            media=self._pictures(call),
        )
        self._world.ledger.publish(post)
        return as_json(_shown(post, resident, call))

    def _check_words(self, call: Call, resident: Resident, text: str) -> None:
        if not call.parameter("rip"):
            raise Refusal(refusal(call, 10016, "miss required parameter (rip) , see doc for more info."))
        if not text.strip():
            raise Refusal(refusal(call, 20008, "content is null!"))
        if half_width_length(text) > LONGEST_TEXT:
            raise Refusal(refusal(call, 20012, "text too long, please input text less than 140 characters!"))
        if _TOPIC.search(_URL.sub("", text)):
            raise Refusal(refusal(call, 10017, "parameter (status)'s value invalid, topics (#...#) are not allowed!"))
        if not self._names_bound_domain(text):
            message = "text not find domain!" if self._domains else "appkey not bind domain!"
            raise Refusal(refusal(call, 10017, message))
        if not self._world.repeats and self._world.ledger.has_said(resident.account_id, text):
            raise Refusal(refusal(call, 20019, "repeat content!"))

    def _names_bound_domain(self, text: str) -> bool:
        hosts = [urlsplit(url).hostname or "" for url in _URL.findall(text)]
        return any(host == domain or host.endswith(f".{domain}") for host in hosts for domain in self._domains)

    def _pictures(self, call: Call) -> tuple[Picture, ...]:
        data = call.files.get("pic")
        if data is None:
            return ()
        if len(data) > LARGEST_PICTURE:
            raise Refusal(refusal(call, 20006, "Image size too large."))
        image = self._world.shelf.keep(data)
        if image is None or image.mime not in PICTURE_TYPES:
            raise Refusal(refusal(call, 20005, "unsupported image type, only suport JPG, GIF, PNG!"))
        return (Picture(image.sha256, image.mime),)

    def _user(self, call: Call, resident: Resident) -> Answer:
        uid, screen_name = call.query.get("uid", ""), call.query.get("screen_name", "")
        found = (
            self._world.town.find(self.name, "user_id", uid)
            if uid
            else self._world.town.find(self.name, "username", screen_name)
        )
        if found is None or found.account_id != resident.account_id:
            raise Refusal(refusal(call, 20003, "User does not exists!"))
        return as_json(_profile(found))

    def _timeline(self, call: Call, resident: Resident) -> Answer:
        size, page = _number(call, "count", 20), _number(call, "page", 1)
        since, newest = _number(call, "since_id", 0), _number(call, "max_id", 0)
        posts = [
            post
            for post in self._world.ledger.timeline(self.name, resident.account_id, call.now - call.lag)
            if int(post.id) > since and (not newest or int(post.id) <= newest)
        ]
        size = min(size, 100)
        shown = islice(posts, max(page - 1, 0) * size, max(page, 1) * size)
        statuses = [_shown(post, resident, call) for post in shown]
        return as_json({"statuses": statuses, "total_number": len(posts), "previous_cursor": 0, "next_cursor": 0})

    def _destroy(self, call: Call, resident: Resident) -> Answer:
        post = self._world.ledger.post(self.name, call.parameter("id"))
        if post is None or post.deleted:
            raise Refusal(refusal(call, 20101, "target weibo does not exist!"))
        if post.account != resident.account_id:
            raise Refusal(refusal(call, 20102, "not your own weibo!"))
        self._world.ledger.delete(post)
        return as_json(_shown(post, resident, call))


def half_width_length(text: str) -> int:
    """Return the length as Weibo counts it: ASCII characters half, all others whole, rounded up; links in full."""
    return math.ceil(sum(0.5 if ord(char) < 128 else 1 for char in text))


def refusal(call: Call, code: int, message: str, status: int = 400) -> Answer:
    """Return an error. The code is a string from the share endpoint and a number elsewhere: both have been seen."""
    said: str | int = str(code) if call.path.endswith("/share.json") else code
    return as_json({"request": call.path, "error_code": said, "error": message}, status)


def _token(call: Call) -> str:
    return call.authorization("OAuth2") or call.parameter("access_token")


def _number(call: Call, name: str, default: int) -> int:
    said = call.query.get(name, "")
    return int(said) if said.isdecimal() else default


def _uid(call: Call, resident: Resident) -> Answer:  # noqa: ARG001 - a handler
    return as_json({"uid": int(resident.user_id)})


def _profile(resident: Resident) -> dict[str, Any]:
    return {
        "id": int(resident.user_id),
        "idstr": resident.user_id,
        "screen_name": resident.username,
        "name": resident.username,
        "description": resident.name,
        "profile_url": f"u/{resident.user_id}",
    }


def _shown(post: Published, resident: Resident, call: Call) -> dict[str, Any]:
    shown = {
        "created_at": _weibo_time(post.created_at),
        "id": int(post.id),
        "idstr": post.id,
        "mid": post.id,
        "text": post.text,
        "source": "",
        "truncated": False,
        "user": _profile(resident),
    }
    if post.media:
        shown["original_pic"] = f"{call.root}/media/{post.media[0].sha256}"
    return shown


def _weibo_time(instant: datetime) -> str:
    # Day and month in English whatever the machine speaks: strftime would ask its locale.
    local = instant.astimezone(_BEIJING)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[local.weekday()]
    month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][local.month - 1]
    return f"{day} {month} {local:%d %H:%M:%S %z %Y}"

"""How the Graph API shows pages and posts, alone and in lists, with the fields that were asked for."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from crosspost.sandbox import facebook_answers as says
from crosspost.sandbox.answers import Answer, Refusal, as_json
from crosspost.sandbox.calls import Call
from crosspost.sandbox.ledger import Ledger
from crosspost.sandbox.published import Published
from crosspost.sandbox.town import Resident

_DEFAULT_SIZE, _LARGEST_SIZE = 25, 100


class Listing:
    """Answers for a page's own posts, newest first."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def answer(self, call: Call, page: Resident) -> Answer:
        """Answer GET /{page}/published_posts: `fields`, `since`, `until`, `limit`, and `after` from a page before."""
        if call.params["page"] not in {"me", page.user_id}:
            raise Refusal(says.unknown_object("get", call.params["page"]))
        since, until = _instant(call, "since"), _instant(call, "until")
        after = call.query.get("after", "")
        if after and not after.isdecimal():
            raise Refusal(says.error(100, "(#100) Invalid cursors values"))
        posts = (
            post
            for post in self._ledger.timeline("facebook", page.account_id, min(until or call.now, call.now - call.lag))
            if (since is None or post.created_at >= since) and (not after or _number(post) < int(after))
        )
        size = _size(call)
        found = list(islice(posts, size + 1))
        shown = [self.shown_post(post, page, call, call.query.get("fields", "")) for post in found[:size]]
        return as_json({"data": shown, **_paging(call, found, size)})

    def shown_post(self, post: Published, page: Resident, call: Call, fields: str) -> dict[str, Any]:
        """Return a post with the fields asked for; its time, message and id where none are.

        A share shows the address of what it shares, and no words: it has none of its own.
        """
        original = self._ledger.post(post.platform, post.repost_of) if post.repost_of else None
        values = _values(post, page, call)
        if original:
            address = f"{call.root}{original.path}"
            values |= {"parent_id": original.id, "status_type": "shared_story"}
            values["attachments"] = {"data": [{"type": "share", "url": address, "unshimmed_url": address}]}
            values.pop("message", None)
            values.pop("full_picture", None)
        return _chosen(values, fields or "created_time,message")


def shown_page(page: Resident, fields: str) -> dict[str, Any]:
    """Return a page with the fields asked for; name and id where none are."""
    values = {"id": page.user_id, "name": page.name, "username": page.username}
    values["link"] = f"https://www.facebook.com/{page.username}"
    return _chosen(values, fields or "name")


def _values(post: Published, page: Resident, call: Call) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": post.id,
        "created_time": post.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "permalink_url": f"{call.root}{post.path}",
        "is_published": post.listed,
        "from": {"name": page.name, "id": page.user_id},
        "status_type": "added_photos" if post.media else "mobile_status_update",
    }
    if post.text:
        values["message"] = post.text
    if post.media:
        values["full_picture"] = f"{call.root}/media/{post.media[0].sha256}"
    if post.link or post.media:
        values["attachments"] = {"data": [_attachment(post, call)]}
    return values


def _chosen(values: dict[str, Any], fields: str) -> dict[str, Any]:
    # A field may say what is wanted of it in turn, as in `attachments{media}`; it is then given whole.
    names = [name.strip() for name in re.sub(r"\{[^{}]*(\{[^{}]*\}[^{}]*)*\}", "", fields).split(",")]
    return {name: values[name] for name in dict.fromkeys([*names, "id"]) if name in values}


def _attachment(post: Published, call: Call) -> dict[str, Any]:
    if not post.media:
        return {"type": "share", "url": post.link, "unshimmed_url": post.link}
    photos = [
        {"type": "photo", "description": p.alt, "media": {"image": {"src": f"{call.root}/media/{p.sha256}"}}}
        for p in post.media
    ]
    return photos[0] if len(photos) == 1 else {"type": "album", "subattachments": {"data": photos}}


def _instant(call: Call, name: str) -> datetime | None:
    said = call.query.get(name, "")
    if not said:
        return None
    try:
        if said.isdecimal():
            return datetime.fromtimestamp(int(said), UTC)
        instant = datetime.fromisoformat(said)
    except (ValueError, OverflowError, OSError):
        raise Refusal(says.error(100, f"(#100) Param {name} must be a valid UNIX timestamp or ISO 8601 time")) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _size(call: Call) -> int:
    said = call.query.get("limit", str(_DEFAULT_SIZE))
    if not said.isdecimal() or not 0 < int(said) <= _LARGEST_SIZE:
        raise Refusal(says.error(100, f"(#100) The parameter limit must be between 1 and {_LARGEST_SIZE}"))
    return int(said)


def _number(post: Published) -> int:
    return int(post.id.rpartition("_")[2])


def _paging(call: Call, found: list[Published], size: int) -> dict[str, Any]:
    if not found:
        return {}
    last = str(_number(found[:size][-1]))
    paging: dict[str, Any] = {"cursors": {"before": str(_number(found[0])), "after": last}}
    if len(found) > size:
        # The real one puts the token into this address. Here nothing does.
        paging["next"] = f"{call.url}?limit={size}&after={last}"
    return {"paging": paging}

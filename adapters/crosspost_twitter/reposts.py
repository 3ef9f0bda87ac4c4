"""Reposts on X: what names one, where it can be seen, and how its answers and listings are read.

X tells a repost's own number nowhere but in listings, and takes it back by the number of the original: so that is what
its id is made of. An account reposts a post once or not at all; it has one such id for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crosspost.adapter import Original
from crosspost.adapter.addresses import steps
from crosspost.adapter.http import Answer

_MARK = "repost:"

#: What X answers to a second repost (400, as callers of the v2 interface report it; 403 with code 327 before).
_DONE_ALREADY = ("have already retweeted", "have already reposted")

#: What X says of a post that is not there, with status 404, or with 200 where it looks something up.
_NOT_THERE = "resource-not-found"

#: Where the documents say that a second repost is none: the sentence stands there alone, and the v2 interface, which
#: took that one's place, refuses it.
NO_SECOND = (
    "X ignores attempts to repost a post again (developer.x.com, POST statuses/retweet/:id), "
    "and its present interface refuses them"
)


def repost_id(post_id: str) -> str:
    """Return the id of an account's repost of that post."""
    return f"{_MARK}{post_id}"


def reposted_post(remote_id: str) -> str:
    """Return the post that a repost's id names; "" where it is a post's own id."""
    return remote_id.removeprefix(_MARK) if remote_id.startswith(_MARK) else ""


def repost_url(site: str, original: Original, post_id: str) -> str:
    """Return the address of the list of those who reposted a post."""
    path = steps(original.url)
    handle = path[path.index("status") - 1] if "status" in path[1:] else "i"
    return f"{site}/{handle}/status/{post_id}/retweets"


def own_number(access_token: str) -> str:
    """Return the account's number, with which X begins its OAuth 1.0a access tokens; "" where this one does not."""
    number, dash, _ = access_token.partition("-")
    return number if dash and number.isdecimal() else ""


def is_done_already(answer: Answer) -> bool:
    """Say whether X refuses a repost since the account has reposted the post before."""
    return answer.status in {400, 403} and any(words in f"{answer.fields}".casefold() for words in _DONE_ALREADY)


def is_not_there(answer: Answer) -> bool:
    """Say whether X knows no such post."""
    return answer.status == 404 or (answer.status == 200 and _NOT_THERE in f"{answer.fields.get('errors')}")


def passes_on(post: Mapping[str, Any], post_id: str) -> bool:
    """Say whether a listed post is the repost of that one."""
    referenced = post.get("referenced_tweets")
    return any(
        isinstance(one, dict) and one.get("type") == "retweeted" and str(one.get("id")) == post_id
        for one in (referenced if isinstance(referenced, list) else ())
    )

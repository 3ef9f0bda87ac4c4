"""How the Graph API lists a post, compared with a content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crosspost.adapter import Content, Original
from crosspost.adapter.words import same_words

#: What a listing is asked for.
FIELDS = "id,message,created_time,permalink_url,attachments{type,url,unshimmed_url,subattachments}"
#: What it is asked for besides, where a share is looked for.
SHARE_FIELDS = f"{FIELDS},parent_id"


def shows(post: Mapping[str, Any], wording: str, content: Content) -> bool:
    """Say whether a listed post is the content: the same words and number of photos; without words, the same link.

    A link beside words is not compared: Facebook lists the address that the page at it names as its own.
    """
    attachment = _attachment(post)
    if not same_words(wording, str(post.get("message", ""))) or _photos(attachment) != len(content.media):
        return False
    if wording.strip() or not content.link:
        return True
    return same_words(content.link, _address(attachment))


def shares(post: Mapping[str, Any], original: Original) -> bool:
    """Say whether a listed post is a share of the original, without words of its own.

    Facebook names the shared post (`parent_id`), or shows its address, in one of two forms: as it gives it to others,
    or as `permalink.php` with page and number.
    """
    if str(post.get("message") or "").strip():
        return False
    address = _address(_attachment(post))
    if str(post.get("parent_id") or "") == original.remote_id or same_words(original.url, address):
        return True
    query = parse_qs(urlsplit(address).query)
    return f"{_first(query, 'id')}_{_first(query, 'story_fbid')}" == original.remote_id


def _first(query: Mapping[str, list[str]], name: str) -> str:
    return query.get(name, [""])[0]


def _address(attachment: Mapping[str, Any]) -> str:
    return str(attachment.get("unshimmed_url") or attachment.get("url") or "")


def _attachment(post: Mapping[str, Any]) -> Mapping[str, Any]:
    attachments = post.get("attachments")
    data = attachments.get("data") if isinstance(attachments, dict) else None
    first = data[0] if isinstance(data, list) and data else {}
    return first if isinstance(first, dict) else {}


def _photos(attachment: Mapping[str, Any]) -> int:
    several = attachment.get("subattachments")
    data = several.get("data") if isinstance(several, dict) else None
    if isinstance(data, list) and data:
        return len(data)
    return 1 if attachment.get("type") == "photo" else 0

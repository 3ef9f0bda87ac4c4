"""How X shows a post: links behind t.co, images as one more link, `&`, `<` and `>` escaped. Read back to the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crosspost.adapter import Content
from crosspost.adapter.words import same_words

_OF_MEDIA = re.compile(r"/status/\d+/(photo|video)/\d+$")


def shows(post: Mapping[str, Any], wording: str, content: Content) -> bool:
    """Say whether a listed post is the content: the same words, addresses and number of images."""
    return same_words(wording, _words(post)) and _media(post) == len(content.media)


def _words(post: Mapping[str, Any]) -> str:
    # The last of the three, or else `&amp;lt;` would become `<`.
    text = str(post.get("text", "")).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for link in _links(post):
        expanded = str(link.get("expanded_url", ""))
        is_media = "media_key" in link or _OF_MEDIA.search(expanded)
        text = text.replace(str(link.get("url", "")), "" if is_media else expanded)
    return text


def _links(post: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    entities = post.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    for link in urls if isinstance(urls, list) else []:
        if isinstance(link, dict) and link.get("url"):
            yield link


def _media(post: Mapping[str, Any]) -> int:
    attachments = post.get("attachments")
    keys = attachments.get("media_keys") if isinstance(attachments, dict) else None
    return len(keys) if isinstance(keys, list) else 0

"""How X shows a text: links behind t.co, images as one more link, `&`, `<` and `>` escaped."""

from __future__ import annotations

import hashlib
import html
import unicodedata
from functools import lru_cache
from typing import Any

from crosspost.adapter.aged import load
from crosspost.sandbox.published import Published

#: Characters of an address that X displays before it cuts.
_DISPLAYED = 27
#: What a link counts for, however long it is.
_LINK_WEIGHT = 23


def fits(text: str, limit: int) -> bool:
    """Say whether a text, normalised to NFC, is short enough by X's own count: CJK and emoji 2, a link 23."""
    # The exact count takes a millisecond or two. No text weighs more than this, for no link is without a full stop.
    most = sum(1 if ord(char) < 0x1100 else 2 for char in text) + _LINK_WEIGHT * text.count(".")
    return most <= limit or weighted_length(text) <= limit


@lru_cache(maxsize=4096)
def weighted_length(text: str) -> int:
    """Return the length of a text, normalised to NFC, by X's own count."""
    twitter_text = load("twitter_text")
    length: int = twitter_text.parse_tweet(text).weightedLength
    return length


def shown_text(post: Published) -> tuple[str, list[dict[str, Any]]]:
    """Return the text as the platform's interface gives it back, and the links in it as `entities.urls`.

    Positions count characters before escaping.
    """
    pieces: list[str] = []
    urls: list[dict[str, Any]] = []
    text, position, length = unicodedata.normalize("NFC", post.text), 0, 0
    for number, (start, end, url) in enumerate(_links(text)):
        before, short = text[position:start], _short(post, number)
        pieces += [before, short]
        length += len(before)
        urls.append(_entity(length, short, url if "://" in url else f"http://{url}", _displayed(url)))
        length += len(short)
        position = end
    pieces.append(text[position:])
    length += len(text) - position
    if post.media:
        gap = " " if text else ""
        short = _short(post, -1)
        pieces += [gap, short]
        urls += _media_entities(post, length + len(gap), short)
    return html.escape("".join(pieces), quote=False), urls


def media_key(sha256: str) -> str:
    """Return the key that X gives an image."""
    return f"3_{10**18 + int(sha256[:15], 16)}"


@lru_cache(maxsize=4096)
def _links(text: str) -> tuple[tuple[int, int, str], ...]:
    twitter_text = load("twitter_text")
    return tuple((*found["indices"], found["url"]) for found in twitter_text.extract_urls_with_indices(text))


def _short(post: Published, number: int) -> str:
    return f"https://t.co/{hashlib.sha256(f'{post.id}/{number}'.encode()).hexdigest()[:10]}"


def _entity(start: int, short: str, expanded: str, displayed: str) -> dict[str, Any]:
    return {"start": start, "end": start + len(short), "url": short, "expanded_url": expanded, "display_url": displayed}


def _media_entities(post: Published, start: int, short: str) -> list[dict[str, Any]]:
    expanded = f"https://x.com/{post.handle}/status/{post.id}/photo/1"
    displayed = short.replace("https://t.co", "pic.x.com")
    return [{**_entity(start, short, expanded, displayed), "media_key": media_key(p.sha256)} for p in post.media]


def _displayed(url: str) -> str:
    bare = url.partition("://")[2] or url
    bare = bare.removeprefix("www.")
    return bare if len(bare) <= _DISPLAYED else f"{bare[:_DISPLAYED]}…"

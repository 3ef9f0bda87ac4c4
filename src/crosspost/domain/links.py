"""Which links may be published: complete, encrypted, and showing what they are."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from crosspost.domain.bidi import bare

_NEVER = frozenset('{}<>"\\')


def is_publishable(link: str) -> bool:
    """Say whether a link is a whole https address without white space, controls, or characters that no address holds.

    A control of direction could make one address look like another.
    """
    try:
        parts = urlsplit(link)
        is_complete = bool(parts.hostname and "." in parts.hostname.strip(".") and parts.port != 0)
    except ValueError:
        return False
    return is_complete and parts.scheme == "https" and not any(map(_is_foreign, link)) and bare(link) == link


def why_not(link: str) -> str:
    """Return what is wrong with a link that may not be published, and what to write; "" where it may."""
    if is_publishable(link):
        return ""
    if bare(link) != link:
        hidden = next(char for char in link if not bare(char))
        return f"{link!r} holds a hidden control of direction (U+{ord(hidden):04X}): type the link anew"
    return f"{link!r} is not a link: write it in full, as in https://www.example.org/page"


def _is_foreign(char: str) -> bool:
    return char.isspace() or char in _NEVER or unicodedata.category(char) == "Cc"

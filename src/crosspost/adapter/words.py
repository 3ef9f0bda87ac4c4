"""Words as adapters send them, and as they recognise them again."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from crosspost.domain.text import canonical

#: What may follow an address within a longer one: `https://a.example/x` is not in `https://a.example/xy`.
_GOES_ON = r"(?![\w/%&=?#~-])"

_SCHEME = re.compile(r"\bhttps?://", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s]+", re.IGNORECASE)


def composed(text: str) -> str:
    """Return the text in NFC, the form that platforms count and keep."""
    return unicodedata.normalize("NFC", text)


def with_link(text: str, link: str, gap: str = "\n") -> str:
    """Return the text in NFC with the link after it, unless it holds the link already."""
    said, address = composed(text), composed(link)
    if not address or re.search(re.escape(address) + _GOES_ON, said):
        return said
    return f"{said}{gap}{address}" if said.strip() else address


def same_words(sent: str, shown: str) -> bool:
    """Say whether a platform shows what was sent, as far as white space and the writing of addresses go.

    Platforms put `http://` before a bare domain, and add or drop a last `/`.
    """
    return _plain(sent) == _plain(shown)


def _plain(text: str) -> str:
    bare = _ADDRESS.sub(lambda found: unquote(found.group()).rstrip("/"), canonical(text))
    return _SCHEME.sub("", bare)

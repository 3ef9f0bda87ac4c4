"""Digests and canonical forms: how crosspost tells whether two things are the same."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Any

import rfc8785

_ILLEGIBLE = re.compile("[\x00\ud800-\udfff]")


def digest(value: Any) -> str:
    """Return the SHA-256 of a JSON value in its canonical form (RFC 8785), as hexadecimal digits."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def digest_of_bytes(data: bytes) -> str:
    """Return the SHA-256 of the bytes, which is a medium's name in the media store."""
    return hashlib.sha256(data).hexdigest()


def canonical(text: str) -> str:
    """Return the text as it is compared: NFC, white space folded, zero-width characters and controls gone.

    What remains of them makes a difference that people see: the joiner in emoji, the tags in flags such as Scotland's.
    """
    visible = "".join(" " if char.isspace() else char for char in text if char.isspace() or not _is_hidden(char))
    # Composed only now: a hidden character between a letter and its accent would have kept them apart.
    return " ".join(unicodedata.normalize("NFC", visible).split())


def legible(text: str) -> str:
    """Return the text without what no database takes: half characters, as a cut emoji leaves in JSON, and NUL."""
    return _ILLEGIBLE.sub("\ufffd", text)


def _is_hidden(char: str) -> bool:
    joins = char == "\u200d" or "\U000e0020" <= char <= "\U000e007f"
    return unicodedata.category(char) in {"Cf", "Cc"} and not joins


@lru_cache(maxsize=4096)  # asked for each text once for each account that says it
def digest_of_text(text: str) -> str:
    """Return the digest of a text in its canonical form: a change of white space alone leaves it as it was."""
    return digest_of_bytes(canonical(text).encode())

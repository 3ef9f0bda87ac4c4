"""Digests and canonical forms: how crosspost tells whether two things are the same."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

import rfc8785


def digest(value: Any) -> str:
    """Return the SHA-256 of a JSON value in its canonical form (RFC 8785), as hexadecimal digits."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def digest_of_bytes(data: bytes) -> str:
    """Return the SHA-256 of the bytes, which is a medium's name in the media store."""
    return hashlib.sha256(data).hexdigest()


def canonical(text: str) -> str:
    """Return the text as it is compared: NFC, white space folded, zero-width characters and controls gone."""
    visible = (
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if char.isspace() or unicodedata.category(char) != "Cf" or char == "\u200d"
    )
    return " ".join("".join(visible).split())


def digest_of_text(text: str) -> str:
    """Return the digest of a text in its canonical form: a change of white space alone leaves it as it was."""
    return digest_of_bytes(canonical(text).encode())

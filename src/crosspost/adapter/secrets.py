"""Secrets in an adapter's hands: taken out of `Access` with care, and kept out of what platforms echo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from crosspost.errors import ConfigurationError

#: Secrets shorter than this are none, and taking them out would maim words.
_SHORTEST = 6
#: Characters of a platform's message that are worth keeping.
_LONGEST_MESSAGE = 400


def secret(secrets: Mapping[str, str], key: str) -> str:
    """Return a secret of that name, fit for a header.

    Raises:
        ConfigurationError: it is missing, or holds what no token holds (a header would be refused with it in the text).
    """
    value = secrets.get(key, "")
    if not value:
        raise ConfigurationError(f"the credential lacks {key}: docs/credentials.md says how to get it")
    if not (value.isascii() and value.isprintable() and " " not in value):
        raise ConfigurationError(f"{key} holds a space or another character that no token has: copy it again")
    return value


class Redaction:
    """Takes secrets out of a text, and makes it one line of a bearable length."""

    def __init__(self, secrets: Iterable[str]) -> None:
        plain = {value for value in secrets if len(value) >= _SHORTEST}
        forms = plain | {quote(value, safe="") for value in plain}
        # The longest first: one may be a part of another.
        self._forms = tuple(sorted(forms, key=len, reverse=True))

    def __call__(self, text: object) -> str:
        """Return the text without secrets."""
        said = str(text)
        for form in self._forms:
            said = said.replace(form, "[secret]")
        said = " ".join(said.split())
        return said if len(said) <= _LONGEST_MESSAGE else f"{said[:_LONGEST_MESSAGE]}…"

    def __repr__(self) -> str:
        """Say nothing."""
        return "Redaction()"

"""Content: the exact words, link and media of a delivery. Immutable, and named by its digest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crosspost.domain.text import digest

PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class ContentMedium:
    """An image as it will be sent: its bytes by SHA-256, its MIME type and size in bytes, and its alt text."""

    sha256: str
    mime: str
    size: int
    alt: str = ""


@dataclass(frozen=True)
class Content:
    """What one account says, to the letter. `language` is the language that the text is written in."""

    account: str
    language: str
    text: str
    link: str = ""
    media: tuple[ContentMedium, ...] = ()
    action: str = PUBLISH

    @property
    def platform(self) -> str:
        """The platform that the account is on."""
        return self.account.rpartition("/")[2]

    @cached_property
    def digest(self) -> str:
        """The content's name: SHA-256 of its canonical JSON. The size is implied by the bytes, so it does not count."""
        return digest({**self._said(), "language": self.language})

    @cached_property
    def words(self) -> str:
        """What names the words alone: the same for `pt` and `pt-BR`, since readers see no tag."""
        return digest(self._said())

    def _said(self) -> dict[str, Any]:
        return {
            "account": self.account,
            "action": self.action,
            "text": self.text,
            "link": self.link,
            "media": [{"sha256": m.sha256, "mime": m.mime, "alt": m.alt} for m in self.media],
        }

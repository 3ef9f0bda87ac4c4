"""Content: the exact words, link and media of a delivery. Immutable, and named by its digest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crosspost.domain.text import canonical, digest

PUBLISH = "publish"
REPOST = "repost"

#: What stands between the languages of a joined post: a blank line.
BETWEEN_PARTS = "\n\n"


@dataclass(frozen=True, slots=True)
class ContentMedium:
    """An image as it will be sent: its bytes by SHA-256, its MIME type and size in bytes, and its alt text."""

    sha256: str
    mime: str
    size: int
    alt: str = ""


@dataclass(frozen=True, slots=True)
class ContentPart:
    """What a joined post says in one of its languages."""

    language: str
    text: str


@dataclass(frozen=True)
class Content:
    """What one account says, to the letter. `language` is the language that the text is written in.

    Where one post speaks several languages, `text` is its `parts` one below the other, and `language` the first one's.
    A repost's words are those of its original, the delivery that `original` names; else that is "".
    """

    account: str
    language: str
    text: str
    link: str = ""
    media: tuple[ContentMedium, ...] = ()
    action: str = PUBLISH
    original: str = ""
    parts: tuple[ContentPart, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it speaks, in the order of its parts."""
        return tuple(part.language for part in self.parts) or (self.language,)

    @property
    def platform(self) -> str:
        """The platform that the account is on."""
        return self.account.rpartition("/")[2]

    @property
    def is_repost(self) -> bool:
        """Whether it passes on what another account has said."""
        return self.action == REPOST

    @cached_property
    def digest(self) -> str:
        """The content's name: SHA-256 of its canonical JSON. The size is implied by the bytes, so it does not count."""
        named = {**self._said(), "language": self.language}
        return digest({**named, "languages": list(self.languages)} if self.parts else named)

    @cached_property
    def words(self) -> str:
        """What names the words alone: the same for `pt` and `pt-BR`, since readers see no tag, and no control.

        Of a repost that is its original: whatever becomes of the words, nobody passes one post on twice.
        """
        if self.is_repost:
            return digest({"account": self.account, "action": self.action, "original": self.original})
        said = self._said()
        media = [{**medium, "alt": canonical(medium["alt"])} for medium in said["media"]]
        return digest({**said, "text": canonical(self.text), "media": media})

    def _said(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "account": self.account,
            "action": self.action,
            "text": self.text,
            "link": self.link,
            "media": [{"sha256": m.sha256, "mime": m.mime, "alt": m.alt} for m in self.media],
        }
        # Only where it is set: what was named before there were reposts keeps its name.
        return {**said, "original": self.original} if self.original else said

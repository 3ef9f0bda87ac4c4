"""A post as a platform of the sandbox keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as published: its bytes by SHA-256, its MIME type, its alt text."""

    sha256: str
    mime: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A post as a platform keeps it: the text to the letter as it was sent, and `path`, its page in the sandbox.

    A post that is not `listed` exists without appearing on its account (Facebook's `published=false`). A repost has
    the words, the link and the images of its original, the post of the platform that `repost_of` names.
    """

    platform: str
    account: str
    handle: str
    id: str
    text: str
    created_at: datetime
    path: str
    link: str = ""
    media: tuple[Picture, ...] = ()
    listed: bool = True
    deleted: bool = False
    repost_of: str = ""

"""What a worksheet holds: texts to be localised, each with what it was made from and what a translator should know."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from crosspost.domain.campaign import ANY, TEXT
from crosspost.domain.text import digest, digest_of_bytes
from crosspost.domain.word_diff import Piece

#: The version of the format; a file of a later one is not read.
FORMAT = 1

#: How many hexadecimal figures of a digest the file shows: 64 bits, as many as tell all texts of a ministry apart.
FIGURES = 16


class Answer(StrEnum):
    """What a mission may say to a text instead of rewriting it."""

    NONE = ""
    ACCEPT = "accept"  # I have read what changed: my words still fit
    TAKE_CENTRAL = "take-central"  # my words go, what is inherited counts
    OPT_OUT = "opt-out"  # we do not say this post at all


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of a platform's limit the present text takes, in its `unit`; `length` is None where there is no text.

    Where accounts join their languages in one post, `is_joined`, and `length` is that of all of them together; without
    a text, that of the others.
    """

    platform: str
    length: int | None
    limit: int
    unit: str
    is_joined: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    """Why a text is stale: how its source changed, word by word, and how that was meant.

    `difference` is None where the old source is not known.
    """

    difference: Sequence[Piece] | None
    change: str
    note: str


@dataclass(frozen=True, slots=True)
class Notes:
    """What a translator should know of a text; the file says it in comments, and nobody reads it back.

    `due` is when it goes out next, on the clock of `zone`; it may come back then. `terms` are the glossary's: what
    the source says, and the agreed forms. `critical` is what a critical correction said was wrong, where the text waits
    for that.
    """

    due: datetime
    zone: str
    source_language: str
    source: str
    comes_back: bool = False
    image: str = ""
    stale: Stale | None = None
    critical: str = ""
    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    budgets: tuple[Budget, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One text to localise.

    `field` is `text`, or `alt:` and the first figures of an image's SHA-256. `made_from` are the first figures of the
    source's digest, "" where there is no source. `whose` is the mission whose text counted when the file was made, ""
    where there was none; `was` is that text's mark. `seal` vouches that none of this was changed by hand.
    """

    campaign: str
    post: str
    field: str
    language: str
    platform: str
    made_from: str
    whose: str
    was: str
    text: str
    answer: Answer = Answer.NONE
    reason: str = ""
    seal: str = ""
    number: int = 0
    notes: Notes | None = None

    @property
    def is_edited(self) -> bool:
        """Whether other words stand there than those that were exported; none at all is no edit."""
        return bool(self.text) and mark_of(self.text) != self.was

    @property
    def is_emptied(self) -> bool:
        """Whether the words that were exported are gone, and none stand in their place."""
        return not self.text and self.was != mark_of("")

    @property
    def name(self) -> str:
        """The text as people name it: `cop31/opening in ar for twitter`."""
        on = "" if self.platform == ANY else f" for {self.platform}"
        return f"{self.campaign}/{self.post} in {self.language}{'' if self.field == TEXT else ' (alt text)'}{on}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A mission's open work. `network` is the root of the network that it comes from; `made` is when, in UTC."""

    mission: str
    network: str
    made: datetime
    tasks: tuple[Task, ...]

    @property
    def made_at(self) -> str:
        """When it was made, as the file writes it: to the second, in UTC."""
        return f"{self.made.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def seal_of(self, task: Task) -> str:
        """Return the seal of what is not to be changed by hand."""
        place = [task.campaign, task.post, task.field, task.language, task.platform]
        return digest([self.mission, self.made_at, *place, task.made_from, task.whose, task.was])[:FIGURES]


def mark_of(text: str) -> str:
    """Return what tells whether a text was edited: neither the kind of a space counts, nor spaces at a line's end.

    Editors and mail programs change these unasked. Line breaks do count.
    """
    lines = unicodedata.normalize("NFC", text).strip().split("\n")
    return digest_of_bytes("\n".join(" ".join(line.split()) for line in lines).encode())[:FIGURES]

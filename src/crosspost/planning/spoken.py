"""What other accounts say on one platform: the originals that a text may be the same, or nearly the same, as."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crosspost.domain.content import Content
from crosspost.domain.likeness import Wording, is_near, is_same, tongue, wording
from crosspost.domain.schedule import Instant

#: The languages and scripts of a content; one post may speak several.
Tongues = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What an account says in its own words, by which delivery and when; `is_out`: it is out already, or may be.

    `out` is when it went out, None while nobody knows that it did.
    """

    delivery: str
    occasion: str
    content: Content
    time: Instant
    is_out: bool = False
    out: datetime | None = None

    @property
    def wording(self) -> Wording:
        """Its words as they are compared."""
        return wording(self.content.text)


def tongues(content: Content) -> Tongues:
    """Return the languages and scripts of a content."""
    return tuple(tongue(tag) for tag in content.languages)


class Spoken:
    """What is said in accounts' own words, in the order in which it was added.

    Most accounts say what others say too, so each wording is compared once with each other one.
    """

    def __init__(self) -> None:
        self._count = 0
        self._by_words: dict[tuple[str, ...], list[tuple[int, Said]]] = {}
        self._wordings: dict[Tongues, list[Wording]] = {}
        #: For a wording, how many others it has been compared with, and which of them are near.
        self._near: dict[tuple[Tongues, Wording], tuple[int, list[Wording]]] = {}

    def add(self, said: Said) -> None:
        """Add what an account says."""
        words = said.wording.words
        if words not in self._by_words:
            self._by_words[words] = []
        if not any(tongues(other.content) == tongues(said.content) for _, other in self._by_words[words]):
            self._wordings.setdefault(tongues(said.content), []).append(said.wording)
        self._by_words[words].append((self._count, said))
        self._count += 1

    def like(self, content: Content, occasion: str) -> Iterator[Said]:
        """Yield what others say that is the same, or in the same tongue nearly the same, in the order of `add`.

        A post that comes back says the same each time: its other occasions do not count.
        """
        this, its = wording(content.text), tongues(content)
        near = {other.words for other in self._compared(its, this)}
        found = [
            one
            for words in {this.words, *near}
            for one in self._by_words.get(words, ())
            if words == this.words or tongues(one[1].content) == its
        ]
        in_order = (said for _, said in sorted(found, key=lambda one: one[0]))
        return (
            said
            for said in in_order
            if said.content.account != content.account and not _is_other_time(said.occasion, occasion)
        )

    def _compared(self, its: Tongues, this: Wording) -> list[Wording]:
        others = self._wordings.get(its, [])
        compared, near = self._near.get((its, this), (0, []))
        near = [*near, *(other for other in others[compared:] if is_near(this, other))]
        self._near[its, this] = (len(others), near)
        return near


def _is_other_time(one: str, other: str) -> bool:
    """Say whether two occasions are of one post that comes back."""
    return one != other and "@" in one and one.partition("@")[0] == other.partition("@")[0]


def numbers(content: Content) -> tuple[int, ...]:
    """Return the numbers that a content says, the smallest first."""
    return wording(content.text).numbers


def says_the_same(content: Content, other: Content) -> bool:
    """Say whether two contents are the same to the letter that counts."""
    return is_same(wording(content.text), wording(other.text))


def says_nearly_the_same(content: Content, other: Content) -> bool:
    """Say whether two contents are the same or nearly the same."""
    return is_near(wording(content.text), wording(other.text))

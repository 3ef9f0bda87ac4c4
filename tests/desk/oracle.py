"""An oracle for stale texts, written a second time and without the code under test: what each text was made from.

Every value has a number of its own in its words, which nothing but its writing gives it; so whatever leaves can be told
by its numbers. The number of a source stands for what it says: a cosmetic edit keeps it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crosspost.domain.campaign import ANY, LINK, TEXT, Campaign, Fact, Medium, Post, StalePolicy, Variant, alt_of
from crosspost.domain.content import Content
from crosspost.domain.network import Account, LanguageMode, Mission, Network
from crosspost.domain.schedule import WallTime, parse_time
from crosspost.domain.selection import Selection

IMAGE = Medium("a" * 64, "image/png", 10, 1, 1, "hall.png")
ALT = alt_of(IMAGE.sha256)
FIELDS = (TEXT, ALT, LINK)
TRANSLATIONS = ("ja", "ar")

_NUMBER = re.compile(r"\d+")


def mission(name: str, parent: str, zone: str, languages: str) -> Mission:
    return Mission(name, parent, "embassy", name, name[:2].upper(), zone, tuple(languages.split()), ("sat", "sun"))


NETWORK = Network(
    {
        m.id: m
        for m in (
            Mission("ministry", "", "ministry", "Paris", "FR", "Europe/Paris", ("fr",), ("sat", "sun")),
            Mission("asia", "ministry", "region"),
            mission("tokyo", "asia", "Asia/Tokyo", "fr ja"),
            mission("seoul", "asia", "Asia/Seoul", "ja"),
            mission("cairo", "ministry", "Africa/Cairo", "ar fr"),
        )
    },
    {
        a.id: a
        for a in (
            Account("ministry", "paper", "@ministry"),
            Account("tokyo", "paper", "@tokyo"),
            Account("seoul", "paper", "@seoul"),
            Account("cairo", "paper", "@cairo"),
            Account("cairo", "board", "cairo.board", (), LanguageMode.FIRST),
        )
    },
)


#: The day after the clock of the test begins, so that it comes in Tokyo, Cairo and Paris one after the other.
AT = parse_time("2027-03-02 10:00 local")


@dataclass(frozen=True)
class Written:
    """The campaign's file as Paris has it before her: the number of each value, by field, language and platform.

    `points` are the full stops that cosmetic edits have put behind the source's words.
    """

    numbers: tuple[tuple[tuple[str, str, str], int], ...]
    points: int = 0
    hall: str = "Salle Bleue"
    policy: StalePolicy = StalePolicy.SKIP
    at: WallTime = AT
    post: str = "opening"

    def number(self, name: str, language: str, platform: str = ANY) -> int | None:
        """Return the number of the value at a place."""
        return dict(self.numbers).get((name, language, platform))

    def put(self, place: tuple[str, str, str], number: int | None) -> Written:
        """Return the file with another value at a place, or none there."""
        known = {**dict(self.numbers), place: number}
        return replace(self, numbers=tuple((key, value) for key, value in known.items() if value is not None))

    def source(self, name: str, platform: str = ANY) -> int | None:
        """Return the number of what others' values of a field are made from."""
        language = ANY if name == LINK else "fr"
        found = self.number(name, language, platform)
        return self.number(name, language) if found is None else found

    def campaign(self) -> Campaign:
        """Return what is read from the file: each translation made from the source that stands beside it."""
        bare = [
            Variant("ministry", *place, said(place[0], n, self.points if place[:2] == (TEXT, "fr") else 0))
            for place, n in self.numbers
        ]
        post = Post(self.post, self.at, tuple(bare), expires=timedelta(hours=30), media=(IMAGE,))
        made = tuple(
            replace(v, source=post.source_digest(v.field, "fr", v.platform)) if v.language in TRANSLATIONS else v
            for v in bare
        )
        return Campaign(
            "cop",
            "COP",
            "fr",
            Selection(mission=("ministry",)),
            (replace(post, variants=made),),
            owner="ministry",
            facts=(Fact("hall", "text", self.hall),),
            stale=self.policy,
        )


def said(name: str, number: int, points: int = 0) -> str:
    """Return the words, or the link, of a number."""
    if name == LINK:
        return f"https://example.org/{number}"
    return f"image {number}" if name == ALT else f"annonce {number} {{{{ hall }}}}{'!' * points}"


def numbers_in(content: Content) -> set[int]:
    """Return the numbers of all that a content says."""
    words = " ".join((content.text, content.link, *(medium.alt for medium in content.media)))
    return {int(found) for found in _NUMBER.findall(words)}


@dataclass(frozen=True)
class Made:
    """A value that was made from a source: of which field, for which platform, and the source's number then."""

    field: str
    platform: str
    source: int | None


@dataclass
class Oracle:
    """What is known of every number, and of every delivery that somebody has to look at first."""

    current: Written
    last: int = 0
    sources: dict[int, tuple[str, str]] = field(default_factory=dict)
    made: dict[int, Made] = field(default_factory=dict)
    accepted: set[tuple[int, int | None]] = field(default_factory=set)
    pinned: dict[int, datetime] = field(default_factory=dict)
    corrections: int = 0
    #: Deliveries that nobody has looked at since the critical correction of that number.
    unseen: dict[str, int] = field(default_factory=dict)

    def new(self) -> int:
        """Return a number that no value has had."""
        self.last += 1
        return self.last + 1000

    def write(self, name: str, platform: str, source: int | None) -> int:
        """Return the number of new words that somebody makes from a source."""
        number = self.new()
        self.made[number] = Made(name, platform, source)
        return number

    def accept(self, number: int, source: int | None) -> None:
        """Take note that somebody has looked at a source and stands by their words; a pin is over with that."""
        self.accepted.add((number, source))
        self.pinned.pop(number, None)

    def why_not(self, delivery: str, content: Content, now: datetime) -> str:
        """Say why something may not leave now; "" where it may."""
        wrong = [why for number in numbers_in(content) if (why := self._why_stale(number, now))]
        if delivery in self.unseen:
            wrong.append(f"nobody has looked at it since correction {self.unseen[delivery]}")
        return "; ".join(wrong)

    def _why_stale(self, number: int, now: datetime) -> str:
        made = self.made.get(number)
        if made is None:
            stands = number in dict(self.current.numbers).values()
            return "" if stands else f"{number} is no source any more"
        source = self.current.source(made.field, made.platform)
        is_fresh = source == made.source or (number, source) in self.accepted
        if is_fresh or now < self.pinned.get(number, now):
            return ""
        return f"{number} was made from {made.source}, and {source} is said now (pinned: {self.pinned.get(number)})"

    def look(self, before: dict[str, set[int]], after: dict[str, set[int]], numbers: set[int], seen: int) -> None:
        """Take note that somebody answered about these values, with the corrections before them up to `seen`."""
        for delivery, correction in list(self.unseen.items()):
            said = before.get(delivery, set()) | after.get(delivery, set())
            if correction <= seen and not numbers.isdisjoint(said):
                del self.unseen[delivery]


def first_file(oracle: Oracle) -> Written:
    """Return a file with a source and two translations of each field, and one link."""
    file = oracle.current
    for name in (TEXT, ALT):
        source = oracle.new()
        file = file.put((name, "fr", ANY), source)
        for language in TRANSLATIONS:
            file = file.put((name, language, ANY), oracle.write(name, ANY, source))
    return file.put((LINK, ANY, ANY), oracle.new())

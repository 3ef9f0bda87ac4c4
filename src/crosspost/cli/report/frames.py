"""What each account says, mission by mission: every entry in a frame like its platform's, with all its reasons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosspost.cli.report import words
from crosspost.cli.report.images import Picture
from crosspost.domain.bidi import begins_right_to_left
from crosspost.domain.campaign import ANY

if TYPE_CHECKING:
    from crosspost.desk.report import Entry, Platform, ReportData
    from crosspost.domain.campaign import Campaign
    from crosspost.domain.content import Content
    from crosspost.domain.network import Network
    from crosspost.domain.planned import Origin

#: Up to so many entries everything lies open; beyond, only what needs somebody, and the first mission.
_ALL_OPEN = 40

#: A web address; what ends a sentence after it is not part of it.
_URL = re.compile(r"(https?://[^\s\u2066-\u2069]*[^\s\u2066-\u2069.,;:!?)\]…»”'\"،؛؟。，）])")

_FIELDS = {"text": "text", "link": "link", "time": "time", "opt-out": "opt-out"}


@dataclass(frozen=True, slots=True)
class Shown:
    """An image of a frame: its picture, or None where the bytes are gone, and its alternative text.

    Where that is in several languages, `language` is "", and each line of it goes by its own direction.
    """

    picture: Picture | None
    alt: str
    language: str
    dir: str


@dataclass(frozen=True, slots=True)
class Source:
    """Which fields of a frame an owner gave, and whether that is a mission's own override."""

    owner: str
    fields: str
    is_override: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """A frame's words in one language. `pieces` are the words, of which every second one is a web address."""

    language: str
    dir: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """An entry as it is drawn. `language` names all that it speaks, `spoken` has the words of each.

    `original` is the number of the frame that a repost passes on; 0 where there is none on this page.
    """

    number: int
    entry: Entry
    platform: Platform
    initial: str
    mission: str
    handle: str
    language: str
    spoken: tuple[Spoken, ...]
    shows_link: bool
    images: tuple[Shown, ...]
    zone: str
    sources: tuple[Source, ...]
    original: int = 0


@dataclass(frozen=True, slots=True)
class MissionView:
    """A mission and its frames; `counts` are its entries by state, in the order of the states."""

    id: str
    name: str
    kind: str
    frames: tuple[Frame, ...]
    counts: tuple[tuple[str, int], ...]
    open: bool


@dataclass(frozen=True, slots=True)
class RegionView:
    """A region: those of its missions that say something."""

    id: str
    name: str
    missions: tuple[MissionView, ...]


def initials(platforms: Iterable[Platform]) -> dict[str, str]:
    """Return the shortest beginning of each platform's title that tells it from the others; of equal ones, the name."""
    titles = {platform.name: platform.title for platform in platforms}
    found = {}
    for name, title in titles.items():
        others = [other for key, other in titles.items() if key != name]
        lengths = range(1, len(title) + 1)
        short = (title[:n] for n in lengths if not any(other.startswith(title[:n]) for other in others))
        found[name] = next(short, name)
    return found


def region_of(network: Network, mission: str) -> str:
    """Return the node just below the ministry that a mission is listed under; the ministry where it has no region."""
    owners = network.owners(mission)
    if not owners:
        return ""
    below = owners[-2:-1]
    return below[0] if below and network.children(below[0]) else owners[-1]


def by_region(network: Network, missions: Iterable[str]) -> dict[str, list[str]]:
    """Return the missions in tree order by region; those that are no longer in the network come last, under ""."""
    wanted = set(missions)
    grouped: dict[str, list[str]] = {}
    for mission in network.subtree(network.root):
        if mission in wanted:
            grouped.setdefault(region_of(network, mission), []).append(mission)
    gone = sorted(wanted - set(network.missions))
    return grouped | ({"": gone} if gone else {})


def languages(campaign: Campaign) -> list[str]:
    """Return the campaign's languages, the source first, then in the order of the file."""
    spoken = dict.fromkeys(tag for post in campaign.posts for tag in post.languages())
    return sorted(spoken, key=lambda tag: tag != campaign.source)


def frames(data: ReportData, pictures: Mapping[str, Picture]) -> list[Frame]:
    """Return every entry as a frame, in the order of the tree, then of time."""
    order = {account.id: number for number, account in enumerate(data.network.accounts_in_order())}
    place = {tag: number for number, tag in enumerate(languages(data.campaign))}

    def position(entry: Entry) -> tuple[object, ...]:
        spoken = place.get(entry.content.language, len(place))
        return (order.get(entry.account, len(order)), entry.account, entry.time.utc, entry.post, spoken, entry.slot)

    ordered = sorted(data.entries, key=position)
    numbers = {entry.id: number for number, entry in enumerate(ordered, start=1)}
    drawer = _Drawer(data, pictures, initials(data.platforms.values()), numbers)
    return [drawer.frame(entry) for entry in ordered]


def regions(network: Network, drawn: list[Frame]) -> list[RegionView]:
    """Return the frames by region and mission."""
    by_mission: dict[str, list[Frame]] = {}
    for frame in drawn:
        by_mission.setdefault(frame.entry.mission, []).append(frame)
    first = drawn[0].entry.mission if drawn else ""
    few = len(drawn) <= _ALL_OPEN
    return [
        RegionView(
            region,
            words.mission_name(network, region) if region else "No longer in the network",
            tuple(_mission(network, m, by_mission[m], is_open=few or m == first) for m in missions),
        )
        for region, missions in by_region(network, by_mission).items()
    ]


def counted(states: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return how many there are of each state, in the order of the states."""
    counts = Counter(states)
    return tuple((state, counts[state]) for state in words.STATES if counts[state])


def _mission(network: Network, mission: str, drawn: list[Frame], *, is_open: bool) -> MissionView:
    known = network.missions.get(mission)
    counts = counted(frame.entry.state for frame in drawn)
    return MissionView(
        mission,
        words.mission_name(network, mission),
        words.mission_kind(known) if known else "",
        tuple(drawn),
        counts,
        is_open or any(frame.entry.needs_somebody for frame in drawn),
    )


@dataclass(frozen=True, slots=True)
class _Drawer:
    """Draws entries as frames."""

    data: ReportData
    pictures: Mapping[str, Picture]
    initials: Mapping[str, str]
    numbers: Mapping[str, int]

    def frame(self, entry: Entry) -> Frame:
        network, content = self.data.network, entry.content
        account, mission = network.accounts.get(entry.account), network.missions.get(entry.mission)
        return Frame(
            number=self.numbers[entry.id],
            entry=entry,
            platform=self.data.platforms[content.platform],
            initial=self.initials[content.platform],
            mission=words.mission_name(network, entry.mission),
            handle=account.handle if account and account.handle else entry.account,
            language=" + ".join(words.language_name(tag) for tag in content.languages),
            spoken=tuple(
                Spoken(passage.language, _direction(passage.words), tuple(_URL.split(passage.words)))
                for passage in entry.passages
            ),
            shows_link=bool(content.link) and content.link not in entry.words,
            images=tuple(Shown(self.pictures.get(m.sha256), m.alt, *_described(content, m.alt)) for m in content.media),
            zone=mission.timezone if mission and mission.timezone else entry.time.zone,
            sources=sources(entry.origins, self.data.campaign.owner, content.languages),
            original=self.numbers.get(content.original, 0),
        )


def _described(content: Content, alt: str) -> tuple[str, str]:
    """Return the language and the direction of an image's description."""
    return ("", "auto") if content.parts else (content.language, _direction(alt))


def _direction(words: str) -> str:
    """Return the direction that readers see: that of the first letter, and not of the language.

    Arabic that is nothing but a name in Latin letters is shown from left to right.
    """
    return "rtl" if begins_right_to_left(words) else "ltr"


def sources(origins: Iterable[Origin], centre: str, languages: Sequence[str]) -> tuple[Source, ...]:
    """Return the fields by owner, the missions' own before the centre's."""
    fields: dict[str, list[str]] = {}
    for origin in origins:
        said = _field(origin, languages)
        if said not in fields.setdefault(origin.owner, []):
            fields[origin.owner].append(said)
    found = [Source(owner, ", ".join(names), owner != centre) for owner, names in fields.items()]
    return tuple(sorted(found, key=lambda source: not source.is_override))


def _field(origin: Origin, languages: Sequence[str]) -> str:
    """Return a field as people call it, with the language and platform it was written for where that says something."""
    name = "image description" if origin.field.startswith("alt:") else _FIELDS.get(origin.field, origin.field)
    is_plain = origin.language == ANY or list(languages) == [origin.language]
    limits = [] if is_plain else [origin.language]
    limits += [] if origin.platform == ANY else [f"for {origin.platform}"]
    return f"{name} ({', '.join(limits)})" if limits else name

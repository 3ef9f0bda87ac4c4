"""What a campaign says, as one value: before it is queued, while it waits, and afterwards with the receipts.

The words are those that the adapter would send (`Adapter.wording`): what the report shows is what leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from crosspost.adapter import Adapter
from crosspost.adapter.words import composed
from crosspost.desk import campaigns
from crosspost.desk.deliveries import listed, needs_a_person
from crosspost.desk.desk import Desk
from crosspost.desk.world import Going, World, world
from crosspost.domain.campaign import Campaign
from crosspost.domain.content import BETWEEN_PARTS, Content, ContentMedium
from crosspost.domain.delivery import MAY_BE_ALLOWED
from crosspost.domain.network import Network
from crosspost.domain.planned import Origin, Planned, Skipped
from crosspost.domain.schedule import Instant, Shift
from crosspost.domain.selection import Selection
from crosspost.domain.text import digest_of_bytes
from crosspost.errors import StoreError
from crosspost.store import campaigns as kept
from crosspost.store import network, plans
from crosspost.store.deliveries import Listed

#: The state of what is not in the queue yet, and of what is queued and may not leave now.
PLANNED = "planned"
HELD = "held"

#: States whose posts never leave.
NEVER_LEAVES = frozenset({"cancelled", "expired"})


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform as people read it: its title, the unit of its lengths, and in what way its adapter is a stub.

    `takes_alt` says whether it takes alternative texts at all.
    """

    name: str
    title: str
    unit: str = "characters"
    stub: str = ""
    takes_alt: bool = True


@dataclass(frozen=True, slots=True)
class Passage:
    """What an entry says in one language."""

    language: str
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One post of one account, planned or queued, with its reasons.

    `words` are as the account will show them. `state` is a delivery's, or `planned`, or `held`. `url` is the receipt's.
    `length` and `limit` are in the platform's unit. `needs_somebody`: it goes no further until a person decides.
    `because` and `moved` are as in Planned: which post it reposts, or why it does not any more; and what gave it
    another time than its post's.
    """

    id: str
    post: str
    slot: str
    content: Content
    words: str
    time: Instant
    expires: datetime
    length: int
    limit: int
    origins: tuple[Origin, ...]
    state: str = PLANNED
    reason: str = ""
    url: str = ""
    sent_at: datetime | None = None
    needs_somebody: bool = False
    because: str = ""
    moved: str = ""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The words by language: one passage, or several of a joined post; what follows them is the last one's."""
        parts = self.content.parts
        spoken = [composed(part.text) for part in parts]
        if not parts or not self.words.startswith(BETWEEN_PARTS.join(spoken)):
            return (Passage(self.content.language, self.words),)
        spoken[-1] = self.words[len(BETWEEN_PARTS.join([*spoken[:-1], ""])) :]
        return tuple(Passage(part.language, words) for part, words in zip(parts, spoken, strict=True))

    @property
    def account(self) -> str:
        """The id of the account that says it."""
        return self.content.account

    @property
    def mission(self) -> str:
        """The id of the mission that says it."""
        return self.content.account.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class QueuedAs:
    """How a campaign was queued: the revision's number, when, by whom, and whether its times were moved to then."""

    revision: int
    at: datetime
    who: str
    rushed: bool
    status: str


@dataclass(frozen=True, slots=True)
class ReportData:
    """All that the report shows. `queued` is None before the campaign is queued; `images` holds bytes by SHA-256.

    An image that the media store has lost is not among `images`. `world` is how what leaves goes round the world.
    """

    campaign: Campaign
    queued: QueuedAs | None
    mode: str
    at: datetime
    network: Network
    platforms: Mapping[str, Platform]
    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...]
    images: Mapping[str, bytes]
    world: World = field(default_factory=World)


def gather(desk: Desk, campaign_id: str) -> ReportData:
    """Return the report of a campaign that was queued.

    Raises:
        UsageError: when it never was.
    """
    row, now = campaigns.queued(desk, campaign_id), desk.clock()
    with desk.store.read() as tx:
        campaign, revision = kept.current(tx, row)
        known = network.load(tx)
        rows = listed(tx, Selection(campaign=(row.id,)), now)
        skipped = plans.skipped(tx, row.id)
    entries = tuple(entry_of_delivery(d, desk.adapters) for d in rows)
    return ReportData(
        campaign=campaign,
        queued=QueuedAs(revision.number, revision.at, revision.who, revision.rushed, row.status),
        mode=desk.config.mode,
        at=now,
        network=known,
        platforms=platforms(_spoken_of(entries, skipped), desk.adapters),
        entries=entries,
        skipped=skipped,
        images=_stored_images(desk, campaign, entries),
        world=_world(desk, known, entries, skipped),
    )


def gather_plan(desk: Desk, prospect: campaigns.Prospect, media: Iterable[Path] = ()) -> ReportData:
    """Return the report of a campaign that is not queued yet; `media` are the files of its images."""
    known = desk.network()
    images = [path.read_bytes() for path in media]
    entries = tuple(entry_of_plan(planned, desk.adapters) for planned in prospect.plan.planned)
    return ReportData(
        campaign=prospect.campaign,
        queued=None,
        mode=desk.config.mode,
        at=desk.clock(),
        network=known,
        platforms=platforms(_spoken_of(entries, prospect.plan.skipped), desk.adapters),
        entries=entries,
        skipped=prospect.plan.skipped,
        images={digest_of_bytes(data): data for data in images},
        world=_world(desk, known, entries, prospect.plan.skipped),
    )


def _world(desk: Desk, known: Network, entries: Iterable[Entry], skipped: Iterable[Skipped]) -> World:
    """Return how what leaves, or left, goes round the world."""
    leaving = (entry for entry in entries if entry.state not in NEVER_LEAVES)
    going = (Going(e.account, e.post, e.time.utc, known.clock_of(e.account) or e.time.zone, e.moved) for e in leaving)
    return world(desk, known, going, skipped)


def platforms(accounts: Iterable[str], adapters: Mapping[str, Adapter]) -> dict[str, Platform]:
    """Return the platforms of these accounts, as their adapters call them; without an adapter, by the bare name."""
    found = {}
    for name in sorted({account.rpartition("/")[2] for account in accounts}):
        found[name] = Platform(name, name)
        if name in adapters:
            adapter = adapters[name]
            takes = adapter.capabilities
            found[name] = Platform(name, adapter.title, takes.unit, adapter.stub, takes.alt_limit > 0)
    return found


def _spoken_of(entries: Iterable[Entry], skipped: Iterable[Skipped]) -> Iterator[str]:
    yield from (entry.account for entry in entries)
    yield from (skip.account for skip in skipped)


def entry_of_plan(planned: Planned, adapters: Mapping[str, Adapter]) -> Entry:
    """Return what a plan says as an entry."""
    return Entry(
        id=planned.id,
        post=planned.post,
        slot=planned.slot,
        content=planned.content,
        words=_wording(planned.content, adapters),
        time=planned.time,
        expires=planned.expires,
        length=planned.length,
        limit=planned.limit,
        origins=planned.origins,
        reason="; ".join(f"{stop.kind}: {stop.why}" for stop in planned.stops if stop.kind in MAY_BE_ALLOWED),
        because=planned.because,
        moved=planned.moved,
    )


def entry_of_delivery(delivery: Listed, adapters: Mapping[str, Adapter]) -> Entry:
    """Return a delivery as an entry."""
    row = delivery.row
    return Entry(
        id=row.id,
        post=row.post,
        slot=row.slot,
        content=delivery.content,
        words=_wording(delivery.content, adapters),
        time=Instant(row.due, datetime.fromisoformat(row.wall), row.zone, Shift(row.shift)),
        expires=row.expires,
        length=row.length,
        limit=row.length_limit,
        origins=tuple(Origin(**origin) for origin in row.origins),
        state=delivery.state,
        reason=delivery.reason,
        url=delivery.remote_url,
        sent_at=row.sent_at,
        needs_somebody=bool(delivery.stopped or delivery.left_to_delete) or needs_a_person(delivery),
        because=row.because,
        moved=row.moved,
    )


def _wording(content: Content, adapters: Mapping[str, Adapter]) -> str:
    """Return the words as the adapter sends them; where it is no longer installed, the text and the link."""
    if content.platform in adapters:
        return adapters[content.platform].wording(content)
    return f"{content.text} {content.link}".strip()


def _stored_images(desk: Desk, campaign: Campaign, entries: Iterable[Entry]) -> dict[str, bytes]:
    """Return the bytes of every image that is shown; what the media store has lost is left out."""
    shown: list[ContentMedium] = [medium for entry in entries for medium in entry.content.media]
    images = {}
    for sha256 in dict.fromkeys([*(m.sha256 for m in campaign.media()), *(m.sha256 for m in shown)]):
        try:
            images[sha256] = desk.media.read(sha256)
        except StoreError:
            continue
    return images

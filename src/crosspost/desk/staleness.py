"""What waits for an answer: values made from another source than the post has now, that are still to be sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crosspost.desk import replan
from crosspost.desk.desk import Desk
from crosspost.domain.campaign import ANY, TEXT, Campaign, Post, StalePolicy, Variant
from crosspost.domain.freshness import Change, is_stale
from crosspost.domain.inheritance import Layers, Speaker, layers, resolve
from crosspost.domain.merge import merged
from crosspost.domain.network import LanguageMode, Network
from crosspost.domain.selection import Selection
from crosspost.domain.text import digest_of_text
from crosspost.store import Transaction, campaigns, deliveries, network
from crosspost.store.campaigns import Version
from crosspost.store.tables import Delivery


@dataclass(frozen=True, slots=True)
class Open:
    """A value that is stale now, an override or a translation of the centre's, and what waits for it to be answered.

    `old_source` is the value of the source that it was made from, None where no kept revision has it; `new_source` is
    what stands there now. `change` and `note` are those of the revision that made it stale, or of a critical one since.
    `revision` is the campaign's as it is. `deliveries` are the queued ones that would use the value, `due` is the
    earliest of them; None where there are none.
    """

    campaign: str
    post: str
    variant: Variant
    is_override: bool
    old_source: str | None
    new_source: str
    change: str
    note: str
    revision: int
    deliveries: tuple[str, ...]
    due: datetime | None

    @property
    def source_now(self) -> str:
        """The digest of the source as it is, which an answer names; "" where the source is gone."""
        return digest_of_text(self.new_source) if self.new_source else ""


def open_answers(desk: Desk, *, campaign: str = "", mission: str = "") -> list[Open]:
    """Return what waits for an answer, in the order in which it is due: of one campaign, or of all that are active.

    With a mission, what its subtree waits for: its own overrides, and the values of those above that its accounts use.
    A value that nothing queued would use asks nobody.
    """
    return [one for one in stale_values(desk, campaign=campaign, mission=mission) if one.deliveries]


def stale_values(desk: Desk, *, campaign: str = "", mission: str = "") -> list[Open]:
    """Return every stale value: after what `open_answers` returns, the mission's own that nothing queued would use."""
    with desk.store.read() as tx:
        known = network.load(tx)
        chosen = [name for name in replan.active_campaigns(tx) if campaign in {"", name}]
        standings = [_Standing.of(tx, name, known, desk.clock()) for name in chosen]
        found = [one for standing in standings for one in standing.stale(tx, mission or known.root)]
    return sorted(found, key=_in_order)


def _in_order(one: Open) -> tuple[bool, str, str, str, tuple[str, str, str, str]]:
    due = one.due.isoformat() if one.due else ""
    return (one.due is None, due, one.campaign, one.post, one.variant.place)


@dataclass(frozen=True)
class _Standing:
    """A campaign as it stands: its current version, the overrides, and what is queued of it."""

    campaign: Campaign
    overrides: dict[str, tuple[Variant, ...]]
    rows: Sequence[Delivery]
    network: Network
    now: datetime

    @classmethod
    def of(cls, tx: Transaction, campaign_id: str, known: Network, now: datetime) -> _Standing:
        """Read it."""
        row = campaigns.find(tx, campaign_id)
        if row is None:
            raise LookupError(campaign_id)
        chosen = Selection(campaign=(campaign_id,), state=("queued",))
        waiting = [listed.row for listed in deliveries.every(tx, chosen, known)]
        return cls(campaigns.current(tx, row)[0], dict(campaigns.overrides(tx, campaign_id)), waiting, known, now)

    def stale(self, tx: Transaction, mission: str) -> Iterator[Open]:
        """Yield the stale values that a mission's subtree has or would use."""
        versions: list[Version] = []
        for post in self.campaign.posts:
            overrides = self.overrides.get(post.id, ())
            known = layers((*post.variants, *overrides))
            for variant in (*post.variants, *overrides):
                waiting = [row for row in self._waiting(post, variant, known) if self._is_within(row, mission)]
                is_own = self.network.is_within(variant.owner, mission)
                if waiting or (is_own and is_stale(variant, post, self.campaign.source, self.now)):
                    versions = versions or campaigns.versions(tx, self.campaign.id)
                    yield self._open(post, variant, waiting, versions)

    def _waiting(self, post: Post, variant: Variant, known: Layers) -> Iterator[Delivery]:
        """Yield what is queued and would use the value, which is stale when it is due."""
        for row in self.rows:
            is_asked = row.post == post.id and is_stale(variant, post, self.campaign.source, row.due)
            if is_asked and (is_used(row, variant) or self._is_passed_over(row, variant, known)):
                yield row

    def _is_passed_over(self, row: Delivery, variant: Variant, known: Layers) -> bool:
        """Say whether other languages speak in one post for all only because the value is stale."""
        mission, _, platform = row.account.rpartition("/")
        falls_back = self.campaign.stale is StalePolicy.FALLBACK and row.slot == ANY and variant.field == TEXT
        if not falls_back or row.account not in self.network.accounts:
            return False
        speaker, account = Speaker(self.network.owners(mission), platform), self.network.accounts[row.account]
        languages = self.network.languages_of(account)
        spoken = next((i for i, tag in enumerate(languages) if resolve(known, TEXT, tag, speaker) == variant), None)
        is_joined = account.language_mode is LanguageMode.JOINED
        return spoken is not None and (is_joined or row.language not in languages[:spoken])

    def _is_within(self, row: Delivery, mission: str) -> bool:
        return self.network.is_within(row.account.rpartition("/")[0], mission)

    def _open(self, post: Post, variant: Variant, waiting: Sequence[Delivery], versions: Sequence[Version]) -> Open:
        old, made_stale = origin_of(variant, post.id, versions)
        return Open(
            campaign=self.campaign.id,
            post=post.id,
            variant=variant,
            is_override=variant.owner != self.campaign.owner,
            old_source=old,
            new_source=post.source_of(variant.field, self.campaign.source, variant.platform) or "",
            change=made_stale.revision.change if made_stale else Change.SUBSTANTIVE,
            note=made_stale.revision.note if made_stale else "",
            revision=versions[-1].revision.number,
            deliveries=tuple(row.id for row in waiting),
            due=min((row.due for row in waiting), default=None),
        )


def is_used(row: Delivery, variant: Variant) -> bool:
    """Say whether a delivery is made of the value, as far as its plan says."""
    place = dict(zip(("owner", "field", "language", "platform"), variant.place, strict=True))
    return any(all(origin[name] == value for name, value in place.items()) for origin in row.origins)


def origin_of(variant: Variant, post: str, versions: Sequence[Version]) -> tuple[str | None, Version | None]:
    """Return the source that a value was made from, and the version that made it stale, as far as either is known.

    `versions` are all of the campaign, oldest first. A critical version goes before the one that came first: who
    answers must know what was wrong.
    """
    sources = [_source(version, post, variant) for version in versions]
    digests = [_digest(version, post, variant) for version in versions]
    last = max((i for i, digest in enumerate(digests) if digest == variant.source), default=None)
    if last is None:
        return None, None
    since = [i for i in range(last + 1, len(versions)) if digests[i] != digests[i - 1]]
    critical = [i for i in since if versions[i].revision.change == Change.CRITICAL]
    return sources[last], versions[(critical or since)[0]] if since else None


def _source(version: Version, post: str, variant: Variant) -> str | None:
    before = version.campaign.post(post)
    return before.source_of(variant.field, version.campaign.source, variant.platform) if before else None


def _digest(version: Version, post: str, variant: Variant) -> str:
    before = version.campaign.post(post)
    return before.source_digest(variant.field, version.campaign.source, variant.platform) if before else ""


def proposal(one: Open, source_language: str) -> str | None:
    """Return a mission's own words with what changed in the source, where both are in one language; else None.

    Nobody has read it: it is shown, never set.
    """
    if not one.is_override or one.variant.language != source_language or one.old_source is None:
        return None
    return merged(one.old_source, one.new_source, one.variant.value, source_language)

"""Campaigns, their revisions, and the overrides, in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from crosspost.domain.campaign import Campaign, Medium, Variant
from crosspost.domain.freshness import Change
from crosspost.domain.text import digest
from crosspost.store import events
from crosspost.store.engine import Transaction
from crosspost.store.tables import CampaignRow, Media, Override, Revision, core

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_campaign = core(CampaignRow)
_revision = core(Revision)
_override = core(Override)
_media = core(Media)

ACTIVE = "active"
WITHDRAWN = "withdrawn"


@lru_cache(maxsize=1)
def _json() -> TypeAdapter[Campaign]:
    from pydantic import TypeAdapter

    return TypeAdapter(Campaign)


def to_json(campaign: Campaign) -> dict[str, Any]:
    """Return the campaign as JSON values, whole."""
    return dict(_json().dump_python(campaign, mode="json"))


def digest_of(campaign: Campaign) -> str:
    """Return the digest that names this version of the campaign."""
    return digest(to_json(campaign))


def find(tx: Transaction, campaign_id: str) -> CampaignRow | None:
    """Return the campaign's row, or None where it was never queued."""
    row = tx.execute(select(_campaign).where(_campaign.c.id == campaign_id)).first()
    return CampaignRow(**row._mapping) if row else None


def every(tx: Transaction) -> list[CampaignRow]:
    """Return all campaigns, by id."""
    return [CampaignRow(**row._mapping) for row in tx.execute(select(_campaign).order_by(_campaign.c.id))]


def current(tx: Transaction, row: CampaignRow) -> tuple[Campaign, Revision]:
    """Return the version of the campaign that counts, and the revision that keeps it."""
    found = tx.execute(
        select(_revision).where(_revision.c.campaign == row.id, _revision.c.number == row.revision)
    ).one()
    revision = Revision(**found._mapping)
    return _json().validate_python(revision.value), revision


def revisions(tx: Transaction, campaign_id: str) -> list[Revision]:
    """Return every queued version, oldest first, without its value."""
    columns = [c for c in _revision.c if c.name != "value"]
    rows = tx.execute(select(*columns).where(_revision.c.campaign == campaign_id).order_by(_revision.c.number))
    return [Revision(**row._mapping, value={}) for row in rows]


@dataclass(frozen=True, slots=True)
class Version:
    """A queued version of a campaign, whole, and the revision that keeps it."""

    campaign: Campaign
    revision: Revision


def versions(tx: Transaction, campaign_id: str) -> list[Version]:
    """Return every queued version whole, oldest first."""
    rows = tx.execute(select(_revision).where(_revision.c.campaign == campaign_id).order_by(_revision.c.number))
    return [Version(_json().validate_python(row.value), Revision(**row._mapping)) for row in rows]


@dataclass(frozen=True, slots=True)
class Correction:
    """A critical revision: its number, what was wrong before, the posts that it corrects, who queued it, and when."""

    revision: int
    note: str
    posts: tuple[str, ...]
    who: str
    at: datetime


def corrections(tx: Transaction, campaign_id: str) -> list[Correction]:
    """Return the critical revisions of a campaign, oldest first."""
    told = [event for event in events.about(tx, campaign_id) if event["action"] == "queue"]
    return [
        Correction(
            event["detail"]["revision"],
            event["detail"]["note"],
            tuple(event["detail"].get("posts", ())),
            event["who"],
            event["at"],
        )
        for event in told
        if event["detail"].get("change") == Change.CRITICAL
    ]


@dataclass(frozen=True, slots=True)
class NewRevision:
    """A version to be kept: the campaign as it will be sent, the digest of its file, and how it came."""

    campaign: Campaign
    file_digest: str
    rushed: bool
    change: Change
    note: str
    who: str
    at: datetime


def add_revision(tx: Transaction, new: NewRevision) -> int:
    """Keep a new version whole and make it the one that counts; return its number."""
    campaign = new.campaign
    row = find(tx, campaign.id)
    values = {"title": campaign.title, "owner": campaign.owner, "status": ACTIVE}
    if row is None:
        tx.execute(insert(_campaign).values(id=campaign.id, revision=0, plan_number=0, **values))
    number = (row.revision if row else 0) + 1
    tx.execute(
        insert(_revision).values(
            campaign=campaign.id,
            number=number,
            value=to_json(campaign),
            file_digest=new.file_digest,
            rushed=new.rushed,
            change=new.change.value,
            note=new.note,
            who=new.who,
            at=new.at,
        )
    )
    tx.execute(update(_campaign).where(_campaign.c.id == campaign.id).values(revision=number, **values))
    return number


def coming_back(tx: Transaction) -> list[str]:
    """Return the ids of the active campaigns with a post that comes back."""
    return [row.id for row in every(tx) if row.status == ACTIVE and current(tx, row)[0].comes_back]


def set_status(tx: Transaction, campaign_id: str, status: str) -> None:
    """Set whether the campaign is active or withdrawn."""
    tx.execute(update(_campaign).where(_campaign.c.id == campaign_id).values(status=status))


def advance(tx: Transaction, campaign_id: str, seen: int) -> bool:
    """Advance the campaign's plan number if it is still the one that was seen; say whether it was.

    The transaction that writes a plan, and any that changes what a plan depends on, begins with this.
    """
    result = tx.execute(
        update(_campaign)
        .where(_campaign.c.id == campaign_id, _campaign.c.plan_number == seen)
        .values(plan_number=seen + 1)
    )
    return result.rowcount == 1


def overrides(tx: Transaction, campaign_id: str) -> Mapping[str, tuple[Variant, ...]]:
    """Return the overrides of a campaign, by post."""
    by_post: dict[str, tuple[Variant, ...]] = {}
    for row in override_rows(tx, campaign_id):
        by_post[row.post] = (*by_post.get(row.post, ()), as_variant(row))
    return by_post


def override_rows(tx: Transaction, campaign_id: str) -> list[Override]:
    """Return the overrides of a campaign with who set them and when."""
    rows = tx.execute(
        select(_override)
        .where(_override.c.campaign == campaign_id)
        .order_by(_override.c.post, _override.c.owner, _override.c.field, _override.c.language, _override.c.platform)
    )
    return [Override(**row._mapping) for row in rows]


def as_variant(row: Override) -> Variant:
    """Return the Variant that an override's row keeps."""
    return Variant(row.owner, row.field, row.language, row.platform, row.value, row.source, row.pinned)


@dataclass(frozen=True, slots=True)
class Kept:
    """Who keeps an override and when, how it came to fit its source (`set`, `accepted`, `pinned`), and why."""

    who: str
    at: datetime
    state: str = "set"
    reason: str = ""


def set_override(tx: Transaction, campaign_id: str, post: str, variant: Variant, kept: Kept) -> None:
    """Keep an override; one of the same place gives way."""
    drop_override(tx, campaign_id, post, variant)
    tx.execute(insert(_override).values(campaign=campaign_id, post=post, **asdict(variant), **asdict(kept)))


def resource(tx: Transaction, campaign_id: str, post: str, variant: Variant) -> None:
    """Write what an override was made from, and nothing else of it: nothing was said differently."""
    tx.execute(update(_override).where(*_at(campaign_id, post, variant)).values(source=variant.source))


def drop_override(tx: Transaction, campaign_id: str, post: str, variant: Variant) -> bool:
    """Let go of an override of the variant's place; say whether there was one."""
    return tx.execute(delete(_override).where(*_at(campaign_id, post, variant))).rowcount > 0


def _at(campaign_id: str, post: str, variant: Variant) -> tuple[ColumnElement[bool], ...]:
    columns = (_override.c.owner, _override.c.field, _override.c.language, _override.c.platform)
    place = (column == value for column, value in zip(columns, variant.place, strict=True))
    return (_override.c.campaign == campaign_id, _override.c.post == post, *place)


def keep_media(tx: Transaction, media: Iterable[Medium]) -> None:
    """Remember media whose bytes are in the media store."""
    wanted = {medium.sha256: medium for medium in media}
    known = set(tx.execute(select(_media.c.sha256).where(_media.c.sha256.in_(wanted))).scalars())
    new = [asdict(medium) for sha256, medium in wanted.items() if sha256 not in known]
    if new:
        tx.execute(insert(_media), new)

"""Where each field of a delivery comes from: its layer and owner, the revision, and whether it fits its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crosspost.desk.staleness import origin_of
from crosspost.domain.campaign import Post, Variant
from crosspost.domain.delivery import MAY_BE_OUT
from crosspost.domain.freshness import is_stale
from crosspost.store import Transaction, campaigns
from crosspost.store.campaigns import Version
from crosspost.store.tables import Delivery, Override


class Fit(StrEnum):
    """Whether a value fits the source as it is."""

    FRESH = "fresh"
    STALE = "stale"
    PINNED = "pinned"  # its owner stands by it until then, whatever the source says
    ACCEPTED = "accepted"  # its owner has looked at the new source, and it is still right
    UNUSED = "unused"  # the campaign has no such post any more


def fit_of(variant: Variant, state: str, post: Post | None, source_language: str, due: datetime) -> Fit:
    """Return how a value fits its source when it is due; `state` is an override's, "" for the centre's."""
    if post is None:
        return Fit.UNUSED
    if is_stale(variant, post, source_language, due):
        return Fit.STALE
    if variant.pinned is not None and due < variant.pinned:
        return Fit.PINNED
    return Fit.ACCEPTED if state == Fit.ACCEPTED else Fit.FRESH


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a delivery as it stands: whose value it is, for which language and platform, and how it fits.

    `revision` is that of the campaign from which the centre's value stands so, or from whose source an override was
    made; None where it is not known. `stale_since` is the revision that made it stale. `who` set, accepted or pinned
    it, `at` that time; the centre's have neither.
    """

    field: str
    owner: str
    language: str
    platform: str
    is_override: bool
    revision: int | None
    fit: Fit
    stale_since: int | None = None
    who: str = ""
    at: datetime | None = None
    reason: str = ""
    pinned: datetime | None = None


def fields(tx: Transaction, row: Delivery) -> list[Field]:
    """Return where each field of a delivery comes from; none where it belongs to no campaign, or may be out.

    What is out says what it said; what stands in its place by now is no reason for that.
    """
    if row.state in MAY_BE_OUT or campaigns.find(tx, row.campaign) is None:
        return []
    versions = campaigns.versions(tx, row.campaign)
    overrides = [o for o in campaigns.override_rows(tx, row.campaign) if o.post == row.post]
    return list(_fields(row, versions, {campaigns.as_variant(o).place: o for o in overrides}))


def _fields(
    row: Delivery, versions: Sequence[Version], overrides: dict[tuple[str, str, str, str], Override]
) -> Iterator[Field]:
    campaign = versions[-1].campaign
    post = campaign.post(row.post)
    for origin in row.origins:
        place = (origin["owner"], origin["field"], origin["language"], origin["platform"])
        override = overrides.get(place)
        written = next((v for v in post.variants if v.place == place), None) if post else None
        value = campaigns.as_variant(override) if override else written
        if value is None:  # the centre's time, or what has gone since
            is_override = origin["owner"] != campaign.owner
            yield Field(origin["field"], *_rest(origin), is_override, None, Fit.FRESH if post else Fit.UNUSED)
            continue
        fit = fit_of(value, override.state if override else "", post, campaign.source, row.due)
        since = origin_of(value, row.post, versions)[1] if fit in {Fit.STALE, Fit.PINNED} else None
        yield Field(
            origin["field"],
            *_rest(origin),
            is_override=override is not None,
            revision=_made_from(value, row.post, versions) if override else _stands_since(value, row.post, versions),
            fit=fit,
            stale_since=since.revision.number if since else None,
            who=override.who if override else "",
            at=override.at if override else None,
            reason=override.reason if override else "",
            pinned=value.pinned,
        )


def _rest(origin: dict[str, str]) -> tuple[str, str, str]:
    return origin["owner"], origin["language"], origin["platform"]


def _made_from(value: Variant, post_id: str, versions: Sequence[Version]) -> int | None:
    """Return the first revision that had the source which a value was made from, in the last stretch that had it."""
    found = None
    for version in reversed(versions):
        post = version.campaign.post(post_id)
        has_it = (
            post is not None
            and post.source_digest(value.field, version.campaign.source, value.platform) == value.source
        )
        if has_it:
            found = version.revision.number
        elif found is not None:
            break
    return found


def _stands_since(value: Variant, post_id: str, versions: Sequence[Version]) -> int | None:
    """Return the revision from which the centre has said so without a break."""
    found = None
    for version in reversed(versions):
        post = version.campaign.post(post_id)
        if post is None or all((v.place, v.value) != (value.place, value.value) for v in post.variants):
            break
        found = version.revision.number
    return found

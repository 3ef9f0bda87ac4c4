"""Freshness: whether a value still fits the source that it was made from.

Each translation and each override remembers the digest of the source it was made from (`Variant.source`). When the
source changes in substance and the value does not, the value is stale. Source of the rule: gettext's fuzzy entries and
the source hashes of translation tools; unlike theirs, a stale text is never sent.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from crosspost.domain.campaign import Campaign, Post, Variant
from crosspost.domain.text import digest_of_text


class Change(StrEnum):
    """What a new version of a campaign is to those who made something from the one before."""

    COSMETIC = "cosmetic"  # nothing was said differently: what was fresh stays fresh
    SUBSTANTIVE = "substantive"  # what was made from the old source, and did not change with it, is stale
    CRITICAL = "critical"  # the old one was wrong: what has not left waits until somebody has looked at it


def is_stale(variant: Variant, post: Post, source_language: str, due: datetime) -> bool:
    """Say whether the value was made from another source than the post has now, and nobody stands by it when due."""
    if not variant.source or (variant.pinned is not None and due < variant.pinned):
        return False
    return variant.source != post.source_digest(variant.field, source_language, variant.platform)


def carried(old: Campaign | None, new: Campaign, change: Change) -> Campaign:
    """Return the new version with what each of its translations was made from, which its file cannot say.

    A translation that changed was made from the new source. One that did not keeps the source it was made from, and is
    stale if that has changed in substance.
    """
    if old is None:
        return new
    return replace(new, posts=tuple(_carried_post(old, new, post, change) for post in new.posts))


def _carried_post(old: Campaign, new: Campaign, post: Post, change: Change) -> Post:
    before = old.post(post.id)
    if before is None:
        return post
    known = {variant.place: variant for variant in before.variants}
    return replace(
        post, variants=tuple(_carried(v, known.get(v.place), (before, post), new, change) for v in post.variants)
    )


def _carried(
    variant: Variant, before: Variant | None, posts: tuple[Post, Post], campaign: Campaign, change: Change
) -> Variant:
    if not variant.source or before is None or digest_of_text(before.value) != digest_of_text(variant.value):
        return variant
    kept = replace(variant, source=before.source or variant.source)
    return following(kept, *posts, campaign.source) if change is Change.COSMETIC else kept


def following(variant: Variant, old: Post, new: Post, source_language: str) -> Variant:
    """Return the value as made from the new source, if it was made from the old one: nothing was said differently."""
    made_from = old.source_digest(variant.field, source_language, variant.platform)
    if not variant.source or variant.source != made_from:
        return variant
    return replace(variant, source=new.source_digest(variant.field, source_language, variant.platform))

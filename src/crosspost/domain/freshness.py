"""Freshness: whether a value still fits the source that it was made from.

Each translation and each override remembers the digest of the source it was made from (`Variant.source`). When the
source changes in substance and the value does not, the value is stale. Source of the rule: gettext's fuzzy entries and
the source hashes of translation tools; unlike theirs, a stale text is never sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from crosspost.domain.campaign import Campaign, Post, Variant, alt_of
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


#: What was said once and is not now: the last value of each place, by post.
Memory = Mapping[tuple[str, tuple[str, str, str, str]], Variant]


def remembered(versions: Iterable[Campaign]) -> dict[tuple[str, tuple[str, str, str, str]], Variant]:
    """Return the last value of each place of each post in these versions, oldest first."""
    return {(post.id, v.place): v for version in versions for post in version.posts for v in post.variants}


def carried(old: Campaign | None, new: Campaign, change: Change, memory: Memory | None = None) -> Campaign:
    """Return the new version with what each of its translations was made from, which its file cannot say.

    A translation that changed was made from the new source; if the change is cosmetic, it says what it said. One that
    says what it said keeps the source it was made from, and is stale if that has changed in substance. So does one that
    is back from an older version (`memory`) as it was there: to leave a text out for a while makes it no fresher.
    """
    if old is None:
        return new
    return replace(new, posts=tuple(_carried_post(old, new, post, (change, memory or {})) for post in new.posts))


def _carried_post(old: Campaign, new: Campaign, post: Post, how: tuple[Change, Memory]) -> Post:
    change, memory = how
    before = old.post(post.id)
    known = {variant.place: variant for variant in before.variants} if before else {}
    described = _described_before(before, post)
    made = []
    for variant in post.variants:
        place = (variant.owner, described.get(variant.field, variant.field), variant.language, variant.platform)
        earlier = known.get(place)
        kept = _kept(variant, earlier or memory.get((post.id, place)), change)
        if before is not None and earlier is not None and change is Change.COSMETIC:
            kept = following(kept, before, post, new.source)
        made.append(kept)
    return replace(post, variants=tuple(made))


def _described_before(before: Post | None, post: Post) -> dict[str, str]:
    """Return, for the alt texts of images that are others under the same name, where those of the ones before stood."""
    old = {medium.file: medium.sha256 for medium in before.media} if before else {}
    return {alt_of(m.sha256): alt_of(old[m.file]) for m in post.media if m.file and m.file in old}


def _kept(variant: Variant, before: Variant | None, change: Change) -> Variant:
    """Return the value with the source that it was made from, where it says what it said."""
    if not variant.source or before is None:
        return variant
    says_the_same = change is Change.COSMETIC or digest_of_text(before.value) == digest_of_text(variant.value)
    return replace(variant, source=before.source or variant.source) if says_the_same else variant


def following(variant: Variant, old: Post, new: Post, source_language: str) -> Variant:
    """Return the value as made from the new source, if it was made from the old one: nothing was said differently."""
    made_from = old.source_digest(variant.field, source_language, variant.platform)
    if not variant.source or variant.source != made_from:
        return variant
    return replace(variant, source=new.source_digest(variant.field, source_language, variant.platform))

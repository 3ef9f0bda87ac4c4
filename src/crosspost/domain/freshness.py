"""Freshness: whether a value still fits the source that it was made from.

Each translation and each override remembers the digest of the source it was made from (`Variant.source`). When the
source changes in substance and the value does not, the value is stale. Source of the rule: gettext's fuzzy entries and
the source hashes of translation tools; unlike theirs, a stale text is never sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    is_pinned = variant.pinned is not None and due < variant.pinned
    return not is_pinned and _is_outdated(variant, post, source_language)


def stands_until(variant: Variant, post: Post, source_language: str) -> datetime | None:
    """Return the end of the pin by which alone the value may be said; None where it needs none, or has none."""
    return variant.pinned if variant.pinned and _is_outdated(variant, post, source_language) else None


def _is_outdated(variant: Variant, post: Post, source_language: str) -> bool:
    return bool(variant.source) and variant.source != post.source_digest(
        variant.field, source_language, variant.platform
    )


#: What a value is told by within a campaign: its post, its place there.
Where = tuple[str, tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a campaign's versions have said: the last value of each place, and the last with certain words there."""

    last: Mapping[Where, Variant] = field(default_factory=dict)
    said: Mapping[tuple[Where, str], Variant] = field(default_factory=dict)


def remembered(versions: Iterable[Campaign]) -> Memory:
    """Return what these versions have said, oldest first."""
    every = [((post.id, v.place), v) for version in versions for post in version.posts for v in post.variants]
    return Memory(dict(every), {(where, digest_of_text(v.value)): v for where, v in every})


def carried(old: Campaign | None, new: Campaign, change: Change, memory: Memory | None = None) -> Campaign:
    """Return the new version with what each of its translations was made from, which its file cannot say.

    A translation that changed was made from the new source; if the change is cosmetic, it says what it said. One that
    says what it said keeps the source it was made from, and is stale if that has changed in substance. So does one that
    is back from an older version (`memory`) as it was there, and one whose post has another name now: to leave a text
    out for a while, or to rename its post, makes it no fresher.
    """
    if old is None:
        return new
    carrier = _Carrier(old, new, change, memory or remembered((old,)))
    return replace(new, posts=tuple(carrier.post(post) for post in new.posts))


class _Carrier:
    """Carries over what translations were made from, from one version of a campaign to the next."""

    def __init__(self, old: Campaign, new: Campaign, change: Change, memory: Memory) -> None:
        self._old, self._new, self._change, self._memory = old, new, change, memory
        names = {post.id for post in new.posts}
        #: What was said in posts that are gone: in a new post, it may be an old one under another name.
        self._gone = {(place, words): v for ((post, place), words), v in memory.said.items() if post not in names}

    def post(self, post: Post) -> Post:
        """Return a post with what its translations were made from."""
        before = self._old.post(post.id)
        known = {variant.place: variant for variant in before.variants} if before else {}
        described = _described_before(before, post)
        made = []
        for variant in post.variants:
            place = (variant.owner, described.get(variant.field, variant.field), variant.language, variant.platform)
            earlier = known.get(place)
            kept = self._kept(variant, earlier or self._memory.last.get((post.id, place)))
            if kept is variant:
                kept = self._back(variant, (post.id, place), is_new=before is None)
            if before is not None and earlier is not None and self._change is Change.COSMETIC:
                kept = following(kept, before, post, self._new.source)
            made.append(kept)
        return replace(post, variants=tuple(made))

    def _kept(self, variant: Variant, before: Variant | None) -> Variant:
        """Return the value with the source that it was made from, where it says what it said; else as it is."""
        if not variant.source or before is None:
            return variant
        is_same = self._change is Change.COSMETIC or digest_of_text(before.value) == digest_of_text(variant.value)
        return replace(variant, source=before.source or variant.source) if is_same else variant

    def _back(self, variant: Variant, where: Where, *, is_new: bool) -> Variant:
        """Return the value with the source that it was made from when it was said before, if it ever was."""
        words = digest_of_text(variant.value)
        said = self._memory.said.get((where, words)) or (self._gone.get((where[1], words)) if is_new else None)
        return variant if said is None or not variant.source else replace(variant, source=said.source or variant.source)


def _described_before(before: Post | None, post: Post) -> dict[str, str]:
    """Return, for the alt texts of images that are others under the same name, where those of the ones before stood."""
    old = {medium.file: medium.sha256 for medium in before.media} if before else {}
    return {alt_of(m.sha256): alt_of(old[m.file]) for m in post.media if m.file and m.file in old}


def following(variant: Variant, old: Post, new: Post, source_language: str) -> Variant:
    """Return the value as made from the new source, if it was made from the old one: nothing was said differently."""
    made_from = old.source_digest(variant.field, source_language, variant.platform)
    if not variant.source or variant.source != made_from:
        return variant
    return replace(variant, source=new.source_digest(variant.field, source_language, variant.platform))

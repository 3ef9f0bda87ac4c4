"""What changed between two versions of a campaign, said in a line each."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.domain.campaign import ANY, Campaign, Post, Variant
from crosspost.domain.schedule import format_duration


def differences(old: Campaign, new: Campaign) -> list[str]:
    """Return what the new version changes, in the order of the file."""
    return [*_heads(old, new), *_facts(old, new), *_posts(old, new)]


def _heads(old: Campaign, new: Campaign) -> Iterator[str]:
    for name in ("title", "source", "require"):
        if getattr(old, name) != getattr(new, name):
            yield f"{name}: {getattr(old, name)} → {getattr(new, name)}"
    if old.audience != new.audience:
        yield f"audience: {old.audience.describe()} → {new.audience.describe()}"


def _facts(old: Campaign, new: Campaign) -> Iterator[str]:
    before, after = ({fact.name: fact.text for fact in campaign.facts} for campaign in (old, new))
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield f"fact {name}: {before.get(name, 'none')} → {after.get(name, 'none')}"


def _posts(old: Campaign, new: Campaign) -> Iterator[str]:
    before, after = ({post.id: post for post in campaign.posts} for campaign in (old, new))
    for post_id in dict.fromkeys([*before, *after]):
        if post_id not in before:
            yield f"{post_id}: new"
        elif post_id not in after:
            yield f"{post_id}: gone"
        else:
            yield from (f"{post_id}: {said}" for said in _post(before[post_id], after[post_id]))


def _post(old: Post, new: Post) -> Iterator[str]:
    if old.at != new.at:
        yield f"time {old.at} → {new.at}"
    if old.expires != new.expires:
        yield f"expires {format_duration(old.expires)} → {format_duration(new.expires)}"
    if old.embargo != new.embargo:
        yield "now under embargo" if new.embargo else "no longer under embargo"
    if [m.sha256 for m in old.media] != [m.sha256 for m in new.media]:
        yield "media changed"
    before, after = ({_place(v): v.value for v in post.variants} for post in (old, new))
    for place in dict.fromkeys([*before, *after]):
        if before.get(place) != after.get(place):
            yield f"{place} {'added' if place not in before else 'removed' if place not in after else 'changed'}"


def _place(variant: Variant) -> str:
    where = [variant.field.partition(":")[0]]
    where += [] if variant.language == ANY else [variant.language]
    where += [] if variant.platform == ANY else [f"on {variant.platform}"]
    return " ".join(where)

"""What an edit of a campaign leads to beyond the words themselves: what becomes stale, and what is rendered anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crosspost.desk.replan import Snapshot
from crosspost.domain.campaign import ANY, Campaign, Post, Variant
from crosspost.domain.delivery import BlockKind
from crosspost.domain.differences import changed_facts, facts_in
from crosspost.domain.freshness import is_stale
from crosspost.domain.planned import Origin, Plan


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a changed fact renders anew: in which languages, and how many deliveries."""

    fact: str
    languages: tuple[str, ...]
    deliveries: int


@dataclass(frozen=True, slots=True)
class Consequences:
    """What an edit leads to.

    `translations` counts by language the centre's values that become stale, `overrides` those of each mission.
    `waiting` are the deliveries that a stale value stops, `rendered` what the changed facts render anew: no text is
    stale for that.
    """

    translations: Mapping[str, int] = field(default_factory=dict)
    overrides: Mapping[str, int] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    rendered: tuple[Rendered, ...] = ()


def consequences(before: Snapshot, after: Snapshot, plan: Plan, now: datetime) -> Consequences:
    """Return what leads from one situation to the next, whose plan is given."""
    old, new = before.latest, after.campaign
    if old is None or new is None:
        return Consequences()
    was = {(post, variant.place) for post, variant in _stale(old, before.overrides, now)}
    stale = [(post, v) for post, v in _stale(new, after.overrides, now) if (post, v.place) not in was]
    return Consequences(
        translations=Counter(v.language for _, v in stale if v.owner == new.owner),
        overrides=Counter(v.owner for _, v in stale if v.owner != new.owner),
        waiting=tuple(p.id for p in plan.planned if any(stop.kind is BlockKind.STALE for stop in p.stops)),
        rendered=tuple(_rendered(changed_facts(old, new), after, plan)),
    )


def _stale(
    campaign: Campaign, overrides: Mapping[str, tuple[Variant, ...]], now: datetime
) -> Iterator[tuple[str, Variant]]:
    for post in campaign.posts:
        for variant in (*post.variants, *overrides.get(post.id, ())):
            if is_stale(variant, post, campaign.source, now):
                yield post.id, variant


def _rendered(facts: list[str], after: Snapshot, plan: Plan) -> Iterator[Rendered]:
    posts = {post.id: post for post in after.campaign.posts} if after.campaign else {}
    said = [(p.content.language, _facts(p.origins, posts[p.post], after)) for p in plan.planned]
    for fact in facts:
        languages = [language for language, names in said if fact in names]
        if languages:
            yield Rendered(fact, tuple(dict.fromkeys(languages)), len(languages))


def _facts(origins: tuple[Origin, ...], post: Post, after: Snapshot) -> frozenset[str]:
    """Return the facts that something planned says, by the values that it is made of."""
    values = {v.place: v.value for v in (*post.variants, *after.overrides.get(post.id, ()))}
    places = ((o.owner, o.field, o.language, o.platform) for o in origins if o.language != ANY)
    return frozenset().union(*(facts_in(values.get(place, "")) for place in places))

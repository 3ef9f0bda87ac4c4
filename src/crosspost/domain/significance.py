"""Why a new version of a campaign is no cosmetic one, each reason with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crosspost.domain.campaign import LINK, Campaign, Post, Variant
from crosspost.domain.differences import named, timing
from crosspost.domain.glossary import Term, occurs
from crosspost.domain.schedule import format_duration
from crosspost.domain.substance import why_not_cosmetic


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is said or done otherwise: where (`opening text fr`, `facts`, `audience`), and what."""

    place: str
    what: str


def reasons(old: Campaign, new: Campaign) -> tuple[Reason, ...]:
    """Return why the change cannot be called cosmetic, in the order of the file; nothing where it can."""
    return (*_heads(old, new), *_facts(old, new), *_posts(old, new))


def _heads(old: Campaign, new: Campaign) -> Iterator[Reason]:
    if old.audience != new.audience:
        yield Reason("audience", f"{old.audience.describe()} → {new.audience.describe()}")
    if old.source != new.source:
        yield Reason("source", f"language {old.source} → {new.source}")


def _facts(old: Campaign, new: Campaign) -> Iterator[Reason]:
    before, after = ({fact.name: fact for fact in campaign.facts} for campaign in (old, new))
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            was, now = (f[name].text if name in f else "none" for f in (before, after))
            yield Reason("facts", f"{name} {was} → {now}")


def _posts(old: Campaign, new: Campaign) -> Iterator[Reason]:
    for post_id in dict.fromkeys(post.id for post in (*old.posts, *new.posts)):
        before, after = old.post(post_id), new.post(post_id)
        if before is None or after is None:
            yield Reason(post_id, "a post more" if before is None else "a post less")
            continue
        yield from (Reason(post_id, what) for what in _own(before, after))
        yield from _values(before, after, tuple(dict.fromkeys((*old.terms, *new.terms))))


def _own(old: Post, new: Post) -> Iterator[str]:
    if old.at != new.at:
        yield f"time {old.at} → {new.at}"
    if old.expires != new.expires:
        yield f"expires {format_duration(old.expires)} → {format_duration(new.expires)}"
    yield from timing(old, new)
    if old.embargo != new.embargo:
        yield "under embargo now" if new.embargo else "no longer under embargo"
    if [medium.sha256 for medium in old.media] != [medium.sha256 for medium in new.media]:
        yield "media are others"


def _values(old: Post, new: Post, terms: tuple[Term, ...]) -> Iterator[Reason]:
    before, after = ({variant.place: variant for variant in post.variants} for post in (old, new))
    for place in dict.fromkeys([*before, *after]):
        was, now = before.get(place), after.get(place)
        if was is not None and now is not None:
            where = f"{new.id} {named(now)}"
            yield from (Reason(where, what) for what in _value(was, now, terms))
        elif one := now or was:
            yield Reason(f"{new.id} {named(one)}", "added" if now else "removed")


def _value(old: Variant, new: Variant, terms: tuple[Term, ...]) -> Iterator[str]:
    if old.value == new.value:
        return
    if new.field == LINK:
        yield f"link {old.value} → {new.value}"
        return
    yield from why_not_cosmetic(old.value, new.value, new.language)
    for term in terms:
        for form in term.forms(new.language):
            was, now = (occurs(form, variant.value) for variant in (old, new))
            if was != now:
                yield f"{form!r} of the glossary is {'gone' if was else 'new'}"

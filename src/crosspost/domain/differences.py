"""What changed between two versions of a campaign: a line each, and for texts the words before and after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from crosspost.domain.campaign import ANY, LINK, Campaign, Post, Variant
from crosspost.domain.schedule import format_duration


@dataclass(frozen=True, slots=True)
class Rewording:
    """A value of a post with other words, or another link, than before; "" where there was none, or is none now."""

    post: str
    variant: Variant
    old: str
    new: str

    @property
    def place(self) -> str:
        """Where it stands: `opening text fr`, `opening link`."""
        return f"{self.post} {named(self.variant)}"

    @property
    def how(self) -> str:
        """Whether it was `added`, `removed` or `changed`."""
        return "changed" if self.old and self.new else "added" if self.new else "removed"


def differences(old: Campaign, new: Campaign) -> list[str]:
    """Return what the new version changes, in the order of the file."""
    return [*_heads(old, new), *_facts(old, new), *_terms(old, new), *_posts(old, new)]


def other_than_words(old: Campaign, new: Campaign) -> list[str]:
    """Return what the new version changes besides the words of posts that both have."""
    return [*_heads(old, new), *_facts(old, new), *_terms(old, new), *_posts(old, new, words=False)]


def rewordings(old: Campaign, new: Campaign) -> list[Rewording]:
    """Return each value with other words than before, in the posts that both versions have, in the file's order."""
    return [one for post in new.posts if (before := old.post(post.id)) for one in _rewordings(before, post)]


def _rewordings(old: Post, new: Post) -> Iterator[Rewording]:
    before, after = ({variant.place: variant for variant in post.variants} for post in (old, new))
    for place, variant in {**before, **after}.items():
        was, now = (known[place].value if place in known else "" for known in (before, after))
        if was != now:
            yield Rewording(new.id, variant, was, now)


def changed_facts(old: Campaign, new: Campaign) -> list[str]:
    """Return the names of the facts that have another value, are new, or are gone."""
    before, after = ({fact.name: fact.text for fact in campaign.facts} for campaign in (old, new))
    return [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]


#: The name that a placeholder begins with.
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)")


def facts_in(text: str) -> frozenset[str]:
    """Return the names that the text's placeholders begin with: `deadline` of `{{ deadline | date }}`."""
    return frozenset(_PLACEHOLDER.findall(text))


def changed_posts(old: Campaign, new: Campaign, overrides: Mapping[str, Iterable[Variant]]) -> tuple[str, ...]:
    """Return the ids of the posts that say or do something else, new and gone ones among them, in the file's order.

    A post that says a fact which changed is one, be it in an override.
    """
    facts = frozenset(changed_facts(old, new))
    ids = dict.fromkeys(post.id for post in (*old.posts, *new.posts))
    return tuple(name for name in ids if _is_changed(old.post(name), new.post(name), facts, overrides.get(name, ())))


def _is_changed(old: Post | None, new: Post | None, facts: frozenset[str], overrides: Iterable[Variant]) -> bool:
    if old is None or new is None:
        return True
    if any(_post(old, new)) or any(_rewordings(old, new)):
        return True
    return any(not facts.isdisjoint(facts_in(variant.value)) for variant in (*new.variants, *overrides))


def _heads(old: Campaign, new: Campaign) -> Iterator[str]:
    for name in ("title", "source", "require", "stale"):
        if getattr(old, name) != getattr(new, name):
            yield f"{name}: {getattr(old, name)} → {getattr(new, name)}"
    for name, was, now in (("same_words", _policies(old), _policies(new)), ("lost", old.lost, new.lost)):
        if was != now:
            yield f"{name}: {was} → {now}"
    if old.audience != new.audience:
        yield f"audience: {old.audience.describe()} → {new.audience.describe()}"


def _policies(campaign: Campaign) -> str:
    return ", ".join(f"{platform} {policy}" for platform, policy in campaign.same_words) or "as each platform suggests"


def _facts(old: Campaign, new: Campaign) -> Iterator[str]:
    before, after = ({fact.name: fact.text for fact in campaign.facts} for campaign in (old, new))
    for name in changed_facts(old, new):
        yield f"fact {name}: {before.get(name, 'none')} → {after.get(name, 'none')}"


def _terms(old: Campaign, new: Campaign) -> Iterator[str]:
    before, after = ({term.id: dict(term.words) for term in campaign.terms} for campaign in (old, new))
    for term in dict.fromkeys([*before, *after]):
        if term not in before or term not in after:
            yield f"glossary {term}: {'used now' if term in after else 'not used any more'}"
            continue
        for tag in dict.fromkeys([*before[term], *after[term]]):
            was, now = (", ".join(forms.get(tag, ("none",))) for forms in (before[term], after[term]))
            if was != now:
                yield f"glossary {term} in {tag}: {was} → {now}"


def _posts(old: Campaign, new: Campaign, *, words: bool = True) -> Iterator[str]:
    before, after = ({post.id: post for post in campaign.posts} for campaign in (old, new))
    for post_id in dict.fromkeys([*before, *after]):
        if post_id not in before:
            yield f"{post_id}: new"
        elif post_id not in after:
            yield f"{post_id}: gone"
        else:
            yield from (f"{post_id}: {said}" for said in _post(before[post_id], after[post_id]))
            changed = _rewordings(before[post_id], after[post_id]) if words else ()
            yield from (f"{post_id}: {named(one.variant)} {one.how}" for one in changed)


def _post(old: Post, new: Post) -> Iterator[str]:
    if old.at != new.at:
        yield f"time {old.at} → {new.at}"
    if old.expires != new.expires:
        yield f"expires {format_duration(old.expires)} → {format_duration(new.expires)}"
    yield from timing(old, new)
    if old.embargo != new.embargo:
        yield "now under embargo" if new.embargo else "no longer under embargo"
    if [m.sha256 for m in old.media] != [m.sha256 for m in new.media]:
        yield "media changed"


def timing(old: Post, new: Post) -> Iterator[str]:
    """Yield what is otherwise of that which a post's time hangs on, beside the time itself."""
    for name in ("kind", "closed", "quiet", "topics", "recurrence"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{name} {_told(before)} → {_told(after)}"


def _told(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value or "none")


def named(variant: Variant) -> str:
    """Return what a value is called beside its post: `text fr`, `alt ja`, `link`, `text fr on NAME`."""
    where = [variant.field.partition(":")[0]]
    where += [] if variant.language == ANY or variant.field == LINK else [variant.language]
    where += [] if variant.platform == ANY else [f"on {variant.platform}"]
    return " ".join(where)

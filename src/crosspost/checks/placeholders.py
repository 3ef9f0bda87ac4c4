"""A text whose placeholders cannot be filled."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.checks.by_text import findings_by_text
from crosspost.checks.subject import Subject
from crosspost.domain.campaign import TEXT, Post, Variant
from crosspost.domain.findings import Finding
from crosspost.domain.planned import Reason
from crosspost.templating import problems


def placeholders(subject: Subject) -> Iterator[Finding]:
    """Yield an error for each broken placeholder, and for each text that some account's mission cannot fill."""
    facts = {fact.name: fact.value for fact in subject.campaign.facts}
    broken = set()
    for post in subject.campaign.posts:
        for variant in _written(post):
            for problem in problems(variant.value, facts):
                broken.add(post.id)
                where = f"{post.id} in {variant.language}"
                place = subject.of_variant(post, variant)
                yield Finding("placeholder", f"{where}: {problem.message}", problem.remedy, place=place)
    remedy = "Correct the placeholder, or add the fact below [facts]."
    yield from findings_by_text(subject, Reason.BROKEN, "placeholder", remedy, told=broken)


def _written(post: Post) -> Iterator[Variant]:
    return (v for v in post.variants if v.field == TEXT or v.field.startswith("alt:"))

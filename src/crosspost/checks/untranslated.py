"""A translation that is still the source text."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.checks.subject import Subject
from crosspost.domain.campaign import ANY
from crosspost.domain.findings import Finding, Severity
from crosspost.domain.text import digest_of_text


def untranslated(subject: Subject) -> Iterator[Finding]:
    """Yield a warning for each text or description that says the same as the source it was made from."""
    source = subject.campaign.source
    for post in subject.campaign.posts:
        for variant in post.variants:
            if variant.language in {source, ANY} or not variant.source:
                continue
            if digest_of_text(variant.value) == variant.source:
                message = f"{post.id} in {variant.language} is the same as in {source}"
                place = subject.of_variant(post, variant)
                yield Finding("untranslated", message, "Translate it.", Severity.WARNING, place)

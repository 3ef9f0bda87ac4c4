"""A translation that calls a thing otherwise than the glossary."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.checks.subject import Subject
from crosspost.domain.agreed import lacking, proposed
from crosspost.domain.campaign import Variant
from crosspost.domain.findings import Finding, Severity
from crosspost.domain.glossary import Term, TermKind, hashtags


def agreed_terms(subject: Subject) -> Iterator[Finding]:
    """Yield a warning for each agreed term of the source that a translation lacks, with the form to write beside it.

    Locked phrases have a rule of their own.
    """
    campaign = subject.campaign
    for post in campaign.posts:
        for variant in post.variants:
            for term in lacking(campaign, post, variant):
                if term.kind is not TermKind.LOCKED:
                    place = subject.of_variant(post, variant)
                    message = f"{post.id} in {variant.language} {_said(term, variant, campaign.source)}"
                    remedy = "Write it so, or add the form that stands here to glossary.toml."
                    yield Finding(_rule(term), message, remedy, Severity.WARNING, place)


def _rule(term: Term) -> str:
    return "agreed-hashtag" if term.kind is TermKind.HASHTAG else "agreed-term"


def _said(term: Term, variant: Variant, source: str) -> str:
    """Return what the text says instead of a term, and what is agreed."""
    form, original = proposed(term, variant.language), proposed(term, source)
    if term.kind is TermKind.HASHTAG:
        return f"has {' '.join(hashtags(variant.value))}, where {form} is agreed for {original} ({term.id})"
    return f"does not say “{form}”, which is agreed for “{original}” ({term.id})"

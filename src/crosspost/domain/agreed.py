"""Whether a translation, or a mission's own words, keep to the glossary of their campaign."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.domain.campaign import Campaign, Post, Variant
from crosspost.domain.glossary import Term, Words, missing
from crosspost.domain.inheritance import Speaker, layers, resolve


def lacking(campaign: Campaign, post: Post, variant: Variant) -> Iterator[Term]:
    """Yield the agreed terms that the value should have and has not.

    A translation of the centre's is held against the source; a mission's own words against the centre's in their
    language, or against the source where it has none in that language.
    """
    if not variant.is_words or not campaign.terms:
        return
    model = _model(campaign, post, variant)
    if model is not None:
        yield from missing(campaign.terms, model, Words(variant.language, variant.value))


def _model(campaign: Campaign, post: Post, variant: Variant) -> Words | None:
    if variant.owner != campaign.owner:
        centre = Speaker((campaign.owner,), variant.platform)
        found = resolve(layers(post.variants), variant.field, variant.language, centre)
        if found is not None:
            return Words(found.language, found.value)
    source = post.source_of(variant.field, campaign.source, variant.platform)
    return Words(campaign.source, source) if source is not None else None


def proposed(term: Term, language: str) -> str:
    """Return the form of a term to propose in a language; "" where none is agreed."""
    return next(iter(term.forms(language)), "")

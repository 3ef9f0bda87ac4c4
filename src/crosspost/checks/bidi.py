"""Controls of writing direction that do harm: left open, closing nothing, or turning letters round."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.checks.subject import Subject
from crosspost.domain.bidi import REMEDY, misused_controls
from crosspost.domain.findings import Finding


def bidi(subject: Subject) -> Iterator[Finding]:
    """Yield an error for each text or description with such a control in it."""
    for post in subject.campaign.posts:
        for variant in post.variants:
            found = next(misused_controls(variant.value), None)
            if found:
                message = f"{post.id} in {variant.language}: the direction control {found}"
                yield Finding("direction-control", message, REMEDY, place=subject.of_variant(post, variant))

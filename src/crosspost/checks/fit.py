"""A text that a platform would refuse: too long, an image too many, a sign that it does not take."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.checks.by_text import findings_by_text
from crosspost.checks.subject import Subject
from crosspost.domain.findings import Finding
from crosspost.domain.planned import Reason


def fit(subject: Subject) -> Iterator[Finding]:
    """Yield an error for each text that does not fit the platform it would be said on."""
    remedy = "Shorten it, or write a text for this platform below [posts.….on.….text]."
    return findings_by_text(subject, Reason.UNFIT, "does-not-fit", remedy)

"""A text whose placeholders cannot be filled."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.checks.by_text import findings_by_text
from crosspost.checks.subject import Subject
from crosspost.domain.findings import Finding
from crosspost.domain.planned import Reason


def placeholders(subject: Subject) -> Iterator[Finding]:
    """Yield an error for each text that cannot be filled in for an account."""
    remedy = "Correct the placeholder, or add the fact below [facts]."
    return findings_by_text(subject, Reason.BROKEN, "placeholder", remedy)

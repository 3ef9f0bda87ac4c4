"""Controls of writing direction that are opened and not closed: they turn round what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.checks.subject import Subject
from crosspost.domain.findings import Finding

#: What opens a stretch of another direction, and what closes it (Unicode Standard Annex 9).
_CLOSED_BY = {**dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"), **dict.fromkeys("\u2066\u2067\u2068", "\u2069")}
_CLOSING = frozenset(_CLOSED_BY.values())


def bidi(subject: Subject) -> Iterator[Finding]:
    """Yield an error for each text or description in which such a control stays open, or closes nothing."""
    for post in subject.campaign.posts:
        for variant in post.variants:
            wrong = next((char for line in variant.value.split("\n") for char in _unbalanced(line)), "")
            if wrong:
                message = (
                    f"{post.id} in {variant.language}: the direction control U+{ord(wrong):04X} has no counterpart"
                )
                remedy = "Delete it: right-to-left texts need none, each platform arranges them itself."
                yield Finding("direction-control", message, remedy, place=subject.of_variant(post, variant))


def _unbalanced(line: str) -> Iterator[str]:
    """Yield the controls of a paragraph without a counterpart; at its end all directions end."""
    open_controls: list[str] = []
    for char in line:
        if char in _CLOSED_BY:
            open_controls.append(char)
        elif char in _CLOSING:
            if open_controls and _CLOSED_BY[open_controls[-1]] == char:
                open_controls.pop()
            else:
                yield char
    yield from open_controls

"""A text that others will repost, and that names the mission which says it: Berlin would pass on Tokyo's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosspost.checks.subject import Subject, few
from crosspost.domain.campaign import TEXT, Post, Variant
from crosspost.domain.findings import Finding, Severity
from crosspost.domain.planned import Planned

_NAMES_MISSION = re.compile(r"\{\{[^}]*\bmission\s*\.")


def reposted_names(subject: Subject) -> Iterator[Finding]:
    """Yield a warning for each text that names its mission and is reposted by accounts of other missions."""
    planned = {one.id: one for one in subject.plan.planned}
    for post in subject.campaign.posts:
        by_text: dict[Variant, list[tuple[Planned, Planned]]] = {}
        for one in subject.plan.planned:
            original = planned.get(one.content.original)
            text = _text_of(post, original) if original is not None and original.post == post.id else None
            if original is not None and text is not None and _NAMES_MISSION.search(text.value):
                by_text.setdefault(text, []).append((one, original))
        for text, pairs in by_text.items():
            yield _finding(subject, post, text, pairs)


def _text_of(post: Post, planned: Planned) -> Variant | None:
    """Return the campaign's own text that a delivery says."""
    origin = next((o for o in planned.origins if o.field == TEXT), None)
    place = (origin.owner, TEXT, origin.language, origin.platform) if origin else None
    return next((v for v in post.variants if v.place == place), None)


def _finding(subject: Subject, post: Post, text: Variant, pairs: list[tuple[Planned, Planned]]) -> Finding:
    original, platform = pairs[0][1], pairs[0][1].content.platform
    accounts = dict.fromkeys(one.account for one, _ in pairs)  # each once: a post may come back
    message = (
        f"{post.id} in {text.language} names its mission: {len(accounts)} accounts would repost {original.account} on "
        f"{platform} ({few(accounts)})"
    )
    remedy = (
        f"Write a text for {platform} without {{{{ mission.… }}}}; or let each say it itself: "
        f'[same_words] {platform} = "own".'
    )
    return Finding("reposted-name", message, remedy, Severity.WARNING, subject.of_variant(post, text))

"""One finding for each text that cannot be said, however many accounts it concerns."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from crosspost.checks.subject import Subject, few
from crosspost.domain.campaign import Post, Variant
from crosspost.domain.findings import Finding
from crosspost.domain.planned import Reason, Skipped


def findings_by_text(
    subject: Subject, reason: Reason, rule: str, remedy: str, told: Collection[str] = ()
) -> Iterator[Finding]:
    """Yield a finding for each text, and each platform, that a reason keeps from being said.

    Posts in `told` are passed over: of them it is said already.
    """
    for post in (post for post in subject.campaign.posts if post.id not in told):
        groups: dict[tuple[Variant | None, str], list[Skipped]] = {}
        for skipped in subject.skipped(post, reason):
            text = subject.text_behind(post, skipped)
            groups.setdefault((text, skipped.account.rpartition("/")[2]), []).append(skipped)
        for (text, platform), group in groups.items():
            yield _finding(subject, post, text, group, (rule, platform, remedy))


def _finding(
    subject: Subject, post: Post, text: Variant | None, group: list[Skipped], said: tuple[str, str, str]
) -> Finding:
    rule, platform, remedy = said
    what = f"{post.id} in {text.language}" if text else post.id
    message = f"{what} cannot be said on {platform}: {group[0].message} ({few(s.account for s in group)})"
    place = subject.of_variant(post, text) if text else subject.of_post(post)
    return Finding(rule, message, remedy, place=place)

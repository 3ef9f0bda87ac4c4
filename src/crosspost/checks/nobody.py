"""A campaign, or a post, that nobody would say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from crosspost.checks.subject import Subject
from crosspost.domain.campaign import Post
from crosspost.domain.findings import Finding
from crosspost.domain.planned import Reason

#: Reasons that say that the post's time is over: no mistake of the post.
_OVER = frozenset({Reason.PAST, Reason.ALREADY_SAID})

#: Reasons that other checks tell at the text itself.
_TOLD_ELSEWHERE = frozenset({Reason.UNFIT, Reason.BROKEN})


def nobody(subject: Subject) -> Iterator[Finding]:
    """Yield an error where the audience is empty, all is past, or a post finds nobody to say it."""
    plan = subject.plan
    if not plan.planned and not plan.skipped:
        if subject.campaign.posts:
            message = f"the audience is nobody: {subject.campaign.audience.describe()}"
            place = subject.place("", "", "", "")
            yield Finding("audience-empty", message, "Correct [audience]: see `crosspost network show`.", place=place)
        return
    if not plan.planned and all(s.reason is Reason.PAST for s in plan.skipped):
        message = "every post of the campaign is past, for every account"
        yield Finding("all-past", message, "Correct the times.", place=subject.of_post(subject.campaign.posts[0]))
        return
    for post in subject.campaign.posts:
        yield from _nobody_says(subject, post)


def _nobody_says(subject: Subject, post: Post) -> Iterator[Finding]:
    if not post.languages() or any(p.post == post.id for p in subject.plan.planned):
        return
    reasons = Counter(s.reason for s in subject.plan.skipped if s.post == post.id)
    if set(reasons) <= _OVER or _TOLD_ELSEWHERE & set(reasons):
        return
    counted = ", ".join(f"{reason} {number}" for reason, number in reasons.most_common())
    message = f"no account would say {post.id} ({counted})"
    remedy = "Correct its languages or [audience]."
    if set(reasons) == {Reason.CLOSED}:
        remedy = 'Every mission is closed then: give it another day, or write closed = "next-working" or "ignore".'
    yield Finding("nobody-says-it", message, remedy, place=subject.of_post(post))

"""Many accounts that would say the same words on one platform: where it forbids that, it calls it spam."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from crosspost.checks.subject import Subject
from crosspost.domain.campaign import Post
from crosspost.domain.findings import Finding, Severity
from crosspost.domain.text import canonical


def same_words(subject: Subject) -> Iterator[Finding]:
    """Yield a note for each post and platform on which several accounts would say the same to the letter."""
    for post in subject.campaign.posts:
        # By account, which may say them more than once: a post that comes back is meant to.
        counts = Counter(words for _, words in set(_words(subject, post)))
        platforms = dict.fromkeys(platform for platform, _, _ in counts)
        for platform in platforms:
            (_, language, _), most = max(
                ((key, number) for key, number in counts.items() if key[0] == platform), key=lambda pair: pair[1]
            )
            if most > 1:
                message = f"{most} accounts would say {post.id} in the same words on {platform} (in {language})"
                remedy = "Where the platform forbids that, let the words differ: {{ mission.city }}, or own texts."
                yield Finding("same-words", message, remedy, Severity.NOTE, subject.of_post(post))


def _words(subject: Subject, post: Post) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Yield the account of each planned delivery, with its platform, language and words."""
    for planned in subject.plan.planned:
        if planned.post == post.id and not planned.content.is_repost:
            content = planned.content
            yield content.account, (content.platform, content.language, canonical(content.text))

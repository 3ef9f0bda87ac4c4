"""Languages that a post must have, and accounts that it leaves silent because it has none of theirs."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.checks.subject import Subject, few
from crosspost.domain.campaign import ANY, TEXT, Post
from crosspost.domain.findings import Finding, Severity
from crosspost.domain.language import fallbacks
from crosspost.domain.planned import Reason


def languages(subject: Subject) -> Iterator[Finding]:
    """Yield an error for each required language that a post lacks, and a warning for those whom it leaves silent."""
    for post in subject.campaign.posts:
        written = post.languages()
        for tag in subject.campaign.require:
            if not set(fallbacks(tag)).intersection(written):
                message = f"{post.id} has no text in {tag}, which `require` asks for"
                place = subject.place(post.id, TEXT, ANY, ANY)
                yield Finding("required-language", message, f'Write {tag} = "…"', place=place)
        if written:
            yield from _silent(subject, post)


def _silent(subject: Subject, post: Post) -> Iterator[Finding]:
    silent = list(dict.fromkeys(s.account for s in subject.skipped(post, Reason.NO_LANGUAGE)))
    if silent:
        number = f"{len(silent)} accounts" if len(silent) > 1 else "one account"
        message = f"{post.id} is in no language of {number}, which will be silent: {few(silent)}"
        place = subject.place(post.id, TEXT, ANY, ANY)
        yield Finding("silent-accounts", message, "Translate it, or name the audience.", Severity.WARNING, place)

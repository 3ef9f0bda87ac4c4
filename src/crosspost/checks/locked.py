"""A locked phrase that a text does not have word for word."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.checks.subject import Subject, few
from crosspost.domain.agreed import lacking, proposed
from crosspost.domain.campaign import TEXT, Post, Variant
from crosspost.domain.findings import Finding, Severity
from crosspost.domain.glossary import Term, TermKind


def locked(subject: Subject) -> Iterator[Finding]:
    """Yield an error for each translation without a locked phrase of its source, and a warning for missions' words.

    Whose own words lack one is told and does not keep the centre from queuing: they were set before it was locked, or
    before the centre's text had it.
    """
    for post in subject.campaign.posts:
        for variant in post.variants:
            for term in _lacking(subject, post, variant):
                message = f"{post.id} in {variant.language} does not have {_said(term, variant.language)}"
                remedy = "Copy it from glossary.toml."
                yield Finding("locked-phrase", message, remedy, place=subject.of_variant(post, variant))
        yield from _of_missions(subject, post)


def _of_missions(subject: Subject, post: Post) -> Iterator[Finding]:
    accounts: dict[tuple[str, str, Term], list[str]] = {}
    for variant, account in _own_words(subject, post):
        for term in _lacking(subject, post, variant):
            accounts.setdefault((variant.owner, variant.language, term), []).append(account)
    for (owner, language, term), concerned in accounts.items():
        message = (
            f"the words of {owner} for {post.id} in {language} do not have {_said(term, language)} ({few(concerned)})"
        )
        remedy = f"Ask {owner} to set its words anew, or drop them."
        yield Finding("locked-phrase", message, remedy, Severity.WARNING, subject.of_post(post))


def _own_words(subject: Subject, post: Post) -> Iterator[tuple[Variant, str]]:
    """Yield what would be said in the words of missions below the campaign's owner, each with the account."""
    for planned in (planned for planned in subject.plan.planned if planned.post == post.id):
        for origin in planned.origins:
            if origin.field == TEXT and origin.owner != subject.campaign.owner:
                said = planned.content.text
                yield Variant(origin.owner, TEXT, origin.language, origin.platform, said), planned.account


def _lacking(subject: Subject, post: Post, variant: Variant) -> Iterator[Term]:
    return (term for term in lacking(subject.campaign, post, variant) if term.kind is TermKind.LOCKED)


def _said(term: Term, language: str) -> str:
    return f"“{proposed(term, language)}”, which is locked ({term.id})"

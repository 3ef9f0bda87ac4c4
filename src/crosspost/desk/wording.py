"""The glossary at the desk: what is agreed, what a mission's own words must have, and what they should."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crosspost.desk.desk import Desk
from crosspost.domain.agreed import lacking, proposed
from crosspost.domain.campaign import Campaign, Post, Variant
from crosspost.domain.findings import Finding, Severity
from crosspost.domain.glossary import Term, TermKind, folded
from crosspost.errors import UsageError
from crosspost.files.campaign import Glossary, Known, load_glossary
from crosspost.templating.locales import locale_of


def glossary(desk: Desk) -> Glossary:
    """Return the glossary beside the campaigns, as its file says now; empty where there is none."""
    return load_glossary(desk.config.campaigns, Known(languages=frozenset(spoken(desk))))


def spoken(desk: Desk) -> tuple[str, ...]:
    """Return the languages that accounts of the network speak, the ministry's own first."""
    known = desk.network()
    own = known.missions[known.root].languages if known.missions else ()
    tags = (tag for account in known.accounts.values() for tag in known.languages_of(account))
    return tuple(dict.fromkeys((*own, *tags)))


def found(terms: Sequence[Term], said: str, languages: Sequence[str]) -> list[Term]:
    """Return the terms that somebody means: by id, by its beginning, by their words in any language; or a country.

    Countries need not stand in the glossary: their names come from CLDR, in the languages given.
    """
    ways = (
        [term for term in terms if term.id == said],
        [term for term in terms if term.id.startswith(said)],
        [term for term in terms if any(folded(said) in folded(form) for _, forms in term.words for form in forms)],
    )
    return next((way for way in ways if way), []) or list(_countries(said, languages))


def _countries(said: str, languages: Sequence[str]) -> Iterator[Term]:
    names = {tag: {str(code): str(name) for code, name in locale_of(tag).territories.items()} for tag in languages}
    codes = {code for known in names.values() for code in known if len(code) == 2}
    for code in sorted(codes):
        words = tuple((tag, (known[code],)) for tag, known in names.items() if code in known)
        if said.upper() == code or any(folded(said) == folded(forms[0]) for _, forms in words):
            yield Term(code, TermKind.NAME, words)


def gaps(read: Glossary, languages: Sequence[str]) -> Iterator[Finding]:
    """Yield a finding for each term that has no form in some of the languages; of a locked phrase it is a warning.

    Hashtags are passed over: the source's may stand in any text.
    """
    for term in read.terms:
        without = [tag for tag in languages if not term.forms(tag)]
        if without and term.kind is not TermKind.HASHTAG:
            severity = Severity.WARNING if term.kind is TermKind.LOCKED else Severity.NOTE
            message = f"{term.id} has no words in {', '.join(without)}: nobody looks at it there"
            yield Finding("glossary-language", message, f'Add {without[0]} = "…"', severity, read.place(term))


def require_locked(campaign: Campaign, post: Post, variant: Variant) -> None:
    """Refuse words that lack a locked phrase which the centre's have.

    Raises:
        UsageError: with each such phrase as it must stand in the language of the words.
    """
    phrases = [proposed(term, variant.language) for term in _lacking(campaign, post, variant, is_locked=True)]
    if phrases:
        said = " and ".join(f"“{phrase}”" for phrase in phrases)
        raise UsageError(f"these words must have {said}, word for word: the phrase is locked. Nothing was changed")


def unagreed(campaign: Campaign, post: Post, variant: Variant) -> list[Term]:
    """Return the agreed terms that the centre's words have and these lack, locked phrases apart."""
    return _lacking(campaign, post, variant, is_locked=False)


def _lacking(campaign: Campaign, post: Post, variant: Variant, *, is_locked: bool) -> list[Term]:
    return [term for term in lacking(campaign, post, variant) if (term.kind is TermKind.LOCKED) is is_locked]

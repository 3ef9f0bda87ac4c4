"""Editorial checks: one rule a file, each a pure function from a subject to findings. This file lists them."""

from __future__ import annotations

from crosspost.checks.agreed_terms import agreed_terms
from crosspost.checks.alt_text import alt_text
from crosspost.checks.bidi import bidi
from crosspost.checks.fit import fit
from crosspost.checks.languages import languages
from crosspost.checks.locked import locked
from crosspost.checks.nobody import nobody
from crosspost.checks.placeholders import placeholders
from crosspost.checks.reposted_names import reposted_names
from crosspost.checks.same_words import same_words
from crosspost.checks.subject import Rule, Subject
from crosspost.checks.untranslated import untranslated
from crosspost.domain.findings import Finding

__all__ = ["RULES", "Subject", "check"]

RULES: tuple[Rule, ...] = (
    agreed_terms,
    alt_text,
    bidi,
    fit,
    languages,
    locked,
    nobody,
    placeholders,
    reposted_names,
    same_words,
    untranslated,
)


def check(subject: Subject) -> tuple[Finding, ...]:
    """Return what all rules find, in the order of the rules."""
    return tuple(finding for rule in RULES for finding in rule(subject))

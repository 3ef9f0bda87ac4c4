"""Inheritance: which owner's value of a field counts for an account.

Per field and per language, the nearest owner up the tree wins: the mission, its region, the centre. A text in the
language itself goes before one in a language that may stand in for it (`pt` for `pt-BR`), and an owner's text for the
platform before its general one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosspost.domain.campaign import ANY, Variant
from crosspost.domain.language import fallbacks

#: Variants by what they are looked up by: field, language, owner, platform.
Layers = Mapping[tuple[str, str, str, str], Variant]


def layers(variants: Iterable[Variant]) -> Layers:
    """Return the variants of one post, ready to be looked up; a later one replaces an earlier one of the same place."""
    return {(v.field, v.language, v.owner, v.platform): v for v in variants}


@dataclass(frozen=True, slots=True)
class Speaker:
    """From where a field is looked up: the owners nearest first, and the platform."""

    owners: Sequence[str]
    platform: str


def resolve(known: Layers, field: str, language: str, speaker: Speaker) -> Variant | None:
    """Return the variant of a field that counts for the speaker in that language, or None where nobody has set one."""
    languages = (ANY,) if language == ANY else fallbacks(language)
    for tag in languages:
        for owner in speaker.owners:
            for platform in (speaker.platform, ANY):
                found = known.get((field, tag, owner, platform))
                if found is not None:
                    return found
    return None

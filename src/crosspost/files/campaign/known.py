"""What a campaign may name: missions, platforms, countries and languages, and what is said of a name that is none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from crosspost.domain.findings import Severity
from crosspost.domain.language import fallbacks, is_valid, standard
from crosspost.files.keys import nearest
from crosspost.files.table import Spot
from crosspost.files.words import clipped


@dataclass(frozen=True, slots=True)
class Known:
    """The names that exist. None means that nobody knows, and nothing is checked.

    `missions` holds ids of missions and of accounts, `languages` the tags that accounts speak, `countries` ISO codes.
    """

    missions: Collection[str] | None = None
    platforms: Collection[str] | None = None
    languages: Collection[str] | None = None
    countries: Collection[str] | None = None

    def check(self, what: str, name: str, spot: Spot) -> None:
        """Tell when there is no mission, platform or country of that name; `what` says which of them."""
        known = {"mission": self.missions, "platform": self.platforms, "country": self.countries}[what]
        if known is not None and name not in known:
            spot.tell(f"unknown-{what}", f"there is no {what} {clipped(name)!r}", nearest(name, known))

    def language(self, written: str, spot: Spot) -> str | None:
        """Return a language tag as it is written by standard, or None where it is none; both are told."""
        tag = _standard(written)
        if tag is None:
            remedy = nearest(written, self.languages) if self.languages else "Write a tag such as fr, ar or zh-Hans."
            spot.tell("unknown-language", f"{clipped(written)!r} is not a language", remedy)
            return None
        if tag != written:
            spot.tell("language-tag", f"the language {written!r} is written otherwise by standard", f"Write {tag}")
        return tag

    def warn_if_unread(self, tag: str, spot: Spot) -> None:
        """Warn when no account of the network would ever read a text in that language."""
        if self.languages is not None and not any(tag in fallbacks(spoken) for spoken in self.languages):
            remedy = nearest(tag, self.languages)
            spot.tell("unused-language", f"no account of the network speaks {tag}", remedy, Severity.WARNING)


def _standard(written: str) -> str | None:
    try:
        tag = standard(written)
    except ValueError:
        return None
    return tag if is_valid(tag) else None

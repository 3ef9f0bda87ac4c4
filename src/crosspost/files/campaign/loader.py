"""A folder with a `campaign.toml` becomes a Campaign; every mistake in it is told in one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crosspost.domain.campaign import ANY, Campaign, is_identifier
from crosspost.domain.findings import Finding, Place
from crosspost.domain.glossary import used
from crosspost.files.campaign.glossary import load_glossary
from crosspost.files.campaign.head import (
    TOP_KEYS,
    misplaced_at_top,
    read_audience,
    read_facts,
    read_owner,
    read_required,
    read_same_words,
    read_source,
    read_stale,
    read_title,
)
from crosspost.files.campaign.known import Known
from crosspost.files.campaign.posts import read_posts
from crosspost.files.campaign.reading import Label, Reading
from crosspost.files.table import Table
from crosspost.files.toml import Document, KeyPath, read_toml

FILE_NAME = "campaign.toml"


@dataclass(frozen=True)
class CampaignFile:
    """A campaign as its folder says. With errors among the findings, it is only good for finding more of them.

    `campaign` is None where the file has no posts at all. `media` leads from an image's SHA-256 to its file.
    """

    campaign: Campaign | None
    findings: tuple[Finding, ...]
    media: Mapping[str, Path]
    document: Document
    places: Mapping[Label, KeyPath | Place]

    def place(self, post: str, field: str = "", language: str = ANY, platform: str = ANY) -> Place:
        """Return where a field of a post stands; where it is not in the file, what it would be part of."""
        for label in (
            (post, field, language, platform),
            (post, field, language, ANY),
            (post, field, ANY, platform),
            (post, field, ANY, ANY),
            (post, "", "", ""),
        ):
            found = self.places.get(label)
            if found is not None:
                return found if isinstance(found, Place) else self.document.place(found)
        return self.document.place()


def load_campaign(path: Path, *, owner: str = "", known: Known | None = None) -> CampaignFile:
    """Read a campaign's folder, or its campaign.toml, and the glossary beside the folder.

    `owner` is whose campaign it is where the file does not say.
    """
    folder = path.parent if path.name == FILE_NAME else path
    document = read_toml(folder / FILE_NAME)
    findings: list[Finding] = []
    top = Table(document, document.data, (), findings)
    reading = Reading(folder.absolute(), known or Known(), owner)
    top.know(TOP_KEYS, misplaced_at_top())
    if not is_identifier(reading.folder.name):
        remedy = "Write small letters, digits, - and _, such as national-day"
        top.tell("campaign-id", f"the folder's name {reading.folder.name!r} cannot name a campaign", remedy)
    reading.source = read_source(top, reading.known)
    reading.owner = read_owner(top, reading.known, owner)
    glossary = load_glossary(reading.folder.parent, reading.known)
    posts = read_posts(top, reading)
    same_words, lost = read_same_words(top, reading.known)
    campaign = Campaign(
        id=reading.folder.name,
        title=read_title(top),
        source=reading.source,
        audience=read_audience(top, reading.known),
        posts=posts,
        owner=reading.owner,
        require=read_required(top, reading.known),
        stale=read_stale(top),
        same_words=same_words,
        lost=lost,
        facts=read_facts(top),
        terms=used(glossary.terms, (words for post in posts for words in post.words())),
    )
    told = {*document.findings, *findings, *glossary.findings}
    found = sorted(told, key=lambda finding: (finding.place or Place(""), finding.rule))
    return CampaignFile(campaign if campaign.posts else None, tuple(found), reading.media, document, reading.places)

"""What all parts of a campaign share while its folder is read, and the values that each may hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crosspost.domain.bidi import bare
from crosspost.domain.findings import Place
from crosspost.domain.links import is_publishable
from crosspost.files.campaign.known import Known
from crosspost.files.table import Spot, Table, kind_of
from crosspost.files.toml import KeyPath
from crosspost.files.words import clipped

#: What a place is looked up by: post, field, language, platform.
Label = tuple[str, str, str, str]

#: Keys of a post that its texts swallow where they stand below them: all that follows `[posts.x.text]` belongs to it.
POST_KEYS = (
    *("at", "expires", "embargo", "repeat", "except", "kind", "closed", "quiet", "topics"),
    *("link", "text", "on", "media"),
)


@dataclass
class Reading:
    """A folder that is being read. `owner` and `source` are known once the head of the file is."""

    folder: Path
    known: Known
    owner: str
    source: str = "fr"
    places: dict[Label, KeyPath | Place] = field(default_factory=dict)
    media: dict[str, Path] = field(default_factory=dict)

    def path_within(self, written: str, spot: Spot) -> Path | None:
        """Return the path that a file of the folder is named by; None, and told, where it leads out of the folder."""
        remedy = "Put it into the campaign's folder, and name it as seen from there."
        if not written or "\0" in written or "\\" in written:
            spot.tell("path", f"{clipped(written)!r} cannot be the name of a file", remedy)
            return None
        path = self.folder / written
        try:
            inside = path.resolve().is_relative_to(self.folder.resolve())
        except (OSError, RuntimeError):
            inside = False
        if not inside or Path(written).is_absolute() or ".." in Path(written).parts:
            spot.tell("path-leaves-folder", f"{clipped(written)} leads out of the campaign's folder", remedy)
            return None
        return path


def by_language(table: Table, known: Known) -> Iterator[tuple[str, str, KeyPath]]:
    """Yield the texts of a table by language: the tag, the text, and the way to it."""
    for key, value in table.values.items():
        spot = table.spot(key)
        if key in POST_KEYS:
            spot.tell(
                "misplaced-key",
                f"{key} stands among the texts, and would be taken for a language",
                f"Move it above the line that opens [{'.'.join(map(str, table.path))}].",
            )
            continue
        tag = known.language(key, spot)
        if tag is None:
            continue
        known.warn_if_unread(tag, spot)
        if isinstance(value, str):
            text = said(value, spot)
            if text:
                yield tag, text, (*table.path, key)
        else:
            spot.tell("type", f"{key} must be a text, not {kind_of(value)}", f'Write {key} = "…"')


def said(value: str, spot: Spot) -> str:
    """Return a text as it is kept: NFC, without blank space around it; an empty one is told."""
    text = unicodedata.normalize("NFC", value).strip()
    if not text:
        spot.tell("text-empty", "this text is empty", "Write it, or delete the line.")
    return text


def link_of(value: str, spot: Spot) -> str:
    """Return a link that may be published; "" and told where it is none."""
    link = value.strip()
    if is_publishable(link):
        return link
    plain = bare(link).removeprefix("https://").removeprefix("http://")
    remedy = (
        "Write it in full: https://www.example.org/page"
        if " " in plain or "." not in plain
        else f"Write https://{plain}"
    )
    spot.tell("link", f"{clipped(link)!r} is not an https link", clipped(remedy, 120))
    return ""

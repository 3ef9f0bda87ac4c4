"""A journal that lets a sandbox remember: one line of JSON for each post accepted or deleted.

Lines are handed to the operating system at once but not forced to disk: an imitation need not survive a power cut.
"""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crosspost.errors import ConfigurationError
from crosspost.sandbox.published import Picture, Published

_FIELDS = tuple(field.name for field in fields(Published))


class Journal:
    """An append-only file. A line cut short by a kill ends what is read; it is cut away before the next is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8")

    def load(self) -> list[Published]:
        """Return every post that the file tells of, in order.

        Raises:
            ConfigurationError: the file is no journal.
        """
        posts: dict[tuple[str, str], Published] = {}
        for number, line in enumerate(self._whole_lines(), 1):
            try:
                _read(json.loads(line), posts)
            except (ValueError, KeyError, TypeError):
                self.close()
                raise ConfigurationError(
                    f"{self.path}:{number} is no line of a sandbox journal; move the file away to begin anew"
                ) from None
        return list(posts.values())

    def published(self, post: Published) -> None:
        """Write that a post was accepted."""
        kept = {name: getattr(post, name) for name in _FIELDS}
        kept["created_at"] = post.created_at.isoformat()
        kept["media"] = [{"sha256": p.sha256, "mime": p.mime, "alt": p.alt} for p in post.media]
        self._write({"published": kept})

    def deleted(self, post: Published) -> None:
        """Write that a post was deleted."""
        self._write({"deleted": {"platform": post.platform, "id": post.id}})

    def clear(self) -> None:
        """Empty the file."""
        self._file.truncate(0)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def _whole_lines(self) -> list[bytes]:
        lines = self.path.read_bytes().splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):
            lines.pop()
            self._file.truncate(sum(map(len, lines)))
        return lines


def _read(line: dict[str, Any], posts: dict[tuple[str, str], Published]) -> None:
    if "published" in line:
        post = _post(line["published"])
        posts[post.platform, post.id] = post
    else:
        key = line["deleted"]["platform"], line["deleted"]["id"]
        posts[key] = replace(posts[key], deleted=True)


def _post(kept: dict[str, Any]) -> Published:
    return Published(
        **{
            **kept,
            "created_at": datetime.fromisoformat(kept["created_at"]),
            "media": tuple(Picture(**picture) for picture in kept["media"]),
        }
    )

"""Texts as files: `texts/POST.LANGUAGE.txt`, and `texts/POST.LANGUAGE.PLATFORM.txt` where a platform has its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from crosspost.domain.campaign import ANY
from crosspost.domain.findings import Finding, Place, Severity
from crosspost.files.campaign.reading import Reading, said
from crosspost.files.keys import nearest
from crosspost.files.reading import read_text, shown
from crosspost.files.table import Spot, Table
from crosspost.files.words import platform_name

#: The most files that a folder of texts may hold.
MOST_FILES = 10_000


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text that was read from a file of its own."""

    post: str
    language: str
    platform: str
    text: str
    place: Place


def read_folders(posts: Mapping[str, Table], reading: Reading) -> dict[str, tuple[TextFile, ...]]:
    """Return the texts that are files, by post. Each folder is read once, whatever number of posts share it."""
    users: dict[Path, list[str]] = {}
    for post_id, post in posts.items():
        folder = _folder_of(post, reading)
        if folder is not None:
            users.setdefault(folder, []).append(post_id)
    found: dict[str, list[TextFile]] = {}
    for folder, post_ids in users.items():
        findings = posts[post_ids[0]].findings
        for file in _FolderOfTexts(folder, post_ids, posts, reading, findings).files():
            found.setdefault(file.post, []).append(file)
    return {post_id: tuple(files) for post_id, files in found.items()}


def _folder_of(post: Table, reading: Reading) -> Path | None:
    texts = post.values.get("text")
    if not isinstance(texts, dict) or "folder" not in texts:
        return None
    table = Table(post.document, texts, (*post.path, "text"), post.findings)
    written = table.text("folder", "texts")
    path = reading.path_within(written, table.spot("folder")) if written is not None else None
    if path is None or path.is_dir():
        return path
    table.tell("text-folder", f"there is no folder {written}", "Make it, with the texts in it.", ("folder",))
    return None


@dataclass(frozen=True)
class _FolderOfTexts:
    """One folder, the posts that have their texts in it, and all posts of the campaign."""

    folder: Path
    users: Collection[str]
    posts: Collection[str]
    reading: Reading
    findings: list[Finding]

    def files(self) -> Iterator[TextFile]:
        """Yield what is read; files that are no texts of a post are told."""
        try:
            paths = sorted(path for path in self.folder.iterdir() if not path.name.startswith("."))
        except OSError as error:
            self._spot(self.folder).tell("text-folder", f"the folder cannot be read: {error.strerror}")
            return
        for path in paths[:MOST_FILES]:
            file = self._file(path)
            if file is not None:
                yield file

    def _file(self, path: Path) -> TextFile | None:
        spot = self._spot(path)
        if path.suffix != ".txt":
            remedy = "Save it as plain text, POST.LANGUAGE.txt" if path.is_file() else ""
            spot.tell("text-file-name", f"{path.name} is not read", remedy, Severity.WARNING)
            return None
        if self.reading.path_within(path.relative_to(self.reading.folder).as_posix(), spot) is None:
            return None
        post_id = self._post_of(path.name, spot)
        return None if post_id is None else self._text(path, post_id, spot)

    def _post_of(self, name: str, spot: Spot) -> str | None:
        """Return the post whose id the name begins with; of several, the longest."""
        fitting = [post_id for post_id in self.users if name.startswith(f"{post_id}.")]
        if fitting:
            return max(fitting, key=len)
        said_post = name.partition(".")[0]
        if said_post in self.posts:
            spot.tell("text-file-post", f"{said_post} does not have its texts in this folder", "Delete the file.")
        else:
            remedy = nearest(said_post, self.users)
            spot.tell("text-file-post", f"there is no post {said_post!r} with texts here", remedy)
        return None

    def _text(self, path: Path, post_id: str, spot: Spot) -> TextFile | None:
        parts = path.name.removeprefix(f"{post_id}.").removesuffix(".txt").split(".")
        if len(parts) > 2:
            spot.tell("text-file-name", f"{path.name} has too many dots", f"Name it {post_id}.LANGUAGE.txt")
            return None
        tag = self.reading.known.language(parts[0], spot)
        platform = platform_name(parts[1]) if len(parts) == 2 else ANY
        if platform != ANY:
            self.reading.known.check("platform", platform, spot)
        text, findings = read_text(path)
        self.findings.extend(findings)
        if tag is None or (findings and not text):
            return None
        self.reading.known.warn_if_unread(tag, spot)
        text = said(text, spot)
        return TextFile(post_id, tag, platform, text, Place(shown(path), 1)) if text else None

    def _spot(self, path: Path) -> Spot:
        return Spot(self.findings, partial(Place, shown(path)))

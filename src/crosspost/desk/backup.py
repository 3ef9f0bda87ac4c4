"""Backups: one file with the database and the images that its queue needs; made while a daemon runs, and put back.

A backup is a plain tar: `manifest.json`, `crosspost.db`, `media/<digest>`. It holds no credential, and none of the
files that people write: config.toml, campaigns/ and credentials.toml are theirs to keep.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crosspost import __version__
from crosspost.desk.desk import Desk
from crosspost.errors import StoreError, UsageError
from crosspost.files.config import Config
from crosspost.store import backup as copies
from crosspost.store.backup import Contents
from crosspost.store.mark import sync_folder
from crosspost.store.media import MediaStore

FORMAT = 1
_MANIFEST, _DATABASE, _MEDIA = "manifest.json", "crosspost.db", "media/"
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup: its file, when it was made, what is in it, and what is wrong with it."""

    file: Path
    made: str
    size: int
    contents: Contents
    media_bytes: int
    problems: tuple[str, ...] = ()


def default_name(now: datetime) -> str:
    """Return the name of a backup that nobody has named."""
    return f"crosspost-{now:%Y%m%dT%H%M%SZ}.tar"


def make(desk: Desk, target: Path, *, force: bool = False) -> Backup:
    """Write a backup to a file, as a whole or not at all.

    Raises:
        UsageError: when there is a file of that name, or no such folder.
        StoreError: when the database cannot be copied, or the file not be written.
    """
    if desk.store.path is None:
        raise _not_for_postgres(desk.config, 0)
    if target.is_dir():
        target /= default_name(desk.clock())
    if target.exists() and not force:
        raise UsageError(f"{target} is there already: name another, or say --force")
    if not target.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {target.absolute().parent}")
    try:
        return _make(desk, desk.store.path, target.absolute())
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror or error}") from error


def _make(desk: Desk, database: Path, target: Path) -> Backup:
    made = f"{desk.clock():%Y-%m-%dT%H:%M:%SZ}"
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".crosspost-") as work:
        copied, packed = Path(work) / _DATABASE, Path(work) / "backup.tar"
        copies.copy(database, copied)
        found = copies.contents(copied)
        sizes, lost = _sizes(desk.media, found.media)
        manifest = asdict(found) | {"media": sizes, "format": FORMAT, "crosspost": __version__, "made": made}
        manifest |= {"database_sha256": _digest(copied)}
        packed.touch(mode=0o600)
        with tarfile.open(packed, "w") as tar:
            _add(tar, _MANIFEST, json.dumps(manifest, indent=2).encode())
            tar.add(copied, _DATABASE)
            for sha256 in sizes:
                _add(tar, f"{_MEDIA}{sha256}", desk.media.read(sha256))
        with packed.open("rb") as file:
            os.fsync(file.fileno())
        size = packed.stat().st_size
        packed.replace(target)
        sync_folder(target.parent)
    return Backup(target, made, size, found, sum(sizes.values()), tuple(lost))


def _sizes(media: MediaStore, wanted: frozenset[str]) -> tuple[dict[str, int], list[str]]:
    """Return the media that are there with their sizes, and what is to be said of those that are not."""
    sizes: dict[str, int] = {}
    lost: list[str] = []
    for sha256 in sorted(wanted):
        try:
            sizes[sha256] = len(media.read(sha256))
        except StoreError as error:
            lost.append(str(error))
    return sizes, lost


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600
    tar.addfile(member, io.BytesIO(data))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(config: Config, file: Path) -> Backup:
    """Return what is in a backup, and all that is wrong with it; nothing is changed."""
    with _unpacked(file, Path(tempfile.gettempdir())) as unpacked:
        return unpacked.backup(config.mode)


def restore(config: Config, database: Path | None, file: Path, now: datetime) -> tuple[Backup, Path | None]:
    """Put a backup in the database's place; return it, and where the old database is now, if there was one.

    Nothing that was due leaves afterwards before it has been looked for on the platforms.

    Raises:
        StoreError: when the backup is not sound or not for this configuration, or a daemon is at work.
    """
    if database is None:
        raise _not_for_postgres(config, 1)
    database.parent.mkdir(parents=True, exist_ok=True)
    with _unpacked(file, database.parent) as unpacked:
        found = unpacked.backup(config.mode)
        if found.problems:
            raise StoreError(f"{file} is not put back: {'; '.join(found.problems)}")
        media = MediaStore(config.media)
        for data in unpacked.media():
            media.keep(data)
        copies.mark_restored(unpacked.database, f"a copy of {found.made or 'unknown age'} was restored")
        aside = database.with_name(f"{database.name}.before-{now:%Y%m%dT%H%M%SZ}")
        return found, copies.put_in_place(unpacked.database, database, aside)


def _not_for_postgres(config: Config, which: int) -> UsageError:
    command = copies.of_postgres(config.database_url)[which]
    what, then = (
        ("backed up", f"Copy {config.media} as well")
        if which == 0
        else ("put back", "Stop the daemons first; afterwards `crosspost restore --mark`, then start them")
    )
    return UsageError(f"a PostgreSQL database is {what} with its own tools: {command}. {then}")


class _Unpacked:
    """A backup whose database lies in a folder for a while, to be looked into."""

    def __init__(self, file: Path, folder: Path) -> None:
        self.file, self.database = file, folder / _DATABASE
        self.manifest: dict[str, Any] = {}
        self._media: dict[str, bytes | None] = {}
        self._tar: tarfile.TarFile | None = None

    def read(self) -> None:
        """Unpack the database: of a backup, or of a plain copy of the file."""
        with self.file.open("rb") as opened:
            is_plain = opened.read(len(_SQLITE)) == _SQLITE
        if is_plain:
            copies.copy(self.file.absolute(), self.database)
            return
        self._tar = tarfile.open(self.file)  # noqa: SIM115 - closed by `close`
        self.manifest = json.loads(self._member(_MANIFEST))
        source = self._tar.extractfile(_DATABASE)
        with self.database.open("wb") as target:
            while source and (part := source.read(1 << 20)):
                target.write(part)
            target.flush()
            os.fsync(target.fileno())

    def close(self) -> None:
        """Let go of the file."""
        if self._tar is not None:
            self._tar.close()

    def _member(self, name: str) -> bytes:
        found = self._tar.extractfile(name) if self._tar else None
        if found is None:
            raise KeyError(name)
        return found.read()

    def media(self) -> Iterator[bytes]:
        """Yield the bytes of every medium."""
        for sha256 in self.manifest.get("media", {}):
            yield self._member(f"{_MEDIA}{sha256}")

    def backup(self, mode: str) -> Backup:
        """Return what is in it, and all that is wrong with it."""
        wrong = [] if self._is_as_made() else [f"{_DATABASE} is not what the manifest says"]
        wrong += copies.problems(self.database)
        found = Contents()
        try:
            found = copies.contents(self.database)
        except StoreError as error:
            wrong.append(str(error))
        else:
            wrong += filter(None, [copies.why_unfit(found, mode)])
        wrong += self._broken_media()
        media_bytes = sum(self.manifest.get("media", {}).values())
        made = str(self.manifest.get("made", ""))
        return Backup(self.file, made, self.file.stat().st_size, found, media_bytes, tuple(wrong))

    def _is_as_made(self) -> bool:
        return not self.manifest or self.manifest.get("database_sha256") == _digest(self.database)

    def _broken_media(self) -> Iterator[str]:
        for sha256 in self.manifest.get("media", {}):
            try:
                is_sound = hashlib.sha256(self._member(f"{_MEDIA}{sha256}")).hexdigest() == sha256
            except KeyError:
                is_sound = False
            if not is_sound:
                yield f"image {sha256[:12]}… is missing or damaged"


@contextmanager
def _unpacked(file: Path, beside: Path) -> Iterator[_Unpacked]:
    """Unpack a backup's database beside its place, so that it can be put there in one step.

    Raises:
        UsageError: when there is no such file.
        StoreError: when it is no backup.
    """
    if not file.is_file():
        raise UsageError(f"there is no file {file}")
    with tempfile.TemporaryDirectory(dir=beside, prefix=".crosspost-") as work:
        unpacked = _Unpacked(file, Path(work))
        try:
            unpacked.read()
            yield unpacked
        except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
            raise StoreError(f"{file} is no backup of crosspost, or it is damaged: {error}") from error
        except OSError as error:
            raise StoreError(f"{file} cannot be unpacked: {error.strerror or error}") from error
        finally:
            unpacked.close()

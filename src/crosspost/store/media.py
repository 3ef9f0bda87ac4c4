"""The media store: the bytes of every image that was queued, by their SHA-256, in a folder beside the database."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from crosspost.domain.text import digest_of_bytes
from crosspost.errors import StoreError


class MediaStore:
    """A folder of files named by what they hold. What was queued stays as it was, whatever becomes of the original."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Return where the bytes of a digest are kept."""
        return self._folder / sha256[:2] / sha256

    def keep(self, data: bytes) -> str:
        """Keep the bytes durably and return their digest."""
        sha256 = digest_of_bytes(data)
        target = self.path(sha256)
        if not self._is_sound(sha256):
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(target)
        return sha256

    def _is_sound(self, sha256: str) -> bool:
        target = self.path(sha256)
        return target.exists() and digest_of_bytes(target.read_bytes()) == sha256

    def read(self, sha256: str) -> bytes:
        """Return the bytes of a digest.

        Raises:
            StoreError: when they are gone, or are no longer what their name says.
        """
        try:
            data = self.path(sha256).read_bytes()
        except OSError as error:
            raise StoreError(f"the media store has lost {sha256[:12]}…: queue its campaign again") from error
        if digest_of_bytes(data) != sha256:
            raise StoreError(f"the media store's copy of {sha256[:12]}… is damaged: queue its campaign again")
        return data

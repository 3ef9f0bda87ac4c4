"""The bytes of images, by SHA-256, and what was uploaded but not yet published."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from crosspost.domain.text import digest_of_bytes


@dataclass(frozen=True, slots=True)
class Image:
    """What the bytes of an image are: their name, MIME type, size in bytes, pixels."""

    sha256: str
    mime: str
    size: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Upload:
    """An image that an account uploaded, waiting to be published."""

    id: str
    account: str
    image: Image
    at: datetime
    alt: str = ""


class Shelf:
    """Keeps images: in memory, or in a folder where they outlast the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._bytes: dict[str, bytes] = {}
        self._images: dict[str, Image] = {}
        self._uploads: dict[tuple[str, str], Upload] = {}

    def keep(self, data: bytes) -> Image | None:
        """Keep an image and say what it is; None, and nothing kept, when the bytes are no image."""
        sha256 = digest_of_bytes(data)
        image = self._images.get(sha256) or _recognise(sha256, data)
        if image is not None and sha256 not in self._images:
            self._images[sha256] = image
            self._store(sha256, data)
        return image

    def data(self, sha256: str) -> bytes | None:
        """Return an image's bytes; None when it is not here."""
        if self._folder is None or sha256 in self._bytes:
            return self._bytes.get(sha256)
        file = self._folder / sha256
        return file.read_bytes() if file.is_file() else None

    def add_upload(self, platform: str, upload: Upload) -> None:
        """Remember an upload."""
        self._uploads[platform, upload.id] = upload

    def upload(self, platform: str, upload_id: str) -> Upload | None:
        """Return an upload of that platform."""
        return self._uploads.get((platform, upload_id))

    def describe(self, platform: str, upload: Upload, alt: str) -> None:
        """Give an upload its alt text."""
        self._uploads[platform, upload.id] = replace(upload, alt=alt)

    def take(self, platform: str, upload: Upload) -> None:
        """Forget an upload that was published, where it may be used but once."""
        self._uploads.pop((platform, upload.id), None)

    def clear(self) -> None:
        """Forget all uploads. Images in the folder stay, for another journal may name them."""
        self._uploads.clear()
        self._images.clear()
        self._bytes.clear()

    def _store(self, sha256: str, data: bytes) -> None:
        if self._folder is None:
            self._bytes[sha256] = data
            return
        file = self._folder / sha256
        if not file.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


def _recognise(sha256: str, data: bytes) -> Image | None:
    from PIL import Image as Pillow

    try:
        with warnings.catch_warnings():
            # Only the head is read here; how many pixels follow is not this server's trouble.
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            with Pillow.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF", "WEBP")) as opened:
                return Image(sha256, _mime(opened.format or ""), len(data), *opened.size)
    except (OSError, SyntaxError, ValueError, Pillow.DecompressionBombError):
        return None


@lru_cache
def _mime(image_format: str) -> str:
    return f"image/{image_format.casefold()}"

"""Images: read from disk and known by their bytes, never by their file's name."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from pathlib import Path

from crosspost.domain.campaign import Medium
from crosspost.domain.findings import Finding, Place
from crosspost.domain.text import digest_of_bytes
from crosspost.errors import FindingsError
from crosspost.files.reading import read_bytes, shown

#: The largest image that is read, in bytes; what a platform takes is less, and its adapter says so.
LARGEST_IMAGE = 30_000_000

#: Formats by Pillow's name. MPO is what some telephones make of a JPEG: a JPEG with another one behind it.
_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
_TAKEN = "Save it as JPEG, PNG, GIF or WEBP."


def read_medium(path: Path) -> tuple[Medium, bytes]:
    """Return an image and its bytes.

    Raises:
        FindingsError: when it cannot be read, or is no image of a type that platforms take.
    """
    data = read_bytes(path, LARGEST_IMAGE)
    if isinstance(data, Finding):
        raise FindingsError(f"{path.name} cannot be read", [data])
    medium = examine(data, path.name)
    if isinstance(medium, Finding):
        place = Place(shown(path))
        raise FindingsError(f"{path.name} cannot be used as an image", [replace(medium, place=place)])
    return medium, data


def examine(data: bytes, file: str) -> Medium | Finding:
    """Return what the bytes are, or why they are no image of a type that platforms take (a finding without a place)."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                kind, (width, height) = image.format or "", image.size
                image.verify()
    except UnidentifiedImageError:
        return Finding("not-an-image", f"{file} is not an image", _TAKEN)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Finding("image-size", f"{file} has too many pixels", "Make it smaller.")
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise nearly anything on broken bytes
        return Finding("not-an-image", f"{file} is a broken image ({type(error).__name__})", _TAKEN)
    if kind not in _TYPES:
        return Finding("image-type", f"{file} is of type {kind}, which platforms do not take", _TAKEN)
    return Medium(digest_of_bytes(data), _TYPES[kind], len(data), width, height, file)

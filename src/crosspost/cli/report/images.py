"""The images of the page: scaled down, and written into its style once each, however many posts show them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

#: The widest that an image is shown, and the highest, in pixels.
WIDTH = 480
HEIGHT = 960
_QUALITY = 78


@dataclass(frozen=True, slots=True)
class Picture:
    """An image on the page: the CSS class that shows it, its data URI, and its width and height in pixels."""

    name: str
    uri: str
    width: int
    height: int


def pictures(images: Mapping[str, bytes]) -> dict[str, Picture]:
    """Return the pictures by SHA-256; bytes that are no image are left out."""
    found = {}
    for number, (sha256, data) in enumerate(images.items()):
        scaled = _scaled(data)
        if scaled is not None:
            jpeg, width, height = scaled
            uri = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
            found[sha256] = Picture(f"i{number}", uri, width, height)
    return found


def _scaled(data: bytes) -> tuple[bytes, int, int] | None:
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data)) as opened:
            image = _on_white(ImageOps.exif_transpose(opened))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # what Pillow raises for broken files
        return None
    image.thumbnail((WIDTH, HEIGHT))
    out = BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue(), image.width, image.height


def _on_white(image: Image) -> Image:
    """Return the image without transparency, which JPEG does not have."""
    from PIL import Image as Pillow

    if not image.has_transparency_data:
        return image.convert("RGB")
    paper = Pillow.new("RGBA", image.size, "white")
    paper.alpha_composite(image.convert("RGBA"))
    return paper.convert("RGB")

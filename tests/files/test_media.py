from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from crosspost.errors import FindingsError
from crosspost.files.media import read_medium


def image(kind: str, size: tuple[int, int] = (20, 10)) -> bytes:
    """An image of a type."""
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return out.getvalue()


def vast() -> bytes:
    """The first bytes of a PNG of a million pixels each way."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 1_000_000, 1_000_000, 8, 2, 0, 0, 0)
    small = image("PNG")
    return small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]


@pytest.mark.parametrize(
    ("kind", "mime"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("GIF", "image/gif"), ("WEBP", "image/webp"), ("MPO", "image/jpeg")],
)
def test_an_image_is_what_its_bytes_say_whatever_the_files_name(tmp_path: Path, kind: str, mime: str) -> None:
    path = tmp_path / "poster.txt"
    path.write_bytes(image(kind))

    medium, data = read_medium(path)

    assert (medium.mime, medium.width, medium.height, medium.size) == (mime, 20, 10, len(data))
    assert data == path.read_bytes()


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "not-an-image"),
        (b"<svg/>", "not-an-image"),
        (image("PNG")[:-30], "not-an-image"),
        (image("PNG").replace(b"IDAT", b"XXXX"), "not-an-image"),
        (image("BMP"), "image-type"),
        (image("TIFF"), "image-type"),
        (vast(), "image-size"),
    ],
)
def test_what_no_platform_takes_is_told(tmp_path: Path, data: bytes, rule: str) -> None:
    path = tmp_path / "poster.png"
    path.write_bytes(data)

    with pytest.raises(FindingsError) as caught:
        read_medium(path)

    assert [f.rule for f in caught.value.findings] == [rule]


def test_a_file_that_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(FindingsError) as caught:
        read_medium(tmp_path / "none.png")

    assert [(f.rule, f.place and f.place.file) for f in caught.value.findings] == [
        ("file-missing", str(tmp_path / "none.png"))
    ]

"""Bytes from disk, and text from bytes: what goes wrong is a finding, never a crash."""

from __future__ import annotations

import codecs
from pathlib import Path

from crosspost.domain.findings import Finding, Place

#: The largest text file that is read, in bytes: a hundred times the largest campaign.
LARGEST_TEXT = 5_000_000

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def shown(path: Path) -> str:
    """Return the path as messages write it: relative to the working folder where it lies below."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return str(path)


def read_bytes(path: Path, largest: int) -> bytes | Finding:
    """Return the file's bytes, of which there may be so many, or what hinders that."""
    place = Place(shown(path))
    try:
        size = path.stat().st_size
        if size > largest:
            return Finding("file-size", f"{path.name} has {size:,} bytes; at most {largest:,} are read", place=place)
        return path.read_bytes()
    except FileNotFoundError:
        return Finding("file-missing", f"there is no file {path.name}", f"Looked for {shown(path)}.", place=place)
    except IsADirectoryError:
        return Finding("file-missing", f"{path.name} is a folder, not a file", place=place)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "the name cannot be a file's"
        return Finding("file-unreadable", f"{path.name} cannot be read: {why}", place=place)


def read_text(path: Path) -> tuple[str, list[Finding]]:
    """Return the file's text, decoded as well as may be, and what is wrong with file or encoding."""
    data = read_bytes(path, LARGEST_TEXT)
    return ("", [data]) if isinstance(data, Finding) else decode(data, shown(path))


def decode(data: bytes, file: str) -> tuple[str, list[Finding]]:
    """Return the text, its lines ended by line feeds; a byte order mark passes, another encoding than UTF-8 is told."""
    try:
        return _lines(data.decode("utf-8-sig")), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    if data.startswith(_UTF16):
        return _lines(data.decode("utf-16", errors="replace")), [_encoding(file, 1, "UTF-16")]
    if b"\0" in data:
        return "", [Finding("encoding", "this is not a text file", "Save it as plain text, UTF-8.", place=Place(file))]
    name, text = _best(data)
    return _lines(text), [_encoding(file, line, name)]


def _best(data: bytes) -> tuple[str, str]:
    """Return the most likely encoding, by name, and the text it gives; what is no letter in it becomes U+FFFD."""
    if _mostly_utf8(data):
        return "broken UTF-8", data.decode("utf-8-sig", errors="replace")
    return "Windows-1252", data.decode("cp1252", errors="replace")


def _mostly_utf8(data: bytes) -> bool:
    """Say whether well-formed letters of several bytes outnumber the bytes that are none."""
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    return sum(1 for char in text if char > "\x7f") - bad > bad


def _encoding(file: str, line: int, name: str) -> Finding:
    message = f"the file is not UTF-8 from here on; it looks like {name}"
    return Finding("encoding", message, "Save it as UTF-8.", place=Place(file, line))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")

"""Zone data read by hand (RFC 9636), for tests that must not believe what `zoneinfo` says; and data of other versions.

A zone's file lists its clock changes, and ends with a rule in the notation of POSIX for all that come after.
"""

from __future__ import annotations

import re
import struct
import tarfile
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path

import tzdata

#: How far ahead the rule at a file's end is carried out.
LAST_YEAR = 2040

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAME = r"(?:<[^>]+>|[A-Za-z]+)"
_RULE = re.compile(rf"{_NAME}(?P<standard>[-+\d:]+)(?:{_NAME}(?P<summer>[-+\d:]*),(?P<begins>[^,]+),(?P<ends>[^,]+))?")


@dataclass(frozen=True)
class Clock:
    """A zone's clock as changes: from `changes[i]` (seconds since 1970, UTC) on it is `offsets[i + 1]` ahead of UTC."""

    changes: tuple[int, ...]
    offsets: tuple[int, ...]

    def offset(self, instant: int) -> int:
        return self.offsets[bisect_right(self.changes, instant)]

    def first_shown(self, wall: int) -> int | None:
        """Return the first instant at which it shows a wall time, given as seconds since 1970 on the clock itself."""
        near = {self.offset(wall - hours * 3600) for hours in range(-26, 27)}
        return min((wall - offset for offset in near if self.offset(wall - offset) == offset), default=None)

    def end_of_gap(self, wall: int) -> int:
        """Return the change at which it skips a wall time."""
        return next(
            change
            for before, change, after in zip(self.offsets, self.changes, self.offsets[1:], strict=False)
            if change + before <= wall < change + after
        )


def package_file(name: str) -> bytes:
    """Return the file of a zone in the package in use."""
    return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


def read(data: bytes) -> Clock:
    """Return the clock that a zone's file describes."""
    second = _end_of_block(data, 0, wide=False)  # the first block has 32 bits and stops in 2037, where it is filled
    counts = struct.unpack(">6l", data[second + 20 : second + 44])
    _, _, _, changes, types, _ = counts
    at = second + 44
    instants = struct.unpack(f">{changes}q", data[at : at + 8 * changes])
    kinds = data[at + 8 * changes : at + 9 * changes]
    table = at + 9 * changes
    offsets = [struct.unpack(">l", data[table + 6 * n : table + 6 * n + 4])[0] for n in range(types)]
    footer = data[_end_of_block(data, second, wide=True) :].decode().strip()
    return _with_rule(list(instants), [offsets[0], *(offsets[kind] for kind in kinds)], footer)


def _end_of_block(data: bytes, start: int, *, wide: bool) -> int:
    is_utc, is_standard, leaps, changes, types, letters = struct.unpack(">6l", data[start + 20 : start + 44])
    size = 8 if wide else 4
    return start + 44 + changes * (size + 1) + types * 6 + letters + leaps * (size + 4) + is_standard + is_utc


def _with_rule(changes: list[int], offsets: list[int], footer: str) -> Clock:
    rule = _RULE.fullmatch(footer)
    assert rule is not None, footer
    standard = -_seconds(rule["standard"])
    if rule["begins"]:
        summer = -_seconds(rule["summer"]) if rule["summer"] else standard + 3600
        last = changes[-1] if changes else 0
        coming = [
            change
            for year in range(1970, LAST_YEAR)
            for change in (
                (_when(rule["begins"], year) - standard, summer),
                (_when(rule["ends"], year) - summer, standard),
            )
            if change[0] > last
        ]
        for instant, offset in sorted(coming):
            changes.append(instant)
            offsets.append(offset)
    elif not changes:
        offsets[0] = standard
    return Clock(tuple(changes), tuple(offsets))


def _seconds(written: str) -> int:
    sign = -1 if written.startswith("-") else 1
    hours, minutes, seconds = ([*map(int, written.lstrip("+-").split(":")), 0, 0])[:3]
    return sign * (hours * 3600 + minutes * 60 + seconds)


def _when(written: str, year: int) -> int:
    """Return when a rule says, as seconds since 1970 on the clock itself: `M3.5.0/-1`, the last Sunday of March."""
    day, _, time = written.partition("/")
    if day.startswith("M"):
        month, week, weekday = map(int, day[1:].split("."))
        first = date(year, month, 1)
        found = first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (week - 1))
        while found.month != month:
            found -= timedelta(days=7)
    elif day.startswith("J"):
        number = int(day[1:])
        is_leap = (date(year, 12, 31) - date(year, 1, 1)).days == 365
        found = date(year, 1, 1) + timedelta(days=number - 1 + (is_leap and number >= 60))
    else:
        found = date(year, 1, 1) + timedelta(days=int(day))
    return (found - date(1970, 1, 1)).days * 86400 + (_seconds(time) if time else 7200)


def seconds(moment: datetime) -> int:
    """Return a moment, or a wall time that is read on the clock itself, as seconds since 1970."""
    return int((moment.replace(tzinfo=UTC) - _EPOCH).total_seconds())


def archived() -> Iterator[tuple[str, bytes]]:
    """Yield the zones of the older version that python-dateutil carries, each with its file."""
    packed = resources.files("dateutil.zoneinfo").joinpath("dateutil-zoneinfo.tar.gz")
    with packed.open("rb") as file, tarfile.open(fileobj=file) as archive:
        for member in archive:
            opened = archive.extractfile(member) if member.isfile() or member.islnk() else None
            if opened is not None and member.name != "METADATA":
                yield member.name, opened.read()


def fixed(offset: timedelta) -> bytes:
    """Return the file of a zone whose clock is always so far ahead of UTC."""
    seconds = int(offset.total_seconds())
    header = b"TZif2" + bytes(15)
    block = struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", seconds, 0, 0) + b"AAA\0"
    sign, size = ("-" if seconds > 0 else ""), abs(seconds)
    rule = f"\n<AAA>{sign}{size // 3600}:{size % 3600 // 60:02}\n".encode()
    return header + block + header + block + rule


def make_package(folder: Path, version: str, zones: dict[str, bytes]) -> Path:
    """Make a `tzdata` of another version: the one in use, with these zones' files in place of its own.

    Return the folder to name in PYTHONPATH.
    """
    package = folder / "tzdata"
    source = Path(tzdata.__file__).parent
    names = (source / "zones").read_text("utf-8")
    for name in names.split():
        target = package / "zoneinfo" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(zones.get(name) or (source / "zoneinfo" / name).read_bytes())
    (package / "zones").write_text(names, "utf-8")
    (package / "__init__.py").write_text(f'IANA_VERSION = "{version}"\n', "utf-8")
    return folder

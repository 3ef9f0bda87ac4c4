"""Time zones, from the pinned `tzdata` package alone.

`zoneinfo` prefers the machine's own data, which on a server that nobody updates is years old. Reading the package's
files directly leaves no door for them. Source: https://docs.python.org/3/library/zoneinfo.html#data-sources.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

#: The clock of the house: every time is said on it too, and missions without a clock of their own go by it.
PARIS = "Europe/Paris"


class UnknownZoneError(ValueError):
    """Raised when no zone of that name is in the zone data."""


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """Return the zone of that IANA name.

    Raises:
        UnknownZoneError: when the zone data have none of that name.
    """
    parts = name.split("/")
    if not all(parts) or any(part.startswith(".") for part in parts):
        raise UnknownZoneError(f"there is no time zone {name!r}")
    try:
        with resources.files("tzdata").joinpath("zoneinfo", *parts).open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (OSError, ValueError) as error:
        raise UnknownZoneError(f"there is no time zone {name!r}") from error


def data_version() -> str:
    """Return the version of the zone data in use, such as `2026f`."""
    import tzdata

    return str(tzdata.IANA_VERSION)


def least_age(version: str, today: date) -> int:
    """Return how many days ago a version came out at the least: its name tells the year, and the order within it."""
    return max(0, (today - date(int(version[:4]), 12, 31)).days)


def told(version: str) -> str:
    """Return what the name of a version tells: `2026f` is the 6th release of 2026."""
    number = ord(version[4:5] or "a") - ord("a") + 1
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number, "th")
    return f"the {number}{ending} release of {version[:4]}"


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Return the names of all zones in the data, sorted."""
    text = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return tuple(sorted(text.split()))

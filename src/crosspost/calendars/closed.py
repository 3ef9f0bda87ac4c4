"""A day on which a mission is closed, or open against its calendar: why, and whose word that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Because(StrEnum):
    """What makes a day what it is."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    OWN = "own"  # a mission's own word, or that of one above it


class Source(StrEnum):
    """Whose word it is."""

    NETWORK = "network"  # the network file's own column
    REVIEWED = "reviewed"  # the table of `calendars.weekends`, decided by hand
    LIBRARY = "library"  # the `holidays` library
    NOBODY = "nobody"  # the country is not known to the library: Saturday and Sunday
    MISSION = "mission"  # somebody has set it: `crosspost mission closed add`


@dataclass(frozen=True, slots=True)
class Day:
    """What is special about a day of a mission, where something is.

    `why` is in words, as plans say them: `weekend in EG`, `Coptic Christmas in EG, estimated`. `owner` is the mission
    that has set it, "" where it is a weekend or a holiday. `is_open`: it works although its calendar says otherwise.
    """

    because: Because
    source: Source
    why: str
    country: str = ""
    owner: str = ""
    is_open: bool = False
    is_estimated: bool = False

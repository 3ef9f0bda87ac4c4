"""A delivery that is to leave at another instant than before, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from crosspost.domain.schedule import Instant, format_duration


@dataclass(frozen=True, slots=True)
class Moved:
    """A delivery, the instant at which it was to leave or has left, and the one that its wall time gives now."""

    delivery: str
    was: Instant
    becomes: Instant

    @property
    def by(self) -> timedelta:
        """By how much it moves; negative where it becomes earlier."""
        return self.becomes.utc - self.was.utc

    @property
    def how_far(self) -> str:
        """By how much, in words: `1h later`."""
        return f"{format_duration(abs(self.by))} {'later' if self.by > timedelta(0) else 'earlier'}"

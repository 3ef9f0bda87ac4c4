"""Rate limits: how often a caller may ask within a window of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left after this request: the limit, the rest, and when the window ends (seconds since 1970)."""

    limit: int
    remaining: int
    reset: int
    exceeded: bool = False


class Windows:
    """Counts requests in fixed windows that begin with the first request in them."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, ...], tuple[int, int]] = {}

    def take(self, key: tuple[str, ...], limit: int, seconds: int, now: datetime) -> Budget:
        """Take one request from the budget of the key; one that exceeds it takes nothing."""
        moment = int(now.timestamp())
        reset, used = self._used.get(key, (0, 0))
        if moment >= reset:
            reset, used = moment + seconds, 0
        if used >= limit:
            return Budget(limit, 0, reset, exceeded=True)
        self._used[key] = reset, used + 1
        return Budget(limit, limit - used - 1, reset)

    def clear(self) -> None:
        """Give every budget back."""
        self._used.clear()

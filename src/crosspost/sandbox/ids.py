"""Ids that look like the platforms' own: numbers made from the time, and always larger than the last."""

from __future__ import annotations

from datetime import datetime

#: Milliseconds from 1970 to the first instant of X's "snowflakes".
_X_EPOCH = 1_288_834_974_657
#: Seconds from 1970 to the first instant of Weibo's numbers.
_WEIBO_EPOCH = 515_483_463


class Ids:
    """Hands out a platform's ids, each larger than the one before.

    They start from the clock and never run ahead of it, so they go on increasing when the sandbox is started again.
    """

    def __init__(self, platform: str) -> None:
        self._platform = platform
        self._last = 0

    def next(self, now: datetime) -> int:
        """Return the next id."""
        self._last = max(self._last + 1, _from_time(self._platform, now))
        return self._last


def _from_time(platform: str, now: datetime) -> int:
    milliseconds = int(now.timestamp() * 1000)
    if platform == "twitter":
        return (milliseconds - _X_EPOCH) << 22
    if platform == "weibo":
        return (milliseconds // 1000 - _WEIBO_EPOCH) << 22
    return milliseconds * 1000 + 122 * 10**15

"""Time that only goes forward: it goes on while the process, or the whole machine, is stopped."""

from __future__ import annotations

import time

#: Linux's monotonic clock leaves out what a suspended machine sleeps through; this one does not.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def seconds() -> float:
    """Return the seconds since some fixed moment."""
    return time.clock_gettime(_CLOCK)

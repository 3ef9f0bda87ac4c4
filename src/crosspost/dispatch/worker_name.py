"""Who a worker is, and whether another one on this host is dead.

A lease names its owner as host, process and the process's start: when that process is gone its leases need not run out.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable

import psutil

#: Two readings of a process's start may differ by rounding, in seconds.
_SAME_START = 1.0


def own_name() -> str:
    """Return the name of this process as a worker."""
    return f"{socket.gethostname()}/{os.getpid()}/{_start(psutil.Process()):.2f}"


def _start(process: psutil.Process) -> float:
    """Return when the process started, in seconds since the machine did: a clock that jumps leaves that as it was."""
    return float(process.create_time() - psutil.boot_time())


def dead_among(owners: Iterable[str]) -> frozenset[str]:
    """Return the owners that ran on this host and run no more."""
    return frozenset(owner for owner in owners if _is_dead(owner))


def _is_dead(owner: str) -> bool:
    host, _, rest = owner.rpartition("/")[0].rpartition("/")
    if host != socket.gethostname():
        return False
    try:
        pid, start = int(rest), float(owner.rpartition("/")[2])
        return abs(_start(psutil.Process(pid)) - start) > _SAME_START
    except psutil.NoSuchProcess:
        return True
    except ValueError:
        return False

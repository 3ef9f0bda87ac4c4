"""Who a worker is, and whether another one on this machine is dead.

A lease names its owner as place, process and the process's start: when that process is gone its leases need not run
out. A place is more than a hostname, which two containers or two copies of a machine may share.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import psutil

#: Two readings of a process's start may differ by rounding, in seconds.
_SAME_START = 1.0


def own_name() -> str:
    """Return the name of this process as a worker."""
    return f"{_place()}/{psutil.Process().pid}/{_start(psutil.Process()):.2f}"


@cache
def _place() -> str:
    """Return what tells apart whose process numbers these are: the host, its present run, and its container."""
    boot, container = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    try:
        return f"{socket.gethostname()}:{boot.read_text('ascii').strip()[:8]}:{container.stat().st_ino}"
    except OSError:  # not Linux
        return socket.gethostname()


def _start(process: psutil.Process) -> float:
    """Return when the process started, in seconds since the machine did: a clock that jumps leaves that as it was."""
    return float(process.create_time() - psutil.boot_time())


def dead_among(owners: Iterable[str]) -> frozenset[str]:
    """Return the owners that ran in this place and run no more."""
    return frozenset(owner for owner in owners if _is_dead(owner))


def _is_dead(owner: str) -> bool:
    place, _, rest = owner.rpartition("/")[0].rpartition("/")
    if place != _place():
        return False
    try:
        process, start = psutil.Process(int(rest)), float(owner.rpartition("/")[2])
        # A zombie has ended, and waits for a parent that may never ask, as in a container without an init.
        return process.status() == psutil.STATUS_ZOMBIE or abs(_start(process) - start) > _SAME_START
    except psutil.NoSuchProcess:
        return True
    except ValueError:
        return False

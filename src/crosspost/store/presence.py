"""Who is at work on an SQLite file: daemons share a lock, and who replaces the file needs it alone.

The kernel lets go of the lock when a process ends, however it ends.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crosspost.errors import StoreError


@contextmanager
def at_work(database: Path | None) -> Iterator[None]:
    """Be at work on a database; beside others, but not while its file is being replaced.

    Raises:
        StoreError: when its file is being replaced.
    """
    if database is None:  # PostgreSQL: there is no file to replace
        yield
        return
    with _locked(database, fcntl.LOCK_SH, "its file is being replaced (`crosspost restore`): start again afterwards"):
        yield


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Keep daemons away while a database's file is replaced.

    Raises:
        StoreError: when one is at work on it.
    """
    with _locked(database, fcntl.LOCK_EX, "a daemon is at work on it: stop it first"):
        yield


@contextmanager
def _locked(database: Path, how: int, refused: str) -> Iterator[None]:
    path = database.resolve().with_name(f"{database.name}.lock")
    try:
        with path.open("a") as file:
            fcntl.flock(file, how | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise StoreError(f"{database}: {refused}") from error

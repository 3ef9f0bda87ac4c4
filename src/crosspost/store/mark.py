"""The mark: a small file beside an SQLite database that says how far its newest state was.

A database that is put back from yesterday's copy knows nothing of what was sent since. The mark does: it stays where
it is when a file is put back over another. It holds the database's id, how many attempts there were, and when the last
one began; it is written only while the database is locked, and only of what is committed. So a database that lacks the
mark's last attempt is not the one that last sent from here.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from crosspost.store import home

#: Attempts are never deleted, so that SQLite's own row number is their count, without counting.
_LAST = text("SELECT rowid AS number, start FROM attempt ORDER BY rowid DESC LIMIT 1")
_START = text("SELECT start FROM attempt WHERE rowid = :number")


@dataclass(frozen=True, slots=True)
class State:
    """How far a database is: its id, the number of its attempts, and when the last one began (as SQLite writes it)."""

    database: str
    attempts: int
    last: str

    @classmethod
    def of(cls, tx: Connection) -> State:
        """Return how far a database is."""
        row = tx.execute(_LAST).first()
        return cls(home.name(tx), row.number if row else 0, row.start if row else "")

    def is_within(self, tx: Connection) -> bool:
        """Say whether a database has all that this state had: it is the same one, or its continuation."""
        if self.database != home.name(tx):
            return False
        return not self.attempts or tx.execute(_START, {"number": self.attempts}).scalar() == self.last


class Mark:
    """The mark of the database in a file."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}.mark")
        self._written: State | None = None

    def read(self) -> State | None:
        """Return what the mark says, or None where there is none or it cannot be understood."""
        try:
            return State(**json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def forget(self) -> None:
        """Remove the mark of a database that is no more: another one was made in its place."""
        self._path.unlink(missing_ok=True)

    def keep(self, tx: Connection) -> None:
        """Write the mark durably, unless this one has written the same; `tx` is a transaction that locks the database.

        Raises:
            OSError: when it cannot be written.
        """
        state = State.of(tx)
        if state != self._written:
            write_durably(self._path, json.dumps(asdict(state)).encode())
            self._written = state


def write_durably(path: Path, data: bytes) -> None:
    """Put a small file in place as a whole: after a power cut it is the old one or the new one."""
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

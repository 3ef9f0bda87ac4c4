"""SQLite: one file, one machine.

WAL mode with `synchronous=FULL`: what was committed survives a power cut, which is what makes an intent to send
durable. SQLAlchemy drops `FOR UPDATE` on SQLite without a word; here `BEGIN IMMEDIATE` is the lock, and writers are
alone whatever they do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from crosspost.errors import StoreBusyError, StoreError
from crosspost.store.backend import Access


def sqlite_path(url: str) -> Path | None:
    """Return the file of an SQLite URL, or None for another engine."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


#: What to do, by the beginning of SQLite's name for the error. Nothing of what was committed is lost by any of them.
_ADVICE = {
    "SQLITE_BUSY": ": another process writes to it and does not end; `fuser` on the file says which",
    "SQLITE_FULL": ": make room on its disk",
    "SQLITE_READONLY": ": make the file and its folder writable by this user, and see whether the disk is read-only",
    "SQLITE_CANTOPEN": ": this user must be able to write in its folder, where SQLite keeps a -wal and a -shm file",
    "SQLITE_IOERR": ": its disk is full or failing; see the system's log",
}


class SQLite:
    """The backend of an SQLite file."""

    def engine(self, url: str, patience: float) -> Engine:
        """Return an engine whose connections are set for safety; transactions are begun by `begin` alone."""
        engine = create_engine(url, connect_args={"timeout": patience})

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # this module says BEGIN, not the driver
            try:
                for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                    connection.execute(f"PRAGMA {pragma}").close()
            except BaseException:  # no database, or a locked one: nobody else knows of this connection yet
                connection.close()
                raise

        return engine

    def begin(self, connection: Connection, access: Access) -> None:
        """Take the write lock at once where the transaction will write."""
        connection.exec_driver_sql("BEGIN" if access is Access.READ else "BEGIN IMMEDIATE")

    def finish(self, connection: Connection, access: Access) -> None:
        """Nothing more: other processes see the new `data_version`."""

    def now(self, connection: Connection, here: Callable[[], datetime]) -> datetime:  # noqa: ARG002 - PostgreSQL asks
        """Return this machine's clock: there is no other."""
        return here()

    def watch(self, engine: Engine) -> DataVersion:
        """Return a watch on SQLite's `data_version`."""
        return DataVersion(engine.connect())

    def explained(self, error: DBAPIError, where: str) -> StoreError | None:
        """Explain a locked, full, read-only or broken file."""
        if isinstance(error, OperationalError):
            code = getattr(error.orig, "sqlite_errorname", "")
            kind = StoreError if code == "SQLITE_ERROR" else StoreBusyError  # ours, such as a table that is not there
            advice = next((said for begins, said in _ADVICE.items() if code.startswith(begins)), "")
            return kind(f"the database {where} cannot be used: {error.orig}{advice}")
        said = str(error.orig)
        if isinstance(error, DatabaseError) and ("not a database" in said or "malformed" in said):
            return StoreError(f"{where} is no readable database: {said}. Put a backup back: `crosspost restore FILE`")
        return None


class DataVersion:
    """Tells whether the database has changed since it was last asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seen = self._version()

    def _version(self) -> int:
        version = self._connection.execute(text("PRAGMA data_version")).scalar_one()
        self._connection.rollback()
        return int(version)

    def changed(self) -> bool:
        """Say whether anything was committed by another connection since the last call."""
        version = self._version()
        changed, self._seen = version != self._seen, version
        return changed

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Use it in a `with` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

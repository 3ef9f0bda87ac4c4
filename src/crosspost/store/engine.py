"""Opening the database, and the two kinds of transaction: one that reads, one that writes.

SQLite runs in WAL mode with `synchronous=FULL`: what was committed survives a power cut, which is what makes an
intent to send durable. SQLAlchemy drops `FOR UPDATE` on SQLite without a word; there, `BEGIN IMMEDIATE` is the lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from crosspost.errors import StoreBusyError, StoreError
from crosspost.store.schema import HEAD, current_revision, upgrade
from crosspost.store.tables import Meta, core

_meta = core(Meta)

#: What store functions are given; other floors pass it on and never look inside.
Transaction = Connection

#: How long a writer waits for another process's transaction, in seconds.
BUSY_TIMEOUT = 30


class Store:
    """A database that is known to be of this schema and mode."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str, mode: str) -> Store:
        """Return the store at that URL.

        Raises:
            StoreError: when it is not there, cannot be read, is of another schema, or was made for another mode.
        """
        path = sqlite_path(url)
        if path is not None and not path.exists():
            raise StoreError(f"there is no database at {path}: make one with `crosspost init`")
        store = cls(_engine(url))
        try:
            store._require(mode, url)
        except BaseException:
            store.close()
            raise
        return store

    def _require(self, mode: str, url: str) -> None:
        with _explained(url), self._engine.connect() as connection:
            _require_schema(current_revision(connection), url)
            made_for = connection.execute(select(_meta.c.value).where(_meta.c.name == "mode")).scalar()
        if made_for != mode:
            raise StoreError(
                f"this database was made in {made_for} mode and the config says {mode}: what was queued for the one "
                "must never leave in the other. Point [database] url to another file and run `crosspost init`"
            )

    @classmethod
    def create(cls, url: str, mode: str) -> Store:
        """Make the database, or bring an older one to this schema, and return it open."""
        path = sqlite_path(url)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        engine = _engine(url)
        try:
            with _explained(url):
                upgrade(engine)
                with engine.begin() as connection:
                    if not connection.execute(select(_meta.c.value).where(_meta.c.name == "mode")).first():
                        connection.execute(insert(_meta).values(name="mode", value=mode))
        finally:
            engine.dispose()
        return cls.open(url, mode)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that sees one state of the database and changes nothing."""
        with _explained(str(self._engine.url)), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open a transaction that holds the write lock from its start, and commits at its end."""
        engine = self._engine.execution_options(crosspost_write=True)
        with _explained(str(self._engine.url)), engine.begin() as connection:
            yield connection

    @contextmanager
    def watch(self) -> Iterator[ChangeWatch]:
        """Open an idle connection that tells, for next to nothing, whether other connections have written."""
        with self._engine.connect() as connection:
            yield ChangeWatch(connection)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


class ChangeWatch:
    """Tells whether the database has changed since it was last asked (SQLite's `data_version`)."""

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


def sqlite_path(url: str) -> Path | None:
    """Return the file of an SQLite URL, or None for another engine."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        raise StoreError(f"{make_url(url).get_backend_name()} is not supported yet: write `sqlite:///crosspost.db`")
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # this module says BEGIN, not the driver
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("crosspost_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _require_schema(found: str | None, url: str) -> None:
    if found == HEAD:
        return
    if found is None:
        raise StoreError(f"{url} is not a crosspost database: make one with `crosspost init`")
    if found < HEAD:
        raise StoreError(f"the database is of schema {found}, this version needs {HEAD}: `crosspost database upgrade`")
    raise StoreError(f"the database is of schema {found}, newer than this version ({HEAD}): install a newer crosspost")


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Turn what the driver says of a locked, full, read-only or broken database into an error that says what to do."""
    try:
        yield
    except OperationalError as error:
        is_ours = getattr(error.orig, "sqlite_errorname", "") == "SQLITE_ERROR"  # such as a table that is not there
        kind = StoreError if is_ours else StoreBusyError
        raise kind(f"the database {url} cannot be used: {error.orig}") from error
    except DatabaseError as error:
        if "not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise StoreError(f"{url} is no readable database: {error.orig}. Restore a copy of it") from error
        raise

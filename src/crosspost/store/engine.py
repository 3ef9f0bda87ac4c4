"""Opening the database, and its three kinds of transaction: one that reads, one that writes, and a daemon's turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from crosspost.errors import StoreError
from crosspost.store import home, meta
from crosspost.store.backend import PATIENCE, Access, Backend, Watch
from crosspost.store.mark import Mark
from crosspost.store.schema import HEAD, current_revision, upgrade
from crosspost.store.sqlite import SQLite, sqlite_path

#: What store functions are given; other floors pass it on and never look inside.
Transaction = Connection

#: How long the difference between this machine's clock and the database's is trusted.
_CLOCK_TRUSTED = timedelta(seconds=60)


class Store:
    """A database that is known to be of this schema and mode."""

    def __init__(self, url: str, backend: Backend, engine: Engine) -> None:
        #: The address as it may be shown: without its password.
        self.address = make_url(url).render_as_string(hide_password=True)
        #: The file of an SQLite database; None for another engine.
        self.path = sqlite_path(url)
        self._backend, self._engine = backend, engine
        self._ahead = timedelta(0)
        self._ahead_of: datetime | None = None

    @classmethod
    def open(cls, url: str, mode: str, patience: float = PATIENCE) -> Store:
        """Return the store at that URL; `patience` is how long a transaction waits for another's, in seconds.

        Raises:
            StoreError: when it is not there, cannot be read, is of another schema, or was made for another mode.
        """
        path = sqlite_path(url)
        if path is not None and not path.exists():
            raise StoreError(f"there is no database at {path}: make one with `crosspost init`")
        store = cls._at(url, patience)
        try:
            store._require(mode)  # noqa: SLF001 - its own
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def _at(cls, url: str, patience: float = PATIENCE) -> Store:
        backend = _backend(url)
        return cls(url, backend, backend.engine(url, patience))

    def _require(self, mode: str) -> None:
        with self.read() as connection:
            _require_schema(current_revision(connection), self.address)
            made_for = meta.get(connection, "mode")
        if made_for != mode:
            raise StoreError(
                f"this database was made in {made_for} mode and the config says {mode}: what was queued for the one "
                "must never leave in the other. Point [database] url to another one and run `crosspost init`"
            )

    @classmethod
    def create(cls, url: str, mode: str) -> Store:
        """Make the database's tables, or bring older ones to this schema, and return it open."""
        path = sqlite_path(url)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        made = cls._at(url)
        try:
            with made.write() as tx:
                upgrade(tx)
                if meta.get(tx, "mode") is None:
                    meta.put(tx, "mode", mode)
                    if path is not None:
                        Mark(path).forget()
                if path is not None:
                    home.first(tx, path)
        finally:
            made.close()
        return cls.open(url, mode)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that sees one state of the database and changes nothing."""
        with self._transaction(Access.READ) as tx:
            yield tx

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open a transaction that is alone from its start, and commits at its end."""
        with self._transaction(Access.WRITE) as tx:
            yield tx

    @contextmanager
    def turn(self) -> Iterator[Transaction]:
        """Open a daemon's transaction: beside those of other daemons, never beside a `write`."""
        with self._transaction(Access.TURN) as tx:
            yield tx

    @contextmanager
    def _transaction(self, access: Access) -> Iterator[Transaction]:
        with self._explained(), self._engine.begin() as connection:
            self._backend.begin(connection, access)
            yield connection
            self._backend.finish(connection, access)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the driver says of a locked, full, absent or broken database into an error that says what to do."""
        try:
            yield
        except DBAPIError as error:
            explained = self._backend.explained(error, self.address)
            if explained is None:
                raise
            raise explained from error

    def now(self, tx: Transaction, here: Callable[[], datetime]) -> datetime:
        """Return the present by the clock that all who use this database share; `here` is this machine's."""
        return self._backend.now(tx, here)

    def clock(self) -> datetime:
        """Return the present, in UTC, by the database's clock as it was last compared with this machine's."""
        here = datetime.now(UTC)
        if self._ahead_of is None or abs(here - self._ahead_of) > _CLOCK_TRUSTED:
            with self.read() as tx:
                self._ahead = self.now(tx, lambda: here) - here
            self._ahead_of = here
        return here + self._ahead

    def watch(self) -> Watch:
        """Open a watch that tells, for next to nothing, whether other connections have written."""
        with self._explained():
            return self._backend.watch(self._engine)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


def _backend(url: str) -> Backend:
    if make_url(url).get_backend_name() == "sqlite":
        return SQLite()
    from crosspost.store.postgres import PostgreSQL

    return PostgreSQL()


def _require_schema(found: str | None, where: str) -> None:
    if found == HEAD:
        return
    if found is None:
        raise StoreError(f"{where} is not a crosspost database: make one with `crosspost init`")
    if found < HEAD:
        raise StoreError(f"the database is of schema {found}, this version needs {HEAD}: `crosspost database upgrade`")
    raise StoreError(f"the database is of schema {found}, newer than this version ({HEAD}): install a newer crosspost")

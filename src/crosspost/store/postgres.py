"""PostgreSQL: one queue for daemons on several hosts.

One advisory lock of the database keeps turns and writes apart: a turn takes it shared, a write exclusively, each for
its transaction. Within that, turns of several daemons run side by side at READ COMMITTED and meet only in rows that
they lock. All instants are the database's: the hosts' clocks may disagree by minutes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

from crosspost.errors import StoreBusyError, StoreError
from crosspost.store.backend import Access

if TYPE_CHECKING:
    import psycopg

#: The key of the advisory lock; any number does, as long as all of crosspost uses the same one.
_LOCK = 0x63_72_6F_73_73  # "cross"

#: The channel on which writes are told.
_CHANNEL = "crosspost"

#: What each session is asked for. A process that was stopped in the middle of a transaction must not keep everybody
#: else from theirs: the server ends it. A host that vanished is noticed within a minute.
_SETTINGS = {
    "timezone": "UTC",
    "idle_in_transaction_session_timeout": "15s",
    "tcp_keepalives_idle": "20",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}

#: What libpq is asked for where the URL says nothing else, in seconds and milliseconds.
_CONNECT = {
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

#: SQLSTATE classes and codes that mean "not now" and not "never".
_PASSING = ("08", "40", "53", "55P03", "57", "58", "25006")


#: What libpq says, in English, where trying again is no use.
_SHUT_OUT = ("does not exist", "authentication failed", "pg_hba.conf", "permission denied", "no password supplied")


class PostgreSQL:
    """The backend of a PostgreSQL database."""

    def engine(self, url: str, patience: float) -> Engine:
        """Return an engine on psycopg 3 whose sessions are set as `_SETTINGS` says."""
        parsed = make_url(url).set(drivername="postgresql+psycopg")
        said = str(parsed.query.get("options", ""))
        settings = _SETTINGS | {"lock_timeout": f"{max(1, round(patience * 1000))}ms"}
        options = " ".join(filter(None, [said, *(f"-c {name}={value}" for name, value in settings.items())]))
        asked = {name: value for name, value in _CONNECT.items() if name not in parsed.query}
        engine = create_engine(
            parsed.difference_update_query(["options"]),
            connect_args=asked | {"options": options},
            # A session that was cut, or that the server ended, is found out before a transaction relies on it.
            pool_pre_ping=True,
            pool_recycle=1800,
        )
        event.listen(engine, "connect", _make_durable)
        return engine

    def begin(self, connection: Connection, access: Access) -> None:
        """Take the lock; a read takes none and sees one snapshot."""
        if access is Access.READ:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        else:
            how = "pg_advisory_xact_lock" if access is Access.WRITE else "pg_advisory_xact_lock_shared"
            connection.execute(text(f"SELECT {how}({_LOCK})"))

    def finish(self, connection: Connection, access: Access) -> None:
        """Tell whoever listens, at the commit, that something was written."""
        if access is Access.WRITE:
            connection.execute(text(f"NOTIFY {_CHANNEL}"))

    def now(self, connection: Connection, here: Callable[[], datetime]) -> datetime:  # noqa: ARG002 - SQLite has no other
        """Return the server's clock at this moment, not that of the transaction's start: it may have waited."""
        instant: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return instant.astimezone(UTC)

    def watch(self, engine: Engine) -> Listener:
        """Return a watch that listens on a session of its own."""
        return Listener(engine)

    def explained(self, error: DBAPIError, where: str) -> StoreError | None:
        """Explain a server that is away, restarting, full, locked, or that does not know us."""
        said = " ".join(str(error.orig).split())
        state = getattr(error.orig, "sqlstate", None) or ""
        # A session that could not be opened has no SQLSTATE, only words.
        if state.startswith(("28", "3D", "42501")) or (not state and any(word in said for word in _SHUT_OUT)):
            return StoreError(f"the database {where} does not let us in: {said}")
        if state == "42P01":
            return StoreError(f"{where} is not a crosspost database: make one with `crosspost init`. ({said})")
        gone = isinstance(error, OperationalError | InterfaceError) and not state
        if gone or error.connection_invalidated or state.startswith(_PASSING):
            return StoreBusyError(f"the database {where} cannot be used now: {said}")
        if isinstance(error, InternalError):
            return StoreError(f"the database {where} cannot be used: {said}")
        return None


def _make_durable(session: psycopg.Connection[Any], _record: Any) -> None:
    """Let no server, role or database turn durability off: an intent that a crash forgets would be sent again."""
    session.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )
    session.commit()


class Listener:
    """Tells whether somebody has written, by LISTEN and NOTIFY. A session that is lost is opened again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: psycopg.Connection[Any] | None = None
        self._listen()

    def _listen(self) -> None:
        pooled = self._engine.raw_connection()
        session: psycopg.Connection[Any] = pooled.driver_connection  # type: ignore[assignment]
        pooled.detach()
        session.autocommit = True
        session.execute(f"LISTEN {_CHANNEL}")
        self._session = session

    def changed(self) -> bool:
        """Say whether anything was written since the last call; while the server is away, say yes: nobody knows."""
        try:
            if self._session is None:
                self._listen()
                return True
            self._session.execute("SELECT 1")  # brings what was told meanwhile, and shows that the session lives
            return any(True for _ in self._session.notifies(timeout=0))
        except Exception as error:
            self.close()
            if _is_of_the_driver(error):
                return True
            raise

    def close(self) -> None:
        """Let go of the session."""
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(Exception):
                session.close()

    def __enter__(self) -> Self:
        """Use it in a `with` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def _is_of_the_driver(error: Exception) -> bool:
    import psycopg

    return isinstance(error, psycopg.Error | DBAPIError | OSError)

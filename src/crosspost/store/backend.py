"""What an engine must do in its own way: connect, begin, tell the time, watch for changes, and explain its errors.

There are two, SQLite for one machine and PostgreSQL for many; everything else in the store is the same for both.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Protocol, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from crosspost.errors import StoreError

#: How long a writer waits for another's transaction, in seconds.
PATIENCE = 30.0


class Access(Enum):
    """What a transaction is for.

    `READ` sees one state of the database and changes nothing. `WRITE` is alone: what people do, and what time does.
    `TURN` is a daemon's: it runs beside other daemons' turns, each on accounts that it has leased, and never beside a
    `WRITE`. So a hold that has been committed is seen by every turn that writes an intent after it.
    """

    READ = "read"
    WRITE = "write"
    TURN = "turn"


class Watch(Protocol):
    """Tells, for next to nothing, whether other connections have written."""

    def changed(self) -> bool:
        """Say whether anything was committed by another connection since the last call."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...

    def __enter__(self) -> Self:
        """Use it in a `with` block."""
        ...

    def __exit__(self, *_: object) -> None:
        """Close it."""
        ...


class Backend(Protocol):
    """One kind of database."""

    def engine(self, url: str, patience: float) -> Engine:
        """Return an engine for the URL, whose writers wait so many seconds; nothing is asked of the database yet."""
        ...

    def begin(self, connection: Connection, access: Access) -> None:
        """Do what a transaction of this kind starts with."""
        ...

    def finish(self, connection: Connection, access: Access) -> None:
        """Do what a transaction of this kind ends with, before it commits."""
        ...

    def now(self, connection: Connection, here: Callable[[], datetime]) -> datetime:
        """Return the present by the clock that all who use this database share; `here` is this machine's."""
        ...

    def watch(self, engine: Engine) -> Watch:
        """Return a watch on a connection of its own."""
        ...

    def explained(self, error: DBAPIError, where: str) -> StoreError | None:
        """Return what the driver's error means and what to do, or None for a defect of ours."""
        ...

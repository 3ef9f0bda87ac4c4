"""Copies of an SQLite database: made while others write, looked into, and put in the place of the database.

Here SQLite is spoken to directly: a copy may be of another schema, or broken, and is never opened as the store.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url

from crosspost.errors import StoreError
from crosspost.store import presence
from crosspost.store.home import Home
from crosspost.store.mark import sync_folder
from crosspost.store.schema import HEAD

#: What SQLite keeps beside a database's file, and what belongs to it.
_COMPANIONS = ("-wal", "-shm")

_MEDIA = """
SELECT value FROM content WHERE value LIKE '%sha256%'
AND digest IN (SELECT content FROM delivery WHERE state <> 'sent')
UNION ALL
SELECT revision.value FROM revision
JOIN campaign ON campaign.id = revision.campaign AND campaign.revision = revision.number
WHERE campaign.status = 'active'
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a database: which one it is, and what it holds. `media` are the digests that its queue needs."""

    database: str = ""
    home: str = ""
    mode: str = ""
    schema: str = ""
    deliveries: dict[str, int] = field(default_factory=dict)
    attempts: int = 0
    latest: str = ""
    media: frozenset[str] = frozenset()


def copy(source: Path, target: Path) -> None:
    """Copy a database while others use it: the copy is of one instant, and a single file.

    Raises:
        StoreError: when the one cannot be read or the other not be written.
    """
    try:
        reading = sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)
        with closing(reading) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE").fetchall()
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise StoreError(f"{source} cannot be copied to {target.parent}: {error}") from error


def contents(path: Path) -> Contents:
    """Return what is in a database of any schema of ours.

    Raises:
        StoreError: when it is none, or cannot be read.
    """
    try:
        with closing(sqlite3.connect(path)) as database:
            return _contents(database)
    except sqlite3.Error as error:
        raise StoreError(f"{path.name} is no crosspost database that can be read: {error}") from error


def _contents(database: sqlite3.Connection) -> Contents:
    known = dict(database.execute("SELECT name, value FROM meta"))
    instants = "SELECT max(at) AS at FROM event UNION SELECT max(start) FROM attempt"
    latest = database.execute(f"SELECT max(at) FROM ({instants})").fetchone()[0]  # noqa: S608 - a constant
    home = known.get("home")
    return Contents(
        database=known.get("database", ""),
        home=str(Home(**json.loads(home))) if home else "",
        mode=known.get("mode", ""),
        schema=database.execute("SELECT version_num FROM alembic_version").fetchone()[0],
        deliveries=dict(database.execute("SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state")),
        attempts=database.execute("SELECT count(*) FROM attempt").fetchone()[0],
        latest=latest or "",
        media=frozenset(digest for row in database.execute(_MEDIA) for digest in _digests(json.loads(row[0]))),
    )


def _digests(value: Any) -> Iterator[str]:
    """Yield every medium's digest within a JSON value."""
    if isinstance(value, dict):
        if isinstance(value.get("sha256"), str):
            yield value["sha256"]
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _digests(each)


def problems(path: Path) -> list[str]:
    """Return what is wrong with a database's file, page by page."""
    try:
        with closing(sqlite3.connect(path)) as database:
            said = [row[0] for row in database.execute("PRAGMA integrity_check(10)")]
    except sqlite3.Error as error:
        return [str(error)]
    return [] if said == ["ok"] else said


def why_unfit(found: Contents, mode: str) -> str:
    """Return why a copy must not take the database's place, "" where it may."""
    if found.schema > HEAD:
        return f"it is of schema {found.schema}, newer than this version ({HEAD}): install a newer crosspost"
    if found.mode != mode:
        return f"it was made in {found.mode} mode, and the config says {mode}"
    return ""


def mark_restored(path: Path, why: str) -> None:
    """Make sure that whoever sends from this file next looks first for what was due."""
    with closing(sqlite3.connect(path)) as database:
        with database:
            database.execute("DELETE FROM meta WHERE name = 'restored'")
            database.execute("INSERT INTO meta (name, value) VALUES ('restored', ?)", (why,))
        database.execute("PRAGMA journal_mode=DELETE").fetchall()


def put_in_place(new: Path, path: Path, aside: Path) -> Path | None:
    """Put a file in the database's place; the old one stays under the name `aside`. Return that, if there was one.

    SQLite's files beside the old one go with it: left there, they would be read into the new one, and break it.

    Raises:
        StoreError: when a daemon is at work on the database.
    """
    with presence.alone(path), _no_writer(path):
        is_replaced = path.exists()
        for end in ("", *_COMPANIONS):
            with suppress(FileNotFoundError):
                path.with_name(path.name + end).rename(aside.with_name(aside.name + end))
        new.rename(path)
        sync_folder(path.parent)
    return aside if is_replaced else None


@contextmanager
def _no_writer(path: Path) -> Iterator[None]:
    """Keep commands from writing to a database while its file is moved; one that is broken has no writers."""
    if not path.exists():
        yield
        return
    with closing(sqlite3.connect(path)) as database:
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise StoreError(f"{path} is in use: {error}. Try again") from error
        except sqlite3.DatabaseError:
            pass  # no database at all, or no longer: that is why another takes its place
        yield


def of_postgres(url: str) -> tuple[str, str]:
    """Return the commands that back up a PostgreSQL database, and that put it back; without its password."""
    own = make_url(url)
    address = URL.create("postgresql", own.username, None, own.host, own.port, own.database, own.query)
    named = address.render_as_string()
    dump = f"pg_dump --format=custom --file=crosspost.dump '{named}'"
    return dump, f"pg_restore --clean --if-exists --single-transaction --dbname='{named}' crosspost.dump"

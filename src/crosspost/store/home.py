"""Where an SQLite database is at home: its host and its file. A copy of it elsewhere must not become a second sender.

A copy has all that the original has: the queue, and what is due in it. So the database remembers where it is at home,
and a daemon sends from there alone until a person says that the database has moved (`crosspost daemon --adopt`).
A file that was only renamed, or is seen by another name through a link or a bind mount, is no copy: it is told by its
inode. PostgreSQL has no home: many hosts are the point there.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

from sqlalchemy import Connection

from crosspost.errors import StoreError
from crosspost.store import meta

#: The variable that names the host where the machine does not: containers made anew have a new name each time.
HOST_VARIABLE = "CROSSPOST_HOST"

_MACHINE_ID = Path("/etc/machine-id")
_HOME, _DATABASE = "home", "database"


@dataclass(frozen=True, slots=True)
class Home:
    """A place of a database: `host` identifies the machine, `name` is what people call it."""

    host: str
    name: str
    path: str
    device: int
    inode: int

    def __str__(self) -> str:
        """Say it to people."""
        return f"{self.path} on {self.name}"

    @property
    def is_there(self) -> bool:
        """Whether a file is there now; only to be asked of a place on this machine."""
        return Path(self.path).exists()


class Standing(Enum):
    """How the place where a database is stands to its home."""

    AT_HOME = "at home"
    MOVED = "moved"  # the same file by a new name, and none by the old one
    ELSEWHERE = "elsewhere"  # a copy, or what looks like one


def here(path: Path) -> Home:
    """Return the place where a database is now."""
    resolved = path.resolve()
    found = resolved.stat()
    return Home(_host(), _host_name(), str(resolved), found.st_dev, found.st_ino)


def _host_name() -> str:
    return os.environ.get(HOST_VARIABLE) or socket.gethostname()


def _host() -> str:
    """Return what identifies this machine: hashed, since a machine's id is nobody else's business."""
    named = os.environ.get(HOST_VARIABLE)
    try:
        machine = "" if named else _MACHINE_ID.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        machine = ""
    return hashlib.sha256(f"crosspost {machine or _host_name()}".encode()).hexdigest()[:32]


def of(tx: Connection) -> Home | None:
    """Return where the database is at home, or None where it has not said so yet."""
    kept = meta.get(tx, _HOME)
    return Home(**json.loads(kept)) if kept else None


def settle(tx: Connection, place: Home) -> None:
    """Make a place the database's home."""
    meta.put(tx, _HOME, json.dumps(asdict(place)))


def first(tx: Connection, path: Path) -> None:
    """Give a database that was just made, or is older than homes are, its id and its home."""
    if of(tx) is None:
        settle(tx, here(path))
        name(tx)


def name(tx: Connection) -> str:
    """Return the database's own id, by which its copies and its mark are known; made the first time."""
    kept = meta.get(tx, _DATABASE)
    if kept is None:
        kept = secrets.token_hex(16)
        meta.put(tx, _DATABASE, kept)
    return kept


def standing(home: Home | None, place: Home) -> Standing:
    """Return how a place stands to the home of the database that is there."""
    if home is None or (home.host, home.path) == (place.host, place.path):
        return Standing.AT_HOME
    if home.host != place.host:
        return Standing.ELSEWHERE
    if home.is_there:
        is_same = Path(home.path).samefile(place.path)
        return Standing.AT_HOME if is_same else Standing.ELSEWHERE
    is_same = (home.device, home.inode) == (place.device, place.inode)
    return Standing.MOVED if is_same else Standing.ELSEWHERE


def why_not(home: Home, place: Home) -> str:
    """Return why nothing is sent from a place that is not the database's home, in words."""
    what = "was copied here from another machine" if home.host != place.host else "is a copy"
    return f"this database {what}: its home is {home}, and this is {place}"


def require(home: Home | None, place: Home) -> None:
    """Make sure that a database may send from a place.

    Raises:
        StoreError: when it is at home elsewhere, with the two ways on.
    """
    if home is not None and standing(home, place) is Standing.ELSEWHERE:
        raise StoreError(
            f"{why_not(home, place)}. Two of them would say everything twice, so this one sends nothing. If the other "
            "has stopped for good, or its folder was moved here: `crosspost daemon --adopt` makes this its home. If "
            "not: delete this copy"
        )

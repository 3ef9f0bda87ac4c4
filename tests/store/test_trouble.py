"""Trouble with the database's file: an error that says what to do, and nothing that was committed is lost."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from tests.dispatch.conftest import QUICK, planned, utc_now

from crosspost.adapter import Receipt
from crosspost.dispatch import writer
from crosspost.dispatch.daemon import Daemon
from crosspost.errors import StoreBusyError, StoreError
from crosspost.store import Store, deliveries, events, network, plans
from crosspost.store.events import MACHINE
from crosspost.store.media import MediaStore
from crosspost.testing.paper import PaperDoors, PaperPlatform


@pytest.fixture
def database(tmp_path) -> Path:
    return tmp_path / "crosspost.db"


@pytest.fixture
def made(database, small_network) -> Iterator[Store]:
    """An SQLite store that does not wait long for others."""
    Store.create(f"sqlite:///{database}", "sandbox").close()
    store = Store.open(f"sqlite:///{database}", "sandbox", patience=0.05)
    with store.write() as tx:
        network.save(tx, small_network)
        network.join(tx, small_network.accounts, "enabled")
    yield store
    store.close()


def note(store: Store, words: str) -> None:
    with store.write() as tx:
        events.record(tx, MACHINE, "note", words, utc_now())


def noted(store: Store) -> int:
    with store.read() as tx:
        return tx.execute(text("SELECT count(*) FROM event WHERE action = 'note'")).scalar_one()


def enqueue(store: Store, account: str) -> str:
    one = planned(account, f"Bonjour {account}")
    with store.write() as tx:
        plans.keep_contents(tx, [one.content])
        plans.queue(tx, [one])
    return one.id


def room(connection: Connection, pages: int) -> None:
    """Give the database so many pages: for SQLite, a disk of that size."""
    connection.connection.dbapi_connection.execute(f"PRAGMA max_page_count = {pages}")


def fill(store: Store) -> None:
    """Fill the database to the page at which its disk is full."""
    with suppress(StoreBusyError):
        while True:
            note(store, "x" * 2000)


def test_a_locked_file_is_an_error_that_says_so_and_passes(made, database):
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="another process writes to it"):
            note(made, "late")
        other.execute("ROLLBACK")
    note(made, "in time")
    assert noted(made) == 1


def test_a_full_disk_loses_nothing_that_was_committed(database, made):
    note(made, "before")
    made.close()
    child = subprocess.run(
        [sys.executable, "-c", _WRITES_UNTIL_IT_CANNOT, f"sqlite:///{database}"],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (800_000, 800_000)),
        timeout=60,
    )
    written, said = child.stdout.split("\n", 1)
    assert "its disk is full or failing" in said or "make room" in said
    store = Store.open(f"sqlite:///{database}", "sandbox")
    assert noted(store) == int(written) + 1
    note(store, "after")
    assert noted(store) == int(written) + 2
    store.close()


_WRITES_UNTIL_IT_CANNOT = """
import signal, sys
from datetime import UTC, datetime
from crosspost.errors import StoreBusyError
from crosspost.store import Store, events
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store, written = Store.open(sys.argv[1], "sandbox"), 0
try:
    for _ in range(10000):
        with store.write() as tx:
            events.record(tx, events.MACHINE, "note", "x" * 2000, datetime.now(UTC))
        written += 1
except StoreBusyError as error:
    print(written)
    print(error)
"""


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be somebody whom file modes bind, also where the tests run as root."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


@pytest.mark.parametrize(
    ("file", "folder"),
    [(0o444, 0o777), (0o444, 0o555)],
    ids=["a file", "a folder"],
)
def test_what_cannot_be_written_says_what_to_make_writable(file, folder):
    with tempfile.TemporaryDirectory() as outside:  # pytest's own folder is closed to others
        database = Path(outside) / "crosspost.db"
        Store.create(f"sqlite:///{database}", "sandbox").close()
        database.chmod(file)
        Path(outside).chmod(folder)
        refusal = pytest.raises(StoreError, match="make the file and its folder writable")
        url = f"sqlite:///{database}"
        with without_privileges(), refusal as refused, closing(Store.open(url, "sandbox")) as opened:
            note(opened, "no")
        assert refused.value.exit_code == 3
        Path(outside).chmod(0o755)
        database.chmod(0o644)
        store = Store.open(f"sqlite:///{database}", "sandbox")
        note(store, "after")
        assert noted(store) == 1
        store.close()


@pytest.mark.parametrize("kept", [0.3, 0.6])
def test_a_truncated_file_is_refused_with_the_way_to_a_backup(made, database, kept):
    for number in range(50):
        note(made, f"{number} " * 500)
    made.close()
    whole = database.read_bytes()
    database.write_bytes(whole[: int(len(whole) * kept)])
    refusal = pytest.raises(StoreError, match="crosspost restore FILE")
    with refusal, closing(Store.open(f"sqlite:///{database}", "sandbox")) as cut:
        noted(cut)


def test_a_daemon_keeps_its_evidence_in_hand_while_the_file_is_locked(made, database, tmp_path, monkeypatch):
    """The lock comes while the post is on the wire; its receipt is written once the lock is gone."""
    monkeypatch.setattr(writer, "RETRY_TURN", 0.01)
    platform, other = (
        PaperPlatform({"tokyo/paper": "@tokyo"}),
        sqlite3.connect(database, isolation_level=None, check_same_thread=False),
    )
    refused = threading.Event()
    real = writer.Writer._try_turn

    def counted(self, *arguments, **more):
        try:
            return real(self, *arguments, **more)
        except StoreBusyError:
            refused.set()
            raise

    def lock(content):
        other.execute("BEGIN IMMEDIATE")
        threading.Thread(target=lambda: (refused.wait(60), other.execute("ROLLBACK"))).start()

    monkeypatch.setattr(writer.Writer, "_try_turn", counted)
    platform.after = lock
    delivery = enqueue(made, "tokyo/paper")
    Daemon(made, PaperDoors(platform), MediaStore(tmp_path / "media"), QUICK, utc_now).run(until_idle=True)
    other.close()
    with made.read() as tx:
        found = deliveries.find(tx, delivery)
    assert refused.is_set()
    assert (found.state, found.row.attempts, len(platform.posts)) == ("sent", 1, 1)


class Wordy(PaperPlatform):
    """A platform whose receipts need more room than a row that is there already has to spare."""

    def receipt(self, remote_id: str) -> Receipt:
        return replace(super().receipt(remote_id), url="https://paper.example/posts/" + "x" * 20_000)


def test_a_daemon_on_a_full_disk_goes_on_when_there_is_room_again(made, tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "RETRY_TURN", 0.01)
    delivery = enqueue(made, "tokyo/paper")
    platform = Wordy({"tokyo/paper": "@tokyo"})
    pages = [1_000_000]
    event.listen(made._engine, "begin", lambda connection: room(connection, pages[0]))
    complaints: list[str] = []

    def fills_up(_content):
        with made.read() as tx:
            pages[0] = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
        fill(made)

    def make_room(_message, **told):
        complaints.append(told["why"])
        pages[0] = 1_000_000

    platform.after = fills_up  # while its post is on the wire: its receipt finds no room
    monkeypatch.setattr(writer.log, "error", make_room)
    Daemon(made, PaperDoors(platform), MediaStore(tmp_path / "media"), QUICK, utc_now).run(until_idle=True)
    with made.read() as tx:
        assert deliveries.find(tx, delivery).state == "sent"
    assert "make room on its disk" in complaints[0]
    assert len(platform.posts) == 1

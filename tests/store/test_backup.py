"""Backups: whole, consistent while others write, checked to the last byte, and put back without losing the old one."""

from __future__ import annotations

import json
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.dispatch.conftest import planned

from crosspost.desk import backup
from crosspost.desk.desk import Desk
from crosspost.domain.content import ContentMedium
from crosspost.errors import StoreError, UsageError
from crosspost.files.config import Config
from crosspost.store import Store, deliveries, events, network, plans, presence, restored
from crosspost.store.events import MACHINE, Actor
from crosspost.store.media import MediaStore


def utc_now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def config(tmp_path) -> Config:
    folder = tmp_path / "work"
    folder.mkdir()
    url = f"sqlite:///{folder / 'crosspost.db'}"
    return Config(folder / "config.toml", database_url=url, media=folder / "media")


@pytest.fixture
def desk(config, small_network):
    """A desk with a post that has an image, and an image that nobody needs any more."""
    store = Store.create(config.database_url, "sandbox")
    media = MediaStore(config.media)
    sha256 = media.keep(b"an image")
    media.keep(b"an image that nobody needs")
    one = planned("tokyo/paper", "with an image")
    one = replace(one, content=replace(one.content, media=(ContentMedium(sha256, "image/png", "alt"),)))
    with store.write() as tx:
        network.save(tx, small_network)
        network.join(tx, small_network.accounts, "enabled")
        plans.keep_contents(tx, [one.content])
        plans.queue(tx, [one])
    yield Desk(config, store, media, Actor("claire", "ministry"), utc_now, {})
    store.close()


def restore(config: Config, file: Path):
    return backup.restore(config, config.path.parent / "crosspost.db", file, utc_now())


def test_a_backup_holds_the_queue_and_the_images_that_it_needs_and_no_others(desk, tmp_path):
    made = backup.make(desk, tmp_path)
    assert made.file.name.startswith("crosspost-")
    assert (made.contents.deliveries, made.problems) == ({"queued": 1}, ())
    with tarfile.open(made.file) as tar:
        names = tar.getnames()
        manifest = json.load(tar.extractfile("manifest.json"))
    [sha256] = manifest["media"]
    assert names == ["manifest.json", "crosspost.db", f"media/{sha256}"]
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert [p for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_file_that_is_there_is_kept_unless_forced(desk, tmp_path):
    target = tmp_path / "backup.tar"
    target.write_text("dear")
    with pytest.raises(UsageError, match="--force"):
        backup.make(desk, target)
    assert target.read_text() == "dear"
    backup.make(desk, target, force=True)
    assert backup.verify(desk.config, target).problems == ()


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(desk, tmp_path):
    with pytest.raises(UsageError, match="no folder"):
        backup.make(desk, tmp_path / "nowhere" / "backup.tar")


def test_a_backup_made_while_others_write_is_of_one_instant(desk, tmp_path):
    """Two events are always written together: a backup has both or none of each pair."""
    done = threading.Event()

    def write():
        while not done.is_set():
            with desk.store.write() as tx:
                for _ in range(2):
                    events.record(tx, MACHINE, "pair", "x" * 3000, utc_now())

    thread = threading.Thread(target=write)
    thread.start()
    try:
        files = [backup.make(desk, tmp_path / f"{number}.tar").file for number in range(5)]
    finally:
        done.set()
        thread.join()
    for file in files:
        assert backup.verify(desk.config, file).problems == ()
        with tarfile.open(file) as tar:
            tar.extract("crosspost.db", tmp_path, filter="data")
        with closing(sqlite3.connect(tmp_path / "crosspost.db")) as database:
            [(pairs,)] = database.execute("SELECT count(*) FROM event WHERE action = 'pair'")
        assert pairs % 2 == 0


def test_an_image_that_is_lost_is_said_and_the_rest_is_backed_up(desk, tmp_path):
    for path in desk.config.media.rglob("*"):
        if path.is_file():
            path.unlink()
    made = backup.make(desk, tmp_path / "backup.tar")
    assert "has lost" in made.problems[0]
    assert backup.verify(desk.config, made.file).problems == ()


def test_what_is_put_back_is_the_backup_with_its_images_and_the_old_database_stays(desk, tmp_path):
    made = backup.make(desk, tmp_path / "backup.tar")
    [sha256] = made.contents.media
    with desk.store.write() as tx:
        events.record(tx, MACHINE, "after", "the backup", utc_now())
    desk.store.close()
    desk.media.path(sha256).unlink()
    _, aside = restore(desk.config, made.file)
    assert desk.media.read(sha256) == b"an image"
    store = Store.open(desk.config.database_url, "sandbox")
    with store.read() as tx:
        assert events.about(tx, "the backup") == []
        assert restored.pending(tx).startswith("a copy of ")
        assert deliveries.count_by_state(tx) == {"queued": 1}
    store.close()
    with closing(sqlite3.connect(aside)) as old:
        assert old.execute("SELECT action FROM event WHERE target = 'the backup'").fetchall() == [("after",)]


def test_a_plain_copy_of_the_file_is_put_back_as_well(desk, tmp_path):
    desk.store.close()
    copy = tmp_path / "yesterday.db"
    copy.write_bytes(Path(desk.store.path).read_bytes())
    found, _ = restore(desk.config, copy)
    assert (found.made, found.contents.deliveries) == ("", {"queued": 1})
    assert copy.exists()


def test_a_backup_is_put_back_over_a_broken_database_and_where_there_is_none(desk, tmp_path):
    made = backup.make(desk, tmp_path / "backup.tar")
    desk.store.close()
    database = desk.store.path
    database.write_bytes(b"SQLite format 3\0" + b"broken" * 1000)
    _, aside = restore(desk.config, made.file)
    assert aside.read_bytes().endswith(b"broken")
    database.unlink()
    assert restore(desk.config, made.file)[1] is None
    Store.open(desk.config.database_url, "sandbox").close()


def test_nothing_is_put_back_while_a_daemon_is_at_work(desk, tmp_path):
    made = backup.make(desk, tmp_path / "backup.tar")
    with presence.at_work(desk.store.path), pytest.raises(StoreError, match="a daemon is at work"):
        restore(desk.config, made.file)
    assert sorted(p.name for p in desk.store.path.parent.glob("*.before-*")) == []


def damaged(made: Path, name: str, tmp_path: Path) -> Path:
    """Copy a backup with one byte changed in the middle of one of its members."""
    with tarfile.open(made) as tar:
        member = next(m for m in tar.getmembers() if m.name.startswith(name))
    data = bytearray(made.read_bytes())
    data[member.offset_data + member.size // 2] ^= 0xFF
    broken = tmp_path / "broken.tar"
    broken.write_bytes(data)
    return broken


@pytest.mark.parametrize(("name", "said"), [("crosspost.db", "not what the manifest says"), ("media/", "damaged")])
def test_a_damaged_backup_is_told_by_verify_and_never_put_back(desk, tmp_path, name, said):
    broken = damaged(backup.make(desk, tmp_path / "backup.tar").file, name, tmp_path)
    before = desk.store.path.read_bytes()
    assert said in " ".join(backup.verify(desk.config, broken).problems)
    with pytest.raises(StoreError, match="is not put back"):
        restore(desk.config, broken)
    assert desk.store.path.read_bytes() == before


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_what_is_no_backup_or_only_its_beginning_is_refused_in_words(desk, tmp_path, share):
    whole = backup.make(desk, tmp_path / "backup.tar").file.read_bytes()
    (tmp_path / "part.tar").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(StoreError, match=r"no backup of crosspost|no crosspost database|not put back"):
        restore(desk.config, tmp_path / "part.tar")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE meta SET value = 'live' WHERE name = 'mode'", "made in live mode"),
        ("UPDATE alembic_version SET version_num = '9999'", "install a newer crosspost"),
    ],
)
def test_a_backup_of_another_mode_or_a_newer_schema_is_not_put_back(desk, tmp_path, change, said):
    desk.store.close()
    copy = tmp_path / "copy.db"
    copy.write_bytes(desk.store.path.read_bytes())
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute(change)
    with pytest.raises(StoreError, match=said):
        restore(desk.config, copy)


def test_postgresql_is_backed_up_with_its_own_tools_whose_commands_are_said(tmp_path, postgres, small_network):
    url = postgres.with_schema()
    store = Store.create(url, "sandbox")
    config = Config(tmp_path / "config.toml", database_url=url, media=tmp_path / "media")
    desk = Desk(config, store, MediaStore(config.media), Actor("claire", "ministry"), utc_now, {})
    with pytest.raises(UsageError, match="pg_dump --format=custom"):
        backup.make(desk, tmp_path / "backup.tar")
    with pytest.raises(UsageError, match=r"pg_restore .*restore --mark"):
        backup.restore(config, None, tmp_path / "backup.tar", utc_now())
    store.close()


def test_the_password_of_a_postgresql_database_is_not_said():
    config = Config(Path("config.toml"), database_url="postgresql+psycopg://claire:secret@db.example/crosspost")
    said = str(backup._not_for_postgres(config, 0))
    assert "secret" not in said
    assert "'postgresql://claire@db.example/crosspost'" in said

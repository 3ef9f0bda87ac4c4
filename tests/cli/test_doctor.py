"""`crosspost doctor`, on a set-up that is well and on every way in which one breaks: it never breaks itself."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosspost.desk.doctor import CHECKS
from crosspost.store import Store, events, home, network, workers


@pytest.fixture
def healthy(desk_folder: Path, crosspost) -> Path:
    """A folder whose three accounts may speak and have a credential, and whose daemon was here just now."""
    assert crosspost("sandbox", "credentials").code == 0
    with opened(desk_folder) as store, store.write() as tx:
        home.settle(tx, home.here(desk_folder / "crosspost.db"))
        workers.seen(tx, "host/1/2", "0.1.0", datetime.now(UTC))
        network.join(tx, network.load(tx).accounts, "enabled")
    return desk_folder


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{folder / 'crosspost.db'}", "sandbox")
    try:
        yield store
    finally:
        store.close()


def dumped(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "crosspost.db")) as raw:
        return list(raw.iterdump())


@pytest.fixture
def doctor(crosspost):
    """Ask the doctor; return the exit code, and what is not well: by check, what was said and what to do."""

    def ask(*more: str) -> tuple[int, dict[str, str]]:
        said = crosspost("doctor", "--json", *more)
        assert "broke" not in said.out, said.out
        ill = [d for d in said.json if d["level"] != "ok"]
        return said.code, {d["check"]: f"{d['level']}: {d['said']} {d['do']}" for d in reversed(ill)}

    return ask


def test_a_healthy_set_up_has_nothing_wrong_and_every_check_says_so(healthy, doctor, crosspost):
    assert doctor() == (0, {})
    assert {d["check"] for d in crosspost("doctor", "--json").json} == set(CHECKS)


def test_it_says_one_line_for_each_thing_and_changes_nothing(healthy, crosspost):
    before = dumped(healthy)
    said = crosspost("doctor").out.splitlines()
    assert said[0].startswith("sandbox mode")
    assert all(line.startswith(("ok ", "warning", "error")) for line in said[1:])
    assert dumped(healthy) == before


def test_a_config_with_a_mistake_is_said_with_its_line_and_the_rest_goes_on(healthy, doctor):
    config = healthy / "config.toml"
    config.write_text(config.read_text("utf-8") + "\n[daemn]\nworkers = 3\n", "utf-8")
    code, ill = doctor()
    assert code == 1
    assert "config.toml:" in ill["config"]
    assert "daemn" in ill["config"]
    assert "zone data" not in ill


def test_a_missing_database_is_said_once_and_the_credentials_are_still_looked_at(healthy, doctor):
    (healthy / "crosspost.db").unlink()
    code, ill = doctor()
    assert code == 1
    assert "crosspost init" in ill["database"]
    assert "cannot be opened" in ill["queue"]
    (healthy / "credentials.toml").chmod(0o644)
    assert "chmod 600" in doctor()[1]["credentials"]


@pytest.mark.parametrize(("schema", "advice"), [("0001", "database upgrade"), ("9999", "install a newer crosspost")])
def test_a_database_of_another_schema_is_said_with_what_to_do(healthy, doctor, schema, advice):
    with closing(sqlite3.connect(healthy / "crosspost.db")) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (schema,))
    raw.close()
    code, ill = doctor()
    assert code == 1
    assert advice in ill["database"]


def test_a_file_that_is_no_database_is_said(healthy, doctor):
    for beside in healthy.glob("crosspost.db-*"):
        beside.unlink()
    (healthy / "crosspost.db").write_bytes(b"Dear Sir or Madam, " * 500)
    assert "no readable database" in doctor()[1]["database"]


def test_a_damaged_page_is_found_though_the_database_opens(healthy, doctor):
    with closing(sqlite3.connect(healthy / "crosspost.db")) as raw, raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_delivery_account'").fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    raw.close()
    with (healthy / "crosspost.db").open("r+b") as file:
        file.seek((root - 1) * size + 100)
        file.write(b"\xff" * (size - 100))
    code, ill = doctor()
    assert code == 1
    assert "restore" in ill["integrity"] or "Restore" in ill["integrity"]


def test_a_credential_that_is_missing_is_said_by_account(healthy, doctor):
    path = healthy / "credentials.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace('["amb-jp-tokyo/twitter"]', '["amb-jp-kyoto/twitter"]'), "utf-8")
    code, ill = doctor()
    assert code == 1
    assert "amb-jp-tokyo/twitter" in ill["credentials"]


def test_no_credentials_at_all_are_said_with_how_to_get_some(healthy, doctor):
    (healthy / "credentials.toml").unlink()
    assert "crosspost sandbox credentials" in doctor()[1]["credentials"]


def test_no_daemon_is_a_warning_and_one_that_fell_silent_too(healthy, doctor):
    with opened(healthy) as store, store.write() as tx:
        workers.stopped(tx, "host/1/2", datetime.now(UTC))
        workers.seen(tx, "host/3/4", "0.1.0", datetime.now(UTC) - timedelta(hours=1))
    code, ill = doctor()
    assert code == 0
    assert "host/3/4" in ill["daemon"]
    assert "never said that it stopped" in ill["daemon"]


def test_a_copy_of_the_database_is_told_apart_from_its_original(healthy, doctor, monkeypatch, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(healthy, copy)
    monkeypatch.chdir(copy)
    code, ill = doctor()
    assert code == 1
    assert "daemon --adopt" in ill["home"]


def test_a_record_from_the_future_tells_that_the_clock_has_jumped(healthy, doctor):
    with opened(healthy) as store, store.write() as tx:
        events.record(tx, events.MACHINE, "pause", "x", datetime.now(UTC) + timedelta(hours=3))
    code, ill = doctor()
    assert code == 1
    assert "still to come" in ill["clock"]


def test_what_is_overdue_and_what_waits_for_a_person_are_said_with_the_command(healthy, doctor):
    with opened(healthy) as store, store.write() as tx:
        network.operate(tx, "amb-jp-tokyo/twitter", paused="the token has expired")
    with closing(sqlite3.connect(healthy / "crosspost.db")) as raw, raw:
        ago = (datetime.now(UTC) - timedelta(minutes=9)).replace(tzinfo=None).isoformat(sep=" ")
        changed = raw.execute("UPDATE delivery SET due = ? WHERE account = 'amb-eg-cairo/facebook'", (ago,)).rowcount
        assert changed
    raw.close()
    code, ill = doctor()
    assert code == 1
    assert "2 deliver" in ill["queue"]
    assert "crosspost account resume amb-jp-tokyo/twitter" in ill["person"]


def test_an_image_that_the_media_store_has_lost_is_said(healthy, doctor, crosspost):
    from PIL import Image

    Image.new("RGB", (8, 8)).save(healthy / "campaigns" / "cop31" / "flag.png")
    campaign = healthy / "campaigns" / "cop31" / "campaign.toml"
    media = '\n[[posts.opening.media]]\nfile = "flag.png"\nalt.fr = "Un drapeau"\nalt.ja = "旗"\nalt.ar = "علم"\n'
    campaign.write_text(campaign.read_text("utf-8") + media, "utf-8")
    queued = crosspost("campaign", "queue", "cop31", "--yes")
    assert queued.code == 0, queued.out + queued.err
    assert doctor() == (0, {})
    [kept] = [path for path in (healthy / "media").rglob("*") if path.is_file()]
    kept.write_bytes(kept.read_bytes() + b"!")
    code, ill = doctor()
    assert code == 1
    assert "damaged" in ill["media"]


def test_accounts_on_a_platform_without_an_adapter_are_said(healthy, doctor):
    with closing(sqlite3.connect(healthy / "crosspost.db")) as raw, raw:
        raw.execute("UPDATE account SET platform = 'orkut' WHERE mission = 'amb-jp-tokyo'")
        raw.execute("UPDATE operation SET account = 'amb-jp-tokyo/orkut' WHERE account = 'amb-jp-tokyo/twitter'")
    raw.close()
    code, ill = doctor()
    assert code == 1
    assert "orkut" in ill["adapters"]


def test_asked_it_asks_the_platforms_and_says_whose_cannot_be_reached(healthy, doctor):
    code, ill = doctor("--ask")  # no sandbox runs
    assert code == 1
    assert "crosspost account check" in ill["whoami"]


def test_without_any_config_it_says_how_to_make_one(tmp_path, monkeypatch, crosspost):
    monkeypatch.chdir(tmp_path)
    said = crosspost("doctor")
    assert said.code == 3
    assert "crosspost init" in said.err


def test_it_asks_no_platform_unless_told_to(healthy, doctor, monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("the doctor opened a connection unasked")

    monkeypatch.setattr("socket.socket.connect", refuse)
    assert doctor() == (0, {})

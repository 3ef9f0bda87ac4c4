"""A queue that several daemons share on PostgreSQL: the main job, and what breaks on the way."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.conftest import Folder, free_port, kill, make_folder, wait_until
from tests.postgres import PostgresServer, name_of


@pytest.fixture(scope="module")
def imported(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A demo folder whose queue is a PostgreSQL database, the network in it; others are made like it."""
    return make_folder(tmp_path_factory.mktemp("postgres") / "demo", postgres.new_database())


@pytest.fixture
def shared(postgres: PostgresServer, imported: Folder, tmp_path: Path) -> Iterator[Folder]:
    """A demo folder whose queue is a PostgreSQL database of its own."""
    shutil.copytree(imported.path, tmp_path / "demo")
    made = Folder(tmp_path / "demo", free_port())
    config, first = made.path / "config.toml", database_of(imported)
    text = config.read_text("utf-8").replace(f"port = {imported.port}", f"port = {made.port}")
    config.write_text(text.replace(first, postgres.new_database(name_of(first))), "utf-8")
    made.start_sandbox()
    yield made
    made.stop_all()


def database_of(folder: Folder) -> str:
    lines = (folder.path / "config.toml").read_text("utf-8").splitlines()
    return next(line for line in lines if line.startswith("url = ")).partition('"')[2].rstrip('"')


def settle(folder: Folder) -> list[dict[str, str]]:
    """Let a last daemon see to what is left, and return the queue, which agrees with the platforms."""
    folder.crosspost("daemon", "--until-idle", "--linger", "1", expect=None)
    queue, out = folder.json("queue"), folder.published()
    assert set(Counter((p["account"], p["text"]) for p in out).values()) == {1}
    sent = {(d["account"], d["remote_id"]) for d in queue if d["state"] == "sent"}
    assert sent == {(p["account"], p["id"]) for p in out}
    assert {d["state"] for d in queue} <= {"sent", "unknown"}
    return queue


def test_three_daemons_share_a_queue_and_each_post_is_out_once(shared):
    shared.crosspost("campaign", "queue", "national-day", "--now")
    daemons = [shared.start("daemon", "--until-idle", "--linger", "1") for _ in range(3)]
    for daemon in daemons:
        assert daemon.wait(timeout=180) == 0
    assert {d["state"] for d in settle(shared)} == {"sent"}


def test_a_daemon_that_runs_hears_what_another_process_queues(shared):
    shared.start("daemon")
    shared.crosspost(
        *("--as", "amb-eg-cairo", "post", "--mission", "amb-eg-cairo", "--lang", "fr", "--platform", "x"), "Bonjour"
    )
    wait_until(lambda: len(shared.published()) == 1)
    assert [(p["account"], p["text"]) for p in shared.published()] == [("amb-eg-cairo/twitter", "Bonjour")]


def test_a_server_that_crashes_and_connections_that_are_cut_lose_and_double_nothing(shared, postgres):
    shared.crosspost("campaign", "queue", "national-day", "--now")
    daemons = [shared.start("daemon") for _ in range(2)]
    for enough, trouble in (
        (60, lambda: postgres.cut_connections(database_of(shared))),
        (180, lambda: postgres.restart("immediate")),
        (300, lambda: postgres.restart("fast")),
    ):
        wait_until(lambda enough=enough: len(shared.published()) >= enough)
        trouble()
    shared.wait_until_nothing_is_queued()
    assert [daemon.poll() for daemon in daemons] == [None, None]
    assert {d["state"] for d in settle(shared)} == {"sent"}


def test_a_daemon_stopped_past_its_lease_and_continued_doubles_nothing(shared):
    config = shared.path / "config.toml"
    text = config.read_text("utf-8").replace('lease = "30s"', 'lease = "6s"')
    # What was on the wire is looked for when its request cannot be on the way any more: twice this after the lease.
    config.write_text(text.replace('request_timeout = "20s"', 'request_timeout = "4s"'), "utf-8")
    shared.crosspost("campaign", "queue", "national-day", "--now")
    frozen = shared.start("daemon")
    wait_until(lambda: len(shared.published()) >= 60)
    os.kill(frozen.pid, signal.SIGSTOP)
    try:
        other = shared.start("daemon")
        shared.wait_until_nothing_is_queued()
    finally:
        os.kill(frozen.pid, signal.SIGCONT)
    for daemon in (frozen, other):
        daemon.terminate()
        assert daemon.wait(timeout=90) == 0
    settle(shared)


def test_daemons_that_are_killed_on_a_shared_queue_lose_and_double_nothing(shared):
    shared.crosspost("campaign", "queue", "national-day", "--now")
    for enough in (60, 200):
        daemons = [shared.start("daemon") for _ in range(2)]
        wait_until(lambda enough=enough: len(shared.published()) >= enough)
        for daemon in daemons:
            kill(daemon)
    settle(shared)


def test_when_hold_has_returned_nothing_under_it_leaves_on_any_daemon(shared):
    shared.faults({"how": "true", "method": "POST", "delay": 0.05})
    shared.crosspost("campaign", "queue", "national-day", "--now")
    for _ in range(2):
        shared.start("daemon")
    wait_until(lambda: len(shared.published()) >= 50)
    shared.crosspost("hold", "--all", "--reason", "earthquake")
    at_that_moment = len(shared.published())
    assert not shared.json("queue", "--state", "sending")
    shared.crosspost("status", expect=None)
    assert len(shared.published()) == at_that_moment
    assert len([d for d in shared.json("queue") if d["state"] == "sent"]) == at_that_moment


def test_a_password_in_the_address_is_said_nowhere(postgres, tmp_path):
    database = name_of(postgres.new_database())
    url = f"postgresql://postgres:open-sesame@/{database}?host={postgres.socket}"
    folder = Folder(tmp_path / "demo", 0)
    folder.path.mkdir()
    folder.crosspost("init", "--database", url)
    with postgres.connect(database) as session:
        session.execute("UPDATE alembic_version SET version_num = '9999'")
    said = folder.crosspost("status", expect=3)
    assert "newer" in said.stdout + said.stderr
    assert "open-sesame" not in said.stdout + said.stderr

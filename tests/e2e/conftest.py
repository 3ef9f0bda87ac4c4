"""crosspost as its users run it: real processes, a real folder, the sandbox over real HTTP."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crosspost.store import Store, home

#: Bounds a wait for another process, in seconds; it ends as soon as what is waited for is there.
PATIENCE = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Folder:
    """A folder that `crosspost init` has set up, and the processes that run in it."""

    path: Path
    port: int
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def crosspost(self, *arguments: str, expect: int | None = 0, given: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "crosspost", *arguments],
            cwd=self.path,
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 3,
            check=False,
        )
        if expect is not None:
            assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str) -> Any:
        return json.loads(self.crosspost(*arguments, "--json").stdout)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.path / f"{arguments[0]}-{len(self.running)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "crosspost", *arguments], cwd=self.path, stdout=log, stderr=log
        )
        log.close()
        self.running.append(process)
        return process

    def start_sandbox(self, *options: str) -> subprocess.Popen[bytes]:
        process = self.start("sandbox", *options)
        wait_until(lambda: self._answers() or process.poll() is not None)
        assert process.poll() is None, (self.path / "sandbox-0.log").read_text()
        return process

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def published(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/posts.json", timeout=PATIENCE) as answer:
            return [post | {"id": receipt_id(post)} for post in json.load(answer)]

    def wait_until_nothing_is_queued(self) -> None:
        """Wait for the daemons; patience ends with a standstill, since a slow machine may take long over 570 posts."""
        before, end = -1, 0.0
        while left := len(self.json("queue", "--state", "queued")):
            if left != before:
                before, end = left, time.monotonic() + PATIENCE
            assert time.monotonic() < end, f"{left} are queued, and nothing moves"
            time.sleep(2)  # each look is a process of its own, and takes the daemons a second of work

    def faults(self, *faults: dict[str, Any]) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/faults",
            data=json.dumps(faults).encode(),
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=PATIENCE).close()

    def stop_all(self) -> None:
        for process in reversed(self.running):
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            try:
                process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def receipt_id(post: dict[str, Any]) -> str:
    """Return the id that the receipt of a post names: X tells a repost's own number to nobody, see its adapter."""
    is_repost = post["platform"] == "twitter" and post["repost_of"]
    return f"repost:{post['repost_of']}" if is_repost else str(post["id"])


def wait_until(holds: Callable[[], bool]) -> None:
    """Ask again and again until something holds, or patience ends."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def kill(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def _configured(path: Path, port: int) -> None:
    config = path / "config.toml"
    text = config.read_text("utf-8").replace("port = 8400", f"port = {port}")
    text = text.replace('look_after = "5s, 30s, 2m"', 'look_after = "1s, 2s"')  # the sandbox's lists do not lag
    assert f"port = {port}" in text
    assert "1s, 2s" in text
    config.write_text(text, "utf-8")


@cache
def _template() -> Path:
    """Set up a demo folder as its users do, once for all: its commands take longer than most tests."""
    path = Path(tempfile.mkdtemp(prefix="crosspost-demo-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    folder = Folder(path, 0)
    folder.crosspost("init", "demo")
    folder.crosspost("network", "import", "network.csv")
    folder.crosspost("sandbox", "credentials")
    return path


def make_folder(path: Path, database: str = "") -> Folder:
    """Set up a demo folder with a port of its own; on a database of PostgreSQL, where one is named, that is empty."""
    shutil.copytree(_template(), path, dirs_exist_ok=True)
    folder = Folder(path, free_port())
    if database:
        for file in path.glob("crosspost.db*"):
            file.unlink()
        (path / "config.toml").unlink()
        folder.crosspost("init", "demo", "--database", database)
        folder.crosspost("network", "import", "network.csv")
    else:
        _make_at_home(path / "crosspost.db")
    _configured(path, folder.port)
    return folder


def _make_at_home(database: Path) -> None:
    """Let a copied database be at home where it is: no other copy of it sends anything."""
    opened = Store.open(f"sqlite:///{database}", "sandbox")
    with opened.write() as tx:
        home.settle(tx, home.here(database))
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """A demo folder of its own."""
    made = make_folder(tmp_path / "demo")
    yield made
    made.stop_all()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """The whole demo, run once: three campaigns on 282 accounts, Tokyo's own words among them."""
    made = make_folder(tmp_path_factory.mktemp("demo") / "demo")
    try:
        _play(made)
        yield made
    finally:  # also where a step failed: no process outlives its test
        made.stop_all()


def _play(made: Folder) -> None:
    made.start_sandbox()
    made.crosspost("campaign", "queue", "national-day", "--now")
    made.crosspost("campaign", "queue", "consular-register", "--now")
    statement = made.path / "campaigns" / "joint-statement" / "campaign.toml"
    soon = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(time.time() + 20))
    statement.write_text(statement.read_text("utf-8").replace("2027-03-08 15:00 Europe/Paris", soon), "utf-8")
    made.crosspost("campaign", "queue", "joint-statement")
    made.crosspost(
        *("--as", "amb-jp-tokyo", "override", "set", "national-day/wishes", "--mission", "amb-jp-tokyo"),
        *("--lang", "ja", "--text", TOKYO),
    )
    made.crosspost("daemon", "--until-idle")


#: What the press attaché in Tokyo says.
TOKYO = "フランス国祭日を東京の皆様とともにお祝いできることを、大変うれしく思います。"

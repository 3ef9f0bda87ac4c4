"""A daemon that is watched: logs, metrics, health and notices of a real process, and no secret in any of them."""

from __future__ import annotations

import json
import sys
import tomllib
import urllib.error
import urllib.request

from tests.e2e.conftest import PATIENCE, Folder, free_port, kill, wait_until

from crosspost.store import Store, workers

TELL = """\
import pathlib, sys
with pathlib.Path("told").open("ab") as file:
    file.write(sys.stdin.buffer.read() + b"\\n")
"""


def watch(folder: Folder) -> int:
    """Give the folder a JSON log, a port for the monitor and a command that keeps what it is told; return the port."""
    port, tell = free_port(), folder.path / "tell.py"
    tell.write_text(TELL, "utf-8")
    config = folder.path / "config.toml"
    text = config.read_text("utf-8")
    for before, after in (
        ('format = "text"', 'format = "json"'),
        ('file = ""', 'file = "daemon.jsonl"'),
        ("port = 0", f"port = {port}"),
        ("command = []", f"command = {json.dumps([sys.executable, 'tell.py'])}"),
    ):
        assert before in text, before
        text = text.replace(before, after)
    config.write_text(text, "utf-8")
    return port


def asked(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except OSError:
        return 0, ""


def lines(folder: Folder) -> list[dict[str, object]]:
    file = folder.path / "daemon.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def test_a_running_daemon_is_seen_from_outside_and_tells_of_what_needs_a_person(folder):
    port = watch(folder)
    folder.start_sandbox()
    refused = {"platform": "twitter", "how": "status", "status": 403, "body": '{"title":"Forbidden"}', "times": 1}
    folder.faults(refused)
    daemon = folder.start("daemon")
    wait_until(lambda: asked(port, "/healthz")[0] == 200)
    folder.crosspost("campaign", "queue", "national-day", "--now")
    wait_until(lambda: len(folder.published()) >= 100)
    sent = 'crosspost_attempts_total{outcome="sent",platform="facebook"}'
    wait_until(lambda: sent in asked(port, "/metrics")[1])
    wait_until((folder.path / "told").exists)
    doctor = folder.crosspost("doctor", expect=None).stdout
    assert "turned" in doctor
    daemon.terminate()
    assert daemon.wait(PATIENCE) == 0

    attempts = [line for line in lines(folder) if line["event"] == "attempt"]
    keys = {"delivery", "account", "platform", "attempt", "outcome", "late_ms", "took_ms", "worker"}
    assert all(keys <= line.keys() for line in attempts)
    assert {line["outcome"] for line in attempts} > {"sent"}
    assert len({(line["delivery"], line["attempt"]) for line in attempts}) == len(attempts), "one line for each attempt"
    told = [json.loads(line) for line in (folder.path / "told").read_text("utf-8").splitlines()]
    matters = [(m["kind"], m["about"]) for message in told for m in message["matters"]]
    assert len(matters) == len(set(matters)), "once for each matter"


def test_no_secret_of_a_run_with_troubles_is_in_any_log_or_notice(folder):
    port = watch(folder)
    folder.start_sandbox()
    folder.faults(
        *({"how": "status", "status": status, "nth": [number]} for number, status in enumerate((401, 500, 400), 2))
    )
    folder.crosspost("campaign", "queue", "national-day", "--now")
    folder.crosspost("daemon", "--until-idle", "--linger", "1", "-v", expect=None)
    asked(port, "/metrics")
    folder.crosspost("doctor", "--ask", expect=None)
    tables = tomllib.loads((folder.path / "credentials.toml").read_text("utf-8"))
    secrets = {value for table in tables.values() for key, value in table.items() if "secret" in key or "token" in key}
    assert len(secrets) > 282
    assert lines(folder)
    for file in [*folder.path.glob("*.log"), folder.path / "daemon.jsonl", folder.path / "told"]:
        said = file.read_text("utf-8", errors="replace") if file.exists() else ""
        assert not [secret for secret in secrets if secret in said], file.name


def test_a_daemon_writes_that_it_is_there_and_that_it_has_stopped(folder):
    def rows():
        store = Store.open(f"sqlite:///{folder.path / 'crosspost.db'}", "sandbox")
        try:
            with store.read() as tx:
                return workers.running(tx, store.clock()), workers.last(tx)
        finally:
            store.close()

    folder.start_sandbox()
    daemon = folder.start("daemon")
    wait_until(lambda: bool(rows()[0]))
    daemon.terminate()
    assert daemon.wait(PATIENCE) == 0
    running, last = rows()
    assert running == []
    assert last.stopped is not None
    killed = folder.start("daemon")
    wait_until(lambda: bool(rows()[0]))
    kill(killed)
    assert rows()[1].stopped is None

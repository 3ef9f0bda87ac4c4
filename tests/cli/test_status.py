"""`crosspost status` and `notify test`: the night, what is next, and whom it needs."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest


def ago(**length: float) -> str:
    """Return an instant that long ago, as SQLite holds it."""
    return (datetime.now(UTC) - timedelta(**length)).replace(tzinfo=None).isoformat(sep=" ")


@pytest.fixture
def morning(desk_folder: Path) -> Path:
    """A folder after a night: one sent, one failed, one late, one account paused, and the rest due in an hour."""
    with closing(sqlite3.connect(desk_folder / "crosspost.db")) as raw, raw:
        sent, failed, late, *rest = [row[0] for row in raw.execute("SELECT id FROM delivery ORDER BY id")]
        raw.execute("UPDATE delivery SET state = 'sent', sent_at = ? WHERE id = ?", (ago(hours=3), sent))
        raw.execute("UPDATE delivery SET state = 'failed', reason = 'no such words' WHERE id = ?", (failed,))
        values = (failed, ago(hours=2), ago(hours=2))
        raw.execute(
            "INSERT INTO attempt"
            " (delivery, number, step, content, worker, fence, start, end, outcome, status, code, detail)"
            " VALUES (?, 1, 'publish', '', 'w', 1, ?, ?, 'refused', 400, '', '')",
            values,
        )
        raw.execute("UPDATE delivery SET due = ? WHERE id = ?", (ago(hours=1), late))
        raw.execute("INSERT INTO block VALUES (?, 'late', 'due long ago', 'daemon', ?)", (late, ago(minutes=40)))
        raw.execute("UPDATE operation SET state = 'enabled'")
        raw.execute("UPDATE operation SET paused = 'expired' WHERE account = 'amb-jp-tokyo/twitter'")
        for each in rest:
            raw.execute("UPDATE delivery SET due = ? WHERE id = ?", (ago(hours=-1), each))
    return desk_folder


def test_the_night_is_counted_from_an_instant_on(morning, crosspost):
    def lately(since: str) -> dict[str, int]:
        found = crosspost("status", "--json", "--since", since).json["lately"]
        return {name: number for name, number in found.items() if number}

    assert lately("4h") == {"sent": 1, "failed": 1, "late": 1}
    assert lately("150m") == {"failed": 1, "late": 1}
    assert lately("2099-01-01 09:00 Europe/Paris") == {}


def test_without_a_word_it_counts_from_yesterday_evening_in_paris(morning, crosspost):
    since = datetime.fromisoformat(crosspost("status", "--json").json["since"])
    assert timedelta(hours=5) < datetime.now(UTC) - since < timedelta(hours=31)
    assert "Paris" in crosspost("status").out


def test_what_is_next_is_one_line_for_each_post(morning, crosspost):
    [post] = crosspost("status", "--json").json["coming"]
    assert (post["campaign"], post["post"]) == ("cop31", "opening")
    said = [line for line in crosspost("status").out.splitlines() if line.startswith("next: ")]
    assert [f"{post['deliveries']} deliver" in line for line in said] == [True]


def test_each_matter_comes_with_the_command_to_type(morning, crosspost):
    said = crosspost("status")
    assert said.code == 1
    for command in ("delivery retry", "delivery send-late", "account resume amb-jp-tokyo/twitter"):
        assert f"crosspost {command}" in said.out
    found = crosspost("status", "--json").json
    assert [m["kind"] for m in found["matters"]] == ["failed", "late", "account"]
    assert [m["what"] for m in found["matters"]] == found["needs_a_person"]


def test_a_time_that_is_none_is_a_mistake_of_use(morning, crosspost):
    said = crosspost("status", "--since", "lately")
    assert said.code == 2
    assert "12h" in said.err


def notify(folder: Path, command: list[str]) -> None:
    config = folder / "config.toml"
    text = config.read_text("utf-8")
    assert "command = []" in text
    config.write_text(text.replace("command = []", f"command = {json.dumps(command)}"), "utf-8")


def test_a_test_message_is_told_as_the_daemon_would(desk_folder, crosspost):
    script = "import sys, pathlib; pathlib.Path('told').write_bytes(sys.stdin.buffer.read())"
    notify(desk_folder, [sys.executable, "-c", script])
    assert json.loads(crosspost("notify", "test", "--dry-run").out.splitlines()[1])["mode"] == "sandbox"
    assert not (desk_folder / "told").exists()
    assert crosspost("notify", "test").code == 0
    assert json.loads((desk_folder / "told").read_text("utf-8"))["matters"][0]["about"] == "test"


def test_a_test_message_that_nobody_takes_is_said(desk_folder, crosspost):
    notify(desk_folder, [sys.executable, "-c", "exit(7)"])
    said = crosspost("notify", "test")
    assert said.code == 3
    assert "exit code 7" in said.err


def test_a_test_message_to_nobody_says_what_to_set(desk_folder, crosspost):
    said = crosspost("notify", "test")
    assert said.code == 2
    assert "[notify]" in said.err

"""A stop stops: when `hold` has returned, nothing under it leaves."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from tests.e2e.conftest import wait_until


def test_when_hold_has_returned_nothing_under_it_leaves_until_release(folder):
    folder.start_sandbox()
    folder.faults({"how": "true", "method": "POST", "delay": 0.05})
    folder.crosspost("campaign", "queue", "national-day", "--now")
    daemon = folder.start("daemon")
    wait_until(lambda: len(folder.published()) >= 50)
    held = folder.crosspost("hold", "--all", "--reason", "earthquake")
    at_that_moment = len(folder.published())
    sent = [d for d in folder.json("queue") if d["state"] == "sent"]
    assert len(sent) == at_that_moment
    assert not [d for d in folder.json("queue") if d["state"] == "sending"]
    folder.crosspost("queue")  # two more looks, each a second of the daemon's life
    folder.crosspost("status", expect=None)
    assert len(folder.published()) == at_that_moment
    assert daemon.poll() is None
    number = held.stdout.split("Hold ")[1].split()[0]
    folder.crosspost("release", number)
    wait_until(lambda: len(folder.published()) > at_that_moment)


def test_a_hold_needs_a_reason_and_a_scope(folder):
    assert "--reason" in folder.crosspost("hold", "--all", expect=2).stderr
    assert "--mission" in folder.crosspost("hold", "--reason", "x", expect=2).stderr


def test_a_mission_may_hold_itself_and_no_other(folder):
    said = folder.crosspost("--as", "amb-eg-cairo", "hold", "-m", "amb-jp-tokyo", "-r", "x", expect=3)
    assert "may not act" in said.stderr
    folder.crosspost("--as", "amb-eg-cairo", "hold", "-m", "amb-eg-cairo", "-r", "x")
    listed = folder.json("hold", "--list")
    assert [(h["scope"], h["reason"]) for h in listed] == [("mission amb-eg-cairo", "x")]


def test_release_says_what_leaves_what_is_late_and_the_command_for_each(folder):
    folder.start_sandbox()
    folder.crosspost("campaign", "queue", "national-day", "--now")
    number = folder.json("hold", "--all", "--reason", "earthquake")["hold"]
    late = folder.json("queue", "-m", "amb-jp-tokyo")[0]["delivery"]
    with closing(sqlite3.connect(folder.path / "crosspost.db", timeout=60)) as database, database:
        database.execute(
            "UPDATE delivery SET due = ? WHERE id = ?",
            ((datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f"), late),
        )
    database.close()
    foreseen = folder.json("release", str(number), "--dry-run")
    assert [h["hold"] for h in folder.json("hold", "--list")] == [number]
    said = folder.crosspost("release", str(number)).stdout
    assert f"{foreseen['leaving']} deliveries leave at once" in said
    assert f"crosspost delivery send-late {late}" in said
    assert [w["delivery"] for w in foreseen["waiting"]] == [late]
    assert [d["delivery"] for d in folder.json("queue", "--state", "held")] == [late]


def test_release_with_review_lets_nothing_leave_at_once(folder):
    folder.start_sandbox()
    folder.crosspost("campaign", "queue", "national-day", "--now")
    number = folder.json("hold", "--all", "--reason", "earthquake")["hold"]
    everything = len(folder.json("queue"))
    freed = folder.json("release", str(number), "--review")
    assert (freed["leaving"], len(freed["waiting"])) == (0, everything)
    assert len(folder.json("queue", "--state", "held")) == everything


def test_a_hold_that_cannot_wait_for_the_wire_still_prints_its_json_and_leaves_with_1(folder):
    folder.start_sandbox()
    folder.crosspost("campaign", "queue", "national-day", "--now")
    one = folder.json("queue")[0]["delivery"]
    with closing(sqlite3.connect(folder.path / "crosspost.db", timeout=60)) as database, database:
        database.execute("UPDATE delivery SET state = 'sending' WHERE id = ?", (one,))
    database.close()
    done = folder.crosspost("hold", "--all", "-r", "x", "--json", expect=1)
    said = json.loads(done.stdout)
    assert said["on_the_wire"] == [one]
    assert [(d["delivery"], d["state"]) for d in said["ended_as"]] == [(one, "sending")]

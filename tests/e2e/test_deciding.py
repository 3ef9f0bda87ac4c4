"""Deciding in bulk: what is late, uncertain or failed, by filter, with totals and a question."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from tests.e2e.conftest import Folder, wait_until


@pytest.fixture
def queued(folder: Folder) -> Folder:
    """A folder with the national day queued for now."""
    folder.start_sandbox()
    folder.crosspost("campaign", "queue", "national-day", "--now")
    return folder


def on_record(folder: Folder, statement: str, *values: str) -> None:
    """Change the queue behind everybody's back, as time and platforms do."""
    with closing(sqlite3.connect(folder.path / "crosspost.db", timeout=60)) as database, database:
        database.execute(statement, values)
    database.close()


def of(folder: Folder, mission: str, *states: str) -> list[dict]:
    return [d for d in folder.json("queue", "-m", mission) if d["state"] in states]


def test_what_came_due_under_a_hold_with_an_end_is_decided_by_filter(queued):
    soon = (datetime.now(UTC) + timedelta(seconds=4)).strftime("%Y-%m-%d %H:%M:%S UTC")
    queued.crosspost("hold", "--all", "--reason", "earthquake", "--until", soon)
    number = len(queued.json("queue"))
    daemon = queued.start("daemon")
    wait_until(lambda: not queued.json("hold", "--list"))
    assert queued.published() == []
    held = queued.json("queue", "--state", "held")
    assert len(held) == number
    assert all("a hold until" in d["reason"] for d in held)

    tokyo_facebook = ("-m", "amb-jp-tokyo", "-p", "facebook")
    seen = queued.crosspost("delivery", "send-late", *tokyo_facebook, "--dry-run").stdout
    tokyo = [d for d in of(queued, "amb-jp-tokyo", "held") if d["platform"] == "facebook"]
    assert all(d["delivery"] in seen for d in tokyo)
    assert f"{len(tokyo)} deliveries (" in seen
    assert "of 1 mission." in seen
    assert "--yes" in queued.crosspost("delivery", "send-late", *tokyo_facebook, expect=2).stderr
    done = queued.json("delivery", "send-late", *tokyo_facebook, "--yes")
    assert set(done["done"]) == {d["delivery"] for d in tokyo}
    wait_until(lambda: len(queued.published()) == len(tokyo))

    queued.crosspost("delivery", "cancel", "--campaign", "national-day", "--state", "held", "--yes")
    assert not queued.json("queue", "--state", "held")
    assert daemon.poll() is None
    assert len(queued.published()) == len(tokyo)


def test_what_was_not_sent_is_put_back_by_filter_and_what_is_still_looked_for_stays(queued):
    queued.crosspost("hold", "--all", "-r", "x")
    on_record(
        queued,
        "UPDATE delivery SET state = 'unknown', look_at = NULL, reason = 'lost' WHERE account LIKE ?",
        "amb-jp-%",
    )
    on_record(
        queued,
        "UPDATE delivery SET state = 'unknown', look_at = '2040-01-01 00:00:00.000000' WHERE account LIKE ?",
        "amb-kr-%",
    )
    japan, korea = of(queued, "amb-jp-tokyo", "unknown"), of(queued, "amb-kr-seoul", "unknown")
    assert japan
    assert korea
    both = ("-m", "amb-jp-tokyo", "-m", "amb-kr-seoul")
    answer = queued.json("delivery", "resolve", *both, "--not-sent", "--yes")
    assert set(answer["done"]) == {d["delivery"] for d in japan}
    assert {d["delivery"] for d in answer["not_done"]} == {d["delivery"] for d in korea}
    assert of(queued, "amb-jp-tokyo", "unknown") == []
    assert of(queued, "amb-kr-seoul", "unknown") == korea


def test_failed_deliveries_are_tried_again_by_filter(queued):
    queued.crosspost("hold", "--all", "-r", "x")
    on_record(queued, "UPDATE delivery SET state = 'failed', reason = 'refused' WHERE account LIKE ?", "%/twitter")
    failed = queued.json("queue", "--state", "failed")
    assert "refused" in queued.crosspost("delivery", "retry", "-p", "x", "--dry-run").stdout
    queued.crosspost("delivery", "retry", "-m", "amb-jp-tokyo", "--yes")
    left = queued.json("queue", "--state", "failed")
    assert 0 < len(left) < len(failed)
    assert of(queued, "amb-jp-tokyo", "failed") == []
    queued.crosspost("delivery", "retry", "-p", "x", "--yes")
    assert queued.json("queue", "--state", "failed") == []


def test_a_decision_that_fits_nothing_of_what_is_named_says_so(queued):
    one = queued.json("queue")[0]["delivery"]
    said = queued.crosspost("delivery", "retry", one, "--yes", expect=1).stdout
    assert "is queued and not failed" in said
    assert "filters" in queued.crosspost("delivery", "send-late", "--yes", expect=2).stderr

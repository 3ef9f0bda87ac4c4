"""A post that comes back, planned on and sent by two daemons of which one is killed, beside a mission that follows."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from tests.e2e.conftest import kill, wait_until

from crosspost.store import Store
from crosspost.store.tables import Delivery, ReceiptRow, core

#: What the mission that follows leaves between the original and its own post.
DELAY = timedelta(seconds=3)

#: How many posts a daemon has on the wire at the same time.
WORKERS = 4

#: How many accounts on Facebook there are in Africa.
ACCOUNTS = 33

FIRST, FOLLOWER = (f"news/advice/{name}/facebook/fr" for name in ("amb-sn-dakar", "amb-gw-bissau"))

FILE = """\
title = "News"
source = "fr"

[audience]
mission = ["region-africa"]
platform = ["facebook"]

[posts.daily]
at = "{begins}"
repeat = "FREQ=DAILY"
quiet = "ignore"

[posts.daily.text]
fr = "Chaque jour"

[posts.advice]
at = "{advice}"
quiet = "ignore"

[posts.advice.text]
fr = "Conseils"
"""

_delivery, _receipt = core(Delivery), core(ReceiptRow)


@pytest.fixture
def store(folder):
    opened = Store.open(f"sqlite:///{folder.path / 'crosspost.db'}", "sandbox")
    yield opened
    opened.close()


@pytest.fixture
def rows(store):
    def read():
        with store.read() as tx:
            return {row.id: row for row in tx.execute(select(_delivery))}

    return read


def as_a_week_ago(store) -> None:
    """Take out of the queue what has come within the horizon since then."""
    horizon = f"{datetime.now(UTC) + timedelta(days=83):%Y-%m-%d}"
    with store.write() as tx:
        tx.execute(delete(_delivery).where(_delivery.c.occurrence > horizon))


def queue(folder) -> str:
    """Queue a post that is said every day and is due in a moment, and one that Bissau says so long after the first."""
    config = folder.path / "config.toml"
    config.write_text(config.read_text("utf-8").replace("workers = 32", f"workers = {WORKERS}"), "utf-8")
    soon = datetime.now(UTC) + timedelta(seconds=20)
    begins, advice = (f"{at:%Y-%m-%d %H:%M:%S} UTC" for at in (soon - timedelta(days=9), soon + timedelta(seconds=8)))
    file = folder.path / "campaigns" / "news" / "campaign.toml"
    file.parent.mkdir()
    file.write_text(FILE.format(begins=begins, advice=advice), "utf-8")
    folder.crosspost("campaign", "queue", "news")
    mission = "amb-gw-bissau"
    after = f"after original +{DELAY.seconds}s"
    folder.crosspost("--as", mission, "override", "set", "news/advice", "--mission", mission, "--at", after)
    return f"{soon:%Y-%m-%d}"


def test_killed_in_the_midst_each_time_is_said_once_and_what_follows_follows(folder, store, rows):
    folder.start_sandbox()
    today = queue(folder)
    before = rows()
    as_a_week_ago(store)
    assert len(rows()) < len(before)
    folder.faults({"how": "true", "delay": 0.2, "platform": "facebook", "method": "POST"})
    killed, other = (folder.start("daemon") for _ in range(2))
    wait_until(lambda: len(folder.published()) >= 3)
    kill(killed)

    def is_over() -> bool:
        due = [row for row in rows().values() if row.occurrence in {"", today}]
        return all(row.state == "sent" or (row.state == "unknown" and row.look_at is None) for row in due)

    wait_until(is_over)
    other.terminate()
    assert other.wait(timeout=60) == 0
    after, out = rows(), folder.published()
    assert set(after) >= set(before), "planned on, by whichever came first"
    days = Counter(row.occurrence for row in after.values() if row.occurrence)
    assert set(days.values()) == {ACCOUNTS}
    assert len(set(after) - set(before)) in {0, ACCOUNTS}, "as much as the horizon has moved on meanwhile"
    assert set(Counter((p["account"], p["text"]) for p in out).values()) == {1}
    assert {row.state for row in after.values() if row.occurrence not in {"", today}} == {"queued"}
    sent = [row for row in after.values() if row.state == "sent"]
    assert len(sent) == len(out)
    # What was killed between the intent and the request never arrived, which no platform's list can prove.
    assert sum(row.state == "unknown" for row in after.values()) <= WORKERS
    _require_followed(store, after)


def _require_followed(store, after) -> None:
    original, follower = after[FIRST], after[FOLLOWER]
    assert (original.state, follower.state, follower.after) == ("sent", "sent", FIRST)
    with store.read() as tx:
        at = {row.delivery: row.at for row in tx.execute(select(_receipt))}
    assert at[FOLLOWER] - at[FIRST] >= DELAY

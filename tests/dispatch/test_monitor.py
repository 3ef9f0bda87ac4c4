"""The daemon's monitor: what Prometheus scrapes is what happened, and health is a reason to restart or none."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.dispatch.conftest import QUICK, utc_now

from crosspost.adapter import NotSent, Rejected, Uncertain
from crosspost.dispatch.daemon import Daemon
from crosspost.dispatch.monitor import LONGEST_TURN, Health, Monitor
from crosspost.domain.hold import Hold
from crosspost.domain.selection import Selection
from crosspost.errors import ConfigurationError, StoreError
from crosspost.store import holds, network
from crosspost.store.media import MediaStore
from crosspost.testing.paper import PaperDoors


def asked(monitor: Monitor, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{monitor.port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def scraped(monitor: Monitor) -> dict[tuple[str, ...], float]:
    """Return each sample by its name and the values of its labels, as Prometheus's own parser reads them."""
    status, text = asked(monitor, "/metrics")
    assert status == 200
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def monitor(store) -> Iterator[Monitor]:
    with Monitor(store, "127.0.0.1", 0, {}) as made:
        yield made


@pytest.fixture
def watched(store, platform, tmp_path, monitor) -> Daemon:
    return Daemon(store, PaperDoors(platform), MediaStore(tmp_path / "media"), QUICK, utc_now, monitor)


def test_what_a_daemon_did_is_what_is_scraped(watched, monitor, enqueue, platform):
    once = {"lost": Uncertain("the answer was lost"), "again": NotSent("refused connection", retry_at=utc_now())}

    def before(content):
        return Rejected("no such words") if content.text == "bad" else once.pop(content.text, None)

    platform.before, platform.listing_lags = before, True
    enqueue("tokyo/paper", "bad")
    enqueue("seoul/paper", "good")
    enqueue("cairo/paper", "again")
    enqueue("ministry/paper", "lost")
    enqueue("praia/paper", "later", due_in=3000)
    watched.run(until_idle=True)
    found = scraped(monitor)
    outcomes = {key[1:]: n for key, n in found.items() if key[0] == "crosspost_attempts_total"}
    assert outcomes == {
        ("refused", "paper"): 1,
        ("sent", "paper"): 2,
        ("not-sent", "paper"): 1,
        ("uncertain", "paper"): 1,
    }
    assert found["crosspost_lookups_total", "paper", "cannot-tell"] == 2
    assert found["crosspost_lateness_seconds_count", "paper"] == 2
    assert found["crosspost_lateness_seconds_bucket", "+Inf", "paper"] == 2
    assert found["crosspost_lateness_seconds_sum", "paper"] >= 1  # `enqueue` has them due a second ago
    assert found["crosspost_request_duration_seconds_count", "paper"] == 2
    states = {key[2]: n for key, n in found.items() if key[:2] == ("crosspost_deliveries", "paper")}
    assert states == {"failed": 1, "sent": 2, "unknown": 1, "queued": 1}
    assert (found["crosspost_unknown", "person"], found["crosspost_unknown", "look"]) == (1, 0)
    assert found["crosspost_last_turn_timestamp_seconds",] > 0


def test_stops_are_scraped(store, monitor):
    with store.write() as tx:
        network.operate(tx, "tokyo/paper", paused="expired")
        holds.place(tx, Hold(0, Selection(), "earthquake", "claire", utc_now(), None))
    found = scraped(monitor)
    assert found["crosspost_paused", "account"] == 1
    assert found["crosspost_holds",] == 1
    assert found["crosspost_daemons",] == 0


def test_a_daemon_is_healthy_once_it_has_turned(watched, monitor):
    status, said = asked(monitor, "/healthz")
    assert (status, json.loads(said)["reasons"]) == (503, ["the loop has not turned yet"])
    watched.run(until_idle=True)
    assert asked(monitor, "/healthz") == (200, '{"status": "ok", "reasons": []}')


def test_a_loop_that_turns_no_more_is_not_healthy(store):
    seconds = [0.0]
    health = Health(store, lambda: seconds[0])
    health.turned()
    seconds[0] = LONGEST_TURN
    assert health.reasons() == []
    seconds[0] += 1
    assert "has not turned for 61 s" in health.reasons()[0]


def test_a_database_that_does_not_answer_is_said_and_costs_no_counter(store, monitor, watched, enqueue, monkeypatch):
    enqueue("seoul/paper", "good")
    watched.run(until_idle=True)

    def refuse():
        raise StoreError("the database is gone")

    monkeypatch.setattr(store, "read", refuse)
    status, said = asked(monitor, "/healthz")
    assert (status, json.loads(said)["reasons"]) == (503, ["the database is gone"])
    found = scraped(monitor)
    assert found["crosspost_store_up",] == 0
    assert found["crosspost_attempts_total", "sent", "paper"] == 1
    assert not any(key[0] == "crosspost_deliveries" for key in found)


def test_nothing_else_is_served(monitor):
    assert asked(monitor, "/")[0] == 404


def test_a_port_that_is_taken_is_said_with_the_key_to_change(store, monitor):
    with pytest.raises(ConfigurationError, match=r"\[metrics\] nothing can listen on 127.0.0.1"):
        Monitor(store, "127.0.0.1", monitor.port, {})

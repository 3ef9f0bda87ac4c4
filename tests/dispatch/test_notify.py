"""Telling people: once for each matter, by a real command and a real address, whatever happens to the one who tells."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from crosspost.adapter import Rejected, Uncertain
from crosspost.dispatch.notify import Command, Notifier, NotToldError, Webhook, trial
from crosspost.store import events, network, notices
from crosspost.store.outcomes import ALARM_TWICE
from crosspost.store.tables import WorkerRow, core

SECRET = "/services/T0000/B0000/XyZsEcReT"


class Hook:
    """An address on this machine that keeps what is posted to it, and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.status = 204
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.heard.append(json.loads(body))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}{SECRET}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def matters(self) -> list[tuple[str, str]]:
        return [(matter["kind"], matter["about"]) for message in self.heard for matter in message["matters"]]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.close()


class Clock:
    """The present, which tests move on."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notifier(store, hook: Hook, clock: Clock) -> Callable[[], Notifier]:
    return lambda: Notifier(store, [Webhook(hook.url, 5)], "sandbox", clock)


def pause(store, account: str, why: str) -> None:
    with store.write() as tx:
        network.operate(tx, account, paused=why)


def test_a_paused_account_is_told_once_with_what_to_do(store, hook, notifier):
    pause(store, "tokyo/paper", "the token has expired")
    telling = notifier()
    assert [telling.round() for _ in range(3)] == [1, 0, 0]
    [message] = hook.heard
    [matter] = message["matters"]
    assert message["mode"] == "sandbox"
    assert "the token has expired" in message["subject"]
    assert (matter["kind"], matter["about"]) == ("account", "tokyo/paper")
    assert "crosspost account resume tokyo/paper" in matter["do"]
    assert matter["since"].endswith("Z")


def test_a_restart_tells_nothing_again(store, hook, notifier):
    pause(store, "tokyo/paper", "the token has expired")
    notifier().round()
    notifier().round()
    assert len(hook.heard) == 1


def test_two_daemons_tell_a_matter_once(store, hook, notifier):
    pause(store, "tokyo/paper", "the token has expired")
    both = [threading.Thread(target=notifier().round) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(hook.heard) == 1


def test_a_matter_that_comes_again_after_it_was_over_is_told_again(store, hook, notifier):
    telling = notifier()
    for why in ("expired", "", "expired again"):
        pause(store, "tokyo/paper", why)
        telling.round()
    assert [m["matters"][0]["what"].rpartition(": ")[2] for m in hook.heard] == ["expired", "expired again"]


def test_what_begins_together_is_one_message(store, hook, notifier):
    for account in ("tokyo/paper", "seoul/paper", "cairo/paper"):
        pause(store, account, "the app was refused")
    notifier().round()
    [message] = hook.heard
    assert len(message["matters"]) == 3
    assert "and 2 more" in message["subject"]


def test_what_cannot_be_told_is_tried_again_later_and_then_told_once(store, hook, notifier, clock):
    hook.status = 503
    pause(store, "tokyo/paper", "expired")
    telling = notifier()
    assert telling.round() == 0
    assert telling.round() == 0
    assert len(hook.heard) == 1, "it must wait before it tries again"
    hook.status = 204
    clock.ahead = timedelta(minutes=1)
    assert [telling.round(), telling.round()] == [1, 0]
    assert len(hook.heard) == 2


def test_the_waits_between_tries_grow(store, hook, notifier, clock):
    hook.status = 500
    pause(store, "tokyo/paper", "expired")
    telling = notifier()
    for _ in range(4):
        telling.round()
        clock.ahead += timedelta(seconds=25)
    assert len(hook.heard) == 3, "after 0, 25 (10 were due) and 75 s (20 after that), and not after 50"


def test_a_teller_that_dies_after_its_claim_leaves_the_matter_to_another(store, hook, notifier, clock):
    pause(store, "tokyo/paper", "expired")
    claimed, _ = notices.to_tell(store, "webhook", clock(), 0)  # and then it is killed
    assert [each.matter.about for each in claimed] == ["tokyo/paper"]
    assert notifier().round() == 0
    clock.ahead = notices.CLAIM + timedelta(seconds=1)
    assert notifier().round() == 1


def test_a_second_receipt_is_an_alarm_that_is_told_once_for_good(store, hook, notifier, clock):
    with store.write() as tx:
        events.record(tx, events.MACHINE, ALARM_TWICE, "c/p/tokyo/paper/fr", clock(), {"url": "http://x/2"})
    hook.status = 500
    first = notifier()
    first.round()
    hook.status = 204
    clock.ahead = timedelta(minutes=1)
    assert [first.round(), first.round(), notifier().round()] == [1, 0, 0]
    assert hook.matters[-1][0] == "alarm"
    assert "http://x/2" in hook.heard[-1]["matters"][0]["what"]


def test_a_daemon_that_fell_silent_is_told(store, hook, notifier, clock):
    ago = clock() - timedelta(minutes=5)
    with store.write() as tx:
        tx.execute(core(WorkerRow).insert().values(name="host/1/2", version="1", started=ago, seen=ago))
    notifier().round()
    assert hook.matters == [("daemon", "host/1/2")]


def test_failed_late_and_unknown_deliveries_are_told_by_the_daemon_that_met_them(
    daemon, enqueue, platform, hook, notifier, store
):
    def trouble(content):
        return {"bad": Rejected("no such words"), "lost": Uncertain("the answer was lost")}.get(content.text)

    platform.before, platform.listing_lags = trouble, True
    failed, lost = enqueue("tokyo/paper", "bad"), enqueue("seoul/paper", "lost")
    late = enqueue("cairo/paper", "late", due_in=-3000)
    daemon.run(until_idle=True)
    telling = notifier()
    telling.round()
    assert sorted(hook.matters) == [("failed", failed), ("late", late), ("unknown", lost)]
    assert all(matter["do"].count(matter["about"]) for matter in hook.heard[0]["matters"])
    assert telling.round() == 0


def test_each_way_is_told_by_itself(store, hook, clock, tmp_path):
    keep = tmp_path / "kept"
    script = f"import sys, pathlib; pathlib.Path({str(keep)!r}).open('ab').write(sys.stdin.buffer.read() + b'\\n')"
    command = Command([sys.executable, "-c", script], tmp_path)
    hook.status = 500
    pause(store, "tokyo/paper", "expired")
    telling = Notifier(store, [command, Webhook(hook.url, 5)], "sandbox", clock)
    telling.round()
    hook.status = 204
    clock.ahead = timedelta(minutes=1)
    telling.round()
    told = [json.loads(line) for line in keep.read_bytes().splitlines()]
    assert [m["matters"][0]["about"] for m in told] == ["tokyo/paper"]
    assert len(hook.heard) == 2


def test_a_command_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path):
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    with pytest.raises(NotToldError, match="took longer"):
        Command([sys.executable, "-c", script], tmp_path, timeout=0.5).tell(b"{}")


@pytest.mark.parametrize(
    ("words", "said"), [(["/no/such/program"], "cannot be run"), ([sys.executable, "-c", "exit(3)"], "exit code 3")]
)
def test_a_command_that_fails_is_said(tmp_path: Path, words: list[str], said: str):
    with pytest.raises(NotToldError, match=said):
        Command(words, tmp_path).tell(trial("sandbox", datetime.now(UTC)))


def test_what_goes_wrong_with_a_webhook_never_names_its_address(hook):
    hook.status = 403
    with pytest.raises(NotToldError) as refused:
        Webhook(hook.url, 5).tell(b"{}")
    hook.close()
    with pytest.raises(NotToldError) as gone:
        Webhook(hook.url, 5).tell(b"{}")
    for failure in (refused.value, gone.value):
        assert SECRET.rpartition("/")[2] not in repr(failure) + repr(failure.__context__) + repr(failure.__cause__)


def test_a_notifier_that_cannot_read_the_database_goes_on_and_ends_when_it_is_told(store, hook, clock):
    class Broken:
        name = "broken"

        def tell(self, message: bytes) -> None:
            raise RuntimeError("a defect")

    pause(store, "tokyo/paper", "expired")
    with Notifier(store, [Broken()], "sandbox", clock) as telling:
        pass  # the last round is told at the end, and breaks
    assert not telling._thread.is_alive()

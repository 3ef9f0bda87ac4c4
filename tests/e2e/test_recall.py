"""Taking back: every copy that is out is deleted, or it is said where it still stands and why."""

from __future__ import annotations

import json
import signal
import urllib.request

import pytest
from tests.e2e.conftest import Folder, kill, wait_until

#: The missions that have spoken, with accounts on all three platforms; the others are held.
SPEAKERS = ("amb-jp-tokyo", "amb-cn-beijing", "amb-eg-cairo")


def standing(folder: Folder, platform: str = "") -> list[dict]:
    """Return what the public still sees."""
    return [p for p in folder.published() if not p["deleted"] and p["platform"].startswith(platform)]


def struck(folder: Folder) -> int:
    """Return how many requests the faults in force have struck."""
    with urllib.request.urlopen(f"http://127.0.0.1:{folder.port}/faults", timeout=60) as answer:
        return sum(fault["struck"] for fault in json.load(answer))


@pytest.fixture
def out(folder: Folder) -> Folder:
    """A folder whose daemon has published the national day of a few missions, and whose other missions wait."""
    folder.start_sandbox()
    folder.crosspost("campaign", "queue", "national-day", "--now")
    others = [word for mission in SPEAKERS for word in ("--except", mission)]
    folder.crosspost(
        "hold", "--platform", "twitter", "--platform", "facebook", "--platform", "weibo", "-r", "x", *others
    )
    folder.crosspost("daemon", "--until-idle", "--linger", "1", expect=None)
    assert {post["platform"] for post in standing(folder)} == {"twitter", "facebook", "weibo"}
    return folder


def test_a_recall_deletes_every_copy_and_nothing_unsent_leaves_any_more(out):
    sent = [d for d in out.json("queue") if d["state"] == "sent"]
    planned = out.json("recall", "national-day", "--reason", "the wrong date", "--dry-run")
    assert {c["delivery"] for c in planned["to_delete"]} == {d["delivery"] for d in sent}
    assert len(planned["unsent"]) == len(out.json("queue")) - len(sent)
    assert len(standing(out)) == len(sent)
    assert "--yes" in out.crosspost("recall", "national-day", "-r", "x", expect=2).stderr
    done = out.crosspost("recall", "national-day", "--reason", "the wrong date", "--yes")
    assert standing(out) == []
    for d in sent:
        assert d["remote_url"] in done.stdout
    out.crosspost("release", "--all")
    out.crosspost("daemon", "--until-idle", "--linger", "1")
    assert standing(out) == []
    assert {d["state"] for d in out.json("queue")} == {"recalled", "cancelled"}
    assert len(out.json("queue", "--state", "recalled")) == len(sent)
    assert "recalled by" in out.crosspost("explain", sent[0]["delivery"]).stdout
    out.crosspost("campaign", "queue", "national-day", "--now")
    out.crosspost("daemon", "--until-idle", "--linger", "1")
    assert standing(out) == []
    out.crosspost("report", "national-day", "-o", "page.html")
    assert "s-recalled" in (out.path / "page.html").read_text("utf-8").partition("</style>")[2]


def test_a_recall_needs_a_target_and_a_reason(out):
    assert "filters" in out.crosspost("recall", "-r", "x", "--yes", expect=2).stderr
    assert "--reason" in out.crosspost("recall", "national-day", "--yes", expect=2).stderr
    assert "no campaign" in out.crosspost("recall", "nonesuch", "-r", "x", "--yes", expect=2).stderr
    said = out.crosspost("--as", "amb-eg-cairo", "recall", "national-day", "-r", "x", "--yes", expect=3)
    assert "may not act" in said.stderr
    assert standing(out)


def test_filters_narrow_a_recall_and_the_rest_stays(out):
    narrow = ("-m", "amb-jp-tokyo", "-p", "facebook")
    out.crosspost("recall", "national-day", *narrow, "-r", "a slip", "--keep-unsent", "--yes")
    states = {(d["account"], d["state"]) for d in out.json("queue") if d["mission"] in SPEAKERS}
    assert ("amb-jp-tokyo/facebook", "recalled") in states
    assert ("amb-jp-tokyo/twitter", "sent") in states
    assert ("amb-eg-cairo/facebook", "sent") in states
    assert out.json("queue", "--state", "held")


@pytest.mark.parametrize(
    ("accept", "hows"),
    [(True, ("error", "drop", "html")), (False, ("drop", "html", "error"))],
    ids=["after-effect", "before-effect"],
)
def test_a_deletion_whose_answer_is_lost_is_settled_on_every_platform(out, accept, hows):
    paths = {"twitter": "/2/tweets/*", "facebook": "*", "weibo": "/2/statuses/destroy.json"}
    for how, (platform, path) in zip(hows, paths.items(), strict=True):
        method = "POST" if platform == "weibo" else "DELETE"
        lost = {"how": how, "accept": accept, "platform": platform, "method": method, "path": path, "times": 2}
        out.faults(lost)
        out.crosspost("recall", "national-day", "-p", platform, "-r", "x", "--yes")
        assert standing(out, platform) == []
        assert struck(out) >= 1
    assert not [d for d in out.json("queue") if d["state"] not in {"recalled", "cancelled"}]


def test_what_stays_uncertain_is_named_with_its_link_and_resumed(out):
    out.faults({"how": "error", "accept": False, "platform": "facebook", "method": "DELETE"})
    sent = {d["remote_url"] for d in out.json("queue") if d["state"] == "sent" and d["platform"] == "facebook"}
    done = out.crosspost("recall", "national-day", "-r", "x", "--yes", expect=1)
    tail = done.stdout.partition("may still be visible")[2]
    assert sent
    assert all(url in tail for url in sent)
    assert "still lists it" in tail
    assert not standing(out, "twitter")
    assert {url for url in sent if url in out.crosspost("status", expect=1).stdout} == sent
    out.faults()
    again = out.json("recall", "--resume", "--yes")
    assert {c["remote_url"] for c in again["deleted"]} == sent
    assert again["not_deleted"] == []
    assert standing(out) == []


def test_a_limit_is_waited_for(out):
    out.faults({"how": "rate-limit", "platform": "twitter", "method": "DELETE", "times": 2, "reset": 1})
    out.crosspost("recall", "national-day", "-r", "x", "--yes")
    assert standing(out) == []


def test_a_recall_that_is_killed_goes_on_where_it_stopped(out):
    slow = {"how": "true", "method": "DELETE", "delay": 30.0, "nth": [3, 4, 5]}
    out.faults(slow)
    running = out.start("recall", "national-day", "-r", "x", "--yes")
    wait_until(lambda: any(p["deleted"] for p in out.published()) and bool(out.json("queue", "--state", "recalled")))
    kill(running)
    assert any(d["state"] == "sent" for d in out.json("queue"))
    gone = {d["delivery"] for d in out.json("queue", "--state", "recalled")}
    out.faults()
    again = out.json("recall", "--resume", "--yes")
    assert gone.isdisjoint(c["delivery"] for c in again["deleted"])
    assert standing(out) == []
    assert {d["state"] for d in out.json("queue")} == {"recalled", "cancelled"}


def test_an_interrupted_recall_ends_what_it_has_begun_and_says_what_is_left(out):
    out.faults({"how": "rate-limit", "platform": "twitter", "method": "DELETE", "reset": 600})
    running = out.start("recall", "national-day", "-r", "x", "--yes")
    wait_until(lambda: not standing(out, "facebook"))
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=60) == 1
    said = (out.path / f"recall-{len(out.running) - 1}.log").read_text("utf-8")
    assert "may still be visible" in said
    assert standing(out, "twitter")
    out.faults()
    out.crosspost("recall", "--resume", "--yes")
    assert standing(out) == []


def test_what_is_on_the_wire_when_the_recall_begins_is_recalled_too(folder):
    folder.start_sandbox()
    folder.faults({"how": "true", "method": "POST", "delay": 2.0})
    folder.crosspost("campaign", "queue", "national-day", "--now")
    daemon = folder.start("daemon")
    wait_until(lambda: len(folder.published()) >= 5)
    done = folder.crosspost("recall", "national-day", "-r", "x", "--yes", expect=None)
    assert done.returncode == 0, done.stdout + done.stderr
    assert folder.published()
    assert standing(folder) == []
    assert daemon.poll() is None
    assert {d["state"] for d in folder.json("queue")} == {"recalled", "cancelled"}

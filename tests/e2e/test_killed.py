"""A daemon that is killed without warning: nothing lost, nothing twice."""

from __future__ import annotations

from collections import Counter

from tests.e2e.conftest import kill, wait_until


def test_killed_again_and_again_each_post_is_out_exactly_once(folder):
    folder.start_sandbox()
    folder.crosspost("campaign", "queue", "joint-statement", "--now", expect=2)  # nothing moves an embargo
    folder.crosspost("campaign", "queue", "national-day", "--now")
    expected = len(folder.json("queue"))
    for enough in (40, 120, 200):
        daemon = folder.start("daemon")
        wait_until(lambda enough=enough: len(folder.published()) >= enough)
        kill(daemon)
    folder.crosspost("daemon", "--until-idle", "--linger", "1")
    out = Counter((p["account"], p["text"]) for p in folder.published())
    assert set(out.values()) == {1}
    assert len(out) == expected
    assert {d["state"] for d in folder.json("queue")} == {"sent"}


def test_sigterm_finishes_what_is_on_the_wire_and_leaves(folder):
    folder.start_sandbox()
    folder.crosspost("campaign", "queue", "national-day", "--now")
    daemon = folder.start("daemon")
    wait_until(lambda: len(folder.published()) >= 30)
    daemon.terminate()
    assert daemon.wait(timeout=60) == 0
    states = Counter(d["state"] for d in folder.json("queue"))
    assert set(states) == {"sent", "queued"}
    assert states["sent"] == len(folder.published())


def test_answers_lost_after_the_post_was_taken_are_looked_up_and_never_sent_again(folder):
    folder.start_sandbox()
    folder.faults(
        {"how": "drop", "accept": True, "platform": "twitter", "method": "POST", "path": "/2/tweets", "times": 5}
    )
    folder.crosspost("campaign", "queue", "national-day", "--now")
    folder.crosspost("daemon", "--until-idle", "--linger", "1")
    out = Counter((p["account"], p["text"]) for p in folder.published())
    assert set(out.values()) == {1}
    found = [d for d in folder.json("queue") if d["state"] == "sent"]
    assert len(found) == len(out)

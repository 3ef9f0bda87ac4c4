"""A daemon that is killed without warning: nothing lost, nothing twice."""

from __future__ import annotations

from collections import Counter

from tests.e2e.conftest import kill, wait_until

#: At most one post of each sender is on the wire when its daemon is killed.
SENDERS = 32


def test_killed_again_and_again_each_post_is_out_once_or_honestly_unknown_and_none_is_lost(folder):
    folder.start_sandbox()
    folder.crosspost("campaign", "queue", "national-day", "--now")
    for enough in (40, 120, 200):
        daemon = folder.start("daemon")
        wait_until(lambda enough=enough: len(folder.published()) >= enough)
        kill(daemon)
    folder.crosspost("daemon", "--until-idle", "--linger", "1", expect=None)
    queue, out = folder.json("queue"), folder.published()
    assert set(Counter((p["account"], p["text"]) for p in out).values()) == {1}
    sent = {(d["account"], d["remote_id"]) for d in queue if d["state"] == "sent"}
    assert sent == {(p["account"], p["id"]) for p in out}
    # What was killed between the intent and the request never arrived, which no platform's list can prove.
    unknown = [d for d in queue if d["state"] == "unknown"]
    assert len(sent) + len(unknown) == len(queue)
    assert len(unknown) <= 3 * SENDERS


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

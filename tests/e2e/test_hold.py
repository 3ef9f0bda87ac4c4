"""A stop stops: when `hold` has returned, nothing under it leaves."""

from __future__ import annotations

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

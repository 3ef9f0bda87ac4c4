"""What a platform says in broken letters: half an emoji, as its own cutting leaves it in JSON, or a NUL."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crosspost.adapter import CannotTell, Identity, Receipt, Rejected, Uncertain

BROKEN = json.loads(r'"too rude \ud83d and \u0000"')


@pytest.fixture
def one_is_rude(platform):
    platform.before = lambda content: Rejected(BROKEN, code=BROKEN) if content.text == "rude" else None


def test_a_refusal_in_broken_letters_is_written_down_and_stops_nobody_else(daemon, enqueue, look, one_is_rude):
    rude, kind = enqueue("tokyo/paper", "rude"), enqueue("seoul/paper", "kind")
    daemon.run(until_idle=True)
    assert (look(rude).state, look(rude).reason) == ("failed", "too rude \ufffd and \ufffd")
    assert look(kind).state == "sent"


def test_a_look_up_that_ends_in_broken_letters_is_one_that_proves_nothing(daemon, enqueue, look, platform, monkeypatch):
    platform.before = lambda _: Uncertain(BROKEN)
    monkeypatch.setattr(platform, "find", lambda *_: CannotTell(BROKEN))
    delivery = enqueue("tokyo/paper", "perhaps")
    daemon.run(until_idle=True)
    assert look(delivery).state == "unknown"
    assert "a person must" in look(delivery).reason


def test_another_mouth_with_a_broken_name_pauses_the_account(daemon, enqueue, look, platform):
    platform.handles["tokyo/paper"] = BROKEN
    delivery = enqueue("tokyo/paper", "not by that one")
    daemon.run(until_idle=True)
    assert look(delivery).state == "queued"
    assert not platform.posts


def test_a_receipt_whose_id_is_broken_is_no_evidence():
    with pytest.raises(ValueError, match="characters that are none"):
        Receipt("12\ud83d", "https://paper.example/12", datetime.now(UTC))


def test_an_account_is_recognised_by_a_name_that_is_whole():
    assert not Identity("1", BROKEN).is_called(BROKEN)

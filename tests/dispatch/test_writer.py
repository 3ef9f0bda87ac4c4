"""The writer and the sender where something goes wrong between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.dispatch.conftest import QUICK, utc_now

from crosspost.adapter import Uncertain
from crosspost.dispatch.daemon import Daemon
from crosspost.dispatch.messages import Begin
from crosspost.dispatch.sender import Sender
from crosspost.dispatch.writer import Writer
from crosspost.store.media import MediaStore
from crosspost.testing.paper import PaperDoors


def test_one_message_that_cannot_be_written_down_takes_no_other_with_it(store, small_network, enqueue, look):
    class Poison:
        def apply(self, turn):
            raise ValueError("nobody can write this down")

        def after_commit(self):
            raise AssertionError("it was not written down")

    first, second = enqueue("tokyo/paper", "a"), enqueue("seoul/paper", "b")
    own = Writer(store, "me", timedelta(seconds=30), utc_now)
    begins = [Begin(claim) for claim in own.turn([], 4, lambda: False).claims]
    assert {begin.claim.delivery for begin in begins} == {first, second}

    own.turn([begins[0], Poison(), begins[1]], 0, lambda: False)

    assert [begin.answer.result(0) for begin in begins] == [True, True]
    assert {look(first).state, look(second).state} == {"sending"}


def test_a_sender_that_was_stopped_past_its_lease_sends_nothing(
    store, small_network, enqueue, look, platform, tmp_path
):
    delivery = enqueue("tokyo/paper", "a")
    own = Writer(store, "me", timedelta(seconds=30), utc_now)
    (claim,) = own.turn([], 1, lambda: False).claims

    def tell(message):
        own.turn([message], 0, lambda: False)

    stopped = Sender(PaperDoors(platform), MediaStore(tmp_path), tell, utc_now, lease=timedelta(0))
    stopped.deliver(claim, small_network.accounts["tokyo/paper"])

    assert platform.posts == []
    assert look(delivery).state == "queued"
    assert "lease" in look(delivery).reason


def test_an_absence_proves_nothing_while_the_request_may_still_be_on_its_way(
    store, small_network, enqueue, look, platform, tmp_path
):
    platform.before = lambda _: Uncertain("the line went dead")
    delivery = enqueue("tokyo/paper", "a")
    Daemon(store, PaperDoors(platform), MediaStore(tmp_path), replace(QUICK, margin=timedelta(hours=1)), utc_now).run(
        until_idle=True
    )
    assert look(delivery).state == "unknown"
    assert "on the way" in look(delivery).reason

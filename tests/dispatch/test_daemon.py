"""What the daemon does with what is due, whatever the platform answers."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.dispatch.conftest import QUICK, planned, utc_now

from crosspost.adapter import (
    AppBlocked,
    CredentialRefused,
    Duplicate,
    NotSent,
    RateLimited,
    Rejected,
    Scope,
    Uncertain,
)
from crosspost.dispatch import writer
from crosspost.dispatch.daemon import Daemon
from crosspost.dispatch.messages import Begin
from crosspost.domain.content import ContentMedium
from crosspost.domain.hold import Hold
from crosspost.domain.network import Network
from crosspost.domain.selection import Selection
from crosspost.errors import StoreBusyError
from crosspost.store import Store, claims, deliveries, events, gate, holds, network, paces, plans, sweeps
from crosspost.store.claims import Worker
from crosspost.store.media import MediaStore
from crosspost.testing.paper import PaperDoors, PaperPlatform


def once(failure):
    """Return a trouble that fails the first time only."""
    left = [failure]
    return lambda content: left.pop() if left else None


def test_what_is_due_is_sent_once_and_its_receipt_kept(daemon, enqueue, look, platform):
    ids = [enqueue(account, f"Bonjour {account}") for account in ("tokyo/paper", "seoul/paper", "cairo/paper")]
    daemon.run(until_idle=True)
    assert Counter(c.text for c in platform.posts) == {
        f"Bonjour {a}": 1 for a in ("tokyo/paper", "seoul/paper", "cairo/paper")
    }
    assert {look(i).state for i in ids} == {"sent"}
    assert all(look(i).remote_url.startswith("https://paper.example/posts/") for i in ids)


def test_one_account_speaks_in_the_order_of_its_due_times(daemon, enqueue, platform):
    for second in (3, 1, 2):
        enqueue("tokyo/paper", f"due {second} s ago", due_in=-second)
    daemon.run(until_idle=True)
    assert [c.text for c in platform.posts] == ["due 3 s ago", "due 2 s ago", "due 1 s ago"]


def test_what_is_urgent_goes_before_what_was_due_earlier(daemon, enqueue, platform):
    enqueue("tokyo/paper", "ordinary", due_in=-10)
    enqueue("tokyo/paper", "embargo lifted", due_in=-1, priority=1)
    daemon.run(until_idle=True)
    assert [c.text for c in platform.posts] == ["embargo lifted", "ordinary"]


def test_what_comes_due_while_it_lingers_is_waited_for_and_never_early(daemon, enqueue, look, platform):
    delivery = enqueue("tokyo/paper", "soon", due_in=0.7)
    daemon.run(until_idle=True)
    found = look(delivery)
    assert found.state == "sent"
    assert found.row.sent_at >= found.row.due


def test_what_certainly_did_not_leave_is_tried_again_later(daemon, enqueue, look, platform, store):
    platform.before = once(NotSent("refused connection", retry_at=datetime.now(UTC)))
    delivery = enqueue("tokyo/paper", "again")
    daemon.run(until_idle=True)
    assert look(delivery).state == "sent"
    with store.read() as tx:
        assert [a.outcome for a in deliveries.attempts(tx, delivery)] == ["not-sent", "sent"]


def test_an_uncertain_post_that_is_out_is_found_and_never_sent_again(daemon, enqueue, look, platform):
    platform.after = once(Uncertain("the answer was lost"))
    delivery = enqueue("tokyo/paper", "perhaps")
    daemon.run(until_idle=True)
    assert [c.text for c in platform.posts] == ["perhaps"]
    assert (look(delivery).state, look(delivery).remote_id) == ("sent", "1")


def test_an_uncertain_post_that_is_proved_absent_is_sent(daemon, enqueue, look, platform):
    platform.before = once(Uncertain("the connection dropped"))
    delivery = enqueue("tokyo/paper", "perhaps")
    daemon.run(until_idle=True)
    assert [c.text for c in platform.posts] == ["perhaps"]
    assert look(delivery).state == "sent"


def test_an_uncertain_post_that_nobody_can_find_waits_for_a_person_and_is_not_sent_again(
    daemon, enqueue, look, platform
):
    platform.before = once(Uncertain("the connection dropped"))
    platform.listing_lags = True
    delivery = enqueue("tokyo/paper", "perhaps")
    later = enqueue("tokyo/paper", "the next one", due_in=-0.5)
    daemon.run(until_idle=True)
    assert [c.text for c in platform.posts] == ["the next one"]
    assert look(delivery).state == "unknown"
    assert "a person must" in look(delivery).reason
    assert look(later).state == "sent"


def test_a_definite_no_fails_that_post_alone(daemon, enqueue, look, platform):
    platform.before = lambda content: Rejected("too rude") if content.text == "rude" else None
    rude, kind = enqueue("tokyo/paper", "rude"), enqueue("tokyo/paper", "kind", due_in=-0.5)
    daemon.run(until_idle=True)
    assert (look(rude).state, look(rude).reason) == ("failed", "too rude")
    assert look(kind).state == "sent"


def test_duplicate_content_on_a_first_attempt_is_a_failure_and_never_a_success(daemon, enqueue, look, platform):
    platform.before = lambda _: Duplicate("said already")
    delivery = enqueue("tokyo/paper", "twice")
    daemon.run(until_idle=True)
    assert look(delivery).state == "failed"


def test_an_expired_credential_pauses_that_account_alone_and_keeps_its_queue(daemon, enqueue, look, platform, store):
    platform.before = lambda c: CredentialRefused("token expired") if c.account == "tokyo/paper" else None
    stopped, free = enqueue("tokyo/paper", "tokyo"), enqueue("seoul/paper", "seoul")
    daemon.run(until_idle=True)
    assert look(stopped).state == "queued"
    assert look(free).state == "sent"
    with store.read() as tx:
        assert network.operations(tx)["tokyo/paper"].paused == "token expired"


def test_trouble_of_the_whole_app_is_one_row_and_stops_the_platform(daemon, enqueue, platform, store, everything):
    platform.before = lambda _: AppBlocked("no credit")
    for account in ("tokyo/paper", "seoul/paper", "cairo/paper"):
        enqueue(account, account)
    daemon.run(until_idle=True)
    with store.read() as tx:
        assert [(p.scope, p.until, p.why) for p in paces.every(tx)] == [("paper", None, "no credit")]
    assert {d.state for d in everything()} == {"queued"}


def test_a_rate_limit_moves_the_account_and_costs_nothing_else(daemon, enqueue, look, platform):
    soon = datetime.now(UTC) + timedelta(milliseconds=300)
    platform.before = once(RateLimited("slow down", retry_at=soon, scope=Scope.ACCOUNT))
    delivery = enqueue("tokyo/paper", "later")
    daemon.run(until_idle=True)
    assert look(delivery).state == "sent"
    assert look(delivery).row.sent_at >= soon


def test_the_wrong_mouth_is_refused_before_its_first_post(store, enqueue, look, platform, tmp_path):
    doors = PaperDoors(platform, credentials={"tokyo/paper": "seoul/paper"})
    delivery = enqueue("tokyo/paper", "in Seoul's voice")
    Daemon(store, doors, MediaStore(tmp_path), QUICK, utc_now).run(until_idle=True)
    assert platform.posts == []
    assert look(delivery).state == "queued"
    with store.read() as tx:
        assert "@seoul" in network.operations(tx)["tokyo/paper"].paused


def test_a_confirmed_credential_is_remembered(daemon, enqueue, store):
    enqueue("tokyo/paper", "hello")
    daemon.run(until_idle=True)
    with store.read() as tx:
        assert network.operations(tx)["tokyo/paper"].fingerprint == "paper-tokyo/paper"


def test_nothing_under_a_hold_leaves(daemon, enqueue, look, platform, store):
    held, free = enqueue("tokyo/paper", "held"), enqueue("cairo/paper", "free")
    with store.write() as tx:
        holds.place(tx, Hold(0, Selection(mission=("asia",)), "earthquake", "claire", utc_now()))
    daemon.run(until_idle=True)
    assert [c.text for c in platform.posts] == ["free"]
    assert (look(held).state, look(free).state) == ("queued", "sent")


def test_a_hold_on_one_language_of_one_campaign_stops_only_that(daemon, enqueue, platform, store):
    enqueue("tokyo/paper", "one")
    with store.write() as tx:
        holds.place(tx, Hold(0, Selection(lang=("ar",), campaign=("test",)), "why", "claire", utc_now()))
    daemon.run(until_idle=True)
    assert [c.text for c in platform.posts] == ["one"]


def test_what_has_expired_is_never_sent(daemon, enqueue, look, platform):
    delivery = enqueue("tokyo/paper", "old news", due_in=-100, expires_in=-1)
    daemon.run(until_idle=True)
    assert platform.posts == []
    assert look(delivery).state == "expired"


def test_a_backlog_is_never_fired_off_blindly(daemon, enqueue, look, platform):
    late, fresh = enqueue("tokyo/paper", "an hour late", due_in=-3600), enqueue("seoul/paper", "fresh")
    daemon.run(until_idle=True)
    assert [c.text for c in platform.posts] == ["fresh"]
    assert (look(late).state, look(fresh).state) == ("held", "sent")
    assert look(late).reason.startswith("late:")


def test_a_second_receipt_for_one_delivery_raises_an_alarm_and_is_kept(daemon, enqueue, platform, store):
    from crosspost.store import outcomes

    delivery = enqueue("tokyo/paper", "hello")
    daemon.run(until_idle=True)
    with store.write() as tx:
        outcomes.sent(tx, outcomes.Tried(delivery, "tokyo/paper", 1), platform.receipt("99"), utc_now())
    with store.read() as tx:
        assert [e["action"] for e in events.about(tx, delivery)] == [outcomes.ALARM_TWICE]


def test_a_broken_adapter_stops_its_account_and_not_the_daemon(daemon, enqueue, look, platform):
    def defect(content):
        if content.account == "tokyo/paper":
            raise ZeroDivisionError

    platform.before = defect
    broken, sound = enqueue("tokyo/paper", "x"), enqueue("seoul/paper", "y")
    platform.listing_lags = True
    daemon.run(until_idle=True)
    assert look(sound).state == "sent"
    assert look(broken).state == "unknown"


def test_an_image_that_the_media_store_has_lost_fails_its_post_and_not_the_account(
    daemon, store, platform, look, enqueue
):
    one = planned("tokyo/paper", "with an image")
    one = replace(one, content=replace(one.content, media=(ContentMedium("a" * 64, "image/png", 3, "alt"),)))
    with store.write() as tx:
        plans.keep_contents(tx, [one.content])
        plans.queue(tx, [one])
    other = enqueue("tokyo/paper", "without")
    daemon.run(until_idle=True)
    assert look(one.id).state == "failed"
    assert look(other).state == "sent"


def test_a_daemon_whose_database_vanishes_does_not_hang_its_senders(daemon, enqueue, store, platform):
    enqueue("tokyo/paper", "hello")

    def break_the_loop(content):
        raise AssertionError("nothing may be sent")

    platform.before = break_the_loop
    with store.write() as tx:
        tx.exec_driver_sql("DROP TABLE lease")
    with pytest.raises(Exception, match="lease"):
        daemon.run(until_idle=True)


def test_held_is_a_state_that_can_be_asked_for(daemon, enqueue, store, small_network):
    late = enqueue("tokyo/paper", "an hour late", due_in=-3600)
    enqueue("seoul/paper", "fresh")
    daemon.run(until_idle=True)
    with store.read() as tx:
        held = deliveries.every(tx, Selection(state=("held",)), small_network)
    assert [(d.row.id, d.state) for d in held] == [(late, "held")]


def uncertain_of(store, small_network, delivery):
    """Send a delivery whose worker dies after it has left, with the account's credential confirmed."""
    now = utc_now()
    with store.write() as tx:
        network.operate(tx, "tokyo/paper", fingerprint="paper-tokyo/paper")
        standing = gate.current(tx, small_network, now)
        taken = claims.claim(tx, standing, Worker("dead", now + timedelta(seconds=30)), now, 1)[0]
        assert taken.delivery == delivery
        assert claims.begin(tx, taken, now)
        sweeps.lapse(tx, now, {"dead"}, timedelta(0))


def test_a_look_up_with_another_accounts_credential_proves_nothing(
    store, small_network, enqueue, look, platform, tmp_path
):
    delivery = enqueue("tokyo/paper", "perhaps")
    uncertain_of(store, small_network, delivery)
    doors = PaperDoors(platform, credentials={"tokyo/paper": "seoul/paper"})

    Daemon(store, doors, MediaStore(tmp_path), QUICK, utc_now).run(until_idle=True)

    assert look(delivery).state == "unknown"
    assert "a person must" in look(delivery).reason
    assert platform.posts == []


def test_an_account_that_left_the_network_harms_no_other(daemon, enqueue, look, store, small_network):
    gone, stays = enqueue("tokyo/paper", "gone"), enqueue("seoul/paper", "stays")
    left = {name: account for name, account in small_network.accounts.items() if name != "tokyo/paper"}
    with store.write() as tx:
        network.save(tx, Network(small_network.missions, left))

    daemon.run(until_idle=True)

    assert (look(gone).state, look(stays).state) == ("queued", "sent")


def test_an_adapter_that_answers_with_no_receipt_leaves_its_post_uncertain_and_the_daemon_alive(
    store, small_network, enqueue, look, tmp_path
):
    class Silent(PaperPlatform):
        def publish(self, content):
            receipt = super().publish(content)
            return None if content.account == "tokyo/paper" else receipt

        def find(self, content, known):
            return None

    silent = Silent({a.id: a.handle for a in small_network.accounts.values()})
    perhaps, sound = enqueue("tokyo/paper", "x"), enqueue("seoul/paper", "y")

    Daemon(store, PaperDoors(silent), MediaStore(tmp_path), QUICK, utc_now).run(until_idle=True)

    assert (look(perhaps).state, look(sound).state) == ("unknown", "sent")


@pytest.fixture
def impatient(store, database_url, monkeypatch):
    """The same database, opened by one who waits for no lock and tries again at once."""
    monkeypatch.setattr(writer, "RETRY_TURN", 0.01)
    monkeypatch.setattr(writer, "TRIES_WHEN_STOPPING", 3)
    opened = Store.open(database_url, "sandbox", patience=0)
    yield opened
    opened.close()


def test_a_database_that_is_locked_for_a_while_is_waited_for(store, impatient, enqueue, look, platform, tmp_path):
    delivery = enqueue("tokyo/paper", "patience")
    refused = threading.Event()
    listener = logging.Handler()
    listener.emit = lambda record: refused.set() if "refuses" in record.getMessage() else None
    logging.getLogger("crosspost.dispatch").addHandler(listener)
    daemon = Daemon(impatient, PaperDoors(platform), MediaStore(tmp_path), QUICK, utc_now)
    running = threading.Thread(target=lambda: daemon.run(until_idle=True))

    with store.write():
        running.start()
        assert refused.wait(10)
    running.join(30)

    logging.getLogger("crosspost.dispatch").removeHandler(listener)
    assert not running.is_alive()
    assert look(delivery).state == "sent"


def test_who_is_told_to_stop_while_the_database_refuses_leaves_and_nothing_is_sent(
    store, impatient, small_network, enqueue
):
    enqueue("tokyo/paper", "hello")
    own = writer.Writer(impatient, "me", timedelta(seconds=30), utc_now)
    asked = Begin(own.turn([], 1, lambda: False).claims[0])
    told = iter([False, False])

    with store.write(), pytest.raises(StoreBusyError):
        own.turn([asked], 1, lambda: next(told, True))

    assert asked.answer.result(0) is False

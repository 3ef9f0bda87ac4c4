"""Where a database is at home, and whether it is the one that last sent from there."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.dispatch.conftest import planned

from crosspost.adapter import CannotTell, Found, Receipt
from crosspost.errors import StoreError
from crosspost.store import (
    Store,
    arrival,
    claims,
    deliveries,
    events,
    gate,
    home,
    network,
    outcomes,
    plans,
    presence,
    restored,
    sweeps,
)
from crosspost.store.arrival import Wishes
from crosspost.store.claims import Worker
from crosspost.store.events import Actor
from crosspost.store.mark import Mark
from crosspost.store.outcomes import Tried

PERSON = Actor("claire", "ministry")


def utc_now() -> datetime:
    return datetime.now(UTC)


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'crosspost.db'}"


@pytest.fixture
def folder(tmp_path, small_network) -> Path:
    """A folder with a database at home, closed: nobody has it open, as after a clean stop."""
    made = tmp_path / "home"
    store = Store.create(url(made), "sandbox")
    with store.write() as tx:
        network.save(tx, small_network)
        network.join(tx, small_network.accounts, "enabled")
    store.close()
    return made


def put(folder: Path, *ones) -> list[str]:
    store = Store.open(url(folder), "sandbox")
    with store.write() as tx:
        plans.keep_contents(tx, [one.content for one in ones])
        plans.queue(tx, ones)
    store.close()
    return [one.id for one in ones]


def arrive(folder: Path, wishes: Wishes | None = None):
    store = Store.open(url(folder), "sandbox")
    try:
        return arrival.arrive(store, PERSON, utc_now, wishes)
    finally:
        store.close()


def send(folder: Path, small_network, *, keep_mark: bool = True) -> str:
    """Send whatever is due first, as a daemon does: intent, receipt, mark."""
    store = Store.open(url(folder), "sandbox")
    now = utc_now()
    with store.write() as tx:
        standing = gate.current(tx, small_network, now)
        claim, *others = claims.claim(tx, standing, Worker("a", now + timedelta(seconds=30)), now, 10)
        for other in others:
            claims.let_go(tx, other)
        assert claims.begin(tx, claim, now)
        outcomes.sent(tx, Tried.of(claim), Receipt(f"id-{claim.delivery}", "paper://1", now), now)
        claims.let_go(tx, claim)
    with store.write() as tx:
        if keep_mark:
            Mark(folder / "crosspost.db").keep(tx)
    store.close()
    return claim.delivery


def look(folder: Path, delivery: str):
    store = Store.open(url(folder), "sandbox")
    with store.read() as tx:
        found = deliveries.find(tx, delivery)
    store.close()
    return found


def copy(source: Path, target: Path) -> Path:
    return Path(shutil.copytree(source, target))


def test_a_database_starts_at_home_where_it_was_made(folder):
    assert arrive(folder) == arrival.Arrival()


def test_a_copied_folder_sends_nothing_and_says_what_happened_and_the_two_ways_on(folder, tmp_path):
    second = copy(folder, tmp_path / "second")
    with pytest.raises(StoreError) as refused:
        arrive(second)
    said = str(refused.value)
    assert f"its home is {folder / 'crosspost.db'}" in said
    assert "`crosspost daemon --adopt`" in said
    assert "delete this copy" in said
    assert arrive(folder) == arrival.Arrival()


def test_a_copy_that_is_adopted_is_at_home_and_looks_first_for_what_was_due(folder, tmp_path):
    [due, later] = put(folder, planned("tokyo/paper", "now"), planned("seoul/paper", "later", due_in=3600))
    second = copy(folder, tmp_path / "second")
    found = arrive(second, Wishes(adopt=True))
    assert found.moved_from.startswith(str(folder))
    assert (found.review.deliveries, look(second, due).state, look(second, later).state) == (1, "held", "queued")
    assert arrive(second) == arrival.Arrival()


def test_a_folder_that_was_renamed_is_no_copy(folder, tmp_path):
    [due] = put(folder, planned("tokyo/paper", "now"))
    renamed = folder.rename(tmp_path / "renamed")
    found = arrive(renamed)
    assert found == arrival.Arrival(moved_from=found.moved_from)
    assert found.moved_from.startswith(str(folder))
    assert look(renamed, due).state == "queued"
    assert arrive(renamed) == arrival.Arrival()


def test_the_original_under_another_name_is_refused_where_a_copy_has_taken_its_place(folder, tmp_path):
    original = folder.rename(tmp_path / "old")
    copy(original, folder)
    with pytest.raises(StoreError, match="is a copy"):
        arrive(original)


def test_another_way_to_the_same_file_is_no_copy(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    os.link(folder / "crosspost.db", mounted / "crosspost.db")  # as a bind mount: one file, two names
    assert arrive(tmp_path / "link") == arrival.Arrival()
    assert arrive(mounted) == arrival.Arrival()
    assert arrive(folder) == arrival.Arrival()


def test_the_same_path_on_another_machine_is_another_place(folder, monkeypatch):
    monkeypatch.setenv(home.HOST_VARIABLE, "beta")
    with pytest.raises(StoreError, match="copied here from another machine"):
        arrive(folder)
    store = Store.open(url(folder), "sandbox")
    assert "another machine" in arrival.away(store)
    with pytest.raises(StoreError, match="--adopt"):
        arrival.require_home(store)
    store.close()


def test_a_machine_without_an_id_is_known_by_its_name(monkeypatch, tmp_path):
    (tmp_path / "crosspost.db").touch()
    monkeypatch.setattr(home, "_MACHINE_ID", tmp_path / "machine-id")
    one = home.here(tmp_path / "crosspost.db")
    monkeypatch.setattr(home.socket, "gethostname", lambda: "another")
    assert home.here(tmp_path / "crosspost.db").host != one.host


def test_the_machines_id_is_not_kept_in_clear(folder):
    store = Store.open(url(folder), "sandbox")
    with store.read() as tx:
        known = home.of(tx)
    store.close()
    machine = Path("/etc/machine-id")
    assert not machine.exists() or machine.read_text().strip() not in known.host


def test_postgresql_has_no_home(postgres):
    store = Store.create(postgres.with_schema(), "sandbox")
    assert arrival.arrive(store, PERSON, utc_now) == arrival.Arrival()
    assert arrival.away(store) == ""
    store.close()


def test_a_copy_put_back_over_the_database_is_told_by_its_mark(folder, tmp_path, small_network):
    [first, second] = put(folder, planned("tokyo/paper", "one"), planned("seoul/paper", "two"))
    arrive(folder)
    shutil.copyfile(folder / "crosspost.db", tmp_path / "yesterday.db")
    sent = send(folder, small_network)
    shutil.copyfile(tmp_path / "yesterday.db", folder / "crosspost.db")
    found = arrive(folder)
    assert (found.review.deliveries, found.why) == (2, "the mark beside it is of a later state, with 1 attempts")
    assert {look(folder, d).state for d in (first, second)} == {"held"}
    assert "the database was put back to" in look(folder, sent).reason
    assert arrive(folder) == arrival.Arrival()  # its state is the newest now


def test_a_lost_wal_is_told_by_the_mark(folder, small_network):
    put(folder, planned("tokyo/paper", "one"))
    arrive(folder)
    held = Store.open(url(folder), "sandbox")
    with held.read() as tx:  # a reader keeps SQLite from moving the WAL's pages into the file
        network.number(tx)
        sent = send(folder, small_network)
        shutil.copyfile(folder / "crosspost.db", folder / "copy.db")
    held.close()
    (folder / "copy.db").replace(folder / "crosspost.db")
    for end in ("-wal", "-shm"):
        (folder / f"crosspost.db{end}").unlink(missing_ok=True)
    assert arrive(folder).review.deliveries == 1
    assert look(folder, sent).state == "held"


def test_a_copy_that_went_its_own_way_is_told_by_the_mark(folder, tmp_path, small_network):
    put(folder, planned("tokyo/paper", "one"), planned("seoul/paper", "two"), planned("cairo/paper", "three"))
    shutil.copyfile(folder / "crosspost.db", tmp_path / "fork.db")
    send(folder, small_network)
    send(folder, small_network)
    shutil.copyfile(folder / "crosspost.db", tmp_path / "long.db")
    shutil.copyfile(tmp_path / "fork.db", folder / "crosspost.db")
    assert arrive(folder).review
    store = Store.open(url(folder), "sandbox")
    with store.write() as tx:
        tx.exec_driver_sql("DELETE FROM block")
        tx.exec_driver_sql("UPDATE delivery SET look_at = NULL")
    store.close()
    send(folder, small_network)
    shutil.copyfile(tmp_path / "long.db", folder / "crosspost.db")
    assert "later state" in arrive(folder).why


def test_a_database_that_only_went_on_is_not_reviewed(folder, small_network):
    put(folder, planned("tokyo/paper", "one"), planned("seoul/paper", "two"))
    arrive(folder)
    send(folder, small_network)
    send(folder, small_network, keep_mark=False)  # killed before it could write its mark
    assert arrive(folder) == arrival.Arrival()


@pytest.mark.parametrize("broken", ["", "{", '{"database": 1}', "null"])
def test_a_mark_that_cannot_be_understood_is_none(folder, broken):
    arrive(folder)
    (folder / "crosspost.db.mark").write_text(broken)
    assert arrive(folder) == arrival.Arrival()
    assert json.loads((folder / "crosspost.db.mark").read_text())["attempts"] == 0


def test_a_database_made_anew_where_another_one_was_is_not_reviewed(folder, small_network):
    put(folder, planned("tokyo/paper", "one"))
    send(folder, small_network)
    (folder / "crosspost.db").unlink()
    Store.create(url(folder), "sandbox").close()
    assert arrive(folder) == arrival.Arrival()


def _refused(why: str):
    return pytest.raises(StoreError, match=why)


def test_no_file_is_replaced_while_a_daemon_is_at_work_and_no_daemon_starts_meanwhile(folder):
    database = folder / "crosspost.db"
    at_work, alone = presence.at_work, presence.alone
    with at_work(database), at_work(database), _refused("a daemon is at work"), alone(database):
        pass
    with alone(database), _refused("being replaced"), at_work(database):
        pass


@pytest.fixture
def reviewed(store):
    """A delivery of a restored database, on each kind of database, that is looked for."""
    one = planned("tokyo/paper", "one")
    with store.write() as tx:
        plans.keep_contents(tx, [one.content])
        plans.queue(tx, [one])
        restored.review(tx, PERSON, utc_now(), "a test")
        [doubt] = restored.take(tx, utc_now(), 10, utc_now() + timedelta(seconds=30))
    return doubt


def found_by(store, doubt):
    with store.read() as tx:
        return deliveries.find(tx, doubt.tried.delivery)


def test_what_is_looked_for_is_taken_by_one_daemon_alone(store, reviewed):
    with store.write() as tx:
        assert restored.take(tx, utc_now(), 10, utc_now()) == []
        assert restored.take(tx, utc_now() + timedelta(seconds=31), 10, utc_now()) == [reviewed]


def test_what_is_found_is_sent_with_an_attempt_of_its_own_and_no_block(store, reviewed):
    at = utc_now()
    with store.write() as tx:
        restored.looked_for(tx, reviewed, Found(Receipt("77", "paper://77", at)), utc_now(), None)
        restored.looked_for(tx, reviewed, Found(Receipt("77", "paper://77", at)), utc_now(), None)  # told twice
    found = found_by(store, reviewed)
    assert (found.state, found.remote_id, found.blocks, found.row.attempts) == ("sent", "77", (), 1)
    with store.read() as tx:
        [attempt] = deliveries.attempts(tx, found.row.id)
    assert (attempt.step, attempt.outcome, attempt.start) == ("restored", "found", at)


def test_what_is_not_found_waits_for_a_person_and_says_what_was_looked_for(store, reviewed):
    with store.write() as tx:
        restored.looked_for(tx, reviewed, CannotTell("not listed"), utc_now(), utc_now())
        assert deliveries.let_late_leave(tx, [reviewed.tried.delivery]) == []  # still looked for
        restored.looked_for(tx, replace(reviewed, looks=1), CannotTell("not listed"), utc_now(), None)
    found = found_by(store, reviewed)
    assert found.state == "held"
    assert "looked for 2 times among the account's posts since then: not listed" in found.reason
    assert "crosspost delivery send-late" in found.reason
    with store.write() as tx:
        assert deliveries.let_late_leave(tx, [reviewed.tried.delivery]) == [reviewed.tried.delivery]
    assert found_by(store, reviewed).state == "queued"


def test_the_same_words_twice_are_two_posts(store):
    ones = [planned("tokyo/paper", "same", post="first"), planned("tokyo/paper", "same", post="second")]
    with store.write() as tx:
        plans.keep_contents(tx, [one.content for one in ones])
        plans.queue(tx, ones)
        restored.review(tx, PERSON, utc_now(), "a test")
        first, second = restored.take(tx, utc_now(), 10, utc_now() + timedelta(seconds=30))
        for doubt in (first, second):  # both are looked for at once, and both look-ups see the same post first
            restored.looked_for(tx, doubt, Found(Receipt("1", "paper://1", utc_now())), utc_now(), None)
        [again] = restored.take(tx, utc_now(), 10, utc_now())
        assert (again.tried.delivery, again.known) == (second.tried.delivery, {"1"})
        assert events.about(tx, second.tried.delivery) == []  # no alarm of a second receipt


def test_what_expires_while_it_is_looked_for_is_no_expired_post(store, reviewed):
    late = utc_now() + timedelta(days=2)
    with store.write() as tx:
        assert sweeps.expire(tx, late) == 0
        restored.looked_for(tx, reviewed, CannotTell("not listed"), late, None)
        assert sweeps.expire(tx, late) == 1


def test_a_second_review_looks_as_far_back_as_the_first_that_is_still_open(store, reviewed):
    with store.write() as tx:
        again = restored.review(tx, PERSON, utc_now() + timedelta(hours=1), "again")
    assert again.since == reviewed.began


def test_looking_for_restored_deliveries_reads_no_queue_of_a_million(store):
    if store.path is None:
        pytest.skip("SQLite's plan")
    with store.read() as tx:
        asked = str(restored._DUE.compile(dialect=tx.dialect))
        plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ("2027-01-01", 5, 0)).all()
    assert "ix_delivery_look" in str(plan)

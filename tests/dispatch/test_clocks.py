"""Hosts whose clocks disagree by minutes, on a database that has a clock of its own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.dispatch.conftest import QUICK, utc_now
from tests.postgres import PostgresServer

from crosspost.dispatch.daemon import Daemon
from crosspost.dispatch.writer import Writer
from crosspost.store import Store
from crosspost.store.media import MediaStore
from crosspost.testing.paper import PaperDoors

MINUTES = timedelta(minutes=7)


@pytest.fixture
def database_url(postgres: PostgresServer) -> str:
    """Only PostgreSQL has hosts, and a clock that is none of theirs."""
    return postgres.with_schema()


@pytest.fixture(params=[MINUTES, -MINUTES], ids=["ahead", "behind"])
def astray(request: pytest.FixtureRequest, store: Store, platform, tmp_path: Path) -> Daemon:
    """A daemon on a host whose clock is minutes off."""
    return Daemon(store, PaperDoors(platform), MediaStore(tmp_path), QUICK, lambda: utc_now() + request.param)


def test_a_host_whose_clock_is_off_sends_what_is_due_and_nothing_early(astray, enqueue, look, platform):
    due, later = enqueue("tokyo/paper", "due"), enqueue("seoul/paper", "later", due_in=MINUTES.total_seconds() / 2)
    astray.run(until_idle=True)
    assert [content.text for content in platform.posts] == ["due"]
    assert (look(due).state, look(later).state) == ("sent", "queued")


def test_a_host_whose_clock_is_off_expires_and_blocks_nothing_before_its_time(astray, enqueue, look):
    fresh = enqueue("tokyo/paper", "fresh", due_in=-60, expires_in=120)
    expired = enqueue("seoul/paper", "too old", due_in=-120, expires_in=-1)
    astray.run(until_idle=True)
    assert (look(fresh).state, look(expired).state) == ("sent", "expired")


def test_a_host_whose_clock_is_off_takes_no_account_from_another(astray, store, small_network, enqueue, look, platform):
    delivery = enqueue("tokyo/paper", "of the other")
    other = Writer(store, "other", timedelta(seconds=30), utc_now)
    (claim,) = other.turn([], 1, lambda: False).claims
    astray._sweep()
    work = astray._writer.turn([], 4, lambda: False)
    assert claim.delivery == delivery
    assert work.claims == []
    assert look(delivery).state == "queued"

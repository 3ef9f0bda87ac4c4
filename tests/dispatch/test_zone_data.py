"""A daemon that starts with other zone data than the queue was made under: first the times, then the posts."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from sqlalchemy import update
from tests.dispatch.conftest import QUICK, planned, utc_now

from crosspost.dispatch import log
from crosspost.dispatch.daemon import Daemon
from crosspost.domain.schedule import Instant, resolve
from crosspost.domain.zones import zone
from crosspost.errors import ConflictError, StoreBusyError
from crosspost.store import plans
from crosspost.store.media import MediaStore
from crosspost.store.tables import Delivery, core
from crosspost.testing.paper import PaperDoors

HOUR = timedelta(hours=1)
_delivery = core(Delivery)


@pytest.fixture
def put(store):
    """Queue a post that Tokyo's clock says is due now, and that older data have put so much later or earlier."""

    def queue(account, words, by, campaign="test"):
        at = utc_now().replace(microsecond=0)
        wall = at.astimezone(zone("Asia/Tokyo")).replace(tzinfo=None)
        one = planned(account, words, post=words)
        with store.write() as tx:
            plans.keep_contents(tx, [one.content])
            plans.queue(tx, [one])
            its = update(_delivery).where(_delivery.c.id == one.id)
            values = {"wall": wall.isoformat(), "zone": "Asia/Tokyo", "due": at + by, "expires": at + by + 8 * HOUR}
            tx.execute(its.values(campaign=campaign, **values))
        return one.id

    return queue


@pytest.fixture
def derive(store):
    """Write the instants that wall times give, as a plan does."""

    def again(campaign):
        with store.write() as tx:
            for row in tx.execute(_delivery.select().where(_delivery.c.campaign == campaign)).all():
                instant: Instant = resolve(_wall(row), row.zone)
                tx.execute(update(_delivery).where(_delivery.c.id == row.id).values(due=instant.utc))

    return again


def _wall(row):
    from datetime import datetime

    return datetime.fromisoformat(row.wall)


@pytest.fixture
def run(store, platform, tmp_path):
    def go(replan):
        daemon = Daemon(store, PaperDoors(platform), MediaStore(tmp_path / "media"), QUICK, utc_now)
        if replan is not None:
            daemon.replan_with(replan)
        daemon.run(until_idle=True)

    return go


def said(caplog):
    return [r.msg for r in caplog.records if isinstance(r.msg, dict) and "zone data" in r.msg.get("event", "")]


def test_what_is_due_by_the_data_in_use_leaves_and_what_is_not_yet_due_stays(store, put, derive, run, platform, caplog):
    caplog.set_level(logging.INFO, log.NAME)
    put("tokyo/paper", "now", HOUR)
    put("seoul/paper", "later", -HOUR)
    with store.write() as tx:  # its wall time is an hour from now; older data have it due already
        wall = (utc_now() + HOUR).astimezone(zone("Asia/Tokyo")).replace(tzinfo=None, microsecond=0)
        values = {"wall": wall.isoformat(), "due": utc_now() - timedelta(seconds=5)}
        tx.execute(update(_delivery).where(_delivery.c.account == "seoul/paper").values(values))
    run(derive)
    assert [content.text for content in platform.posts] == ["now"]
    [line] = said(caplog)
    assert (line["campaign"], line["zones"], line["deliveries"]) == ("test", ["Asia/Tokyo"], 2)


def test_each_campaign_is_one_line_and_one_that_cannot_follow_keeps_no_other_back(put, derive, run, platform, caplog):
    caplog.set_level(logging.INFO, log.NAME)
    put("tokyo/paper", "one", HOUR, "one")
    put("seoul/paper", "two", HOUR, "two")

    def replan(campaign):
        if campaign == "one":
            raise ConflictError("others keep changing it")
        derive(campaign)

    run(replan)
    assert [content.text for content in platform.posts] == ["two"]
    assert sorted((line["event"], line["campaign"]) for line in said(caplog)) == [
        ("cannot follow the zone data", "one"),
        ("follows the zone data", "two"),
    ]


def test_where_the_database_refuses_it_is_tried_again(put, derive, run, platform):
    put("tokyo/paper", "now", HOUR)
    refused = []

    def replan(campaign):
        if not refused:
            refused.append(campaign)
            raise StoreBusyError("the database is busy")
        derive(campaign)

    run(replan)
    assert [content.text for content in platform.posts] == ["now"]


def test_with_the_same_data_nothing_is_planned_anew(put, run, platform):
    put("tokyo/paper", "now", timedelta(0))
    asked = []
    run(asked.append)
    assert asked == []
    assert [content.text for content in platform.posts] == ["now"]

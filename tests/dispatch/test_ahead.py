"""A daemon plans on what comes back: when it starts and once a day, whatever becomes of one campaign."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from tests.dispatch.conftest import QUICK, desk_of, utc_now

from crosspost.desk import replan
from crosspost.desk.campaigns import Edit, QueueCampaign
from crosspost.dispatch import log
from crosspost.dispatch.ahead import AGAIN, EVERY, Ahead
from crosspost.dispatch.daemon import Daemon
from crosspost.domain.campaign import ANY, TEXT, Campaign, Post, Variant
from crosspost.domain.recurrence import Recurrence
from crosspost.domain.schedule import WallTime
from crosspost.domain.selection import Selection
from crosspost.errors import ConflictError
from crosspost.store import plans
from crosspost.store.media import MediaStore
from crosspost.testing.paper import PaperDoors


@pytest.fixture
def desk(store, platform, tmp_path):
    return desk_of(store, platform, tmp_path, one_voice=False)


@pytest.fixture
def queue(desk):
    """Queue a daily campaign as it would have been so many days ago, and one that is said once."""

    def put(name, days_ago, *, daily=True):
        then = utc_now() - timedelta(days=days_ago)
        wall = (then - timedelta(days=1)).replace(tzinfo=None, hour=3, minute=0, second=0, microsecond=0)
        rule = Recurrence("FREQ=DAILY") if daily else None
        post = Post("daily", WallTime(wall, "UTC"), (Variant("ministry", TEXT, "fr", ANY, "Bonjour"),), recurrence=rule)
        campaign = Campaign(name, name, "fr", Selection(platform=("paper",)), (post,), owner="ministry")
        replan.commit(desk, [name], QueueCampaign(desk, campaign, Edit(), True, then), then)

    return put


@pytest.fixture
def known(store):
    def ids(campaign):
        with store.read() as tx:
            return plans.standing(tx, campaign).known

    return ids


def started(store, platform, tmp_path, plan):
    daemon = Daemon(store, PaperDoors(platform), MediaStore(tmp_path / "media"), QUICK, utc_now)
    daemon.replan_with(lambda _: None, plan)
    daemon.run(until_idle=True)


def test_a_daemon_that_was_down_for_a_week_plans_on_and_says_nothing_of_that_week(
    desk, store, platform, tmp_path, queue, known, caplog
):
    caplog.set_level(logging.INFO, log.NAME)
    queue("news", days_ago=7)
    before = known("news")
    started(store, platform, tmp_path, lambda campaign: replan.plan_ahead(desk, campaign))
    assert len({name.split("/")[1] for name in known("news") - before}) == 7
    assert platform.posts == []
    [line] = [r.msg for r in caplog.records if isinstance(r.msg, dict) and r.msg.get("event") == "planned on"]
    assert line["campaign"] == "news"


def test_only_campaigns_that_come_back_are_planned_on(store, platform, tmp_path, queue):
    queue("news", days_ago=7)
    queue("once", days_ago=7, daily=False)
    asked = []
    started(store, platform, tmp_path, lambda campaign: asked.append(campaign) or 0)
    assert asked == ["news"]


def test_two_daemons_add_each_occurrence_once(desk, store, platform, tmp_path, queue, known):
    queue("news", days_ago=7)
    added = [replan.plan_ahead(desk, "news") for _ in range(2)]
    assert added[0] > 0
    assert added[1] == 0


def asked(ahead, store, now):
    """Look, and look again when what was asked for is done."""
    with store.read() as tx:
        if ahead.look(tx, now):
            ahead._work.result()
            ahead.look(tx, now)


def test_it_is_done_once_a_day_and_soon_again_where_a_campaign_could_not_be_planned(store, queue):
    queue("news", days_ago=1)
    queue("other", days_ago=1)
    done, refused = [], ["news"]

    def plan(campaign):
        if campaign in refused:
            refused.remove(campaign)
            raise ConflictError("others keep changing it")
        done.append(campaign)
        return 0

    start = utc_now()
    with Ahead(plan, lambda: None) as ahead:
        asked(ahead, store, start)
        assert done == ["other"]
        asked(ahead, store, start + AGAIN / 2)
        assert done == ["other"]
        asked(ahead, store, start + AGAIN)
        assert done == ["other", "news", "other"]
        asked(ahead, store, start + EVERY)
        assert len(done) == 3
        asked(ahead, store, start + AGAIN + EVERY)
        assert len(done) == 5


def test_a_defect_of_planning_keeps_neither_the_others_nor_the_daemon_back(store, queue):
    queue("news", days_ago=1)
    queue("other", days_ago=1)
    done = []

    def plan(campaign):
        if campaign == "news":
            raise RuntimeError("a defect")
        done.append(campaign)
        return 0

    with Ahead(plan, lambda: None) as ahead:
        asked(ahead, store, utc_now())
    assert done == ["other"]

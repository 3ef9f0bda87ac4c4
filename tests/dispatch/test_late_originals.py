"""Originals that leave long after their time: what reposts them keeps to the hours of that moment, not of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.dispatch.conftest import utc_now

from crosspost.adapter import Receipt
from crosspost.desk import deliveries, replan
from crosspost.desk.campaigns import Edit, QueueCampaign
from crosspost.domain.campaign import ANY, TEXT, Campaign, Post, Variant
from crosspost.domain.schedule import at_instant
from crosspost.domain.selection import Selection
from crosspost.domain.zones import zone
from crosspost.store import network, outcomes, plans
from crosspost.store.outcomes import Tried

MINISTRY, TOKYO, SEOUL, CAIRO = (f"cop/opening/{name}/paper/fr" for name in ("ministry", "tokyo", "seoul", "cairo"))


@pytest.fixture
def half_a_day_ago(desk, store, small_network):
    """Queue a campaign as it would have been then, and have Tokyo keep quiet at this hour."""
    then = utc_now() - timedelta(hours=14)
    here = utc_now().astimezone(zone("Asia/Tokyo"))
    quiet = "-".join(f"{here + by:%H:%M}" for by in (-timedelta(hours=2), timedelta(hours=2)))
    hushed = {**small_network.missions, "tokyo": replace(small_network.missions["tokyo"], quiet=quiet)}
    with store.write() as tx:
        network.save(tx, replace(small_network, missions=hushed))
    words = (Variant("ministry", TEXT, "fr", ANY, "La France ouvre aujourd’hui son pavillon à la conférence"),)
    post = Post("opening", at_instant(then + timedelta(minutes=1)), words, expires=timedelta(days=2))
    said = Campaign("cop", "COP", "fr", Selection(platform=("paper",)), (post,), owner="ministry")
    replan.commit(desk, ["cop"], QueueCampaign(desk, said, Edit(), is_new_revision=True, now=then), then)


@pytest.mark.usefixtures("half_a_day_ago")
def test_where_their_original_is_let_out_half_a_day_late_reposts_keep_to_the_hours_of_that_moment(desk, run, platform):
    run()
    assert platform.posts == []
    deliveries.send_late(desk, [deliveries.find(desk, MINISTRY)])
    run()
    said = [(content.account, content.action) for content in platform.posts]
    assert said[0] == ("ministry/paper", "publish")
    found = {d.row.id: d for d in deliveries.every(desk, Selection())}
    assert {name: [(block.kind, block.who) for block in d.blocks] for name, d in found.items()} == {
        **{name: [] for name in (MINISTRY, SEOUL, CAIRO)},
        TOKYO: [("quiet", plans.BY_PLAN)],
    }
    assert found[TOKYO].row.due > found[MINISTRY].row.sent_at
    assert "tokyo/paper" not in {account for account, _ in said}


@pytest.mark.usefixtures("half_a_day_ago")
def test_an_original_that_leaves_late_beside_a_plan_has_it_computed_anew(desk, store):
    seen = []

    class Meanwhile(replan.AsItStands):
        def see(self, before):
            if not seen:
                seen.append(before)
                receipt = Receipt("7", "https://paper.example/7", utc_now())
                with store.write() as tx:
                    outcomes.sent(tx, Tried(MINISTRY, "ministry/paper", 1), receipt, utc_now())
            return before

    replan.commit(desk, ["cop"], Meanwhile())
    assert [(block.kind, block.who) for block in deliveries.find(desk, TOKYO).blocks] == [("quiet", plans.BY_PLAN)]
    assert deliveries.find(desk, TOKYO).row.due > deliveries.find(desk, MINISTRY).row.sent_at

"""So long after the original, on the way: a daemon, a platform of paper, and originals that are late or lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.dispatch.conftest import desk_of, utc_now

from crosspost.adapter import Receipt, Rejected, Uncertain
from crosspost.desk import deliveries, overrides, replan
from crosspost.desk.campaigns import Edit, QueueCampaign
from crosspost.domain.campaign import ANY, TEXT, TIME, Campaign, Post, Variant
from crosspost.domain.schedule import at_instant
from crosspost.domain.selection import Selection
from crosspost.store import outcomes
from crosspost.store.outcomes import Tried

MINISTRY, TOKYO, SEOUL, CAIRO = (f"cop/opening/{name}/paper/fr" for name in ("ministry", "tokyo", "seoul", "cairo"))


@pytest.fixture(params=[False, True], ids=["own words", "one voice"])
def desk(store, platform, tmp_path, request):
    return desk_of(store, platform, tmp_path, one_voice=request.param)


@pytest.fixture
def queue(desk):
    """Queue a post that is due now, which Tokyo says so long after the ministry."""

    def put(after: str) -> None:
        words = Variant("ministry", TEXT, "fr", ANY, "La France ouvre aujourd’hui son pavillon à la conférence")
        audience = Selection(platform=("paper",))
        post = Post("opening", at_instant(utc_now() + timedelta(seconds=1)), (words,))
        said = Campaign("cop", "COP", "fr", audience, (post,), owner="ministry", repost_after=timedelta(0))
        change = QueueCampaign(desk, said, Edit(), is_new_revision=True, now=utc_now())
        replan.commit(desk, [said.id], change)
        overrides.put(desk, overrides.target(desk, "cop/opening"), Variant("tokyo", TIME, ANY, ANY, after))

    return put


@pytest.fixture
def rows(desk):
    return lambda: {d.row.id: d for d in deliveries.every(desk, Selection())}


def test_it_leaves_by_itself_so_long_after_its_original_and_never_before(queue, run, rows, platform):
    queue("after original +1s")
    run()
    assert {name: one.state for name, one in rows().items()} == dict.fromkeys((MINISTRY, TOKYO, SEOUL, CAIRO), "sent")
    original, follower = rows()[MINISTRY].row, rows()[TOKYO].row
    assert follower.sent_at - original.sent_at >= timedelta(seconds=1)
    assert len(platform.posts) == 4


def test_what_is_out_and_what_follows_are_as_a_new_plan_would_have_them(queue, run, rows, desk):
    queue("after original +2h")
    run()
    assert rows()[TOKYO].row.due - rows()[MINISTRY].row.sent_at >= timedelta(hours=2)
    again = replan.commit(desk, ["cop"], replan.AsItStands())["cop"]
    assert not again.changes


def test_where_its_original_is_refused_it_follows_the_next(queue, run, rows, platform):
    platform.before = lambda content: Rejected("too rude") if content.account == "ministry/paper" else None
    queue("after original +2h")
    run()
    assert (rows()[MINISTRY].state, rows()[SEOUL].state) == ("failed", "sent")
    assert rows()[TOKYO].row.after == SEOUL
    assert rows()[TOKYO].row.due - rows()[SEOUL].row.sent_at >= timedelta(hours=2)


def test_while_its_original_may_be_out_it_waits(queue, run, rows, platform, store):
    platform.before = lambda content: Uncertain("silence") if content.account == "ministry/paper" else None
    platform.listing_lags = True
    queue("after original +1s")
    run()
    assert rows()[MINISTRY].state == "unknown"
    with store.write() as tx:
        tx.execute(
            text("UPDATE delivery SET due = :then, expires = :end WHERE id = :id"),
            {"then": _ago(hours=9), "end": _ago(hours=5), "id": TOKYO},
        )
    run()
    assert (rows()[TOKYO].state, rows()[TOKYO].blocks) == ("queued", ())


def _ago(**much: int) -> str:
    return f"{utc_now() - timedelta(**much):%Y-%m-%d %H:%M:%S.%f}"


def test_an_original_that_leaves_meanwhile_makes_a_plan_be_computed_anew(queue, rows, desk, store):
    """Between the look at the queue and the writing of the plan the original goes out, and the follower moves."""
    queue("after original +2h")
    seen = []

    class Meanwhile(replan.AsItStands):
        def see(self, before):
            if not seen:
                seen.append(before)
                with store.write() as tx:
                    _settle(tx)
            return before

    replan.commit(desk, ["cop"], Meanwhile())
    assert rows()[TOKYO].row.due - rows()[MINISTRY].row.sent_at >= timedelta(hours=2)
    assert "is out" in rows()[TOKYO].row.moved


def _settle(tx) -> None:
    late = utc_now() + timedelta(minutes=20)
    outcomes.sent(tx, Tried(MINISTRY, "ministry/paper", 1), Receipt("7", "https://paper.example/7", late), late)

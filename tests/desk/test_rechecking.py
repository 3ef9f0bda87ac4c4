"""Zone data that change under a queue: what has not left follows its wall time, by the ordinary plan, and is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from crosspost.desk import deliveries, networks, posts, rechecking, replan
from crosspost.desk.campaigns import Edit, QueueCampaign
from crosspost.desk.posts import SinglePost
from crosspost.domain.campaign import ANY, TEXT, Post, Variant
from crosspost.domain.network import Network
from crosspost.domain.schedule import parse_time, resolve
from crosspost.domain.selection import Selection
from crosspost.errors import NotPermittedError
from crosspost.store import events
from crosspost.store.tables import Block, Delivery, core
from crosspost.testing.paper import PaperAdapter

HOUR = timedelta(hours=1)
ALL = Selection()


@pytest.fixture
def local(queue, campaign):
    """A campaign at nine in the morning on each mission's own clock, in a year; and an embargo in UTC, the same day."""
    [opening] = campaign.posts
    day = f"{datetime.now(UTC).year + 1}-11-20"
    words = (Variant("ministry", TEXT, "fr", ANY, "Sous embargo"),)
    at_nine = replace(opening, at=parse_time(f"{day} 09:00 local"))
    sealed = Post("sealed", parse_time(f"{day} 12:00 UTC"), words, embargo=True)
    made = replace(campaign, posts=(at_nine, sealed))
    queue(made)
    return made


@pytest.fixture
def older(store):
    """Make the queue what older zone data would have made of it: in one zone every instant is so much later."""

    def change(zone, by=HOUR, **values):
        table = core(Delivery)
        with store.write() as tx:
            for row in tx.execute(table.select().where(table.c.zone == zone)).all():
                moved = {"due": row.due + by, "expires": row.expires + by, **values}
                tx.execute(update(table).where(table.c.id == row.id).values(moved))

    return change


@pytest.fixture
def times(desk_of):
    return lambda: {d.row.id: (d.row.due, d.row.expires, d.state) for d in deliveries.every(desk_of(""), ALL)}


def in_tokyo(ids):
    return {name for name in ids if "/tokyo/" in name and "opening" in name}


def test_with_the_data_that_it_was_queued_under_nothing_moves(desk_of, local):
    seen = rechecking.look(desk_of("ministry"), ALL)
    assert (seen.moved, seen.beyond, seen.outcomes, seen.gone) == ([], [], {}, ())


def test_looking_lists_what_moves_with_old_time_and_new_and_changes_nothing(desk_of, local, older, times):
    older("Asia/Tokyo")
    before = times()
    seen = rechecking.look(desk_of("ministry"), ALL)
    assert {one.delivery for one in seen.moved} == in_tokyo(before)
    assert {(f"{one.was.local:%H:%M}", f"{one.becomes.local:%H:%M}", one.how_far) for one in seen.moved} == {
        ("10:00", "09:00", "1h earlier")
    }
    assert times() == before


@pytest.mark.parametrize("by", [HOUR, -HOUR, timedelta(minutes=30)])
def test_what_is_unsent_moves_with_its_expiry_and_nothing_else_does(desk_of, local, older, times, by, store):
    right = times()
    older("Asia/Tokyo", by)
    desk = desk_of("ministry")
    done = rechecking.move(desk, rechecking.look(desk, ALL))
    assert {one.delivery for one in done.moved} == in_tokyo(right)
    assert times() == right  # the embargo among it
    assert rechecking.look(desk, ALL).moved == []
    with store.read() as tx:
        [told] = [event for event in events.about(tx, "cop") if event["action"] == "zone data"]
    assert (told["who"], told["detail"]) == ("somebody", {"version": done.version})


@pytest.mark.parametrize("state", ["sending", "unknown", "sent"])
def test_what_may_be_out_is_named_and_stays_as_it_was(desk_of, local, older, times, state, store):
    soon = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    wall = soon.astimezone(resolve(soon.replace(tzinfo=None), "Asia/Tokyo").local.tzinfo).replace(tzinfo=None)
    with store.write() as tx:  # at this hour of Tokyo, where older data say that it was an hour ago
        table = core(Delivery)
        this = update(table).where(table.c.id == "cop/opening/tokyo/paper/ja")
        tx.execute(this.values(state=state, wall=wall.isoformat(), due=soon - HOUR))
    desk = desk_of("ministry")
    seen = rechecking.look(desk, ALL)
    assert [(one.moved.delivery, one.state, one.moved.how_far) for one in seen.gone] == [
        ("cop/opening/tokyo/paper/ja", state, "1h later")
    ]
    before = times()
    rechecking.move(desk, seen)
    assert times() == before


def test_a_repost_moves_with_its_original(desk_of, queue, campaign, older, times):
    at = parse_time(f"{datetime.now(UTC).year + 1}-07-01 09:00 Europe/Paris")
    same = (Variant("ministry", TEXT, "fr", ANY, "La France ouvre son pavillon à la conférence"),)
    voice = {"paper": PaperAdapter("paper", one_voice=True), "board": PaperAdapter("board")}
    desk = replace(desk_of("ministry"), adapters=voice)
    made = replace(campaign, posts=(replace(campaign.posts[0], at=at, variants=same),))
    change = QueueCampaign(desk, made, Edit(), is_new_revision=True, now=desk.clock())
    replan.commit(desk, ["cop"], change)
    right = times()
    reposts = [d.row.id for d in deliveries.every(desk, ALL) if d.row.after]
    assert reposts
    older("Europe/Paris")
    done = rechecking.move(desk, rechecking.look(desk, ALL))
    assert {one.delivery for one in done.moved} == set(right)
    assert times() == right


def test_filters_choose_what_is_listed_and_the_campaign_moves_as_a_whole(desk_of, local, older, times):
    right = times()
    older("Asia/Tokyo")
    older("Africa/Cairo")
    desk = desk_of("ministry")
    seen = rechecking.look(desk, Selection(mission=("tokyo",)))
    assert {one.delivery for one in seen.moved} == in_tokyo(right)
    assert {one.delivery.split("/")[2] for one in seen.beyond} == {"cairo"}
    assert rechecking.look(desk, Selection(mission=("seoul",))).outcomes == {}
    rechecking.move(desk, seen)
    assert times() == right


def test_nobody_moves_what_is_not_theirs(desk_of, local, older, times):
    older("Asia/Tokyo")
    before = times()
    seen = rechecking.look(desk_of("tokyo"), ALL)
    with pytest.raises(NotPermittedError):
        rechecking.move(desk_of("tokyo"), seen)
    assert times() == before


@pytest.fixture
def single(desk_of):
    at = parse_time(f"{datetime.now(UTC).year + 1}-11-20 09:00 local")

    def put(role="tokyo", adapters=None, **changes):
        desk = desk_of(role) if adapters is None else replace(desk_of(role), adapters=adapters)
        wanted = SinglePost(role, "fr", "L'ambassade ouvre ses portes au public", at=at, **changes)
        return [planned.id for planned in posts.queue(desk, wanted).planned]

    return put


def test_a_single_post_moves_too_and_is_no_longer_late_for_its_old_time(desk_of, single, older, times, store):
    [delivery] = single()
    right = times()
    older("Asia/Tokyo", settled_by="person")
    with store.write() as tx:
        late = {
            "delivery": delivery,
            "kind": "late",
            "why": "due long ago",
            "who": "daemon",
            "since": desk_of("").clock(),
        }
        tx.execute(insert(core(Block)).values(late))
    desk = desk_of("tokyo")
    done = rechecking.move(desk, rechecking.look(desk, ALL))
    assert [(one.delivery, one.how_far) for one in done.moved] == [(delivery, "1h earlier")]
    assert times() == right
    assert "zone data" in {event["action"] for event in deliveries.explain(desk, delivery).events}


@pytest.mark.parametrize(("quiet", "is_stopped"), [("09:00-09:30", True), ("10:00-10:30", False)])
def test_a_single_post_that_moves_into_quiet_hours_is_stopped_and_one_that_moves_out_of_them_is_free(
    desk_of, single, older, store, quiet, is_stopped
):
    """It was queued for what its clock shows as ten, by older data: nine is what was meant."""
    [delivery] = single()
    older("Asia/Tokyo")
    desk = desk_of("ministry")
    known = desk.network()
    keeps = replace(known.missions["tokyo"], quiet=quiet)
    networks.take_over(desk, networks.propose(desk, networks.with_mission(known, keeps, [])))
    assert bool(deliveries.find(desk, delivery).blocks) is not is_stopped
    rechecking.move(desk, rechecking.look(desk, ALL))
    assert [block.kind for block in deliveries.find(desk, delivery).blocks] == ["quiet"] * is_stopped


def test_single_posts_that_have_left_meanwhile_stay(desk_of, single, older, store, times):
    [delivery] = single()
    older("Asia/Tokyo")
    desk = desk_of("tokyo")
    seen = rechecking.look(desk, ALL)
    with store.write() as tx:
        tx.execute(update(core(Delivery)).where(core(Delivery).c.id == delivery).values(state="sending"))
    before = times()
    assert rechecking.move(desk, seen).moved == []
    assert times() == before


def test_a_single_posts_repost_follows_its_original_and_no_clock(desk_of, single, older, times):
    voice = {"paper": PaperAdapter("paper", one_voice=True)}
    ids = single("ministry", voice, platforms=("paper",))
    right = times()
    assert len(ids) > 2
    older("Asia/Tokyo")
    older("Asia/Seoul")
    desk = desk_of("ministry")
    rechecking.move(desk, rechecking.look(desk, ALL))
    assert times() == right


def test_the_daemon_has_a_campaign_follow_and_the_single_posts_and_says_that_it_was_the_machine(
    desk_of, local, single, older, times, store
):
    single()
    right = times()
    older("Asia/Tokyo")
    desk = desk_of("")  # whoever runs the daemon acts for nobody
    for name in ("cop", "-", "no-such-campaign"):
        rechecking.follow(desk, name)
    assert times() == right
    with store.read() as tx:
        assert [e["who"] for e in events.about(tx, "cop") if e["action"] == "zone data"] == ["daemon"]


def test_a_missions_new_zone_moves_what_is_local_there_and_shows_old_time_and_new(desk_of, local, times):
    desk = desk_of("ministry")
    known = desk.network()
    moved = {**known.missions, "tokyo": replace(known.missions["tokyo"], timezone="Asia/Seoul")}
    here = networks.propose(desk, Network({**moved, "seoul": moved["seoul"]}, dict(known.accounts)))
    assert here.outcomes["cop"].changes.moved == []  # another zone, and the same instant
    moved["tokyo"] = replace(moved["tokyo"], timezone="Pacific/Auckland")
    proposal = networks.propose(desk, Network(moved, dict(known.accounts)))
    shown = proposal.outcomes["cop"].changes.moved
    assert {one.delivery for one in shown} == in_tokyo(times())
    assert {
        (one.was.zone, f"{one.was.local:%H:%M}", one.becomes.zone, f"{one.becomes.local:%H:%M}") for one in shown
    } == {("Asia/Tokyo", "09:00", "Pacific/Auckland", "09:00")}
    networks.take_over(desk, proposal)
    assert rechecking.look(desk, ALL).moved == []

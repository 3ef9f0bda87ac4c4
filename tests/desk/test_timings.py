"""Ways to say when, at the desk: beginnings stay, slots go round each other, and missions come after the centre."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text
from tests.desk.conftest import Nothing, centre, with_text

from crosspost.desk import coverage, deliveries, overrides, posts, replan
from crosspost.desk.campaigns import Edit, QueueCampaign, Withdraw
from crosspost.desk.worksheet import sheet
from crosspost.domain.campaign import ANY, TIME, Campaign, Variant
from crosspost.domain.schedule import at_instant
from crosspost.domain.selection import Selection
from crosspost.domain.timing import NextWorking, Slot, parse_timing
from crosspost.errors import UsageError
from crosspost.store import campaigns, network

PARIS, TOKYO, CAIRO = (f"cop/opening/{name}/paper/fr" for name in ("ministry", "tokyo", "cairo"))

#: As people write a time: no seconds in it.
IN_TWO_DAYS = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d %H:%M} UTC"


def timed(campaign: Campaign, when: str) -> Campaign:
    [post] = campaign.posts
    return replace(campaign, posts=(replace(post, at=parse_timing(when)),))


@pytest.fixture
def dues(desk_of):
    return lambda: {d.row.id: d.row.due for d in deliveries.every(desk_of(""), Selection())}


@pytest.fixture
def queue_at(desk_of):
    """Queue a version of a campaign as at an instant; by default it is queued now."""

    def put(campaign: Campaign, now: datetime):
        change = QueueCampaign(desk_of("ministry"), campaign, Edit(), is_new_revision=True, now=now)
        return replan.commit(desk_of("ministry"), [campaign.id], change, now)[campaign.id]

    return put


def at(owner: str, when: str) -> Variant:
    return Variant(owner, TIME, ANY, ANY, when)


def put(desk, owner: str, when: str):
    return overrides.put(desk, overrides.target(desk, "cop/opening"), at(owner, when))


@pytest.mark.parametrize("when", ["slot", "next-working 09:00-11:00 local"])
def test_what_was_withdrawn_and_is_queued_again_counts_from_then(desk_of, queue_at, campaign, dues, when):
    now = datetime.now(UTC)
    queue_at(timed(campaign, when), now - timedelta(days=20))
    replan.commit(desk_of("ministry"), ["cop"], Withdraw(desk_of("ministry"), "cop"))
    made = queue_at(timed(campaign, when), now)
    assert made.plan.skipped == ()
    assert all(due >= now for due in dues().values())


@pytest.mark.parametrize("when", ["slot", "next-working 09:00-11:00 local"])
def test_an_edit_of_a_text_days_later_moves_nothing(queue_at, dues, campaign, when):
    now = datetime.now(UTC)
    queue_at(timed(campaign, when), now)
    first = dues()
    changes = queue_at(timed(with_text(campaign, "ja", "別の言葉"), when), now + timedelta(days=3)).changes
    assert dues() == first
    assert {name.rpartition("/")[2] for name in changes.changed} == {"ja"}


def test_another_way_to_say_when_begins_anew(queue_at, store, campaign):
    now = datetime(2027, 3, 1, 8, tzinfo=UTC)

    def begins() -> Slot | NextWorking:
        with store.read() as tx:
            timing = campaigns.current(tx, campaigns.find(tx, "cop"))[0].posts[0].at
        assert isinstance(timing, Slot | NextWorking)
        return timing

    queue_at(timed(campaign, "slot"), now)
    assert begins().since == at_instant(now)
    queue_at(timed(campaign, "next-working 09:00-11:00 local"), now + timedelta(hours=5))
    assert begins().since == at_instant(now + timedelta(hours=5))


@pytest.mark.parametrize("when", ["slot", "next-working 09:00-11:00 local"])
def test_planned_again_from_what_is_stored_nothing_changes(queue_at, desk_of, campaign, when):
    now = datetime.now(UTC)
    queue_at(timed(campaign, when), now)
    for days in (0, 1, 5):
        again = replan.commit(desk_of("ministry"), ["cop"], Nothing(), now + timedelta(days=days))["cop"]
        assert not again.changes


def test_a_mission_that_says_the_same_again_keeps_the_beginning(desk_of, queue, campaign, store, dues):
    queue(campaign)
    desk = desk_of("cairo")
    put(desk, "cairo", "slot")
    first = dues()
    later = replace(desk, clock=lambda: datetime.now(UTC) + timedelta(days=2))
    put(later, "cairo", "slot")
    assert dues() == first
    put(later, "cairo", "next-working 09:00-11:00 local")
    with store.read() as tx:
        [kept] = campaigns.overrides(tx, "cop")["opening"]
    began = parse_timing(kept.value)
    assert isinstance(began, NextWorking)
    assert began.since is not None
    assert began.since.instant("UTC").utc > datetime.now(UTC) + timedelta(days=1)


def test_a_campaign_queued_later_goes_round_the_slots_that_others_have(queue, campaign, dues):
    queue(timed(campaign, "slot"))
    queue(replace(timed(with_text(campaign, "fr", "Bonsoir"), "slot"), id="other"))
    speaks: dict[str, list[datetime]] = {}
    for delivery, due in dues().items():
        speaks.setdefault("/".join(delivery.split("/")[2:4]), []).append(due)
    for account, times in speaks.items():
        assert all(b - a >= timedelta(minutes=30) for a, b in pairwise(sorted(times))), account
    assert len(speaks) == 6


def test_a_single_post_by_slot_goes_round_them_too(desk_of, queue, campaign, dues):
    queue(timed(campaign, "slot"))
    desk = desk_of("cairo")
    for words in ("Bonsoir", "Bonne nuit"):
        posts.queue(desk, posts.SinglePost("cairo", "fr", words, ("paper",), at=Slot()))
    times = sorted(due for name, due in dues().items() if "/cairo/paper/" in name)
    assert len(times) == 4
    assert all(b - a >= timedelta(minutes=30) for a, b in pairwise(times))


def test_a_single_post_has_no_original(desk_of):
    single = posts.SinglePost("cairo", "fr", "Bonsoir", at=parse_timing("after original +2h"))
    with pytest.raises(UsageError, match="no original to come after"):
        posts.queue(desk_of("cairo"), single)


def test_a_mission_may_come_after_the_centre_and_the_stored_plan_says_so(desk_of, queue, campaign, dues):
    queue(timed(campaign, IN_TWO_DAYS))
    outcome = put(desk_of("cairo"), "cairo", "after original +2h")
    assert dues()[CAIRO] - dues()[PARIS] == timedelta(hours=2)
    [fr] = [one for one in overrides.concerned(outcome, "opening", at("cairo", "")) if one.id == CAIRO]
    assert fr.moved == f"2h after {PARIS}, which is not out yet"
    explained = deliveries.explain(desk_of(""), CAIRO).listed.row
    assert (explained.after, explained.delay, explained.moved) == (PARIS, 7200, fr.moved)


def test_an_edit_that_moves_the_centre_moves_who_comes_after(desk_of, queue, campaign, dues):
    queue(campaign)
    put(desk_of("cairo"), "cairo", "after original +2h")
    queue(timed(campaign, IN_TWO_DAYS))
    assert dues()[PARIS] > datetime.now(UTC) + timedelta(days=1)
    # The mission's own time was made from the old one: it is stale, and follows all the same.
    assert dues()[CAIRO] - dues()[PARIS] == timedelta(hours=2)


def test_so_long_after_what_has_been_out_for_longer_is_refused(desk_of, queue, campaign, store):
    queue(campaign)
    with store.write() as tx:
        out = f"{datetime.now(UTC) - timedelta(hours=3):%Y-%m-%d %H:%M:%S.%f}"
        sent = "UPDATE delivery SET state = 'sent', sent_at = :at WHERE account = 'ministry/paper'"
        tx.execute(text(sent), {"at": out})
    with pytest.raises(UsageError, match=r"is past already: 2h after .*, which is out"):
        put(desk_of("cairo"), "cairo", "after original +2h")
    put(desk_of("cairo"), "cairo", "after original +5h")


@pytest.mark.parametrize("when", ["slot", "next-working 00:00-23:59 local", "after original +2h"])
def test_the_worksheet_and_the_coverage_know_when_what_has_no_text_yet_is_to_go_out(
    desk_of, queue, campaign, small_network, store, when
):
    """Its beginning is past as soon as it is queued; what counts is when it goes out."""
    with store.write() as tx:
        missions = {
            n: replace(m, slots=("03:00", "09:00", "15:00", "21:00")) for n, m in small_network.missions.items()
        }
        network.save(tx, replace(small_network, missions=missions))
    [post] = campaign.posts
    french = replace(campaign, posts=(replace(post, variants=(centre("fr", "Bonjour"),)),))
    queue(french if when.startswith("after") else timed(french, when))
    if when.startswith("after"):
        put(desk_of("tokyo"), "tokyo", when)
    now = datetime.now(UTC)
    asked = {task.language for task in sheet(desk_of("tokyo"), "tokyo").tasks}
    assert asked == {"fr", "ja"}
    ja = next(one for one in coverage.coverage(desk_of(""), "cop", "tokyo").texts if one.language == "ja")
    assert ja.mark is coverage.Mark.MISSING
    assert ja.due is not None
    assert ja.due >= now - timedelta(minutes=1)

"""Posts that come back, in the queue: planned ahead day after day, none twice, none lost, each under its own name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosspost.desk import deliveries, overrides, recalling, replan, staleness, worksheet
from crosspost.desk.campaigns import Edit, QueueCampaign, Withdraw
from crosspost.desk.coverage import coverage
from crosspost.domain.campaign import ANY, TIME, Variant
from crosspost.domain.delivery import State
from crosspost.domain.hours import ClosedPolicy
from crosspost.domain.recurrence import Recurrence
from crosspost.domain.schedule import parse_time
from crosspost.domain.selection import Selection
from crosspost.files.worksheet import written
from crosspost.planning.occurrences import AHEAD

NOW = datetime(2027, 2, 26, 6, 0, tzinfo=UTC)
WEEKLY = Recurrence("FREQ=WEEKLY;BYDAY=MO", (date(2027, 3, 15),))
TOKYO = Selection(mission=("tokyo",), lang=("ja",))


@pytest.fixture
def weekly(campaign):
    post = replace(campaign.posts[0], id="weekly", at=parse_time("2027-03-01 09:00 local"), recurrence=WEEKLY)
    return replace(campaign, posts=(post,))


@pytest.fixture
def on(desk_of):
    """Return the ministry's desk on a day."""
    return lambda now, role="ministry": replace(desk_of(role), clock=lambda: now)


@pytest.fixture
def put(on):
    def queue(campaign, now=NOW):
        desk = on(now)
        return replan.commit(desk, [campaign.id], QueueCampaign(desk, campaign, Edit(), True, now))[campaign.id]

    return queue


def said(desk, chosen=TOKYO, *states):
    states = states or (State.QUEUED,)
    return [d.row.occurrence for d in deliveries.every(desk, chosen) if d.row.state in states]


def mondays(first, now):
    """Return the Mondays, save those left out, of which nine o'clock is within the horizon."""
    last = (now + AHEAD - timedelta(hours=9)).date()
    days = (first + timedelta(days=7 * n) for n in range(60))
    return [f"{day}" for day in days if day <= last and day not in WEEKLY.without]


def edited(campaign, **changes):
    return replace(campaign, posts=(replace(campaign.posts[0], **changes),))


def test_each_occurrence_is_a_delivery_of_its_own_ninety_days_ahead(on, put, weekly):
    put(weekly)
    assert said(on(NOW)) == mondays(date(2027, 3, 1), NOW)
    assert "cop/weekly@2027-03-22/tokyo/paper/ja" in {d.row.id for d in deliveries.every(on(NOW), TOKYO)}


def test_an_occurrence_keeps_its_hour_when_a_missions_clocks_change(on, put, weekly):
    put(weekly)
    due = {d.row.occurrence: d.row.due for d in deliveries.every(on(NOW), Selection(mission=("cairo",), lang=("ar",)))}
    assert (due["2027-04-26"].hour, due["2027-05-03"].hour) == (7, 6)  # Egypt's summer begins on 30 April 2027


def test_as_days_pass_what_comes_within_the_horizon_is_added_and_nothing_else_happens(on, put, weekly):
    put(weekly)
    assert replan.plan_ahead(on(NOW), "cop") == 0
    later = NOW + timedelta(days=7)
    before = said(on(NOW))
    assert replan.plan_ahead(on(later), "cop") > 0
    assert said(on(later)) == [*before, "2027-05-31"]
    assert replan.plan_ahead(on(later), "cop") == 0


def test_nothing_is_planned_on_of_a_campaign_that_is_withdrawn(on, put, weekly):
    put(weekly)
    replan.commit(on(NOW), ["cop"], Withdraw(on(NOW), "cop"))
    assert replan.plan_ahead(on(NOW + timedelta(days=7)), "cop") == 0
    assert said(on(NOW)) == []


def test_what_passed_while_nobody_planned_is_not_said_afterwards(on, put, weekly):
    put(weekly)
    much_later = NOW + AHEAD + timedelta(days=40)
    replan.plan_ahead(on(much_later), "cop")
    new = [day for day in said(on(much_later)) if day > "2027-05-24"]
    assert new == mondays(date(2027, 7, 12), much_later)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_on_whatever_days_it_is_planned_none_comes_twice_and_none_is_lost(on, put, weekly, steps):
    put(weekly)
    now = NOW
    for days in steps:
        now += timedelta(days=days)
        replan.plan_ahead(on(now), "cop")
    found = said(on(now), TOKYO, *State)
    assert len(found) == len(set(found))
    assert [day for day in said(on(now)) if day > f"{now:%Y-%m-%d}"] == [
        day for day in mondays(date(2027, 3, 1), now) if day > f"{now:%Y-%m-%d}"
    ]


def test_another_hour_moves_what_is_queued_and_another_day_queues_that_instead(on, put, weekly):
    put(weekly)
    moved = put(edited(weekly, at=parse_time("2027-03-01 11:00 local"))).changes
    assert (bool(moved.changed), moved.queued, moved.cancelled) == (True, [], [])
    tuesday = parse_time("2027-03-02 11:00 local")
    put(edited(weekly, at=tuesday, recurrence=Recurrence("FREQ=WEEKLY;BYDAY=TU")))
    assert said(on(NOW))[:2] == ["2027-03-02", "2027-03-09"]
    assert "2027-03-01" in said(on(NOW), TOKYO, State.CANCELLED)


def test_a_missions_own_hour_counts_each_time_and_is_stale_when_the_centres_hour_changes_not_its_days(on, put, weekly):
    put(weekly)
    desk = on(NOW, "tokyo")
    own = Variant("tokyo", TIME, ANY, ANY, "2027-03-01 10:30 local")
    overrides.put(desk, overrides.target(desk, "cop/weekly"), own)
    walls = {(d.row.wall[11:16], bool(d.blocks)) for d in deliveries.every(desk, TOKYO)}
    assert walls == {("10:30", False)}
    put(edited(weekly, at=parse_time("2027-03-08 09:00 local")))
    assert staleness.stale_values(desk, campaign="cop") == []
    put(edited(weekly, at=parse_time("2027-03-08 12:00 local")))
    assert {one.variant.owner for one in staleness.stale_values(desk, campaign="cop")} == {"tokyo"}


@pytest.mark.parametrize("own", ["slot", "next-working 09:00-11:00 local"])
def test_a_missions_own_way_from_when_it_was_said_once_does_not_bring_all_times_at_once(on, put, weekly, own):
    put(edited(weekly, recurrence=None))
    desk = on(NOW, "tokyo")
    overrides.put(desk, overrides.target(desk, "cop/weekly"), Variant("tokyo", TIME, ANY, ANY, own))
    made = put(weekly)
    assert said(on(NOW)) == []
    assert {one.message.partition(" is one time")[2] for one in made.plan.skipped if one.account == "tokyo/paper"} == {
        ", and the post comes back: only its hour can be moved"
    }
    overrides.drop(desk, overrides.target(desk, "cop/weekly"), Variant("tokyo", TIME, ANY, ANY, own))
    assert said(on(NOW)) == mondays(date(2027, 3, 1), NOW)


def test_one_occurrence_is_named_and_all_are_named_by_the_post(on, put, weekly):
    put(weekly)
    one = replace(TOKYO, campaign=("cop/weekly@2027-03-22",))
    assert said(on(NOW), one) == ["2027-03-22"]
    assert len(said(on(NOW), replace(TOKYO, campaign=("cop/weekly",)))) > 10
    named = recalling.target_of(on(NOW), "cop/week@2027-03-22", Selection())
    assert named == Selection(campaign=("cop/weekly@2027-03-22",))


def test_coverage_tells_of_a_post_that_comes_back_once_by_its_next_time(on, put, weekly):
    put(weekly)
    put(edited(weekly, at=parse_time("2027-03-02 09:00 local"), recurrence=Recurrence("FREQ=WEEKLY;BYDAY=TU")))
    now = datetime(2027, 3, 10, 12, tzinfo=UTC)
    [text] = [t for t in coverage(on(now), "cop", "tokyo").texts if t.language == "ja"]
    assert text.delivery == "cop/weekly@2027-03-16/tokyo/paper/ja"


def test_a_mission_leaves_out_one_time_and_no_plan_brings_it_back(on, put, weekly):
    put(weekly)
    desk = on(NOW, "tokyo")
    one = replace(TOKYO, campaign=("cop/weekly@2027-05-03",))
    deliveries.cancel(desk, deliveries.every(desk, one), "Constitution Day")
    replan.plan_ahead(on(NOW + timedelta(days=7)), "cop")
    put(edited(weekly, at=parse_time("2027-03-01 11:00 local")))
    assert "2027-05-03" not in said(on(NOW))
    assert "2027-05-10" in said(on(NOW))


def test_a_worksheet_has_the_next_time_of_what_comes_back_also_on_the_day_after_one(on, put, weekly):
    put(weekly)
    desk, own = on(NOW, "tokyo"), Variant("tokyo", TIME, ANY, ANY, "2027-03-01 10:30 local")
    overrides.put(desk, overrides.target(desk, "cop/weekly"), own)
    tuesday = datetime(2027, 3, 2, 8, tzinfo=UTC)
    tasks = worksheet.sheet(on(tuesday, "tokyo"), "tokyo").tasks
    assert {f"{task.notes.due:%Y-%m-%d %H:%M}" for task in tasks} == {"2027-03-08 10:30"}
    assert all(task.notes.comes_back for task in tasks)
    assert "comes back: your words are said each time" in written(worksheet.sheet(on(tuesday), "tokyo"), str)


def test_a_worksheet_of_one_time_is_that_of_its_post(on, put, weekly):
    put(weekly)
    one = worksheet.sheet(on(NOW, "tokyo"), "tokyo", Selection(campaign=("cop/weekly@2027-03-08",)))
    assert one.tasks == worksheet.sheet(on(NOW, "tokyo"), "tokyo").tasks
    assert one.tasks


def test_a_worksheet_names_the_time_to_which_a_closed_day_moves_a_post(on, put, weekly):
    put(edited(weekly, closed=ClosedPolicy.NEXT_WORKING, recurrence=None, at=parse_time("2027-03-20 09:00 local")))
    tasks = worksheet.sheet(on(NOW, "tokyo"), "tokyo").tasks  # 20 March 2027 is a Saturday, the 22nd a holiday
    assert {f"{task.notes.due:%Y-%m-%d}" for task in tasks} == {"2027-03-23"}

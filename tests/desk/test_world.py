"""How a campaign goes round the world: instants, closed days, quiet hours, the busiest minute, and budgets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crosspost.adapter import Budget, Scope
from crosspost.desk.world import Going, busiest, loads, world
from crosspost.domain.planned import Reason, Skipped

NINE = datetime(2027, 7, 14, 9, tzinfo=UTC)


def going(account: str, minutes: float = 0, moved: str = "") -> Going:
    zones = {"tokyo": "Asia/Tokyo", "cairo": "Africa/Cairo"}
    return Going(account, "wishes", NINE + timedelta(minutes=minutes), zones[account.partition("/")[0]], moved)


def test_what_leaves_is_in_the_order_of_time_with_its_closed_days(desk_of, small_network):
    seen = world(desk_of("ministry"), small_network, [going("tokyo/paper", 60), going("cairo/paper")], [])
    assert [d.going.account for d in seen.departures] == ["cairo/paper", "tokyo/paper"]
    assert seen.instants == (NINE, NINE + timedelta(hours=1))
    assert {d.closed for d in seen.on_closed_days} == {"National Day in FR"}
    assert len(seen.on_closed_days) == 2


def test_a_missions_quiet_hours_are_on_its_own_clock(desk_of, small_network):
    missions = small_network.missions | {
        name: replace(small_network.missions[name], quiet="22:00-07:00") for name in ("tokyo", "cairo")
    }
    known = replace(small_network, missions=missions)
    late = [going("tokyo/paper", 4 * 60), going("cairo/paper", 4 * 60)]  # 22:00 in Tokyo, 16:00 in Cairo
    assert [d.going.mission for d in world(desk_of("ministry"), known, late, []).in_quiet_hours] == ["tokyo"]


def test_only_what_is_not_said_for_a_closed_day_is_unsaid(desk_of, small_network):
    closed = Skipped("fete", "wishes", "tokyo/paper", "", Reason.CLOSED, "Wednesday")
    past = replace(closed, reason=Reason.PAST)
    assert world(desk_of("ministry"), small_network, [], [closed, past]).unsaid == (closed,)


def test_who_has_left_the_network_is_neither_closed_nor_quiet(desk_of, small_network):
    gone = Going("lima/paper", "wishes", NINE, "America/Lima")
    [departure] = world(desk_of("ministry"), small_network, [gone], []).departures
    assert (departure.closed, departure.is_quiet) == ("", False)


def test_where_nothing_leaves_nothing_is_busy(desk_of, small_network):
    seen = world(desk_of("ministry"), small_network, [], [])
    assert (seen.departures, seen.busiest, seen.loads) == ((), None, ())


def test_the_busiest_minute_counts_seconds_together_and_platforms_apart():
    times = [going("tokyo/paper"), going("cairo/paper", 0.5), going("cairo/board", 0.9), going("tokyo/paper", 1)]
    found = busiest(times)
    assert found is not None
    assert (found.at, found.number, found.by_platform) == (NINE, 3, {"board": 1, "paper": 2})


def test_an_apps_budget_is_of_all_its_accounts_and_an_accounts_of_the_fullest_one():
    times = [going("tokyo/paper"), going("cairo/paper", 5), going("cairo/paper", 9), going("cairo/board", 9)]
    app, own = Budget(Scope.APP, timedelta(minutes=10), 2), Budget(Scope.ACCOUNT, timedelta(minutes=10), 2)
    shared, fullest = loads(times, {"paper": (app, own)})
    assert (shared.scope, shared.number, shared.begins, shared.over) == ("paper", 3, NINE, 1)
    assert (fullest.scope, fullest.number, fullest.over) == ("cairo/paper", 2, 0)


@given(st.lists(st.integers(0, 600), min_size=1, max_size=40), st.integers(1, 200))
def test_no_stretch_of_a_budgets_length_holds_more_than_is_said(minutes, length):
    times = [going("tokyo/paper", n) for n in sorted(minutes)]
    [load] = loads(times, {"paper": (Budget(Scope.APP, timedelta(minutes=length), 1),)})
    assert load.number == max(sum(n <= m < n + length for m in minutes) for n in minutes)

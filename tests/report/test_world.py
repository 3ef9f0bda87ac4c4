"""The world view of the report: lanes, marks, quiet hours, and what is told in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crosspost.adapter import Budget, Scope
from crosspost.cli.report import render_page, words
from crosspost.cli.report.world import DRAWN, world_view
from crosspost.desk.report import ReportData
from crosspost.desk.world import Busiest, Departure, Going, Load, World
from crosspost.domain.network import Network
from crosspost.domain.planned import Reason, Skipped

MIDNIGHT = datetime(2027, 7, 14, tzinfo=UTC)
ZONES = {"tokyo": "Asia/Tokyo", "seoul": "Asia/Seoul", "cairo": "Africa/Cairo", "praia": "Atlantic/Cape_Verde"}


def leaves(mission: str, hours: float, moved: str = "", closed: str = "", *, is_quiet: bool = False) -> Departure:
    going = Going(f"{mission}/paper", "wishes", MIDNIGHT + timedelta(hours=hours), ZONES[mission], moved)
    return Departure(going, closed, is_quiet)


def a_world(*departures: Departure, unsaid: Iterable[Skipped] = ()) -> World:
    return World(departures, tuple(unsaid), Busiest(MIDNIGHT, {"paper": len(departures)}))


def test_missions_of_one_clock_share_a_lane_and_the_east_comes_first(small_network: Network) -> None:
    [drawing] = world_view(
        a_world(leaves("tokyo", 0), leaves("seoul", 0), leaves("cairo", 6), leaves("praia", 10)), small_network
    ).drawings

    assert [lane.offset for lane in drawing.lanes] == ["UTC+9", "UTC+3", "UTC−1"]
    assert drawing.lanes[0].places == "Tokyo, Seoul"
    assert drawing.lanes[0].said == ((2, "Wed 09:00 · Wed 02:00 Paris · Wed 00:00 UTC"),)
    assert drawing.number == 4


def test_the_sun_goes_from_left_to_right(small_network: Network) -> None:
    view = world_view(a_world(leaves("tokyo", 0), leaves("cairo", 6), leaves("praia", 10)), small_network)

    places = [mark.at for lane in view.drawings[0].lanes for mark in lane.marks]
    assert places == sorted(places)
    assert all(0 <= place < 100 for place in places)


def test_a_long_pause_separates_two_drawings_and_many_are_counted(small_network: Network) -> None:
    days = [leaves("tokyo", 24 * day) for day in range(DRAWN + 3)]

    view = world_view(a_world(*days), small_network)

    assert (len(view.drawings), view.more) == (DRAWN, 3)


def test_what_is_moved_closed_or_quiet_has_a_mark_of_its_own(small_network: Network) -> None:
    view = world_view(
        a_world(
            leaves("tokyo", 0, moved="Wednesday, closed in JP (a day): Thursday"),
            leaves("cairo", 6, closed="weekend in EG"),
            leaves("praia", 9, is_quiet=True),
            leaves("praia", 10),
        ),
        small_network,
    )

    assert view.manners == ("plain", "moved", "closed", "quiet")
    assert len({words.MANNERS[manner][0] for manner in view.manners}) == 4


def test_marks_that_would_hide_one_another_stand_in_rows_and_alike_ones_become_one(small_network: Network) -> None:
    [drawing] = world_view(
        a_world(
            leaves("cairo", 6), leaves("cairo", 6 + 1 / 60), leaves("cairo", 6 + 1 / 60, "moved"), leaves("praia", 18)
        ),
        small_network,
    ).drawings

    [cairo, _] = drawing.lanes
    assert [(mark.manner, mark.number, mark.row) for mark in cairo.marks] == [("plain", 2, 0), ("moved", 1, 1)]
    assert cairo.rows == 2


def test_quiet_hours_are_hatched_on_the_missions_clock_and_only_where_it_keeps_any(small_network: Network) -> None:
    tokyo = replace(small_network.missions["tokyo"], quiet="22:00-07:00")
    known = replace(small_network, missions=small_network.missions | {"tokyo": tokyo})

    [drawing] = world_view(a_world(leaves("tokyo", 0), leaves("cairo", 10), leaves("tokyo", 21)), known).drawings

    tokyos, cairos = drawing.lanes
    [night] = tokyos.quiet  # from 13:00 to 22:00 UTC, on an axis from 23:00 on, of 25 hours
    assert (night.begins, night.length) == (56.0, 36.0)
    assert cairos.quiet == ()


@pytest.mark.parametrize("hours", [0, 1, 5, 11.9, 24, 47])
def test_the_last_mark_is_never_cut_off_at_the_edge(small_network: Network, hours: float) -> None:
    steps = [leaves("tokyo", n) for n in range(0, int(hours), 6)]
    [drawing] = world_view(a_world(leaves("tokyo", 0), *steps, leaves("tokyo", hours)), small_network).drawings

    assert max(mark.at for lane in drawing.lanes for mark in lane.marks) <= 89


def test_why_times_were_moved_and_what_is_unsaid_is_told_with_places(small_network: Network) -> None:
    why = "Wednesday, closed in JP (a day): Thursday"
    skip = Skipped("fete", "wishes", "cairo/paper", "", Reason.CLOSED, "Wednesday, closed in EG: not said there")

    view = world_view(a_world(leaves("tokyo", 0, why), leaves("tokyo", 1, why), unsaid=[skip]), small_network)

    assert [(told.why, told.number, told.names) for told in view.moved] == [(why, 2, "Tokyo")]
    assert [(told.why, told.names) for told in view.unsaid] == [(skip.message, "Cairo")]


def test_the_page_draws_the_world_with_words_for_every_mark(data: ReportData) -> None:
    world = a_world(leaves("tokyo", 0, moved="<b>a reason</b>"), leaves("cairo", 6, closed="weekend in EG"))
    budget = Budget(Scope.APP, timedelta(days=1), 10)
    world = replace(world, loads=(Load("twitter", budget, 2, world.departures[0].going.utc),))

    page = render_page(replace(data, world=world))

    assert 'id="world"' in page
    assert "This campaign alone is counted" in page  # what the limits are held against
    assert words.MANNERS["moved"][1] in page
    assert words.MANNERS["closed"][1] in page
    assert "&lt;b&gt;a reason&lt;/b&gt;" in page


def test_the_world_of_many_posts_stays_light(data: ReportData) -> None:
    many = [leaves(mission, hour) for mission in ZONES for hour in (6, 6.25, 9) for _ in range(50)]
    world = a_world(*sorted(many, key=lambda one: one.going.utc))

    page = render_page(replace(data, world=world))

    start = page.index('<section id="world">')
    assert len(page[start : page.index('<section id="timeline">')].encode()) < 60_000

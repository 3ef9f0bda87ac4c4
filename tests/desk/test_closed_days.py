"""A mission's own closed days at the desk: what moves, who may say so, and what is listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from crosspost.calendars.closed import Because, Source
from crosspost.desk import closed_days, deliveries, replan
from crosspost.desk.coverage import Mark, coverage
from crosspost.domain.campaign import ANY, TEXT, Post, Variant
from crosspost.domain.hours import ClosedPolicy
from crosspost.domain.schedule import parse_time
from crosspost.domain.selection import Selection
from crosspost.errors import NotPermittedError, UsageError
from crosspost.store import campaigns, events

YEAR = datetime.now(UTC).year + 1


def tuesday(n=0):
    """A Tuesday of next November that is nobody's holiday, or a day after it."""
    day = next(date(YEAR, 11, d) for d in range(14, 22) if date(YEAR, 11, d).weekday() == 1)
    return day + timedelta(days=n)


@pytest.fixture
def queued(queue, campaign):
    """A post for each policy, on a Tuesday at nine on each mission's own clock; and an embargo, the same day."""
    words = (Variant("ministry", TEXT, "fr", ANY, "{}"),)

    def post(name, **fields):
        said = tuple(replace(v, value=f"Bonjour, {name}") for v in words)
        return Post(name, parse_time(f"{tuesday()} 09:00 local"), said, **fields)

    posts = (
        post("moving", closed=ClosedPolicy.NEXT_WORKING),
        post("skipping", closed=ClosedPolicy.SKIP),
        post("staying"),
        replace(
            post("sealed", embargo=True, closed=ClosedPolicy.NEXT_WORKING), at=parse_time(f"{tuesday()} 09:00 UTC")
        ),
    )
    made = replace(campaign, posts=posts)
    queue(made)
    return made


@pytest.fixture
def due(desk_of):
    def now(mission="tokyo"):
        rows = deliveries.every(desk_of(""), Selection(mission=(mission,), platform=("paper",)))
        return {d.row.post: (d.row.wall, d.row.state, d.row.moved) for d in rows}

    return now


def closing(desk, mission, *days, why="Sinai Liberation Day", is_open=False):
    return closed_days.setting(desk, mission, days, why, is_open=is_open)


def test_what_wants_a_working_day_moves_and_what_wants_none_is_not_said_and_the_rest_stays(queued, desk_of, due):
    desk = desk_of("ministry")
    change = closing(desk, "cairo", tuesday(), tuesday(1))
    proposed = closed_days.propose(desk, change)["cop"].changes
    assert due("cairo")["moving"] == (f"{tuesday()}T09:00:00", "queued", "")
    done = closed_days.carry_out(desk, change)["cop"].changes
    assert [m.delivery for m in done.moved] == [m.delivery for m in proposed.moved]
    assert done.cancelled == proposed.cancelled == ["cop/skipping/cairo/board/*", "cop/skipping/cairo/paper/fr"]
    unsaid = {
        t.mark for t in coverage(desk_of("ministry"), "cop", "cairo").texts if (t.post, t.said_in) == ("skipping", "")
    }
    assert Mark.OPTED_OUT in unsaid  # the campaign wants it so: nobody has to do anything
    assert Mark.BLOCKED not in unsaid
    assert due("cairo") == {
        "moving": (
            f"{tuesday(2)}T09:00:00",
            "queued",
            f"Tuesday, closed in EG (Sinai Liberation Day): Thursday {tuesday(2).day} November 09:00",
        ),
        "skipping": (f"{tuesday()}T09:00:00", "cancelled", ""),
        "staying": (f"{tuesday()}T09:00:00", "queued", ""),
        "sealed": (f"{tuesday()}T09:00:00", "queued", ""),
    }
    assert due("tokyo")["moving"] == (f"{tuesday()}T09:00:00", "queued", "")


def test_taking_it_back_moves_everything_back(queued, desk_of, due):
    before, desk = due("cairo"), desk_of("ministry")
    closed_days.carry_out(desk, closing(desk, "cairo", tuesday()))
    assert due("cairo") != before
    closed_days.carry_out(desk, closed_days.dropping(desk, "cairo", [tuesday()]))
    assert due("cairo") == before


def test_a_node_means_all_below_it_and_the_nearest_word_wins(queued, desk_of, due):
    desk = desk_of("ministry")
    closed_days.carry_out(desk, closing(desk, "asia", tuesday()))
    closed_days.carry_out(desk, closing(desk, "seoul", tuesday(), is_open=True))
    walls = {m: due(m)["moving"][0] for m in ("tokyo", "seoul", "cairo")}
    assert walls == {
        "tokyo": f"{tuesday(1)}T09:00:00",
        "seoul": f"{tuesday()}T09:00:00",
        "cairo": f"{tuesday()}T09:00:00",
    }


def test_saying_it_again_replaces_what_was_said_and_changes_no_plan(queued, desk_of, due):
    desk = desk_of("ministry")
    closed_days.carry_out(desk, closing(desk, "tokyo", tuesday()))
    again = closed_days.carry_out(desk, closing(desk, "tokyo", tuesday()))
    assert not again["cop"].changes
    closed_days.carry_out(desk, closing(desk, "tokyo", tuesday(), is_open=True))
    assert due()["moving"][0] == f"{tuesday()}T09:00:00"
    assert len(closed_days.before(desk, "tokyo", [tuesday()])) == 1


def test_a_mission_speaks_for_itself_and_what_is_below_it_alone(queued, desk_of):
    closing(desk_of("asia"), "tokyo", tuesday())
    for role in ("cairo", "tokyo"):
        with pytest.raises(NotPermittedError):
            closing(desk_of(role), "asia", tuesday())
        with pytest.raises(NotPermittedError):
            closed_days.dropping(desk_of(role), "asia", [tuesday()])


@pytest.mark.parametrize(
    ("days", "why", "part"),
    [((date(2020, 1, 1),), "x", "is over"), ((tuesday(),), "  ", "--why"), ((), "x", "is over")],
)
def test_what_is_over_or_has_no_reason_is_refused(desk_of, days, why, part):
    with pytest.raises(UsageError, match=part):
        closing(desk_of("ministry"), "tokyo", *days, why=why)


def test_what_a_mission_never_said_cannot_be_taken_back(desk_of):
    with pytest.raises(UsageError, match="closed list tokyo"):
        closed_days.dropping(desk_of("ministry"), "tokyo", [tuesday()])


def test_who_said_so_is_recorded(queued, desk_of, store):
    desk = desk_of("ministry")
    closed_days.carry_out(desk, closing(desk, "tokyo", tuesday()))
    closed_days.carry_out(desk, closed_days.dropping(desk, "tokyo", [tuesday()]))
    with store.read() as tx:
        told = [(e["action"], e["who"], e["detail"]["days"]) for e in events.about(tx, "tokyo")]
    assert told == [
        ("closed days", "somebody", [f"{tuesday()}"]),
        ("closed days removed", "somebody", [f"{tuesday()}"]),
    ]


def test_a_campaign_that_is_planned_while_a_day_is_closed_is_planned_again(queued, desk_of, due, store):
    """The day is closed after the campaign's plan was computed, and before it is written: neither is lost."""
    desk = desk_of("ministry")

    class Editing:
        tries = 0

        def see(self, before):
            self.tries += 1
            if self.tries == 1:
                closed_days.carry_out(desk, closing(desk, "tokyo", tuesday()))
            return before

        def write(self, tx):
            campaigns.find(tx, "cop")

    change = Editing()
    replan.commit(desk, ["cop"], change)
    assert change.tries > 1
    assert due()["moving"][0] == f"{tuesday(1)}T09:00:00"


def test_the_list_has_weekends_holidays_and_own_words_each_with_whose_word_it_is(desk_of):
    desk = desk_of("ministry")
    first = closed_days.today(desk.network(), "cairo", desk.clock())
    ordinary = next(
        first + timedelta(days=n)
        for n in range(1, 30)
        if all(one.day != first + timedelta(days=n) for one in closed_days.coming(desk, "cairo", 40))
    )
    closed_days.carry_out(desk, closing(desk, "africa", ordinary, why="moving house"))
    found = closed_days.coming(desk, "cairo", 370)
    [own] = [one for one in found if one.special.because is Because.OWN]
    assert (own.day, own.special.why, own.special.owner) == (ordinary, "moving house", "africa")
    assert own.word is not None
    assert own.word.who == "somebody"
    weekends = [one for one in found if one.special.because is Because.WEEKEND]
    assert {one.special.source for one in weekends} == {Source.NETWORK}
    holidays = {one.special.country for one in found if one.special.because is Because.HOLIDAY}
    assert holidays == {"EG", "FR"}
    assert any(one.special.is_estimated for one in found)
    [of_region] = closed_days.coming(desk, "africa", 60)
    assert (of_region.mission, of_region.day) == ("africa", ordinary)

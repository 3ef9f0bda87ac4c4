"""Posts that come back, planned: what closed days do to each time, and that none is said twice at one instant."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.domain.campaign import ANY, TEXT, Campaign, Post, Variant
from crosspost.domain.hours import ClosedPolicy, QuietPolicy
from crosspost.domain.network import Account, Mission, Network
from crosspost.domain.planned import Plan, Reason
from crosspost.domain.recurrence import Recurrence, parse_rule
from crosspost.domain.schedule import parse_time
from crosspost.domain.selection import Selection
from crosspost.planning import Hours, Situation, plan
from crosspost.testing.paper import PaperAdapter

#: A Tuesday, and nine o'clock of it in Cairo.
NOW = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
FIRST = parse_time("2026-12-01 09:00 local")
NETWORK = Network(
    {
        "ministry": Mission("ministry", "", "ministry", "Paris", "FR", "Europe/Paris", ("fr",)),
        "cairo": Mission("cairo", "ministry", "embassy", "Cairo", "EG", "Africa/Cairo", ("fr",)),
    },
    {"cairo/paper": Account("cairo", "paper", "@c"), "ministry/paper": Account("ministry", "paper", "@m")},
)


def daily(rule: str = "FREQ=DAILY", **more) -> Post:
    words = (Variant("ministry", TEXT, "fr", ANY, "Bonjour"), Variant("cairo", TEXT, "fr", ANY, "Bonjour du Caire"))
    post = Post("d", FIRST, words, recurrence=Recurrence(parse_rule(rule, FIRST.wall)))
    return replace(post, closed=ClosedPolicy.NEXT_WORKING, quiet=QuietPolicy.MOVE, **more)


def planned(post: Post, *, closed: frozenset[int] = frozenset({4, 5}), now: datetime = NOW, **more) -> Plan:
    hours = Hours(lambda mission, day: "closed" if mission == "cairo" and day.weekday() in closed else "")
    said = Campaign("c", "", "fr", Selection(), (post,), owner="ministry")
    return plan(Situation(said, NETWORK, now, {"paper": PaperAdapter()}, lambda words, *_: words, hours=hours, **more))


def of_cairo(made: Plan, day: str) -> list[str]:
    return [one.occurrence for one in made.planned if one.account == "cairo/paper" and f"{one.time.utc:%m-%d}" == day]


def test_what_closed_days_move_to_a_day_on_which_it_comes_anyway_is_said_once_there():
    made = planned(daily("FREQ=DAILY;COUNT=9"))
    assert of_cairo(made, "12-06") == ["2026-12-06"]
    skipped = [(one.occurrence, one.message) for one in made.skipped if one.reason is Reason.CLOSED]
    why = "closed in EG (closed): Sunday 6 December 09:00; d@2026-12-06 is said then"
    assert skipped == [("2026-12-04", f"Friday, {why}"), ("2026-12-05", f"Saturday, {why}")]


def test_of_several_that_are_moved_to_another_day_the_first_is_said():
    made = planned(daily("FREQ=WEEKLY;BYDAY=TU,FR,SA;COUNT=5"))
    assert of_cairo(made, "12-06") == ["2026-12-04"]
    assert "2026-12-04 is said then" in next(one.message for one in made.skipped)


def test_whoever_works_on_those_days_says_each():
    made = planned(daily("FREQ=DAILY;COUNT=9"))
    assert [one.occurrence for one in made.planned if one.account == "ministry/paper"] == [
        f"2026-12-{day:02}" for day in range(1, 10)
    ]


@settings(max_examples=40)
@given(
    st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=TU,FR,SA,SU", "FREQ=DAILY;INTERVAL=2"]),
    st.frozensets(st.integers(0, 6), max_size=6),
    st.sampled_from(ClosedPolicy),
    st.integers(0, 30),
)
def test_no_account_says_a_post_twice_at_one_instant_and_what_is_queued_stays_as_days_pass(rule, closed, policy, days):
    post = replace(daily(rule), closed=policy)
    before = planned(post, closed=closed)
    at = Counter((one.account, one.time.utc) for one in before.planned)
    assert set(at.values()) <= {1}
    later = NOW + timedelta(days=days)
    after = planned(post, closed=closed, now=later, known=frozenset(one.id for one in before.planned))
    still = {one.id: one.time.utc for one in before.planned if one.time.utc > later + timedelta(days=1)}
    found = {one.id: one.time.utc for one in after.planned}
    near = NOW + timedelta(days=80)  # beyond it, what is moved may meet a day that was not planned yet
    assert {name: found.get(name) for name, due in still.items() if due < near} == {
        name: due for name, due in still.items() if due < near
    }

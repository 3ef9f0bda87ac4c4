"""The ways to say when, planned: the next working hours, the mission's own slots, so long after the original."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from tests.planning.scene import NOW, by_id, campaign, planned, post, wall, weekends

from crosspost.domain.campaign import ANY, TEXT, Campaign, Post, Variant
from crosspost.domain.hours import QuietPolicy, gap_of
from crosspost.domain.network import Account, LanguageMode, Mission, Network
from crosspost.domain.planned import Reason
from crosspost.domain.schedule import resolve
from crosspost.domain.selection import Selection
from crosspost.domain.timing import parse_timing
from crosspost.planning import Hours, Situation, plan
from crosspost.testing.paper import PaperAdapter

PARIS, TOKYO, CAIRO = "cop/opening/ministry/paper/fr", "cop/opening/tokyo/paper/fr", "cop/opening/cairo/paper/fr"


# Next working hours.


def test_the_next_working_hours_are_each_missions_own_and_say_so(small_network):
    said = campaign(post("opening", parse_timing("next-working 09:00-11:00 local from 2026-11-26 11:37 UTC")))
    closed = Hours(weekends(small_network, {"cairo": frozenset({4, 5})}))
    made = by_id(planned(small_network, said, hours=closed))
    assert (made[PARIS].time.wall, made[PARIS].moved) == (
        wall("2026-11-27 09:00"),
        "first working hours: Friday 27 November 09:00",
    )
    assert made[TOKYO].time.wall == wall("2026-11-27 09:00")
    assert made[CAIRO].moved == "first working hours: Sunday 29 November 09:00"


def test_within_the_hours_it_is_said_at_the_next_five_minutes(small_network):
    said = campaign(post("opening", parse_timing("next-working 09:00-14:00 local from 2026-11-26 11:37 UTC")))
    made = by_id(planned(small_network, said))
    assert made[PARIS].time.wall == wall("2026-11-26 12:40")
    assert made[CAIRO].time.wall == wall("2026-11-26 13:40")
    assert made[TOKYO].time.wall == wall("2026-11-27 09:00")


def test_on_another_clock_the_day_is_still_the_missions_own(small_network):
    """17:00 of a Friday in Paris is Saturday in Tokyo, and 17:00 of a Sunday is Monday there."""
    said = campaign(post("opening", parse_timing("next-working 17:00-18:00 Europe/Paris from 2026-11-27 00:00 UTC")))
    made = by_id(planned(small_network, said, hours=Hours(weekends(small_network))))
    assert made[PARIS].time.local.date() == date(2026, 11, 27)
    assert made[TOKYO].time.local.date() == date(2026, 11, 29)


def test_a_mission_that_never_works_is_not_spoken_for(small_network):
    said = campaign(post("opening", parse_timing("next-working 09:00-11:00 local from 2026-11-26 11:37 UTC")))
    closed = Hours(lambda mission, _: "closed for good" if mission == "tokyo" else "")
    made = planned(small_network, said, hours=closed)
    assert [(one.account, one.reason) for one in made.skipped if one.reason is Reason.CLOSED] == [
        ("tokyo/paper", Reason.CLOSED)
    ]


hours_of_a_day = st.times().map(lambda t: t.replace(second=0, microsecond=0))
zones = st.sampled_from(["Europe/Paris", "Asia/Tokyo", "Africa/Cairo", "Pacific/Auckland", "America/Havana", "UTC"])


@given(
    since=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)),  # noqa: DTZ001
    opens_and_closes=st.lists(hours_of_a_day, min_size=2, max_size=2, unique=True),
    zone=zones,
    closed=st.frozensets(st.integers(0, 6), max_size=6),
)
def test_it_is_the_first_minute_in_fives_of_working_hours_on_an_open_day(since, opens_and_closes, zone, closed):
    opens, closes = sorted(opens_and_closes)
    mission = Mission("m", "", "embassy", "M", "FR", zone, ("fr",))
    network = Network({"m": mission}, {"m/paper": Account("m", "paper", "@m")})
    when = f"next-working {opens:%H:%M}-{closes:%H:%M} local from {since:%Y-%m-%d %H:%M} local"
    said = Campaign("cop", "", "fr", Selection(), (Post("p", parse_timing(when), (_fr("m"),)),), owner="m")
    situation = Situation(
        said,
        network,
        datetime(2025, 1, 1, tzinfo=UTC),
        {"paper": PaperAdapter()},
        lambda words, *_: words,
        hours=Hours(lambda _, day: "closed" if day.weekday() in closed else ""),
    )
    [one] = plan(situation).planned
    found, since = one.time.wall, since.replace(second=0, microsecond=0)
    assert found >= since
    assert opens <= found.time() < closes
    # By brute force, minute by minute in fives, or where the hours open: nothing before it would do.
    is_open = (
        minute
        for minute in (since + timedelta(minutes=n) for n in range(8 * 24 * 60))
        if opens <= minute.time() < closes
        and minute.weekday() not in closed
        and (minute.minute % 5 == 0 or minute.time() == opens)
    )
    if not _clocks_change(zone, since, found):
        assert found == next(is_open)


def _clocks_change(zone: str, since: datetime, found: datetime) -> bool:
    """Say whether the wall clock is anything but plain between the two, where minutes cannot be counted off."""
    info = ZoneInfo(zone)
    days = [since + timedelta(days=n) for n in range((found - since).days + 3)]
    return len({day.replace(tzinfo=info).utcoffset() for day in days}) > 1


def _fr(owner: str) -> Variant:
    return Variant(owner, TEXT, "fr", ANY, "Bonjour")


# Slots.


def test_a_slot_is_the_missions_own_best_hour_and_says_so(small_network):
    network = with_mission(small_network, "tokyo", slots=("08:15", "12:30"))
    made = by_id(planned(network, campaign(post("opening", parse_timing("slot from 2026-11-26 11:37 UTC")))))
    assert (made[TOKYO].time.wall, made[TOKYO].moved) == (
        wall("2026-11-27 08:15"),
        "its slot: Friday 27 November 08:15",
    )
    assert made[PARIS].time.wall == wall("2026-11-26 17:00")  # nothing named: 10:00 and 17:00


def with_mission(network: Network, name: str, **changes) -> Network:
    return replace(network, missions={**network.missions, name: replace(network.missions[name], **changes)})


def test_two_posts_and_two_languages_of_an_account_are_spread_over_its_slots(small_network):
    slot = parse_timing("slot from 2026-11-26 11:37 UTC")
    both = (Variant("ministry", TEXT, "fr", ANY, "Bonjour"), Variant("ministry", TEXT, "ja", ANY, "こんにちは"))
    said = campaign(Post("opening", slot, both), post("closing", slot, "Au revoir"))
    made = by_id(planned(small_network, said))
    walls = [one.time.wall for one in made.values() if one.account == "tokyo/paper"]
    assert walls == [wall("2026-11-27 10:00"), wall("2026-11-27 17:00"), wall("2026-11-28 10:00")]


def test_slots_go_round_what_is_said_at_a_set_time_wherever_it_stands_in_the_file(small_network):
    slot = post("opening", parse_timing("slot from 2026-11-26 11:37 UTC"))
    fixed = post("closing", parse_timing("2026-11-26 17:10 local"), "Au revoir")
    for posts in ((slot, fixed), (fixed, slot)):
        assert by_id(planned(small_network, campaign(*posts)))[PARIS].time.wall == wall("2026-11-27 10:00")


def test_slots_go_round_what_other_campaigns_say(small_network):
    said = campaign(post("opening", parse_timing("slot from 2026-11-26 11:37 UTC")))
    taken = {"ministry/paper": (datetime(2026, 11, 26, 15, 45, tzinfo=UTC),)}  # 16:45 in Paris
    made = by_id(planned(small_network, said, hours=Hours(taken=taken)))
    assert made[PARIS].time.wall == wall("2026-11-27 10:00")
    network = with_mission(small_network, "ministry", gap="15m")
    assert by_id(planned(network, said, hours=Hours(taken=taken)))[PARIS].time.wall == wall("2026-11-26 17:00")


def test_a_slot_that_was_given_is_kept_though_another_post_stands_before_it_now(small_network):
    slot = parse_timing("slot from 2026-11-26 11:37 UTC")
    first = by_id(planned(small_network, campaign(post("opening", slot))))
    kept = {name: one.time for name, one in first.items()}
    said = campaign(post("before", slot, "Avant"), post("opening", slot))
    made = by_id(planned(small_network, said, hours=Hours(kept=kept), known=frozenset(first)))
    assert {name: made[name].time for name in first} == {name: one.time for name, one in first.items()}
    assert made["cop/before/ministry/paper/fr"].time.wall == wall("2026-11-27 10:00")


def test_a_slot_that_the_network_no_longer_names_is_given_anew(small_network):
    said = campaign(post("opening", parse_timing("slot from 2026-11-26 11:37 UTC")))
    kept = {PARIS: resolve(wall("2026-11-26 17:00"), "Europe/Paris")}
    network = with_mission(small_network, "ministry", slots=("18:30",))
    made = by_id(planned(network, said, hours=Hours(kept=kept)))
    assert made[PARIS].time.wall == wall("2026-11-26 18:30")


def test_what_has_lost_its_slot_is_given_none_that_has_gone_by(small_network):
    said = campaign(post("opening", parse_timing("slot from 2026-11-20 08:00 UTC")))
    kept = {PARIS: resolve(wall("2026-11-30 10:00"), "Europe/Paris")}  # those before it were others' then
    network = with_mission(small_network, "ministry", slots=("12:00", "18:30"))
    made = by_id(planned(network, said, hours=Hours(kept=kept), known=frozenset(kept)))
    assert made[PARIS].time.wall == wall("2026-11-26 18:30")


@given(st.data())
def test_a_slot_keeps_its_wall_time_whatever_becomes_of_the_missions_clock(data):
    network, said, taken = data.draw(crowds("slot from 2026-11-27"))
    first = planned(network, said, hours=Hours(taken=taken))
    elsewhere = with_mission(network, "m", timezone=data.draw(zones))
    kept = {one.id: one.time for one in first.planned}
    again = by_id(planned(elsewhere, said, hours=Hours(taken=taken, kept=kept), known=frozenset(kept)))
    assert {name: again[name].time.wall for name in kept} == {name: time.wall for name, time in kept.items()}


def test_slots_in_quiet_hours_are_given_only_where_there_are_no_others(small_network):
    said = campaign(post("opening", parse_timing("slot from 2026-11-26 11:37 UTC"), quiet=QuietPolicy.MOVE))
    network = with_mission(small_network, "ministry", slots=("23:00", "12:00"), quiet="22:00-07:00")
    assert by_id(planned(network, said))[PARIS].time.wall == wall("2026-11-27 12:00")
    network = with_mission(small_network, "ministry", slots=("23:00",), quiet="22:00-07:00")
    moved = by_id(planned(network, said))[PARIS]
    assert (moved.time.wall, "quiet hours" in moved.moved) == (wall("2026-11-27 07:00"), True)


@st.composite
def crowds(
    draw, slot: str = "slot from 2026-11-26 11:37 UTC"
) -> tuple[Network, Campaign, Mapping[str, tuple[datetime, ...]]]:
    """Return a mission with slots and a gap, several posts by slots or set times, and what others have it say."""
    quarter = st.integers(0, 95).map(lambda n: f"{n // 4:02}:{n % 4 * 15:02}")
    mission = Mission(
        "m",
        "",
        "embassy",
        "M",
        "FR",
        draw(zones),
        ("fr", "en"),
        slots=tuple(draw(st.lists(quarter, min_size=1, max_size=5, unique=True))),
        gap=draw(st.sampled_from(["", "15m", "1h", "3h"])),
    )
    network = Network(
        {"m": mission}, {"m/paper": Account("m", "paper", "@m", language_mode=draw(st.sampled_from(LanguageMode)))}
    )
    kinds = draw(st.lists(st.sampled_from(["slot", "slot", "fixed"]), min_size=1, max_size=5))
    posts = tuple(
        _crowded(n, slot if kind == "slot" else "", draw(st.sampled_from(QuietPolicy))) for n, kind in enumerate(kinds)
    )
    minutes = draw(st.lists(st.integers(0, 7200), max_size=6))
    taken = {"m/paper": tuple(NOW + timedelta(minutes=n) for n in minutes)}
    return network, Campaign("cop", "", "fr", Selection(), posts, owner="m"), taken


def _crowded(n: int, slot: str, quiet: QuietPolicy) -> Post:
    when = slot or f"2026-11-2{7 + n % 3} 1{n}:20 local"
    words = (Variant("m", TEXT, "fr", ANY, f"Bonjour {n}"), Variant("m", TEXT, "en", ANY, f"Hello {n}"))
    return Post(f"p{n}", parse_timing(when), words, quiet=quiet)


@given(crowds())
def test_an_account_never_speaks_twice_within_its_gap_by_slots(crowd):
    network, said, taken = crowd
    made = planned(network, said, hours=Hours(taken=taken))
    slots = {post.id for post in said.posts if str(post.at).startswith("slot")}
    gap = gap_of(network.missions["m"])
    for one, other in combinations(made.planned, 2):
        if {one.post, other.post} & slots:
            assert abs(one.time.utc - other.time.utc) >= gap, (one.id, other.id)
    for one in made.planned:
        assert one.post not in slots or all(abs(one.time.utc - due) >= gap for due in taken["m/paper"])


@given(crowds())
def test_planned_again_from_what_is_queued_nothing_moves(crowd):
    network, said, taken = crowd
    first = planned(network, said, hours=Hours(taken=taken))
    assert planned(network, said, hours=Hours(taken=taken)) == first
    kept = {one.id: one.time for one in first.planned}
    again = planned(network, said, hours=Hours(taken=taken, kept=kept), known=frozenset(kept))
    assert {one.id: one.time for one in again.planned} == {one.id: one.time for one in first.planned}

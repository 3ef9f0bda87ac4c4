"""Closed days, quiet hours and blackouts: what each policy makes of a time, for any zone, calendar and hour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from crosspost.calendars import Calendar, OwnDay
from crosspost.domain.blackout import Blackout
from crosspost.domain.campaign import Post
from crosspost.domain.delivery import BlockKind
from crosspost.domain.hours import ClosedPolicy, Kind, Quiet, QuietPolicy, quiet_of
from crosspost.domain.network import Account, Mission, Network
from crosspost.domain.schedule import WallTime, at_instant, parse_time
from crosspost.domain.selection import Selection
from crosspost.domain.timing import NextWorking, Slot
from crosspost.domain.zones import zone
from crosspost.planning import Hours
from crosspost.planning.diary import ClosedError, Diary, Settled

ZONES = ["Africa/Cairo", "Asia/Tokyo", "Asia/Beirut", "Pacific/Chatham", "America/Havana", "Asia/Kathmandu", "UTC"]
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
FIRST = date(2027, 1, 1)

#: A country's holidays are computed once, which takes its time.
PATIENT = settings(deadline=None)


@dataclass(frozen=True)
class Scene:
    """A mission with a calendar, and a post that it is to say."""

    mission: Mission
    own: tuple[OwnDay, ...]
    post: Post
    blackouts: tuple[Blackout, ...] = ()

    @property
    def calendar(self) -> Calendar:
        ministry = Mission("ministry", "", "ministry", "Paris", "FR", "Europe/Paris", ("fr",))
        return Calendar(Network({"ministry": ministry, "post": self.mission}, {}), self.own)

    @property
    def diary(self) -> Diary:
        account = Account("post", "paper", "@post")
        network = Network(dict(self.calendar.network.missions), {account.id: account})
        return Diary(account, network, Hours(self.calendar.why_closed, self.blackouts))

    def settled(self, post: Post | None = None) -> Settled:
        chosen = post or self.post
        return self.diary.settle(chosen.at, chosen)

    def local(self, settled: Settled) -> datetime:
        return settled.instant.utc.astimezone(zone(self.mission.timezone))

    def is_closed(self, day: date) -> bool:
        return bool(self.calendar.why_closed("post", day))


@st.composite
def scenes(draw, **post):
    """Any mission, its own closed and open days, and a post of any policy at any time of the spring of 2027."""
    quiet = draw(st.builds(Quiet, st.times(), st.times()).map(str))
    mission = Mission(
        "post",
        "ministry",
        country=draw(st.sampled_from(["EG", "JP", "LB", "NP", "IR", "ZZ"])),
        timezone=draw(st.sampled_from(ZONES)),
        weekend=tuple(draw(st.sets(st.sampled_from(WEEK), max_size=3))),
        quiet=draw(st.sampled_from(["", quiet])),
    )
    days = draw(st.dictionaries(st.integers(0, 120), st.booleans(), max_size=40))
    own = tuple(OwnDay("post", FIRST + timedelta(days=n), is_open, "its own") for n, is_open in days.items())
    wall = datetime.combine(FIRST, time()) + timedelta(minutes=draw(st.integers(0, 90 * 24 * 60)))
    fields = {
        "closed": draw(st.sampled_from(ClosedPolicy)),
        "quiet": draw(st.sampled_from(QuietPolicy)),
        "kind": Kind.NEWS,
        "embargo": False,
    }
    at = WallTime(wall, draw(st.sampled_from(["local", "UTC", "Europe/Paris"])))
    return Scene(mission, own, Post("opening", at, (), **(fields | post)))


ALL_DAYS = Blackout(1, Selection(), FIRST - timedelta(days=9), FIRST + timedelta(days=300), "mourning")


@PATIENT
@given(scenes(embargo=True))
def test_nothing_ever_moves_or_stops_an_embargo(scene):
    scene = replace(scene, blackouts=(ALL_DAYS,))
    assert scene.settled() == Settled(scene.post.at.instant(scene.mission.timezone))


@PATIENT
@given(scenes(kind=Kind.CRISIS))
def test_nothing_moves_or_stops_what_is_said_in_a_crisis(scene):
    scene = replace(scene, blackouts=(ALL_DAYS,))
    assert scene.settled() == Settled(scene.post.at.instant(scene.mission.timezone))


@PATIENT
@given(scenes(closed=ClosedPolicy.NEXT_WORKING, quiet=QuietPolicy.MOVE))
def test_what_moves_never_lands_on_a_closed_day_nor_in_quiet_hours_nor_earlier(scene):
    settled, asked = scene.settled(), scene.post.at.instant(scene.mission.timezone)
    local = scene.local(settled)
    assert not scene.is_closed(local.date())
    assert not quiet_of(scene.mission).covers(local.time())
    assert settled.instant.utc >= asked.utc
    assert bool(settled.moved) == (settled.instant.utc != asked.utc)
    assert settled.stops == ()


@PATIENT
@given(scenes())
def test_the_same_is_planned_twice_alike(scene):
    def once():
        try:
            return scene.settled()
        except ClosedError as error:
            return str(error)

    assert once() == once()


@PATIENT
@given(scenes(closed=ClosedPolicy.SKIP, quiet=QuietPolicy.IGNORE))
def test_skip_leaves_out_what_is_due_on_a_closed_day_and_nothing_else(scene):
    asked = scene.post.at.instant(scene.mission.timezone)
    local = asked.utc.astimezone(zone(scene.mission.timezone))
    if scene.is_closed(local.date()):
        with pytest.raises(ClosedError, match="not said there"):
            scene.settled()
    else:
        assert scene.settled() == Settled(asked)


@PATIENT
@given(scenes(closed=ClosedPolicy.SKIP, quiet=QuietPolicy.MOVE))
def test_skip_says_nothing_on_a_closed_day_that_quiet_hours_would_move_it_to(scene):
    try:
        settled = scene.settled()
    except ClosedError:
        return
    assert not scene.is_closed(scene.local(settled).date())


@PATIENT
@given(scenes(closed=ClosedPolicy.IGNORE, quiet=QuietPolicy.REVIEW))
def test_review_keeps_the_time_and_stops_what_is_due_in_quiet_hours_alone(scene):
    settled = scene.settled()
    assert settled.instant == scene.post.at.instant(scene.mission.timezone)
    in_quiet = quiet_of(scene.mission).covers(scene.local(settled).time())
    assert [stop.kind for stop in settled.stops] == ([BlockKind.QUIET] if in_quiet else [])


@PATIENT
@given(scenes(), st.integers(0, 100), st.integers(0, 5), st.sampled_from([(), ("climate",), ("elections", "sport")]))
def test_a_blackout_stops_what_leaves_on_its_days_and_moves_nothing(scene, start, more, topics):
    first = FIRST + timedelta(days=start)
    its = Blackout(1, Selection(mission=("post",)), first, first + timedelta(days=more), "mourning", topics)
    post = replace(scene.post, topics=("climate",))
    try:
        without = scene.settled(post)
    except ClosedError:
        assume(False)
    stopped = replace(scene, blackouts=(its,)).settled(post)
    covers = first <= scene.local(without).date() <= its.last and topics in {(), ("climate",)}
    assert stopped == replace(without, stops=(*without.stops, *([its.stop] if covers else [])))


@PATIENT
@given(scenes(quiet=QuietPolicy.MOVE), st.times(time(0), time(20)), st.integers(10, 200))
def test_next_working_leaves_on_the_first_open_day_and_out_of_quiet_hours(scene, opens, minutes):
    opens = opens.replace(second=0, microsecond=0)
    closes = (datetime.combine(FIRST, opens) + timedelta(minutes=minutes)).time()
    at = NextWorking(opens, closes, since=WallTime(datetime.combine(FIRST, time()), "local"))
    settled = scene.settled(replace(scene.post, at=at, closed=ClosedPolicy.IGNORE))
    assert not scene.is_closed(scene.local(settled).date())
    assert not quiet_of(scene.mission).covers(scene.local(settled).time())


def test_the_words_name_day_place_reason_and_the_new_time():
    cairo = Mission("post", "ministry", country="EG", timezone="Africa/Cairo")
    at = parse_time("2026-11-27 09:00 local")
    scene = Scene(cairo, (), Post("opening", at, (), closed=ClosedPolicy.NEXT_WORKING))
    assert scene.settled().moved == "Friday, closed in EG (weekend in EG): Sunday 29 November 09:00"
    late = replace(scene.post, at=parse_time("2026-11-26 23:00 local"), quiet=QuietPolicy.MOVE)
    assert scene.settled(late).moved == (
        "Thursday 26 November 23:00 is in the quiet hours of post, 22:00-07:00; "
        "Friday, closed in EG (weekend in EG): Sunday 29 November 07:00"
    )


#: A day on which the clocks of each go forward, and one on which they go back; in six the hours about midnight.
CHANGES = {
    "Europe/Paris": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
    "Asia/Beirut": (date(2026, 3, 29), date(2026, 10, 24)),
    "Africa/Cairo": (date(2026, 4, 24), date(2026, 10, 29)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
    "America/Asuncion": (date(2023, 10, 1), date(2024, 3, 23)),
    "America/Nuuk": (date(2026, 3, 28), date(2026, 10, 24)),
    "Pacific/Apia": (date(2011, 12, 30), date(2011, 4, 2)),
}
days_of_change = st.sampled_from([(name, day) for name, days in CHANGES.items() for day in days])
minutes_of_a_day = st.integers(0, 24 * 60 - 1).map(lambda m: time(*divmod(m, 60)))


def moments(change: tuple[str, date]):
    """Return a mission's zone, and instants within a day of a change of its clocks."""
    name, day = change
    midnight = datetime.combine(day, time(), UTC)
    return st.tuples(st.just(name), st.integers(-18 * 60, 30 * 60).map(lambda m: midnight + timedelta(minutes=m)))


def here(zone_name: str, **more) -> Scene:
    weekend = more.pop("weekend", ("sun",))
    mission = Mission("post", "ministry", country="ZZ", timezone=zone_name, weekend=weekend, **more)
    return Scene(mission, (), Post("opening", parse_time("2026-01-01 09:00 local"), (), **NOWHERE_QUIET))


#: 23:10 of a Thursday in Cairo, for the second time.
AGAIN = ("Africa/Cairo", datetime(2026, 10, 29, 21, 10, tzinfo=UTC))

NOWHERE_QUIET = {"closed": ClosedPolicy.IGNORE, "quiet": QuietPolicy.IGNORE}


@PATIENT
@given(days_of_change.flatmap(moments), minutes_of_a_day, st.integers(1, 120))
@example(AGAIN, time(22), 110)
@example(("America/Nuuk", datetime(2026, 3, 28, 12, tzinfo=UTC)), time(23), 30)
def test_about_a_change_of_the_clocks_next_working_is_within_its_hours_and_never_before_its_beginning(
    moment, opens, minutes
):
    name, since = moment
    closes = (datetime.combine(FIRST, opens) + timedelta(minutes=minutes)).time()
    assume(closes > opens)
    scene = here(name)
    settled = scene.settled(replace(scene.post, at=NextWorking(opens, closes, since=at_instant(since))))
    local = scene.local(settled)
    assert settled.instant.utc >= since
    assert opens <= local.time() < closes
    assert not scene.is_closed(local.date())
    assert local - since.astimezone(local.tzinfo) < timedelta(days=4)


@PATIENT
@given(days_of_change.flatmap(moments), st.lists(minutes_of_a_day, min_size=1, max_size=3))
@example(AGAIN, [time(23, 30)])
def test_about_a_change_of_the_clocks_a_slot_is_never_before_its_beginning_nor_on_a_closed_day(moment, slots):
    name, since = moment
    scene = here(name, slots=tuple(f"{slot:%H:%M}" for slot in slots))
    settled = scene.settled(replace(scene.post, at=Slot(at_instant(since))))
    assert settled.instant.utc >= since
    assert not scene.is_closed(scene.local(settled).date())


@PATIENT
@given(days_of_change.flatmap(moments), minutes_of_a_day, minutes_of_a_day)
@example(AGAIN, time(20), time(23, 30))
def test_about_a_change_of_the_clocks_quiet_hours_move_nothing_to_an_earlier_instant(moment, begins, ends):
    name, due = moment
    scene = here(name, quiet=f"{begins:%H:%M}-{ends:%H:%M}")
    settled = scene.settled(replace(scene.post, at=at_instant(due), quiet=QuietPolicy.MOVE))
    assert settled.instant.utc >= due
    assert bool(settled.moved) == (settled.instant.utc > due)


def test_what_the_clocks_skip_on_a_closed_day_is_said_at_its_own_hour_on_the_next_working_day():
    scene = here("Africa/Cairo", weekend=("fri", "sat"))
    post = replace(scene.post, at=parse_time("2026-04-24 00:30 local"), closed=ClosedPolicy.NEXT_WORKING)
    assert scene.local(scene.settled(post)).replace(tzinfo=None) == parse_time("2026-04-26 00:30 local").wall


def test_a_mission_that_is_closed_all_week_is_not_spoken_for_on_working_days():
    scene = here("Asia/Tokyo", weekend=tuple(WEEK))
    for at in (NextWorking(time(9), time(11), since=at_instant(datetime(2026, 3, 1, tzinfo=UTC))), scene.post.at):
        with pytest.raises(ClosedError, match="is closed for 60 days"):
            scene.settled(replace(scene.post, at=at, closed=ClosedPolicy.NEXT_WORKING))


@pytest.mark.parametrize("topic", ["Elections", " elections ", "ELECTIONS"])
def test_a_blackout_is_about_its_topics_however_they_are_written(topic):
    scene = replace(here("Asia/Tokyo"), blackouts=(replace(ALL_DAYS, first=date(2026, 1, 1), topics=(topic,)),))
    assert scene.settled(replace(scene.post, topics=("elections",))).stops != ()
    assert scene.settled(replace(scene.post, topics=("sport",))).stops == ()

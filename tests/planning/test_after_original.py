"""So long after the original: which that is, from when it counts, and what else the time keeps to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.planning.scene import NOW, at, by_id, campaign, planned, post, wall, weekends

from crosspost.domain.campaign import ANY, TEXT, TIME, Campaign, Post, Variant
from crosspost.domain.content import Content
from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.hours import ClosedPolicy, QuietPolicy
from crosspost.domain.network import Account, Mission, Network
from crosspost.domain.planned import Earlier, Planned, Reason
from crosspost.domain.selection import Selection
from crosspost.domain.timing import parse_timing
from crosspost.planning import Hours

PARIS, TOKYO, SEOUL, CAIRO = (f"cop/opening/{m}/paper/fr" for m in ("ministry", "tokyo", "seoul", "cairo"))


def with_mission(network: Network, name: str, **changes) -> Network:
    return replace(network, missions={**network.missions, name: replace(network.missions[name], **changes)})


WORDS = "La France ouvre aujourd’hui son pavillon à la conférence"


def _fr(owner: str) -> Variant:
    return Variant(owner, TEXT, "fr", ANY, "Bonjour")


AT_NINE = parse_timing("2026-11-27 09:00 local")


def opening(**more) -> Campaign:
    return campaign(post("opening", AT_NINE, **more))


def as_sent(one: Planned, sent: datetime | None, state: State = State.SENT, lost: str = "") -> dict[str, Earlier]:
    return {one.id: Earlier(one.content, one.time, one.expires, state, lost=lost, sent_at=sent)}


def test_it_comes_after_the_first_in_the_tree_that_says_it_there_and_says_so(small_network):
    made = by_id(planned(small_network, opening(), overrides=at("cairo", "after original +2h")))
    cairo = made[CAIRO]
    assert (cairo.after, cairo.delay, cairo.time.utc) == (
        PARIS,
        timedelta(hours=2),
        made[PARIS].time.utc + timedelta(hours=2),
    )
    assert cairo.moved == f"2h after {PARIS}, which is not out yet"
    assert cairo.expires == cairo.time.utc + timedelta(hours=4)
    assert not made[PARIS].after


def test_where_the_first_opts_out_the_next_that_says_it_is_the_original(small_network):
    overrides = {
        "opening": (
            *at("cairo", "after original +2h")["opening"],
            Variant("asia", "opt-out", ANY, "paper", "not here"),
        )
    }
    network = replace(small_network, accounts={k: v for k, v in small_network.accounts.items() if "ministry" not in k})
    made = planned(network, opening(), overrides=overrides)
    assert [(one.account, one.reason) for one in made.skipped if one.reason is Reason.NO_ORIGINAL] == [
        ("cairo/paper", Reason.NO_ORIGINAL)
    ]
    made = planned(network, opening(), overrides=at("cairo", "after original +2h"))
    assert by_id(made)[CAIRO].after == TOKYO


@pytest.mark.parametrize(
    ("quiet", "tokyo", "stopped"),
    [
        (QuietPolicy.REVIEW, "2026-11-27 23:01", ["quiet"]),
        (QuietPolicy.MOVE, "2026-11-28 07:00", []),
        (QuietPolicy.IGNORE, "2026-11-27 23:01", []),
    ],
)
def test_a_repost_keeps_to_the_hours_of_the_time_that_its_original_gives_it(small_network, quiet, tokyo, stopped):
    network = with_mission(small_network, "tokyo", quiet="22:00-07:00")
    said = campaign(post("opening", parse_timing("2026-11-27 15:00 local"), WORDS, quiet=quiet))
    one = by_id(planned(network, said, one_voice=True))[TOKYO]
    assert one.content.is_repost
    assert (one.time.wall, [stop.kind.value for stop in one.stops]) == (wall(tokyo), stopped)
    assert one.expires - one.time.utc == timedelta(hours=4)


def test_a_repost_that_its_original_brings_into_a_closed_day_is_as_its_post_is_on_closed_days(small_network):
    at_six = parse_timing("2026-11-27 18:00 local")  # Friday in Paris, Saturday in Tokyo when Paris has said it
    calendar = Hours(weekends(small_network))
    said = campaign(post("opening", at_six, WORDS, closed=ClosedPolicy.NEXT_WORKING))
    assert by_id(planned(small_network, said, one_voice=True, hours=calendar))[TOKYO].time.wall == wall(
        "2026-11-30 02:01"
    )
    said = campaign(post("opening", at_six, WORDS, closed=ClosedPolicy.SKIP))
    made = planned(small_network, said, one_voice=True, hours=calendar)
    assert ("tokyo/paper", Reason.CLOSED) in {(one.account, one.reason) for one in made.skipped}
    said = campaign(
        post("opening", parse_timing("2026-11-27 17:00 UTC"), WORDS, closed=ClosedPolicy.SKIP, embargo=True)
    )
    assert len(planned(small_network, said, one_voice=True, hours=calendar).planned) == len(small_network.accounts) - 2


def test_a_repost_whose_original_was_out_past_its_own_time_is_due_then_and_by_night_it_waits(small_network):
    network = with_mission(small_network, "tokyo", quiet="22:00-07:00")
    said = campaign(post("opening", parse_timing("2026-11-26 12:38 local"), WORDS))
    made = by_id(planned(network, said, one_voice=True, known=frozenset({TOKYO})))
    assert (made[TOKYO].time.utc, made[TOKYO].stops) == (NOW + timedelta(minutes=2), ())
    late = NOW + timedelta(hours=2, seconds=1.5)
    earlier = as_sent(made[PARIS], late) | as_sent(made[TOKYO], None, State.QUEUED)
    again = by_id(planned(network, said, one_voice=True, known=frozenset(made), earlier=earlier))
    assert again[TOKYO].time.utc == NOW + timedelta(hours=2, minutes=1, seconds=2)
    assert [stop.kind for stop in again[TOKYO].stops] == [BlockKind.QUIET]
    in_time = as_sent(made[PARIS], made[PARIS].time.utc + timedelta(seconds=2)) | as_sent(
        made[TOKYO], None, State.QUEUED
    )
    once_more = by_id(planned(network, said, one_voice=True, known=frozenset(made), earlier=in_time))
    assert once_more[TOKYO].time == made[TOKYO].time, "seconds move nothing"


def test_an_embargo_that_its_original_kept_late_moves_no_repost(small_network):
    said = campaign(post("opening", parse_timing("2026-11-26 12:00 UTC"), WORDS, embargo=True))
    made = by_id(planned(small_network, said, one_voice=True))
    earlier = as_sent(made[PARIS], made[PARIS].time.utc + timedelta(hours=1)) | as_sent(made[TOKYO], None, State.QUEUED)
    again = by_id(planned(small_network, said, one_voice=True, known=frozenset(made), earlier=earlier))
    assert (again[TOKYO].time, again[TOKYO].stops) == (made[TOKYO].time, ())


def test_what_says_itself_since_its_original_is_lost_does_not_do_so_by_night(small_network):
    network = with_mission(small_network, "tokyo", quiet="20:00-07:00")
    said = campaign(post("opening", parse_timing("2026-11-26 12:00 local"), WORDS, quiet=QuietPolicy.MOVE))
    made = by_id(planned(network, said, one_voice=True, known=frozenset({PARIS, TOKYO})))
    earlier = as_sent(made[PARIS], None, State.FAILED, "has failed: no") | as_sent(made[TOKYO], None, State.QUEUED)
    again = by_id(planned(network, said, one_voice=True, known=frozenset({PARIS, TOKYO}), earlier=earlier))
    assert not again[TOKYO].content.is_repost
    assert again[TOKYO].time.wall == wall("2026-11-27 07:00")
    stored = earlier | as_sent(again[TOKYO], None, State.QUEUED)
    stored[TOKYO] = replace(stored[TOKYO], because=again[TOKYO].because)
    third = by_id(planned(network, said, one_voice=True, known=frozenset({PARIS, TOKYO}), earlier=stored))
    assert third[TOKYO].time == again[TOKYO].time


def test_where_everybody_comes_after_the_others_nobody_says_it(small_network):
    made = planned(small_network, opening(), overrides=at("ministry", "after original +2h"))
    assert made.planned == ()
    assert Reason.NO_ORIGINAL in {one.reason for one in made.skipped}


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=3.2), timedelta(hours=5)])
def test_once_the_original_is_out_the_time_counts_from_then(small_network, late):
    original = by_id(planned(small_network, opening()))[PARIS]
    out = original.time.utc + late
    made = by_id(
        planned(small_network, opening(), overrides=at("tokyo", "after original +2h"), earlier=as_sent(original, out))
    )[TOKYO]
    assert timedelta(0) <= made.time.utc - (out + timedelta(hours=2)) < timedelta(seconds=1)
    assert made.time.utc.microsecond == 0
    assert made.moved.startswith(f"2h after {PARIS}, which is out")
    assert made.expires - made.time.utc == timedelta(hours=4)


@pytest.mark.parametrize(
    ("state", "lost"),
    [(State.FAILED, "has failed"), (State.CANCELLED, "was cancelled"), (State.SENT, "was recalled by claire: wrong")],
)
def test_where_the_original_is_lost_the_next_is_what_others_come_after(small_network, state, lost):
    original = by_id(planned(small_network, opening()))[PARIS]
    sent = original.time.utc if state is State.SENT else None
    earlier = as_sent(original, sent, state, lost)
    made = by_id(planned(small_network, opening(), overrides=at("cairo", "after original +2h"), earlier=earlier))
    assert made[CAIRO].after == TOKYO


def test_an_original_that_an_edit_brings_back_is_the_original_again(small_network):
    original = by_id(planned(small_network, opening()))[PARIS]
    earlier = as_sent(original, None, State.FAILED, "has failed")
    edited = opening(words="Bonsoir")
    made = by_id(planned(small_network, edited, overrides=at("cairo", "after original +2h"), earlier=earlier))
    assert made[CAIRO].after == PARIS


def test_an_edit_that_moves_the_original_moves_what_comes_after(small_network):
    said = campaign(post("opening", parse_timing("2026-11-27 12:00 local")))
    made = by_id(planned(small_network, said, overrides=at("cairo", "after original +2h")))
    assert made[CAIRO].time.utc == datetime(2026, 11, 27, 13, tzinfo=UTC)


def test_an_unknown_original_is_waited_for(small_network):
    original = by_id(planned(small_network, opening()))[PARIS]
    made = by_id(
        planned(
            small_network,
            opening(),
            overrides=at("cairo", "after original +2h"),
            earlier=as_sent(original, None, State.UNKNOWN),
        )
    )
    assert (made[CAIRO].after, made[CAIRO].moved.endswith("not out yet")) == (PARIS, True)


def test_what_comes_after_keeps_to_closed_days_and_quiet_hours(small_network):
    network = with_mission(small_network, "tokyo", quiet="22:00-07:00")
    friday = campaign(post("opening", parse_timing("2026-11-27 09:00 local"), closed=ClosedPolicy.NEXT_WORKING))
    closed = Hours(weekends(small_network, {"cairo": frozenset({4, 5})}))
    made = by_id(planned(small_network, friday, overrides=at("cairo", "after original +2h"), hours=closed))
    assert made[CAIRO].moved == (
        f"2h after {PARIS}, which is not out yet; Friday, closed in EG (weekend): Sunday 29 November 12:00"
    )
    late = by_id(planned(network, opening(), overrides=at("tokyo", "after original +6h")))[TOKYO]
    assert [stop.kind for stop in late.stops] == [BlockKind.QUIET]  # 15:00 in Paris is 23:00 in Tokyo
    moving = opening(quiet=QuietPolicy.MOVE)
    moved = by_id(planned(network, moving, overrides=at("tokyo", "after original +6h")))[TOKYO]
    assert (moved.time.wall, moved.after) == (wall("2026-11-28 07:00"), PARIS)


def test_on_a_platform_of_one_voice_it_reposts_so_long_after(small_network):
    said = opening(words="La France ouvre aujourd’hui son pavillon à la conférence")
    made = by_id(planned(small_network, said, one_voice=True, overrides=at("cairo", "after original +2h")))
    cairo = made[CAIRO]
    assert (cairo.content.original, cairo.after, cairo.delay) == (PARIS, PARIS, timedelta(hours=2))
    assert cairo.time.utc == made[PARIS].time.utc + timedelta(hours=2)


def test_a_repost_comes_so_long_after_what_it_reposts_not_after_another_language(small_network):
    """The ministry says it in French; Seoul and Cairo say it in English, Seoul first: Cairo reposts Seoul."""
    accounts = {
        **small_network.accounts,
        **{f"{m}/paper": Account(m, "paper", f"@{m}", ("en",)) for m in ("seoul", "cairo")},
        "ministry/paper": Account("ministry", "paper", "@ministry", ("fr",)),
    }
    english = Variant("ministry", TEXT, "en", ANY, "France opens its pavilion at the conference today")
    french = Variant("ministry", TEXT, "fr", ANY, "La France ouvre aujourd’hui son pavillon à la conférence")
    said = campaign(Post("opening", AT_NINE, (french, english)))
    network = replace(small_network, accounts=accounts)
    made = by_id(planned(network, said, one_voice=True, overrides=at("cairo", "after original +2h")))
    seoul, cairo = made["cop/opening/seoul/paper/en"], made["cop/opening/cairo/paper/en"]
    assert (cairo.content.original, cairo.after) == (seoul.id, seoul.id)
    assert cairo.time.utc == seoul.time.utc + timedelta(hours=2)


def test_what_has_failed_after_its_original_is_not_tried_again_by_a_new_plan(small_network):
    made = by_id(planned(small_network, opening(), overrides=at("cairo", "after original +2h")))
    out = made[PARIS].time.utc + timedelta(minutes=20)
    earlier = as_sent(made[PARIS], out) | as_sent(made[CAIRO], None, State.FAILED, "has failed")
    again = by_id(planned(small_network, opening(), overrides=at("cairo", "after original +2h"), earlier=earlier))
    assert again[CAIRO].time == made[CAIRO].time


@given(
    delay=st.integers(1, 3000).map(lambda n: timedelta(minutes=n)),
    late=st.integers(0, 10**7).map(lambda n: timedelta(milliseconds=n)),
    quiet=st.sampled_from(QuietPolicy),
    closed=st.sampled_from(ClosedPolicy),
)
def test_nothing_comes_before_its_original_has_been_out_so_long(delay, late, quiet, closed):
    missions = {
        "a": Mission("a", "", "ministry", "A", "FR", "Europe/Paris", ("fr",)),
        "b": Mission("b", "a", "embassy", "B", "JP", "Asia/Tokyo", ("fr",)),
    }
    network = Network(missions, {f"{m}/paper": Account(m, "paper", f"@{m}") for m in missions})
    variant = Variant("b", TIME, ANY, ANY, f"after original +{int(delay.total_seconds() // 60)}m")
    said = Campaign(
        "cop", "", "fr", Selection(), (Post("p", AT_NINE, (_fr("a"),), quiet=quiet, closed=closed),), owner="a"
    )
    hours = Hours(weekends(network))
    first = by_id(planned(network, said, overrides={"p": (variant,)}, hours=hours))
    original = first["cop/p/a/paper/fr"]
    out = original.time.utc + late
    made = planned(network, said, overrides={"p": (variant,)}, hours=hours, earlier=as_sent(original, out))
    for one in made.planned:
        if one.after:
            assert one.time.utc >= out + delay
            assert one.expires - one.time.utc == said.posts[0].expires


def test_a_content_of_its_own_is_no_repost(small_network):
    made = by_id(planned(small_network, opening(), overrides=at("cairo", "after original +2h")))
    assert made[CAIRO].content == Content("cairo/paper", "fr", "Bonjour")


def test_of_accounts_that_say_the_same_none_waits_for_the_other(small_network):
    """Tokyo stands before Seoul in the tree, and yet it is Seoul that says it first."""
    said = opening(words="La France ouvre aujourd’hui son pavillon à la conférence")
    accounts = {name: one for name, one in small_network.accounts.items() if one.mission != "ministry"}
    network = replace(small_network, accounts=accounts)
    made = by_id(planned(network, said, one_voice=True, overrides=at("tokyo", "after original +2h")))
    assert {name: (one.content.original, one.after) for name, one in made.items()} == {
        SEOUL: ("", ""),
        TOKYO: (SEOUL, SEOUL),
        CAIRO: (SEOUL, ""),
    }

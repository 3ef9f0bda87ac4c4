"""Blackouts and quiet hours at the desk: what they stop, what a person lets leave, and for which reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, text
from tests.desk.conftest import Nothing, with_text

from crosspost.desk import blackouts, deliveries, networks, posts, replan, summary
from crosspost.desk.posts import SinglePost
from crosspost.domain.campaign import ANY, TEXT, Post, Variant
from crosspost.domain.hours import Kind
from crosspost.domain.schedule import parse_time
from crosspost.domain.selection import Selection
from crosspost.errors import NotPermittedError, UsageError
from crosspost.store import events, network
from crosspost.store.tables import Block, core

DAY = date(datetime.now(UTC).year + 1, 11, 20)
ALL, CAIRO = Selection(), Selection(mission=("cairo",))


def words(said):
    return (Variant("ministry", TEXT, "fr", ANY, said),)


@pytest.fixture
def queued(queue, campaign):
    """At noon on each mission's own clock, about climate; a crisis and an embargo, the same day."""
    noon, utc = parse_time(f"{DAY} 12:00 local"), parse_time(f"{DAY} 12:00 UTC")
    made = replace(
        campaign,
        posts=(
            Post("opening", noon, words("Bonjour"), topics=("climate",)),
            Post("alert", noon, words("Alerte"), kind=Kind.CRISIS),
            Post("sealed", utc, words("Sous embargo"), embargo=True),
        ),
    )
    queue(made)
    return made


@pytest.fixture
def at_night(queue, campaign, store, small_network):
    """At half past ten in the evening: quiet hours everywhere, by default."""
    with store.write() as tx:
        by_default = {name: replace(mission, quiet="") for name, mission in small_network.missions.items()}
        network.save(tx, replace(small_network, missions=by_default))
    [post] = campaign.posts
    made = replace(campaign, posts=(replace(post, at=parse_time(f"{DAY} 22:30 local")),))
    queue(made)
    return made


@pytest.fixture
def blocked(desk_of):
    def now():
        return {
            d.row.id: [f"{b.kind}: {b.why}" for b in d.blocks] for d in deliveries.every(desk_of(""), ALL) if d.blocks
        }

    return now


def silence(desk, scope=CAIRO, first=DAY, last=DAY, why="national mourning", topics=()):
    change = blackouts.adding(desk, scope, (first, last), why, topics)
    blackouts.carry_out(desk, change)
    return blackouts.standing(desk)[-1].blackout.id


def listed(desk, **filters):
    return deliveries.every(desk, Selection(**filters))


def test_it_stops_what_leaves_on_its_days_there_and_neither_a_crisis_nor_an_embargo(queued, desk_of, blocked):
    desk = desk_of("ministry")
    change = blackouts.adding(desk, CAIRO, (DAY, DAY + timedelta(days=2)), "national mourning")
    seen = blackouts.propose(desk, change)
    assert blocked() == {}
    blackouts.carry_out(desk, change)
    why = f"blackout: national mourning, until {DAY + timedelta(days=2):%A} 22 November {DAY.year}"
    assert blocked() == {name: [why] for name in ("cop/opening/cairo/paper/fr", "cop/opening/cairo/board/*")}
    assert sorted(stop.delivery for stop in seen.stopped) == sorted(blocked())


@pytest.mark.parametrize(
    ("fields", "stops"),
    [
        ({"topics": ("climate",)}, True),
        ({"topics": ("elections",)}, False),
        ({"first": DAY + timedelta(days=1), "last": DAY + timedelta(days=1)}, False),
        ({"scope": Selection(country=("EG",))}, True),
        ({"scope": Selection(country=("JP",))}, False),
        ({"scope": Selection(except_=("africa",))}, False),
        ({"scope": ALL}, True),
    ],
)
def test_scope_days_and_topics_say_what_is_stopped(queued, desk_of, blocked, fields, stops):
    silence(desk_of("ministry"), **fields)
    assert ("cop/opening/cairo/paper/fr" in blocked()) is stops


def test_its_end_lets_everything_go(queued, desk_of, blocked):
    desk = desk_of("ministry")
    number = silence(desk, ALL)
    ending = blackouts.ending(desk, [number])
    freed = {stop.delivery for stop in blackouts.propose(desk, ending).freed}
    assert freed == set(blocked())
    blackouts.carry_out(desk, ending)
    assert blocked() == {}
    assert blackouts.standing(desk, everything=True) == []
    with pytest.raises(UsageError, match="blackout list"):
        blackouts.ending(desk, [number])


def test_what_is_queued_later_is_stopped_too(desk_of, queue, campaign, blocked):
    silence(desk_of("ministry"))
    [post] = campaign.posts
    queue(replace(campaign, posts=(replace(post, at=parse_time(f"{DAY} 12:00 local")),)))
    assert {name.split("/")[2] for name in blocked()} == {"cairo"}


def test_single_posts_keep_silent_and_go_with_its_end(desk_of, blocked):
    desk = desk_of("ministry")
    number = silence(desk)
    single = SinglePost("cairo", "fr", "Bonjour", ("paper",), parse_time(f"{DAY} 12:00 local"))
    [planned] = posts.queue(desk, single).planned
    [other] = posts.queue(desk, replace(single, mission="tokyo")).planned
    assert list(blocked()) == [planned.id]
    tokyo = Selection(mission=("tokyo",))
    [stop] = blackouts.propose(desk, blackouts.adding(desk, tokyo, (DAY, DAY), "fire")).stopped
    assert stop.delivery == other.id
    silence(desk, tokyo, why="fire")
    assert set(blocked()) == {planned.id, other.id}
    blackouts.carry_out(desk, blackouts.ending(desk, [number]))
    assert list(blocked()) == [other.id]
    assert deliveries.allow(desk, listed(desk, campaign=("-",), mission=("tokyo",)), "agreed") == [other.id]
    silence(desk, Selection(mission=("seoul",)))
    assert blocked() == {}, "what was allowed stays so for its reason"


def test_a_mission_silences_itself_and_what_is_below_it_alone(desk_of):
    silence(desk_of("cairo"))
    for role, scope in (("cairo", Selection(mission=("africa",))), ("cairo", ALL), ("tokyo", CAIRO)):
        with pytest.raises(NotPermittedError):
            blackouts.adding(desk_of(role), scope, (DAY, DAY), "mourning")
    with pytest.raises(NotPermittedError):
        blackouts.ending(desk_of("tokyo"), [blackouts.standing(desk_of(""))[0].blackout.id])


@pytest.mark.parametrize(
    ("days", "why", "part"),
    [
        ((DAY, DAY - timedelta(days=1)), "x", "first day first"),
        ((date(2020, 1, 1), date(2020, 1, 2)), "x", "over everywhere"),
        ((DAY, DAY), " ", "--why"),
    ],
)
def test_days_that_are_none_and_silence_without_a_reason_are_refused(desk_of, days, why, part):
    with pytest.raises(UsageError, match=part):
        blackouts.adding(desk_of("ministry"), ALL, days, why)


def test_quiet_hours_stop_and_a_person_lets_leave(at_night, desk_of, blocked, store):
    desk = desk_of("ministry")
    assert len(blocked()) == 8
    chosen = listed(desk, mission=("cairo",))
    assert sorted(deliveries.allow(desk, chosen, "the minister speaks")) == sorted(d.row.id for d in chosen)
    assert {name.split("/")[2] for name in blocked()} == {"ministry", "tokyo", "seoul", "praia"}
    with store.read() as tx:
        [told] = [e for e in events.about(tx, chosen[0].row.id) if e["action"] == "allow"]
    assert (told["who"], told["detail"]["why"]) == ("somebody", "the minister speaks")
    assert "quiet hours of cairo" in told["detail"]["stopped"][0]


def test_it_stays_allowed_when_the_plan_is_made_again_but_for_no_other_reason(at_night, desk_of, queue, blocked):
    desk = desk_of("ministry")
    deliveries.allow(desk, listed(desk, mission=("cairo",), lang=("ar",)), "agreed")
    name = "cop/opening/cairo/paper/ar"
    replan.commit(desk, ["cop"], Nothing())
    queue(with_text(at_night, "ar", "كلمات أخرى"))
    assert name not in blocked()
    [post] = at_night.posts
    queue(replace(at_night, posts=(replace(post, at=parse_time(f"{DAY + timedelta(days=7)} 22:30 local")),)))
    assert name in blocked(), "another night is another question"


def test_a_blackout_that_is_begun_anew_in_the_same_words_is_asked_about_anew(queued, desk_of, blocked):
    desk = desk_of("ministry")
    [single] = posts.queue(
        desk, SinglePost("cairo", "fr", "Bonne nuit", ("board",), parse_time(f"{DAY} 13:00 local"))
    ).planned
    number = silence(desk)
    stopped = set(blocked())
    assert single.id in stopped
    deliveries.allow(desk, listed(desk, mission=("cairo",)), "agreed")
    replan.commit(desk, ["cop"], Nothing())
    assert blocked() == {}
    blackouts.carry_out(desk, blackouts.ending(desk, [number]))
    silence(desk)
    assert set(blocked()) == stopped


def test_a_single_posts_quiet_hours_are_those_that_its_mission_keeps_now(desk_of, blocked):
    desk = desk_of("ministry")
    single = SinglePost("cairo", "fr", "Bonjour", ("paper",), parse_time(f"{DAY} 21:30 local"))
    [planned] = posts.queue(desk, single).planned
    [at_once] = posts.queue(desk, replace(single, at=None, text="Bonsoir")).planned

    def keep(**changes):
        known = desk.network()
        cairo = replace(known.missions["cairo"], **changes)
        networks.take_over(desk, networks.propose(desk, networks.with_mission(known, cairo, [])))
        return blocked()

    assert keep(quiet="20:00-09:00") == {planned.id: [f"quiet: {_evening('20:00-09:00')}"]}
    assert keep(quiet="21:00-20:59") == {planned.id: [f"quiet: {_evening('21:00-20:59')}"]}
    deliveries.allow(desk, listed(desk, campaign=("-",)), "agreed")
    assert keep(gap="15m") == {}, "what was allowed stays so for its reason"
    assert keep(quiet="22:00-07:00") == {}
    assert planned.id in keep(quiet="20:00-09:00")
    assert keep(quiet="00:00-00:00") == {}
    assert at_once.id not in keep(quiet="00:01-00:00")


def _evening(quiet):
    return f"{DAY:%A} {DAY.day} {DAY:%B} 21:30 is in the quiet hours of cairo, {quiet}"


def test_a_word_counts_for_the_reason_that_was_read(at_night, desk_of, blocked):
    desk = desk_of("ministry")
    read = listed(desk, mission=("tokyo",))
    known = desk.network()
    hushed = replace(known.missions["tokyo"], quiet="20:00-09:00")
    networks.take_over(desk, networks.propose(desk, networks.with_mission(known, hushed, [])))
    assert deliveries.allow(desk, read, "agreed") == []
    assert "20:00-09:00" in blocked()["cop/opening/tokyo/paper/ja"][0]


def test_allowing_answers_for_nothing_else(at_night, desk_of, store, blocked):
    desk, name = desk_of("ministry"), "cop/opening/tokyo/paper/ja"
    late = {"delivery": name, "kind": "late", "why": "too late", "who": "daemon", "since": datetime.now(UTC)}
    with store.write() as tx:
        tx.execute(insert(core(Block)).values(late))
    deliveries.allow(desk, listed(desk, mission=("tokyo",)), "agreed")
    assert blocked()[name] == ["late: too late"]


def test_what_is_out_of_the_queue_is_not_allowed_any_more(at_night, desk_of, store):
    desk = desk_of("ministry")
    read = listed(desk, mission=("tokyo",))
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'cancelled' WHERE account = 'tokyo/paper'"))
    assert deliveries.allow(desk, read, "agreed") == []


def test_only_who_may_act_for_a_mission_lets_leave_and_says_why(at_night, desk_of):
    chosen = listed(desk_of("tokyo"), mission=("cairo",))
    with pytest.raises(NotPermittedError):
        deliveries.allow(desk_of("tokyo"), chosen, "agreed")
    with pytest.raises(UsageError, match="--why"):
        deliveries.allow(desk_of("cairo"), chosen, "")


def test_each_that_waits_names_the_command(at_night, desk_of):
    [one] = [m for m in summary.matters(desk_of("ministry")) if m.about == "cop/opening/tokyo/paper/ja (quiet)"]
    assert one.do.startswith("crosspost delivery allow cop/opening/tokyo/paper/ja --why")
    assert deliveries.explain(desk_of(""), "cop/opening/tokyo/paper/ja").remedies == [one.do]

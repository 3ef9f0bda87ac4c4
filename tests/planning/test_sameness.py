"""No two accounts say the same on a platform that forbids it: who leads, who reposts, who waits, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.planning.test_plan import _network, centre, situation, words

from crosspost.calendars import Calendar
from crosspost.domain.campaign import ANY, LINK, OPT_OUT, TEXT, TIME, Campaign, LostPolicy, Post, SameWords, Variant
from crosspost.domain.content import REPOST, Content
from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.hours import ClosedPolicy, QuietPolicy
from crosspost.domain.likeness import is_near, wording
from crosspost.domain.network import Account
from crosspost.domain.planned import Earlier, Reason
from crosspost.domain.schedule import parse_time
from crosspost.domain.selection import Selection
from crosspost.planning import Hours, Situation, plan
from crosspost.testing.paper import PaperAdapter

NOW = datetime(2027, 3, 1, tzinfo=UTC)
FR = "La France ouvre aujourd’hui son pavillon à la conférence"
JA = "フランスは本日、会議でパビリオンを開館します"
OWN = "À Tokyo, l’ambassade vous attend ce soir pour en parler"
POST = Post("opening", parse_time("2027-03-02 09:00 Europe/Paris"), (centre("fr", FR), centre("ja", JA)))
CAMPAIGN = Campaign("cop", "COP", "fr", Selection(platform=("paper",)), (POST,), owner="ministry")
ONE_VOICE = {
    "paper": PaperAdapter("paper", one_voice=True),
    "board": PaperAdapter("board", can_repost=False, one_voice=True),
}
MINISTRY, TOKYO, SEOUL, CAIRO = (f"cop/opening/{name}/paper/fr" for name in ("ministry", "tokyo", "seoul", "cairo"))


def planned(network, campaign=CAMPAIGN, **more):
    made = plan(replace(situation(network, campaign, **more), adapters=ONE_VOICE))
    return {p.id: p for p in made.planned}


def with_post(campaign=CAMPAIGN, **changes):
    return replace(campaign, posts=(replace(campaign.posts[0], **changes),))


def tokyo(value=OWN, field=TEXT, language="fr"):
    return {"opening": (Variant("tokyo", field, language, ANY, value),)}


def earlier(one, state, **more):
    return {one.id: Earlier(one.content, one.time, one.expires, state, one.because, **more)}


def originals(made):
    return {name for name, one in made.items() if not one.content.is_repost}


def test_the_first_in_tree_order_that_speaks_a_language_says_it_and_the_others_repost_it(small_network):
    made = planned(small_network)
    assert {name: p.content.original for name, p in made.items()} == {
        MINISTRY: "",
        TOKYO: MINISTRY,
        SEOUL: MINISTRY,
        CAIRO: MINISTRY,
        "cop/opening/tokyo/paper/ja": "",
    }
    repost = made[TOKYO]
    assert (repost.content.action, repost.content.text, repost.content.account) == (REPOST, FR, "tokyo/paper")
    assert repost.because == f"reposts {MINISTRY}, which says the same and comes first; moved from 09:00"


def _late(network, at, tokyo_at="2027-03-02 09:00 local", quiet_hours="22:00-07:00", **changes):
    """The ministry speaks late in Paris; what Tokyo, whose own time is over by then, makes of its repost."""
    missions = {**network.missions, "tokyo": replace(network.missions["tokyo"], quiet=quiet_hours)}
    network = replace(network, missions=missions)
    campaign, hours = with_post(at=parse_time(at), **changes), Hours(Calendar(network).why_closed)
    made = plan(
        replace(situation(network, campaign, overrides=tokyo(tokyo_at, TIME, ANY), hours=hours), adapters=ONE_VOICE)
    )
    return next(one for one in (*made.planned, *made.skipped) if (one.account, one.slot) == ("tokyo/paper", "fr"))


def test_a_repost_that_its_original_brings_into_the_night_waits_for_a_person(small_network):
    repost = _late(small_network, "2027-03-02 15:00 Europe/Paris")
    assert (repost.content.original, f"{repost.time.local:%H:%M}") == (MINISTRY, "23:01")
    [stop] = repost.stops
    assert (stop.kind, "23:01 is in the quiet hours of tokyo" in stop.why) == (BlockKind.QUIET, True)


def test_a_repost_leaves_when_the_night_is_over_where_its_post_wants_that(small_network):
    repost = _late(small_network, "2027-03-02 15:00 Europe/Paris", quiet=QuietPolicy.MOVE)
    assert (f"{repost.time.local:%a %H:%M}", repost.stops) == ("Wed 07:00", ())
    assert repost.moved.endswith(": Wednesday 3 March 07:00")
    assert repost.expires - repost.time.utc == POST.expires


def test_a_repost_of_what_goes_by_working_days_goes_by_its_missions(small_network):
    own = "next-working 09:00-11:00 local from 2027-03-05"
    repost = _late(small_network, "2027-03-05 20:00 Europe/Paris", own, quiet_hours="00:00-00:00")
    assert repost.moved == (
        "first working hours: Friday 5 March 09:00; Saturday, closed in JP (weekend in JP): Monday 8 March 04:01"
    )


def test_a_repost_is_not_made_on_a_closed_day_where_its_post_is_not_said_then(small_network):
    made = _late(small_network, "2027-03-05 20:00 Europe/Paris", closed=ClosedPolicy.SKIP)
    assert (made.reason, made.message) == (Reason.CLOSED, "Saturday, closed in JP (weekend in JP): not said there")


def test_elsewhere_each_says_it_itself_unless_the_campaign_wants_otherwise(small_network):
    own = plan(situation(small_network, CAMPAIGN))
    assert not any(p.content.is_repost for p in own.planned)
    asked = replace(CAMPAIGN, same_words=(("paper", SameWords.REPOST),))
    assert sum(p.content.is_repost for p in plan(situation(small_network, _fitting(asked))).planned) == 3


def _fitting(campaign):
    return with_post(campaign, variants=(centre("fr", "La France ouvre son pavillon"), centre("ja", JA)))


def test_the_campaign_may_let_each_say_it_itself(small_network):
    made = planned(small_network, replace(CAMPAIGN, same_words=(("paper", SameWords.OWN),)))
    assert originals(made) == set(made)


@pytest.mark.parametrize("platform", ["paper", "board"])
def test_where_it_is_to_be_blocked_or_nothing_can_be_reposted_the_others_wait_for_words_of_their_own(
    small_network, platform
):
    accounts = {a.id: a for a in (Account("ministry", platform), Account("tokyo", platform))}
    network = replace(small_network, accounts=accounts)
    policy = (("paper", SameWords.BLOCK),)
    made = planned(network, replace(CAMPAIGN, audience=Selection(), same_words=policy))
    stops = {p.account: [s.kind for s in p.stops] for p in made.values() if p.content.language == "fr"}
    assert stops == {f"ministry/{platform}": [], f"tokyo/{platform}": [BlockKind.SAME]}


def test_a_localised_text_is_a_post_of_its_own_and_changes_nobody_else(small_network):
    before, after = planned(small_network), planned(small_network, overrides=tokyo())
    assert {name for name in after if after[name] != before[name]} == {TOKYO}
    assert (after[TOKYO].content.text, after[TOKYO].because) == (OWN, "")


def test_who_comes_to_say_what_an_other_says_reposts_it_and_the_plan_names_why(small_network):
    """Seoul says of its own what Tokyo says of its own, which comes before it in the tree."""
    both = {"opening": (*tokyo()["opening"], Variant("seoul", TEXT, "fr", ANY, OWN.replace("Tokyo", "Séoul")))}
    made = planned(small_network, overrides=both)
    assert (made[SEOUL].content.original, made[SEOUL].content.text) == (TOKYO, OWN)
    assert made[SEOUL].because == f"reposts {TOKYO}, which says nearly the same and comes first; moved from 09:00"


def test_a_repost_is_due_at_its_own_time_or_after_its_original_and_expires_from_then(small_network):
    campaign = with_post(at=parse_time("2027-03-02 09:00 local"), expires=timedelta(hours=2))
    overrides = {"opening": (Variant("cairo", TIME, ANY, ANY, "2027-03-02 12:00 local"),)}
    made = planned(small_network, campaign, overrides=overrides)
    utc = {p.account: p.time.utc for p in made.values() if p.slot == "fr"}
    assert utc == {
        "ministry/paper": datetime(2027, 3, 2, 8, 0, tzinfo=UTC),
        "tokyo/paper": datetime(2027, 3, 2, 8, 1, tzinfo=UTC),
        "seoul/paper": datetime(2027, 3, 2, 8, 1, tzinfo=UTC),
        "cairo/paper": datetime(2027, 3, 2, 10, 0, tzinfo=UTC),
    }
    assert (made[TOKYO].time.local.hour, made[TOKYO].because.endswith("; moved from 09:00")) == (17, True)
    assert "moved" not in made[CAIRO].because
    assert {p.expires - p.time.utc for p in made.values()} == {timedelta(hours=2)}


def test_nothing_moves_an_embargo_and_no_repost_of_it(small_network):
    campaign = with_post(embargo=True)
    made = planned(small_network, campaign)
    assert made[TOKYO].content.original == MINISTRY
    assert {p.time.utc for p in made.values()} == {datetime(2027, 3, 2, 8, 0, tzinfo=UTC)}


def test_no_repost_outlives_the_pin_of_the_words_that_it_passes_on(small_network):
    end = datetime(2027, 3, 2, 8, 30, tzinfo=UTC)
    words_of_asia = Variant("asia", TEXT, "fr", ANY, OWN, "made from something else", end)
    made = planned(small_network, overrides={"opening": (words_of_asia,)})
    assert made[SEOUL].content.original == TOKYO
    assert {made[TOKYO].expires, made[SEOUL].expires} == {end}


def test_what_says_the_same_but_for_its_numbers_is_neither_reposted_nor_said(small_network):
    campaign = with_post(variants=(centre("fr", f"{FR} le 14 juillet"),))
    made = planned(small_network, campaign, overrides=tokyo(f"{FR} le 13 juillet"))
    assert not made[TOKYO].content.is_repost
    assert [(s.kind, MINISTRY in s.why) for s in made[TOKYO].stops] == [(BlockKind.SAME, True)]
    assert made[SEOUL].content.original == MINISTRY


@pytest.mark.parametrize(
    ("said", "original", "stops"),
    [(FR, TOKYO, []), (FR.replace("aujourd’hui", "bientôt"), "", [BlockKind.SAME])],
)
def test_another_posts_words_are_reposted_only_where_they_are_the_same(small_network, said, original, stops):
    """Tokyo alone says the first post, and Seoul the second."""
    second = replace(POST, id="second", variants=(centre("fr", said),))
    campaign = replace(CAMPAIGN, posts=(replace(POST, variants=(centre("ja", JA),)), second))
    audience = Selection(mission=("asia",), platform=("paper",))
    overrides = {**tokyo(FR), "second": (Variant("tokyo", OPT_OUT, ANY, ANY, "once is enough"),)}
    seoul = planned(small_network, replace(campaign, audience=audience), overrides=overrides)[
        "cop/second/seoul/paper/fr"
    ]
    assert (seoul.content.original, [stop.kind for stop in seoul.stops]) == (original, stops)


def test_a_translation_into_the_other_script_is_no_repost(small_network):
    accounts = {
        a.id: a
        for a in (Account("tokyo", "paper", languages=("zh-Hans",)), Account("seoul", "paper", languages=("zh-Hant",)))
    }
    texts = (centre("zh-Hans", "我们明天在上海见"), centre("zh-Hant", "我們明天在上海見"))
    made = planned(replace(small_network, accounts=accounts), with_post(variants=texts))
    assert originals(made) == set(made)


def test_what_is_out_leads_whoever_comes_before_it_in_the_tree(small_network):
    alone = planned(small_network, replace(CAMPAIGN, audience=Selection(mission=("cairo",), platform=("paper",))))
    out = earlier(alone[CAIRO], State.SENT)
    made = planned(small_network, CAMPAIGN, earlier=out)
    assert {name: made[name].content.original for name in (MINISTRY, TOKYO, SEOUL, CAIRO)} == {
        MINISTRY: CAIRO,
        TOKYO: CAIRO,
        SEOUL: CAIRO,
        CAIRO: "",
    }
    assert made[MINISTRY].because == f"reposts {CAIRO}, which says the same and may be out already; moved from 09:00"


def test_an_override_after_the_repost_went_out_leaves_what_is_out_and_leads_nobody(small_network):
    before = planned(small_network)
    out = {**earlier(before[MINISTRY], State.SENT), **earlier(before[TOKYO], State.SENT)}
    both = {"opening": (*tokyo()["opening"], Variant("seoul", TEXT, "fr", ANY, OWN))}
    made = planned(small_network, overrides=both, earlier=out, known=frozenset(before))
    assert made[TOKYO].content.text == OWN  # the plan says so, and the queue leaves what is out
    assert not made[SEOUL].content.is_repost


def test_what_is_out_stays_as_it_left_though_another_would_lead_now(small_network):
    before = planned(small_network)
    out = {**earlier(before[MINISTRY], State.SENT), **earlier(before[TOKYO], State.UNKNOWN)}
    moved = with_post(at=parse_time("2027-03-02 11:00 Europe/Paris"))
    made = planned(small_network, moved, earlier=out, known=frozenset(before))
    assert made[TOKYO] == replace(before[TOKYO], origins=made[TOKYO].origins)


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED, State.SENT])
def test_where_the_original_is_lost_the_next_in_order_says_it_from_that_moment_on(small_network, state):
    before = planned(small_network)
    now = before[TOKYO].time.utc + timedelta(minutes=5)
    queue = {**earlier(before[MINISTRY], state, lost="has failed: too rude")}
    for name in (TOKYO, SEOUL, CAIRO):
        queue |= earlier(before[name], State.QUEUED)
    made = plan(_at(now, small_network, queue, before))
    by_id = {p.id: p for p in made.planned}
    assert by_id[MINISTRY] == before[MINISTRY]
    assert (by_id[TOKYO].content.text, by_id[TOKYO].content.original) == (FR, "")
    assert by_id[TOKYO].time.utc == now
    assert by_id[TOKYO].because == f"{MINISTRY} has failed: too rude: it says it itself"
    assert by_id[SEOUL].content.original == TOKYO
    assert by_id[SEOUL].time.utc == now + timedelta(minutes=1)


def test_a_plan_after_the_loss_changes_nothing_more(small_network):
    before = planned(small_network)
    now = before[TOKYO].time.utc + timedelta(minutes=5)
    lost = earlier(before[MINISTRY], State.FAILED, lost="has failed")
    queue = lost | {k: v for name in (TOKYO, SEOUL, CAIRO) for k, v in earlier(before[name], State.QUEUED).items()}
    once = {p.id: p for p in plan(_at(now, small_network, queue, before)).planned}
    then = lost | {k: v for name in (TOKYO, SEOUL, CAIRO) for k, v in earlier(once[name], State.QUEUED).items()}
    again = {p.id: p for p in plan(_at(now + timedelta(minutes=30), small_network, then, before)).planned}
    assert again == once


def test_where_the_campaign_wants_it_so_reposts_without_an_original_wait_for_a_person(small_network):
    before = planned(small_network)
    queue = earlier(before[MINISTRY], State.FAILED, lost="has failed") | earlier(before[TOKYO], State.QUEUED)
    campaign = replace(CAMPAIGN, lost=LostPolicy.WAIT)
    made = planned(small_network, campaign, earlier=queue, known=frozenset(before))
    assert made[TOKYO].content == before[TOKYO].content
    assert {s.kind for s in made[TOKYO].stops} == {BlockKind.SAME}
    assert {s.kind for s in made[SEOUL].stops} == {BlockKind.SAME}
    assert made[MINISTRY].stops == ()


def test_what_has_expired_leads_nobody(small_network):
    made = plan(_at(datetime(2027, 3, 2, 13, tzinfo=UTC), small_network, {}, planned(small_network)))
    assert not any(p.content.is_repost for p in made.planned)


def _at(now, network, queue, known):
    return Situation(CAMPAIGN, network, now, ONE_VOICE, words, known=frozenset(known), earlier=queue)


def test_words_corrected_since_the_original_went_out_are_not_passed_on_as_they_were(small_network):
    before = planned(small_network)
    out = earlier(before[MINISTRY], State.SENT)
    corrected = with_post(variants=(centre("fr", FR.replace("conférence", "conférence de Bakou")), centre("ja", JA)))
    made = planned(small_network, corrected, earlier=out, known=frozenset(before))
    assert [s.kind for s in made[TOKYO].stops] == [BlockKind.SAME]
    assert "older words" in made[TOKYO].stops[0].why
    slip = with_post(variants=(centre("fr", FR.replace("pavillon", "pavilllon")), centre("ja", JA)))
    assert planned(small_network, slip, earlier=out, known=frozenset(before))[TOKYO].content.original == MINISTRY


def test_nobody_passes_one_post_on_twice(small_network):
    before = planned(small_network)
    renamed = replace(CAMPAIGN, posts=(replace(POST, id="start"),))
    queue = earlier(before[MINISTRY], State.SENT) | earlier(before[TOKYO], State.SENT)
    said = {before[MINISTRY].content.words: MINISTRY, before[TOKYO].content.words: TOKYO}
    made = plan(replace(situation(small_network, renamed, earlier=queue, said=said), adapters=ONE_VOICE))
    assert {p.id: p.content.original for p in made.planned if p.slot == "fr"} == {
        "cop/start/seoul/paper/fr": MINISTRY,
        "cop/start/cairo/paper/fr": MINISTRY,
    }
    assert {(s.account, s.reason) for s in made.skipped if s.slot == "fr"} == {
        ("ministry/paper", Reason.ALREADY_SAID),
        ("tokyo/paper", Reason.SAME_TEXT),
    }


def test_its_own_link_is_left_out_and_named(small_network):
    made = planned(small_network, overrides=tokyo("https://jp.example", LINK, ANY))
    assert made[TOKYO].content.link == ""
    assert made[TOKYO].because.endswith("its own link is left out")


def test_a_repost_has_its_own_name_and_what_was_named_before_keeps_it():
    one = Content("tokyo/paper", "fr", FR)
    assert one.digest == Content("tokyo/paper", "fr", FR, original="").digest
    assert replace(one, action=REPOST, original=MINISTRY).digest != one.digest
    corrected = replace(one, action=REPOST, original=MINISTRY, text=OWN)
    assert corrected.words == replace(one, action=REPOST, original=MINISTRY).words


def test_two_hundred_accounts_with_words_of_their_own_each_say_them(small_network):
    network = _crowd(small_network, 200)
    overrides = {
        "opening": tuple(
            Variant(f"m{n}", TEXT, "fr", ANY, " ".join(f"mot{n}-{k}" for k in range(25))) for n in range(200)
        )
    }
    made = planned(network, overrides=overrides)
    assert {f"cop/opening/m{n}/paper/fr" for n in range(200)} <= originals(made)


def _crowd(network, count):
    embassy = network.missions["tokyo"]
    missions = {f"m{n}": replace(embassy, id=f"m{n}") for n in range(count)}
    accounts = {f"m{n}/paper": Account(f"m{n}", "paper", languages=("fr",)) for n in range(count)}
    return replace(network, missions={**network.missions, **missions}, accounts={**network.accounts, **accounts})


owners = st.sampled_from(["asia", "africa", "tokyo", "seoul", "cairo", "praia"])
texts = st.sampled_from([FR, OWN, OWN.replace("Tokyo", "Séoul"), "Au Caire, une exposition ouvre ses portes", JA])
sources = st.sampled_from(["", "", "made from something else"])
pins = st.sampled_from([None, NOW + timedelta(days=30)])
overriding = st.builds(
    Variant, owners, st.just(TEXT), st.sampled_from(["fr", "ja"]), st.just(ANY), texts, sources, pins
)
BOTH = replace(CAMPAIGN, audience=Selection())


def crowd(overrides):
    adapters = {"paper": PaperAdapter("paper", one_voice=True), "board": PaperAdapter("board")}
    return plan(Situation(BOTH, _network(), NOW, adapters, words, {"opening": tuple(overrides)}))


@given(st.lists(overriding, max_size=5))
def test_no_two_accounts_say_nearly_the_same_on_a_platform_of_one_voice(overrides):
    made = crowd(overrides)
    said = [p for p in made.planned if p.content.platform == "paper" and not p.content.is_repost and not p.stops]
    for at, one in enumerate(said):
        for other in said[at + 1 :]:
            if one.account != other.account and one.content.language == other.content.language:
                assert not is_near(wording(one.content.text), wording(other.content.text))
    assert made == crowd(overrides)


@given(st.lists(overriding, max_size=4), overriding)
def test_an_override_changes_others_only_by_the_sameness_rule_which_is_named(overrides, new):
    """What else changes names, before or after, a delivery that changed as well: by that the rule was passed on."""
    network = _network()
    plans = crowd(overrides), crowd((*overrides, new))
    before, after = ({p.id: p for p in made.planned} for made in plans)
    skipped = {(s.account, s.slot): s.message for made in plans for s in made.skipped}
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    for name in changed:
        mine = [plan[name] for plan in (before, after) if name in plan]
        if network.is_within(mine[0].account.partition("/")[0], new.owner):
            continue
        reasons = [why for one in mine for why in (one.because, *(stop.why for stop in one.stops))]
        told = " ".join((*reasons, skipped.get((mine[0].account, mine[0].slot), "")))
        assert mine[0].content.platform == "paper"
        assert any(other in told for other in changed - {name}), (name, told)


def test_who_follows_a_lost_original_may_say_it_as_long_as_it_could_have_reposted_it(small_network):
    """In Tokyo it is hours later than in Paris: its own time is long over when the ministry's post fails."""
    campaign = with_post(at=parse_time("2027-03-02 09:00 local"), expires=timedelta(hours=2))
    before = planned(small_network, campaign)
    now = before[MINISTRY].time.utc + timedelta(minutes=5)
    queue = earlier(before[MINISTRY], State.FAILED, lost="has failed") | earlier(before[TOKYO], State.QUEUED)
    once = _tokyo_at(now, small_network, campaign, queue, before)
    assert (once.content.original, once.time.utc, once.expires) == ("", now, before[TOKYO].expires)
    then = earlier(before[MINISTRY], State.FAILED, lost="has failed") | earlier(once, State.UNKNOWN)
    assert _tokyo_at(now + timedelta(minutes=5), small_network, campaign, then, before) == once


def _tokyo_at(now, network, campaign, queue, known):
    made = plan(Situation(campaign, network, now, ONE_VOICE, words, known=frozenset(known), earlier=queue))
    return next(p for p in made.planned if p.id == TOKYO)

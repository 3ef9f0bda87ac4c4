"""What planning makes of a campaign: who says what, in which words, when, and why not."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.campaign import (
    ANY,
    LINK,
    OPT_OUT,
    TEXT,
    TIME,
    Campaign,
    Medium,
    Post,
    StalePolicy,
    Variant,
    alt_of,
)
from crosspost.domain.delivery import BlockKind
from crosspost.domain.network import Account, Mission, Network
from crosspost.domain.planned import Reason
from crosspost.domain.schedule import parse_time
from crosspost.domain.selection import Selection
from crosspost.planning import Situation, plan
from crosspost.testing.paper import PaperAdapter

NOW = datetime(2027, 3, 1, tzinfo=UTC)


def centre(language: str, value: str, field: str = TEXT, platform: str = ANY) -> Variant:
    return Variant("ministry", field, language, platform, value)


POST = Post(
    "opening",
    parse_time("2027-03-02 09:00 local"),
    (centre("fr", "Bonjour"), centre("ja", "こんにちは"), centre("ar", "مرحبا"), centre("pt", "Bom dia")),
)
CAMPAIGN = Campaign("cop", "COP", "fr", Selection(mission=("ministry",)), (POST,), owner="ministry")


def words(template, facts, mission, language):
    return template.replace("CITY", mission.city)


def situation(network: Network, campaign: Campaign = CAMPAIGN, **more) -> Situation:
    adapters = {name: PaperAdapter(name, text_limit=40) for name in ("paper", "board")}
    return Situation(campaign, network, NOW, adapters, words, **more)


def said(made) -> dict[str, str]:
    return {p.id: p.content.text for p in made.planned}


def with_post(**changes) -> Campaign:
    return replace(CAMPAIGN, posts=(replace(POST, **changes),))


def test_each_account_speaks_each_of_its_languages_that_the_post_has(small_network):
    assert said(plan(situation(small_network))) == {
        "cop/opening/ministry/paper/fr": "Bonjour",
        "cop/opening/tokyo/paper/fr": "Bonjour",
        "cop/opening/tokyo/paper/ja": "こんにちは",
        "cop/opening/seoul/paper/fr": "Bonjour",
        "cop/opening/cairo/paper/fr": "Bonjour",
        "cop/opening/cairo/paper/ar": "مرحبا",
        "cop/opening/cairo/board/*": "Bonjour",
        "cop/opening/praia/paper/pt-BR": "Bom dia",
    }


def test_local_time_is_each_missions_own(small_network):
    instants = {p.account: p.time.utc for p in plan(situation(small_network)).planned}
    assert instants["tokyo/paper"] == datetime(2027, 3, 2, 0, 0, tzinfo=UTC)
    assert instants["cairo/paper"] == datetime(2027, 3, 2, 7, 0, tzinfo=UTC)
    assert instants["praia/paper"] == datetime(2027, 3, 2, 10, 0, tzinfo=UTC)


def test_an_account_for_which_the_post_has_no_language_is_skipped_and_never_spoken_for(small_network):
    campaign = with_post(variants=(centre("fr", "Bonjour"),))
    made = plan(situation(small_network, campaign))
    assert [(s.account, s.reason) for s in made.skipped] == [("praia/paper", Reason.NO_LANGUAGE)]


def test_the_nearest_owner_wins_and_nobody_elses_words_change(small_network):
    regional = Variant("asia", TEXT, "fr", ANY, "Bonjour d'Asie")
    own = Variant("tokyo", TEXT, "fr", ANY, "Bonjour de Tokyo")
    made = said(plan(situation(small_network, overrides={"opening": (regional, own)})))
    assert made["cop/opening/tokyo/paper/fr"] == "Bonjour de Tokyo"
    assert made["cop/opening/seoul/paper/fr"] == "Bonjour d'Asie"
    assert made["cop/opening/cairo/paper/fr"] == "Bonjour"


def test_an_override_for_one_platform_leaves_the_others(small_network):
    own = Variant("cairo", TEXT, "fr", "board", "Au tableau")
    made = said(plan(situation(small_network, overrides={"opening": (own,)})))
    assert made["cop/opening/cairo/board/*"] == "Au tableau"
    assert made["cop/opening/cairo/paper/fr"] == "Bonjour"


def test_an_embargo_is_one_instant_that_no_override_moves(small_network):
    campaign = with_post(at=parse_time("2027-03-08 15:00 Europe/Paris"), embargo=True)
    moved = Variant("tokyo", TIME, ANY, ANY, "2027-03-08 09:00 local")
    made = plan(situation(small_network, campaign, overrides={"opening": (moved,)}))
    assert {p.time.utc for p in made.planned} == {datetime(2027, 3, 8, 14, 0, tzinfo=UTC)}
    assert all(p.priority > 0 for p in made.planned)


def test_time_and_link_can_be_overridden_and_an_opt_out_says_why(small_network):
    overrides = (
        Variant("tokyo", TIME, ANY, ANY, "2027-03-02 11:00 local"),
        Variant("tokyo", LINK, ANY, ANY, "https://jp.example"),
        Variant("seoul", OPT_OUT, ANY, ANY, "state mourning"),
    )
    made = plan(situation(small_network, overrides={"opening": overrides}))
    tokyo = next(p for p in made.planned if p.id == "cop/opening/tokyo/paper/fr")
    assert (tokyo.time.utc.hour, tokyo.content.link) == (2, "https://jp.example")
    assert [(s.account, s.reason, s.message) for s in made.skipped if s.account == "seoul/paper"] == [
        ("seoul/paper", Reason.OPTED_OUT, "seoul opted out: state mourning")
    ]


def test_what_is_past_is_skipped_unless_it_is_already_in_the_queue(small_network):
    late = replace(situation(small_network), now=datetime(2027, 3, 2, 8, 0, tzinfo=UTC))
    made = plan(late)
    assert {s.account for s in made.skipped if s.reason is Reason.PAST} == {
        "tokyo/paper",
        "seoul/paper",
        "cairo/paper",
        "cairo/board",
        "ministry/paper",
    } - {"ministry/paper"}
    again = plan(replace(late, known=frozenset({"cop/opening/tokyo/paper/ja"})))
    assert "cop/opening/tokyo/paper/ja" in said(again)


def test_what_an_account_has_said_already_is_not_planned_under_another_name(small_network):
    first = plan(situation(small_network)).planned
    renamed = replace(CAMPAIGN, posts=(replace(POST, id="start"),))
    words_out = {p.content.words: p.id for p in first}
    made = plan(situation(small_network, renamed, said=words_out))
    assert made.planned == ()
    assert {s.reason for s in made.skipped} == {Reason.ALREADY_SAID}


def test_an_account_never_says_the_same_words_twice_in_two_of_its_languages(small_network):
    accounts = dict(small_network.accounts)
    accounts["praia/paper"] = replace(accounts["praia/paper"], languages=("pt", "pt-BR"))
    made = plan(situation(replace(small_network, accounts=accounts)))
    assert [s.reason for s in made.skipped] == [Reason.SAME_TEXT]


def test_a_text_that_the_platform_would_refuse_is_not_planned(small_network):
    made = plan(situation(small_network, with_post(variants=(centre("fr", "x" * 41),))))
    assert made.planned == ()
    assert {s.reason for s in made.skipped} == {Reason.UNFIT, Reason.NO_LANGUAGE}


def test_alt_text_is_in_the_language_of_the_words(small_network):
    image = Medium("a" * 64, "image/png", 10, 1, 1, "x.png")
    alts = (centre("fr", "Une image", alt_of(image.sha256)), centre("ja", "画像", alt_of(image.sha256)))
    made = plan(situation(small_network, with_post(media=(image,), variants=(*POST.variants, *alts))))
    by_id = {p.id: p.content.media[0].alt for p in made.planned}
    assert by_id["cop/opening/tokyo/paper/ja"] == "画像"
    assert by_id["cop/opening/tokyo/paper/fr"] == "Une image"
    assert by_id["cop/opening/cairo/paper/ar"] == ""


def test_a_closed_account_is_skipped_with_its_reason(small_network):
    made = plan(situation(small_network, closed={"tokyo/paper": "retired"}))
    assert [(s.account, s.message) for s in made.skipped] == [("tokyo/paper", "retired")]


def test_every_field_says_where_it_comes_from(small_network):
    own = Variant("tokyo", TEXT, "ja", ANY, "東京から")
    made = plan(situation(small_network, overrides={"opening": (own,)}))
    tokyo = next(p for p in made.planned if p.id == "cop/opening/tokyo/paper/ja")
    assert {(o.field, o.owner, o.language) for o in tokyo.origins} == {
        ("text", "tokyo", "ja"),
        ("time", "ministry", ANY),
    }


owners = st.sampled_from(["asia", "africa", "tokyo", "seoul", "cairo", "praia"])
languages = st.sampled_from(["fr", "ja", "ko", "ar", "pt", "pt-BR"])
IMAGE = Medium("a" * 64, "image/png", 10, 1, 1, "x.png")


@st.composite
def any_override(draw) -> Variant:
    """An override of any field: fresh, stale, or pinned."""
    field = draw(st.sampled_from([TEXT, TEXT, TEXT, alt_of(IMAGE.sha256), LINK, TIME, OPT_OUT]))
    language = ANY if field in {LINK, TIME, OPT_OUT} else draw(languages)
    value = draw(st.text("abc", min_size=1, max_size=8))
    if field == TIME:
        value = draw(st.sampled_from(["2027-03-02 10:00 local", "2027-03-03 00:30 UTC", "2027-02-01 09:00 local"]))
    source = draw(st.sampled_from(["", "made from something else"]))
    pinned = draw(st.sampled_from([None, NOW, NOW + timedelta(days=30)]))
    platform = draw(st.sampled_from([ANY, "paper", "board"]))
    return Variant(
        draw(owners), field, language, platform, f"https://{value}" if field == LINK else value, source, pinned
    )


overriding = any_override()
ILLUSTRATED = with_post(
    media=(IMAGE,),
    variants=(*POST.variants, centre("fr", "Une image", alt_of(IMAGE.sha256)), centre(ANY, "https://a.example", LINK)),
)
policies = st.sampled_from(StalePolicy)


@given(before=st.lists(overriding, max_size=4), new=overriding, policy=policies)
def test_an_override_changes_nothing_outside_its_owners_subtree(before, new, policy):
    network, campaign = _network(), replace(ILLUSTRATED, stale=policy)
    first = plan(situation(network, campaign, overrides={"opening": tuple(before)}))
    second = plan(situation(network, campaign, overrides={"opening": (*before, new)}))

    def outside(made):
        every = (*made.planned, *made.skipped)
        return [one for one in every if not network.is_within(one.account.partition("/")[0], new.owner)]

    assert outside(first) == outside(second)


@given(before=st.lists(overriding, max_size=4), policy=policies, data=st.data())
def test_planning_is_pure(before, policy, data):
    """The same input gives the same plan, in whichever order it is told, and nothing that is planned from changes."""
    distinct = {variant.place: variant for variant in before}
    seen = situation(_network(), replace(ILLUSTRATED, stale=policy), overrides={"opening": tuple(distinct.values())})
    untouched = copy.deepcopy((seen.campaign, seen.overrides, seen.known, seen.said))
    otherwise = replace(seen, overrides={"opening": tuple(data.draw(st.permutations(list(distinct.values()))))})

    assert plan(seen) == plan(seen) == plan(otherwise)
    assert (seen.campaign, seen.overrides, seen.known, seen.said) == untouched


@given(before=st.lists(overriding, max_size=4), policy=policies)
def test_whatever_is_made_of_a_stale_value_is_stopped(before, policy):
    """Judged by the origins that the plan names, and by nothing else of its code."""
    campaign = replace(ILLUSTRATED, stale=policy)
    made = plan(situation(_network(), campaign, overrides={"opening": tuple(before)}))
    values = {v.place: v for v in (*campaign.posts[0].variants, *before)}
    for one in made.planned:
        used = [values.get((o.owner, o.field, o.language, o.platform)) for o in one.origins]
        pins = [v.pinned for v in used if v is not None and v.source]
        is_stale = any(pinned is None or pinned <= one.time.utc for pinned in pins)
        assert is_stale is any(stop.kind is BlockKind.STALE for stop in one.stops), one
        assert is_stale or one.expires <= min([one.time.utc + timedelta(hours=4), *pins])


def _network() -> Network:
    missions = [Mission("ministry", "", "ministry", "Paris", "FR", "Europe/Paris", ("fr",))]
    for region, names in {"asia": ("tokyo", "seoul"), "africa": ("cairo", "praia")}.items():
        missions.append(Mission(region, "ministry", "region"))
        missions += [Mission(n, region, "embassy", n, "XX", "UTC", ("fr", "ja", "ar", "pt-BR")) for n in names]
    accounts = [Account(n, p) for n in ("ministry", "tokyo", "seoul", "cairo", "praia") for p in ("paper", "board")]
    return Network({m.id: m for m in missions}, {a.id: a for a in accounts})


def test_what_is_said_by_a_pin_alone_expires_with_it(small_network):
    end = datetime(2027, 3, 2, 0, 10, tzinfo=UTC)
    pinned = Variant("tokyo", TEXT, "ja", ANY, "東京から", "made from something else", end)
    fresh = replace(pinned, language="fr", value="De Tokyo", source=POST.source_digest(TEXT, "fr"))
    made = {p.id: p for p in plan(situation(small_network, overrides={"opening": (pinned, fresh)})).planned}
    assert (made["cop/opening/tokyo/paper/ja"].expires, made["cop/opening/tokyo/paper/ja"].stops) == (end, ())
    assert made["cop/opening/tokyo/paper/fr"].expires > end


@pytest.mark.parametrize("hours", [1, 4])
def test_expiry_counts_from_each_deliverys_own_time(small_network, hours):
    made = plan(situation(small_network, with_post(expires=timedelta(hours=hours))))
    assert {p.expires - p.time.utc for p in made.planned} == {timedelta(hours=hours)}


def test_an_adapter_that_breaks_while_it_judges_harms_its_own_platform_alone(small_network):
    class Broken(PaperAdapter):
        def check(self, content):
            raise ZeroDivisionError

    adapters = {"paper": PaperAdapter("paper"), "board": Broken("board")}

    made = plan(replace(situation(small_network), adapters=adapters))

    assert "paper" in {p.content.platform for p in made.planned}
    assert [(s.account, s.reason) for s in made.skipped if "broke" in s.message] == [("cairo/board", Reason.ACCOUNT)]


def test_the_same_words_in_two_languages_are_said_once(small_network):
    campaign = with_post(variants=(centre("fr", "COP31"), centre("ja", "COP31")))

    tokyo = [p.slot for p in plan(situation(small_network, campaign)).planned if p.account == "tokyo/paper"]

    assert tokyo == ["fr"]

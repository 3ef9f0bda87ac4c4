"""Joined posts: one post of an account in several of its languages, and what right-to-left text is sent as."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crosspost.domain.bidi import bare
from crosspost.domain.campaign import ANY, LINK, OPT_OUT, TEXT, Campaign, Medium, Post, StalePolicy, Variant, alt_of
from crosspost.domain.delivery import BlockKind
from crosspost.domain.network import LanguageMode, Network
from crosspost.domain.planned import Planned, Reason, said_by
from crosspost.domain.schedule import parse_time
from crosspost.domain.selection import Selection
from crosspost.planning import Situation, plan
from crosspost.testing.paper import PaperAdapter

NOW = datetime(2027, 3, 1, tzinfo=UTC)
CAIRO = "cairo/board"
IMAGE = Medium("a" * 64, "image/png", 10, 1, 1, "x.png")


def centre(language: str, value: str, field: str = TEXT) -> Variant:
    return Variant("ministry", field, language, ANY, value)


def post(*variants: Variant, **more) -> Post:
    return Post("opening", parse_time("2027-03-02 09:00 local"), variants, **more)


def campaign(*variants: Variant, **more) -> Campaign:
    audience = Selection(mission=("cairo",), platform=("board",))
    return Campaign("cop", "COP", "fr", audience, (post(*variants, **more),), owner="ministry")


BOTH = (centre("fr", "Bonjour."), centre("ar", "مرحبا."))


@pytest.fixture
def network(small_network: Network) -> Network:
    """Cairo's board, which joins its languages: French, Arabic."""
    return with_mode(small_network, LanguageMode.JOINED)


def with_mode(network: Network, mode: LanguageMode, *languages: str) -> Network:
    account = replace(network.accounts[CAIRO], language_mode=mode, languages=languages)
    return replace(network, accounts={**network.accounts, CAIRO: account})


def situation(network: Network, made: Campaign, limit: int = 100, **more) -> Situation:
    adapters = {"board": PaperAdapter("board", text_limit=limit)}
    return Situation(made, network, NOW, adapters, lambda template, *_: template, **more)


def only(network: Network, made: Campaign, **more) -> Planned:
    result = plan(situation(network, made, **more))
    assert result.skipped == ()
    (planned,) = result.planned
    return planned


def test_one_post_speaks_the_accounts_languages_in_their_order(network: Network) -> None:
    planned = only(network, campaign(*reversed(BOTH)))

    assert planned.slot == ANY
    assert bare(planned.content.text) == "Bonjour.\n\nمرحبا."
    assert (planned.content.language, planned.content.languages) == ("fr", ("fr", "ar"))
    assert planned.length == len(planned.content.text)


def test_each_part_runs_its_own_way_whatever_the_first_one_does(network: Network) -> None:
    french_first = only(network, campaign(*BOTH)).content.text
    arabic_first = only(with_mode(network, LanguageMode.JOINED, "ar", "fr"), campaign(*BOTH)).content.text

    assert french_first == "Bonjour.\n\n\u200f\u2067مرحبا.\u2069"
    assert arabic_first == "مرحبا.\n\n\u200e\u2066Bonjour.\u2069"


def test_a_language_without_a_text_is_left_out_and_one_alone_is_no_joined_post(network: Network) -> None:
    planned = only(network, campaign(centre("ar", "مرحبا.")))

    assert (planned.slot, planned.content.language, planned.content.text) == (ANY, "ar", "مرحبا.")
    assert planned.content.parts == ()


def test_parts_that_say_the_same_are_said_once(network: Network) -> None:
    assert only(network, campaign(centre("fr", "COP31"), centre("ar", "COP31 "))).content.text == "COP31"


def test_the_link_is_there_once_and_images_are_described_in_all_languages(network: Network) -> None:
    alts = (centre("fr", "Un drapeau", alt_of(IMAGE.sha256)), centre("ar", "علم", alt_of(IMAGE.sha256)))
    made = campaign(*BOTH, *alts, centre(ANY, "https://x.example", LINK), media=(IMAGE,))

    content = only(network, made).content

    assert (content.link, content.media[0].alt) == ("https://x.example", "Un drapeau\nعلم")


def test_the_origins_name_every_part(network: Network) -> None:
    own = Variant("cairo", TEXT, "ar", ANY, "أهلا.")
    planned = only(network, campaign(*BOTH), overrides={"opening": (own,)})

    assert [(o.field, o.owner, o.language) for o in planned.origins] == [
        ("text", "ministry", "fr"),
        ("text", "cairo", "ar"),
        ("time", "ministry", ANY),
    ]


@pytest.mark.parametrize(
    ("limit", "languages", "told"),
    [
        (30, ("fr", "ar"), "only fr would fit, alone"),
        (5, ("fr", "ar"), "none of its languages would fit even alone"),
        (30, ("fr", "ar", "ja"), "joined, fr and ja would fit"),
    ],
)
def test_what_is_too_long_as_one_post_says_which_languages_would_fit(
    network: Network, limit: int, languages: tuple[str, ...], told: str
) -> None:
    made = campaign(centre("fr", "Bonjour."), centre("ar", "مرحبا " * 5 + "."), centre("ja", "こんにちは"))
    result = plan(situation(with_mode(network, LanguageMode.JOINED, *languages), made, limit=limit))

    assert result.planned == ()
    (skipped,) = result.skipped
    assert (skipped.slot, skipped.reason) == (ANY, Reason.UNFIT)
    assert skipped.message.endswith(told)


def stale(language: str, value: str) -> Variant:
    return replace(centre(language, value), source="made from another source")


def test_a_stale_part_makes_the_whole_wait(network: Network) -> None:
    planned = only(network, campaign(centre("fr", "Bonjour."), stale("ar", "مرحبا.")))

    assert [stop.kind for stop in planned.stops] == [BlockKind.STALE]
    assert planned.content.languages == ("fr", "ar")


def test_where_the_campaign_falls_back_a_stale_part_is_left_out_if_another_is_fresh(network: Network) -> None:
    made = replace(campaign(centre("fr", "Bonjour."), stale("ar", "مرحبا.")), stale=StalePolicy.FALLBACK)
    nothing_fresh = replace(campaign(stale("ar", "مرحبا.")), stale=StalePolicy.FALLBACK)

    assert (only(network, made).content.text, only(network, made).stops) == ("Bonjour.", ())
    assert [stop.kind for stop in only(network, nothing_fresh).stops] == [BlockKind.STALE]


def test_a_stale_description_of_one_part_makes_the_whole_wait_and_is_named(network: Network) -> None:
    alts = (centre("fr", "Un drapeau", alt_of(IMAGE.sha256)), stale("ar", "علم"))
    alts = (alts[0], replace(alts[1], field=alt_of(IMAGE.sha256)))
    planned = only(network, campaign(*BOTH, *alts, media=(IMAGE,)))

    assert [stop.why for stop in planned.stops] == ["the ar alt text of ministry was made from an older source"]


def test_who_opts_out_says_none_of_the_languages(network: Network) -> None:
    opted_out = Variant("cairo", OPT_OUT, ANY, ANY, "we are closed")
    result = plan(situation(network, campaign(*BOTH), overrides={"opening": (opted_out,)}))

    assert (result.planned, [s.reason for s in result.skipped]) == ((), [Reason.OPTED_OUT])


def test_what_fills_a_placeholder_must_not_turn_round_what_stands_beside_it(network: Network) -> None:
    made = replace(situation(network, campaign(*BOTH)), render=lambda template, *_: f"{template} \u202e")

    (skipped,) = plan(made).skipped

    assert skipped.reason is Reason.BROKEN
    assert "U+202E" in skipped.message


def names(made) -> dict[str, str]:
    return {name: p.id for p in made.planned for name in said_by(p.occasion, p.slot, p.content)}


@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize(("before", "after"), [("each", "joined"), ("joined", "each"), ("each", "first")])
def test_another_language_mode_does_not_make_an_account_say_again_what_it_has_said(
    network: Network, before: str, after: str, *, edited: bool
) -> None:
    first = plan(situation(with_mode(network, LanguageMode(before)), campaign(*BOTH)))
    words = (centre("fr", "Bonjour à tous."), centre("ar", "مرحبا بكم.")) if edited else BOTH

    again = plan(situation(with_mode(network, LanguageMode(after)), campaign(*words), said=names(first)))

    assert again.planned == ()
    assert {s.reason for s in again.skipped} == {Reason.ALREADY_SAID}


def test_from_first_to_each_an_account_says_the_languages_that_it_has_not_said(network: Network) -> None:
    first = plan(situation(with_mode(network, LanguageMode.FIRST), campaign(*BOTH)))

    again = plan(situation(with_mode(network, LanguageMode.EACH), campaign(*BOTH), said=names(first)))

    assert [p.slot for p in again.planned] == ["ar"]


def test_a_joined_post_that_is_out_is_still_the_same_delivery(network: Network) -> None:
    first = plan(situation(network, campaign(*BOTH)))
    ids = frozenset(p.id for p in first.planned)

    assert plan(situation(network, campaign(*BOTH), said=names(first), known=ids)) == first


def test_only_what_is_sent_has_isolates_and_they_count(network: Network) -> None:
    text = centre("ar", "تابعوا @francediplo.")
    planned = only(network, campaign(text))

    assert planned.content.text == "تابعوا \u2068@francediplo\u2069."
    assert planned.length == len(text.value) + 2
    assert plan(situation(network, campaign(text), limit=len(text.value) + 1)).skipped[0].reason is Reason.UNFIT


def test_what_was_said_before_there_were_isolates_is_not_said_again(network: Network) -> None:
    planned = only(network, campaign(centre("ar", "تابعوا @francediplo.")))
    before = replace(planned.content, text=bare(planned.content.text))

    made = campaign(centre("ar", "تابعوا @francediplo."))
    renamed = replace(made, posts=(replace(made.posts[0], id="start"),))
    result = plan(situation(network, renamed, said={before.words: planned.id}))

    assert [s.reason for s in result.skipped] == [Reason.ALREADY_SAID]


def test_the_order_and_the_languages_of_the_parts_belong_to_the_contents_name(network: Network) -> None:
    content = only(network, campaign(*BOTH)).content
    other = replace(content, parts=tuple(replace(part, language="fr-CA") for part in content.parts))

    assert other.digest != content.digest
    assert other.words == content.words

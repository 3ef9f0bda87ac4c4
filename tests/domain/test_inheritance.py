"""Whose words count: the nearest owner's, for every tree, and never beyond the owner's own part of it."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from crosspost.domain.campaign import ANY, LINK, TEXT, Variant
from crosspost.domain.inheritance import Speaker, layers, resolve
from crosspost.domain.language import fallbacks
from crosspost.domain.network import Mission, Network

PLATFORMS = ("twitter", "facebook")
LANGUAGES = ("fr", "pt", "pt-BR", "zh", "zh-Hans", "zh-Hant")


@st.composite
def trees(draw):
    """A tree of two to eight missions; `m0` is the centre."""
    count = draw(st.integers(2, 8))
    parents = ["", *(f"m{draw(st.integers(0, n - 1))}" for n in range(1, count))]
    return Network({f"m{n}": Mission(f"m{n}", parent) for n, parent in enumerate(parents)}, {})


@st.composite
def variants(draw, network):
    """A variant of a text by some mission; its value says where it is from, so that no two are alike by chance."""
    owner = draw(st.sampled_from(sorted(network.missions)))
    language = draw(st.sampled_from(LANGUAGES))
    platform = draw(st.sampled_from([*PLATFORMS, ANY]))
    return Variant(owner, TEXT, language, platform, f"{owner} {language} {platform} {draw(st.integers(0, 3))}")


@st.composite
def posts(draw):
    """A tree, and the variants of one post in it: one at most for each place."""
    network = draw(trees())
    found = draw(st.lists(variants(network), max_size=10, unique_by=lambda v: (v.owner, v.language, v.platform)))
    return network, found


def _everything(network, found):
    """What counts for every speaker in every language."""
    known = layers(found)
    return {
        (mission, platform, language): resolve(known, TEXT, language, Speaker(network.owners(mission), platform))
        for mission in network.missions
        for platform in PLATFORMS
        for language in LANGUAGES
    }


def _eligible(found, network, mission, platform, language):
    owners = network.owners(mission)
    return [
        v for v in found if v.owner in owners and v.platform in {platform, ANY} and v.language in fallbacks(language)
    ]


@given(posts())
def test_somebodys_words_count_exactly_when_anybody_above_has_words_that_serve(post):
    network, found = post
    for (mission, platform, language), winner in _everything(network, found).items():
        eligible = _eligible(found, network, mission, platform, language)
        assert (winner is None) == (not eligible)
        assert winner is None or winner in eligible


@given(posts())
def test_the_language_itself_goes_first_then_the_nearest_owner_then_the_platforms_own_text(post):
    network, found = post
    for (mission, platform, language), winner in _everything(network, found).items():
        owners, tags = network.owners(mission), fallbacks(language)

        def rank(v, owners=owners, tags=tags):
            return tags.index(v.language), owners.index(v.owner), v.platform == ANY

        eligible = _eligible(found, network, mission, platform, language)
        assert winner == min(eligible, key=rank, default=None)


@given(posts(), st.data())
def test_nothing_outside_the_owners_subtree_changes_when_a_variant_is_added_changed_or_taken_back(post, data):
    network, found = post
    added = data.draw(variants(network))
    place = (added.owner, added.language, added.platform)
    without = [v for v in found if (v.owner, v.language, v.platform) != place]
    before, after = _everything(network, found), _everything(network, [*found, added])
    taken_back = _everything(network, without)
    for who, winner in before.items():
        mission, platform, language = who
        touched = (
            network.is_within(mission, added.owner)
            and added.platform in {platform, ANY}
            and added.language in fallbacks(language)
        )
        if not touched:
            assert after[who] == taken_back[who] == winner
        else:
            assert after[who] in {added, taken_back[who]}


@given(posts(), st.data())
def test_a_missions_own_words_for_the_platform_in_the_language_always_win_for_it(post, data):
    network, found = post
    own = data.draw(variants(network))
    assume(own.platform != ANY)
    assert _everything(network, [*found, own])[own.owner, own.platform, own.language] == own


@given(posts())
def test_a_later_variant_of_the_same_place_replaces_the_earlier(post):
    network, found = post
    old = [Variant(v.owner, v.field, v.language, v.platform, "old") for v in found]
    assert _everything(network, [*old, *found]) == _everything(network, found)


@given(posts())
def test_traditional_chinese_never_speaks_simplified(post):
    network, found = post
    for (_, _, language), winner in _everything(network, found).items():
        if winner is not None and "zh" in language:
            assert (winner.language == "zh-Hant") == (language == "zh-Hant")


def test_what_does_not_depend_on_language_is_looked_up_in_none():
    known = layers([Variant("centre", LINK, ANY, ANY, "https://a.example"), Variant("centre", TEXT, "fr", ANY, "mot")])
    speaker = Speaker(("tokyo", "centre"), "twitter")
    found = resolve(known, LINK, ANY, speaker)
    assert found is not None
    assert found.value == "https://a.example"
    assert resolve(known, TEXT, ANY, speaker) is None

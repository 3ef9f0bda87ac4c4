"""Freshness over any order of edits: no text is fresh that did not change since its source did in substance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.campaign import ANY, LINK, TEXT, TIME, Campaign, Medium, Post, Variant, alt_of
from crosspost.domain.freshness import Change, carried, following, is_stale, remembered
from crosspost.domain.schedule import at_instant
from crosspost.domain.selection import Selection

NOW = datetime(2027, 3, 1, tzinfo=UTC)


def campaign(fr: str, ja: str | None, *, has_post: bool = True) -> Campaign:
    """A campaign as a file says it: each translation made from the source beside it."""
    variants = [Variant("ministry", TEXT, "fr", ANY, fr)]
    bare = Post("opening", at_instant(NOW), tuple(variants))
    if ja is not None:
        variants.append(Variant("ministry", TEXT, "ja", ANY, ja, bare.source_digest(TEXT, "fr")))
    posts = (replace(bare, variants=tuple(variants)),) if has_post else ()
    return Campaign("cop", "COP", "fr", Selection(), posts, owner="ministry")


def is_fresh(made: Campaign) -> bool | None:
    post = made.post("opening")
    ja = next((v for v in post.variants if v.language == "ja"), None) if post else None
    return None if post is None or ja is None else not is_stale(ja, post, "fr", NOW)


@dataclass(frozen=True)
class Edit:
    change: Change
    edits_source: bool
    edits_translation: bool
    has_translation: bool
    has_post: bool


EDITS = st.lists(
    st.builds(
        Edit,
        st.sampled_from(Change),
        st.booleans(),
        st.booleans(),
        st.sampled_from([True, True, False]),
        st.sampled_from([True, True, True, False]),
    ),
    max_size=12,
)


@given(EDITS)
def test_no_order_of_edits_makes_a_text_fresh_that_did_not_change_since_its_source_did(edits):
    versions = [campaign("fr 0", "ja 0")]
    fr, ja, may_be_fresh = 0, 0, True
    for edit in edits:
        fr += edit.edits_source
        ja += edit.edits_translation
        if edit.edits_source and edit.change is not Change.COSMETIC:
            may_be_fresh = False
        if edit.edits_translation and edit.change is not Change.COSMETIC and edit.has_translation and edit.has_post:
            may_be_fresh = True
        new = campaign(f"fr {fr}", f"ja {ja}" if edit.has_translation else None, has_post=edit.has_post)
        versions.append(carried(versions[-1], new, edit.change, remembered(versions)))
        if not (edit.has_translation and edit.has_post) and edit.edits_translation:
            ja -= 1  # nobody has written these words yet
        if not may_be_fresh:
            assert not is_fresh(versions[-1]), edits


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=8), st.booleans())
def test_cosmetic_edits_alone_make_nothing_stale_and_nothing_fresh(edits, begins_stale):
    made = campaign("fr", "ja")
    if begins_stale:
        made = carried(made, campaign("autre", "ja"), Change.SUBSTANTIVE)
    fr, ja = made.posts[0].variants[0].value, "ja"
    for edits_source, edits_translation in edits:
        fr, ja = fr + "!" * edits_source, ja + "。" * edits_translation
        made = carried(made, campaign(fr, ja), Change.COSMETIC)
        assert is_fresh(made) is not begins_stale


@pytest.mark.parametrize("change", [Change.SUBSTANTIVE, Change.CRITICAL])
def test_a_translation_that_changes_with_its_source_is_fresh_and_one_that_does_not_is_stale(change):
    made = campaign("fr", "ja")
    assert is_fresh(carried(made, campaign("fr 2", "ja 2"), change))
    assert is_fresh(carried(made, campaign("fr 2", "ja"), change)) is False
    assert is_fresh(carried(made, campaign(" fr\n", "ja"), change)), "white space is no change"


def test_a_text_that_was_left_out_for_a_while_comes_back_no_fresher():
    first = campaign("fr", "ja")
    second = carried(first, campaign("fr", None), Change.SUBSTANTIVE, remembered([first]))
    third = carried(second, campaign("fr 2", "ja"), Change.SUBSTANTIVE, remembered([first, second]))
    assert is_fresh(third) is False


@pytest.mark.parametrize("source", ["fr", "fr 2"])
def test_a_post_under_another_name_is_no_fresher(source):
    first = campaign("fr 0", "ja")
    second = carried(first, campaign("fr", "ja"), Change.SUBSTANTIVE)
    assert is_fresh(second) is False
    renamed = campaign(source, "ja")
    renamed = replace(renamed, posts=(replace(renamed.posts[0], id="start"),))
    made = carried(second, renamed, Change.SUBSTANTIVE, remembered([first, second])).posts[0]
    assert is_stale(made.variants[1], made, "fr", NOW)


def test_a_new_post_beside_the_old_one_is_made_from_its_own_source():
    first = campaign("fr", "ja")
    written = campaign("fr 2", "ja").posts[0]
    both = replace(first, posts=(*first.posts, replace(written, id="start")))
    start = carried(first, both, Change.SUBSTANTIVE, remembered([first])).posts[1]
    assert not is_stale(start.variants[1], start, "fr", NOW)


def test_old_words_that_come_back_were_made_from_what_was_said_then():
    versions = [campaign("fr", "ja")]
    for fr, ja in (("fr 2", "ja 2"), ("fr 2", "ja")):
        versions.append(carried(versions[-1], campaign(fr, ja), Change.SUBSTANTIVE, remembered(versions)))
    assert is_fresh(versions[1])
    assert is_fresh(versions[2]) is False
    back = carried(versions[-1], campaign("fr", "ja"), Change.SUBSTANTIVE, remembered(versions))
    assert is_fresh(back)


def test_what_goes_back_to_the_source_that_it_was_made_from_is_fresh_again():
    first = campaign("fr", "ja")
    second = carried(first, campaign("fr 2", "ja"), Change.SUBSTANTIVE)
    assert is_fresh(carried(second, campaign("fr", "ja"), Change.SUBSTANTIVE))


def test_an_alt_text_stays_stale_when_the_image_is_replaced_under_its_name():
    def with_image(sha256: str, fr: str, ja: str) -> Campaign:
        post = Post(
            "opening",
            at_instant(NOW),
            (Variant("ministry", alt_of(sha256), "fr", ANY, fr),),
            media=(Medium(sha256, "image/png", 1, 1, 1, "a.png"),),
        )
        alt = Variant("ministry", alt_of(sha256), "ja", ANY, ja, post.source_digest(alt_of(sha256), "fr"))
        return replace(campaign("x", None), posts=(replace(post, variants=(*post.variants, alt)),))

    made = carried(with_image("1" * 64, "une ville", "町"), with_image("2" * 64, "une mer", "町"), Change.SUBSTANTIVE)
    alt = made.posts[0].variants[1]
    assert is_stale(alt, made.posts[0], "fr", NOW)


def test_what_is_pinned_is_stale_only_from_then_on():
    post = campaign("fr 2", None).posts[0]
    pinned = Variant("tokyo", TEXT, "ja", ANY, "ja", "made from something else", NOW)
    assert not is_stale(pinned, post, "fr", NOW - timedelta(minutes=1))
    assert is_stale(pinned, post, "fr", NOW)


@pytest.mark.parametrize("field", [TEXT, LINK, TIME])
def test_only_what_was_fresh_follows_a_cosmetic_edit(field):
    old = Post(
        "opening", at_instant(NOW), (Variant("m", TEXT, "fr", ANY, "fr"), Variant("m", LINK, ANY, ANY, "https://a"))
    )
    new = Post(
        "opening",
        at_instant(NOW + timedelta(hours=1)),
        (Variant("m", TEXT, "fr", ANY, "fr!"), Variant("m", LINK, ANY, ANY, "https://b")),
    )
    fresh = Variant("tokyo", field, "ja", ANY, "x", old.source_digest(field, "fr"))
    stale = replace(fresh, source="made from something else")
    assert not is_stale(following(fresh, old, new, "fr"), new, "fr", NOW)
    assert is_stale(following(stale, old, new, "fr"), new, "fr", NOW)

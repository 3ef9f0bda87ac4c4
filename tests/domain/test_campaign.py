"""Campaigns: facts and their types, sources of translations, and what has changed between two versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.campaign import ANY, LINK, TEXT, Campaign, Fact, Medium, Post, Variant, alt_of, is_identifier
from crosspost.domain.differences import differences
from crosspost.domain.schedule import parse_time
from crosspost.domain.selection import Selection
from crosspost.domain.text import digest_of_text

POST = Post(
    "opening",
    parse_time("2027-03-01 09:00 local"),
    (
        Variant("", TEXT, "fr", ANY, "Bonjour"),
        Variant("", TEXT, "fr", "weibo", "Salut"),
        Variant("", TEXT, "en", ANY, "Hello"),
        Variant("", LINK, ANY, ANY, "https://a.example"),
    ),
    media=(Medium("ab" * 32, "image/png", 10, 1, 1),),
)
CAMPAIGN = Campaign("cop31", "COP 31", "fr", Selection(), (POST,), facts=(Fact.of("day", date(2027, 3, 6)),))


@pytest.mark.parametrize(
    ("given_value", "kept"),
    [
        ("mot", "mot"),
        (2027, Decimal(2027)),
        (0.1, Decimal("0.1")),
        (-1.5e22, Decimal("-1.5E+22")),
        (date(2027, 3, 6), date(2027, 3, 6)),
        (datetime(2027, 3, 6, 18, tzinfo=UTC), datetime(2027, 3, 6, 18, tzinfo=UTC)),
        (True, "true"),
    ],
)
def test_a_fact_keeps_its_value_and_its_type(given_value, kept):
    value = Fact.of("name", given_value).value
    assert (value, type(value)) == (kept, type(kept))


@given(st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.dates() | st.datetimes())
def test_every_toml_value_is_a_fact_that_can_be_read_again(value):
    fact = Fact.of("name", value)
    assert Fact(fact.name, fact.type, fact.text).value == fact.value
    assert fact.value == (Decimal(str(value)) if isinstance(value, int | float) else value)


@pytest.mark.parametrize("name", ["cop31", "a", "0", "national-day", "a_b.c", "x" * 64])
def test_small_letters_digits_and_a_few_signs_make_an_identifier(name):
    assert is_identifier(name)


@pytest.mark.parametrize("name", ["", "-", "-a", "A", "a b", "a/b", "a@b", "é", "..", "x" * 65, "a\n"])
def test_all_else_is_no_identifier(name):
    assert not is_identifier(name)


def test_a_post_has_the_languages_that_it_has_texts_in():
    assert POST.languages() == ("fr", "en")


def test_a_translation_is_made_from_the_source_for_its_platform_or_else_from_the_general_one():
    assert POST.source_digest(TEXT, "fr") == digest_of_text("Bonjour")
    assert POST.source_digest(TEXT, "fr", "weibo") == digest_of_text("Salut")
    assert POST.source_digest(TEXT, "fr", "twitter") == digest_of_text("Bonjour")
    assert POST.source_digest(TEXT, "de") == ""


def test_a_rushed_campaign_says_everything_now_and_changes_nothing_else():
    now = datetime(2027, 1, 1, 12, tzinfo=UTC)
    rushed = CAMPAIGN.rushed(now)
    assert [post.at.instant("Asia/Tokyo").utc for post in rushed.posts] == [now]
    assert rushed.repost_after == timedelta(0)
    assert replace(rushed, posts=CAMPAIGN.posts, repost_after=CAMPAIGN.repost_after) == CAMPAIGN
    assert CAMPAIGN.post("opening") == POST
    assert CAMPAIGN.post("closing") is None


def _with(**changes):
    return replace(CAMPAIGN, posts=(replace(POST, **changes),))


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (CAMPAIGN, []),
        (replace(CAMPAIGN, title="COP"), ["title: COP 31 → COP"]),
        (replace(CAMPAIGN, audience=Selection(mission=("asia",))), ["audience: everything → mission asia"]),
        (replace(CAMPAIGN, facts=(Fact.of("day", date(2027, 3, 7)),)), ["fact day: 2027-03-06 → 2027-03-07"]),
        (replace(CAMPAIGN, facts=()), ["fact day: 2027-03-06 → none"]),
        (replace(CAMPAIGN, posts=()), ["opening: gone"]),
        (replace(CAMPAIGN, posts=(POST, replace(POST, id="closing"))), ["closing: new"]),
        (
            _with(at=parse_time("2027-03-02 09:00 UTC")),
            ["opening: time 2027-03-01 09:00 local → 2027-03-02 09:00 UTC"],
        ),
        (_with(expires=timedelta(hours=8)), ["opening: expires 4h → 8h"]),
        (_with(embargo=True), ["opening: now under embargo"]),
        (_with(media=()), ["opening: media changed"]),
        (_with(variants=POST.variants[:2]), ["opening: text en removed", "opening: link removed"]),
        (
            _with(variants=(*POST.variants, Variant("", alt_of("ab" * 32), "fr", ANY, "Image"))),
            ["opening: alt fr added"],
        ),
        (
            _with(variants=(POST.variants[0], Variant("", TEXT, "fr", "weibo", "Hé"), *POST.variants[2:])),
            ["opening: text fr on weibo changed"],
        ),
    ],
)
def test_what_changed_between_two_versions_is_said_in_a_line_each(new, said):
    assert differences(CAMPAIGN, new) == said

"""Why an edit of a campaign is no cosmetic one: each reason with its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crosspost.domain.campaign import ANY, LINK, TEXT, Campaign, Fact, Medium, Post, Variant, alt_of
from crosspost.domain.differences import changed_posts, facts_in, rewordings
from crosspost.domain.glossary import Term, TermKind
from crosspost.domain.schedule import at_instant
from crosspost.domain.selection import Selection
from crosspost.domain.significance import reasons

NOW = datetime(2027, 3, 1, tzinfo=UTC)
IMAGE = Medium("1" * 64, "image/png", 1, 1, 1, "a.png")


def text(language: str, value: str, platform: str = ANY) -> Variant:
    return Variant("ministry", TEXT, language, platform, value)


POST = Post(
    "opening",
    at_instant(NOW),
    (
        text("en", "We recieve guests until {{ deadline }}, a free and open region."),
        text("ja", "こんにちは"),
        Variant("ministry", LINK, ANY, ANY, "https://example.org/a"),
        Variant("ministry", alt_of(IMAGE.sha256), "en", ANY, "A hall with 5 flags"),
    ),
    media=(IMAGE,),
)
OTHER = Post("closing", at_instant(NOW), (text("en", "Goodbye"),))
CAMPAIGN = Campaign(
    "cop",
    "COP",
    "en",
    Selection(mission=("ministry",)),
    (POST, OTHER),
    facts=(Fact("deadline", "date", "2027-03-06"),),
    terms=(Term("open", TermKind.LOCKED, (("en", ("a free and open region",)),)),),
)


def with_post(**fields: object) -> Campaign:
    return replace(CAMPAIGN, posts=(replace(POST, **fields), OTHER))


def with_value(old: str, new: str) -> Campaign:
    variants = tuple(replace(v, value=v.value.replace(old, new)) for v in POST.variants)
    assert variants != POST.variants
    return with_post(variants=variants)


@pytest.mark.parametrize(
    "new",
    [
        CAMPAIGN,
        replace(CAMPAIGN, title="The COP", require=("en",)),
        with_value("recieve", "receive"),
        with_value("A hall", "A  hall"),
    ],
)
def test_a_title_and_spelling_are_cosmetic(new):
    assert reasons(CAMPAIGN, new) == ()


@pytest.mark.parametrize(
    ("new", "place", "what"),
    [
        (replace(CAMPAIGN, audience=Selection(mission=("asia",))), "audience", "asia"),
        (replace(CAMPAIGN, source="ja"), "source", "ja"),
        (replace(CAMPAIGN, facts=(Fact("deadline", "date", "2027-03-07"),)), "facts", "2027-03-06 → 2027-03-07"),
        (replace(CAMPAIGN, facts=()), "facts", "none"),
        (replace(CAMPAIGN, posts=(POST,)), "closing", "less"),
        (with_post(at=at_instant(NOW + timedelta(hours=1))), "opening", "time"),
        (with_post(expires=timedelta(hours=1)), "opening", "expires"),
        (with_post(embargo=True), "opening", "embargo"),
        (with_post(media=(replace(IMAGE, sha256="2" * 64),)), "opening", "media"),
        (with_post(variants=POST.variants[:1]), "opening text ja", "removed"),
        (with_post(variants=(*POST.variants, text("fr", "Bonjour"))), "opening text fr", "added"),
        (with_value("/a", "/b"), "opening link", "https://example.org/b"),
        (with_value("{{ deadline }}", "{{ day }}"), "opening text en", "placeholder"),
        (with_value("5 flags", "6 flags"), "opening alt en", "number"),
        (with_value("open region", "open area"), "opening text en", "glossary"),
    ],
)
def test_what_is_no_spelling_is_named_with_its_place(new, place, what):
    assert any(one.place == place and what in one.what for one in reasons(CAMPAIGN, new)), reasons(CAMPAIGN, new)


def test_a_locked_phrase_cannot_be_let_go_of_together_with_its_glossary():
    new = replace(with_value("open region", "open area"), terms=())
    assert any("glossary" in one.what for one in reasons(CAMPAIGN, new))


def test_rewordings_hold_both_texts_and_name_what_came_and_went():
    new = with_post(variants=(text("en", "Hello"), text("fr", "Bonjour"), *POST.variants[2:]))
    found = {one.place: (one.how, one.old, one.new) for one in rewordings(CAMPAIGN, new)}
    assert found == {
        "opening text en": ("changed", POST.variants[0].value, "Hello"),
        "opening text ja": ("removed", "こんにちは", ""),
        "opening text fr": ("added", "", "Bonjour"),
    }


def test_a_post_is_changed_by_its_words_its_facts_and_the_facts_in_an_override():
    fact = replace(CAMPAIGN, facts=(Fact("deadline", "date", "2027-03-07"),))
    override = Variant("tokyo", TEXT, "ja", ANY, "{{ deadline | date }}まで")
    assert changed_posts(CAMPAIGN, CAMPAIGN, {}) == ()
    assert changed_posts(CAMPAIGN, replace(CAMPAIGN, title="x"), {}) == ()
    assert changed_posts(CAMPAIGN, with_value("recieve", "receive"), {}) == ("opening",)
    assert changed_posts(CAMPAIGN, fact, {}) == ("opening",)
    assert changed_posts(CAMPAIGN, fact, {"closing": (override,)}) == ("opening", "closing")
    assert changed_posts(CAMPAIGN, replace(CAMPAIGN, posts=(POST,)), {}) == ("closing",)


def test_the_facts_of_a_text_are_the_names_that_its_placeholders_begin_with():
    assert facts_in("{{ deadline | date }} {{mission.city}} {{  x}} { y }") == {"deadline", "mission", "x"}

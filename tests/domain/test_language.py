"""Which language may stand in for which: never another script, never another language."""

from __future__ import annotations

import pytest
from babel.localedata import locale_identifiers
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.language import (
    fallbacks,
    is_right_to_left,
    is_valid,
    name_of,
    script_of,
    standard,
)

#: Every language and region that CLDR has data of, but for what the registry behind `is_valid` does not hold: POSIX is
#: a variant of CLDR's own, and Toki Pona is in CLDR and not yet in that registry.
TAGS = sorted(
    tag.replace("_", "-")
    for tag in locale_identifiers()
    if not tag.endswith("POSIX") and tag.partition("_")[0] != "tok"
)

tags = st.sampled_from(TAGS)


@pytest.mark.parametrize(
    ("tag", "chain"),
    [
        ("fr", ["fr"]),
        ("pt-BR", ["pt-BR", "pt"]),
        ("pt-AO", ["pt-AO", "pt-PT", "pt"]),
        ("es-MX", ["es-MX", "es-419", "es"]),
        ("en-AU", ["en-AU", "en-001", "en"]),
        ("zh-Hans", ["zh-Hans", "zh"]),
        ("zh-Hant", ["zh-Hant"]),
        ("zh-Hant-HK", ["zh-Hant-HK", "zh-Hant"]),
        ("zh-TW", ["zh-TW"]),
        ("sr-Latn", ["sr-Latn"]),
        ("nb", ["nb", "no"]),
        ("ht", ["ht"]),
        ("hi-Latn", ["hi-Latn"]),
        ("en-GB-u-co-phonebk", ["en-GB-u-co-phonebk", "en-GB-u-co", "en-GB", "en-001", "en"]),
        ("fr-x-mfa", ["fr-x-mfa", "fr"]),
        ("x-mfa", ["x-mfa"]),
    ],
)
def test_a_tag_falls_back_as_cldr_says_and_no_further(tag, chain):
    assert list(fallbacks(tag)) == chain


def test_no_fallback_crosses_a_script_or_a_language_anywhere_in_cldr():
    for tag in TAGS:
        for stand_in in fallbacks(tag):
            assert script_of(stand_in) == script_of(tag), (tag, stand_in)
            languages = {tag.partition("-")[0], stand_in.partition("-")[0]}
            assert len(languages - {"nb", "nn", "no"}) <= 1, (tag, stand_in)
            assert len(languages) == 1 or languages <= {"nb", "nn", "no"}, (tag, stand_in)


@given(tags)
def test_a_tag_comes_first_among_its_fallbacks_and_each_comes_once(tag):
    chain = fallbacks(tag)
    assert chain[0] == tag
    assert len(set(chain)) == len(chain)


@given(tags)
def test_the_fallbacks_of_a_fallback_are_the_rest_of_the_chain(tag):
    chain = fallbacks(tag)
    for place, stand_in in enumerate(chain):
        assert fallbacks(stand_in) == chain[place:]


@given(tags)
def test_what_cldr_knows_is_valid_and_its_standard_form_is_final(tag):
    assert is_valid(tag)
    assert standard(standard(tag)) == standard(tag)


@given(st.text(max_size=20))
def test_any_text_is_a_language_or_not_and_never_breaks(text):
    if is_valid(text):
        assert fallbacks(standard(text))[0] == standard(text)


@pytest.mark.parametrize(("written", "meant"), [("zh_hans", "zh-Hans"), ("iw", "he"), ("PT-br", "pt-BR"), ("FR", "fr")])
def test_a_tag_is_written_as_bcp_47_writes_it(written, meant):
    assert standard(written) == meant


def test_what_is_no_tag_has_no_standard_form():
    with pytest.raises(ValueError, match="'not a language' is not a language tag"):
        standard("not a language")


def test_arabic_hebrew_and_persian_are_written_from_right_to_left():
    every = ["fr", "en", "ar", "es", "de", "ru", "it", "pt", "tr", "zh-Hans", "ja", "ko", "he", "fa", "uk"]
    assert [tag for tag in every if is_right_to_left(tag)] == ["ar", "he", "fa"]
    assert is_right_to_left("az-Arab")


def test_a_language_is_named_in_another_and_by_its_tag_where_cldr_has_no_name():
    assert (name_of("ja"), name_of("ja", "fr"), name_of("tlh")) == ("Japanese", "japonais", "tlh")

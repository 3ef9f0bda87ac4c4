"""X's count. The cases are ours; the rules are those of twitter-text, configuration 3."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.adapter import Content, ContentMedium
from crosspost_twitter import TwitterAdapter
from crosspost_twitter.length import weighted_length

ADAPTER = TwitterAdapter()


def content(text: str, link: str = "", media: tuple[ContentMedium, ...] = ()) -> Content:
    return Content("amb-fr/twitter", "fr", text, link, media)


def rules(one: Content) -> list[str]:
    return [problem.rule for problem in ADAPTER.check(one)]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Bonjour", 7),
        ("Élysée", 6),
        ("外務省", 6),
        ("외교부", 6),
        ("Министерство", 12),
        ("وزارة", 5),
        ("🇫🇷", 2),
        ("👩🏽‍🚀", 2),
        ("https://www.diplomatie.gouv.fr/fr/une/adresse/fort/longue/en/verite", 23),
        ("diplomatie.gouv.fr", 23),
        ("voir diplomatie.gouv.fr.", 29),
        # Right-to-left letters, and a domain without a scheme right after them.
        ("مصرmfa.gov.sg", 26),
        ("מצרmfa.gov.sg", 26),
        ("مصر mfa.gov.sg", 27),
        ("مصرhttps://mfa.gov.sg/x", 26),
        ("فيdiplomatie.gouv.fr/ar الآن", 30),
    ],
)
def test_x_counts_so(text: str, length: int) -> None:
    assert weighted_length(text) == length


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=60))
@settings(max_examples=60, deadline=None)
def test_the_count_does_not_depend_on_how_letters_are_composed(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)

    assert ADAPTER.measure(content(text)) == ADAPTER.measure(content(decomposed))


@given(st.text(alphabet="abc é日本 .", max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_link_costs_23_and_its_line(text: str) -> None:
    link = "https://www.diplomatie.gouv.fr/"
    expected = 23 if not text.strip() else weighted_length(unicodedata.normalize("NFC", text)) + 24

    assert ADAPTER.measure(content(text, link)) == expected


def test_a_link_that_the_text_holds_is_not_said_twice() -> None:
    link = "https://a.example/x"

    assert ADAPTER.wording(content(f"Voir {link}.", link)) == f"Voir {link}."
    assert ADAPTER.wording(content(f"Voir {link}y", link)) == f"Voir {link}y\n{link}"


def test_280_fit_and_281_do_not() -> None:
    assert rules(content("é" * 280)) == []
    assert rules(content("é" * 281)) == ["text-length"]
    assert rules(content("日" * 141)) == ["text-length"]


def test_what_x_does_not_take_is_said_beforehand() -> None:
    def image(mime: str = "image/png", size: int = 100, alt: str = "") -> ContentMedium:
        return ContentMedium("0" * 64, mime, size, alt)

    assert rules(content("a", media=(image(),) * 4)) == []
    assert rules(content("a", media=(image(),) * 5)) == ["media-count"]
    assert rules(content("a", media=(image("image/gif"),))) == ["media-type"]
    assert rules(content("a", media=(image(size=6_000_000),))) == ["media-size"]
    assert rules(content("a", media=(image(alt="a" * 1001),))) == ["alt-length"]
    assert rules(content("")) == ["text-empty"]
    assert rules(content("", media=(image(),))) == []
    assert rules(content("a\ufeffb")) == ["text-characters"]

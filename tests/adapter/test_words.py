"""Words as they are sent and recognised, secrets as they are kept, contents as they fit."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.adapter import Capabilities, Content, ContentMedium
from crosspost.adapter.fit import unfit
from crosspost.adapter.secrets import Redaction, secret
from crosspost.adapter.words import same_words, with_link
from crosspost.errors import ConfigurationError

LINK = "https://www.diplomatie.gouv.fr/fr/"


@given(st.text())
def test_words_are_sent_in_nfc_with_the_link_once(text: str) -> None:
    said = with_link(text, LINK)

    assert unicodedata.is_normalized("NFC", said)
    assert said.count(LINK) == max(1, unicodedata.normalize("NFC", text).count(LINK))
    assert with_link(said, LINK) == said


@given(st.text(), st.text())
def test_words_are_the_same_as_themselves_however_composed(text: str, other: str) -> None:
    assert same_words(text, unicodedata.normalize("NFD", text))
    assert same_words(text, other) is same_words(other, text)


@pytest.mark.parametrize(
    ("sent", "shown", "same"),
    [
        ("voir diplomatie.gouv.fr", "voir http://diplomatie.gouv.fr", True),
        ("voir https://a.example/x/", "voir https://a.example/x", True),
        ("voir https://a.example/é", "voir https://a.example/%C3%A9", True),
        ("deux  lignes\n\nici", "deux lignes ici", True),
        ("\u200fמשרד", "משרד", True),
        ("voir https://a.example/x", "voir https://a.example/y", False),
        ("Bonjour", "bonjour", False),
        ("Bonjour.", "Bonjour", False),
    ],
)
def test_addresses_and_spaces_may_be_shown_in_another_way(sent: str, shown: str, same: bool) -> None:
    assert same_words(sent, shown) is same


def test_a_secret_is_taken_out_in_every_form() -> None:
    redact = Redaction(["abc/def+ghi", "abc/def+ghi-longer", "id"])

    said = redact("token abc/def+ghi-longer, abc%2Fdef%2Bghi\nand id")

    assert said == "token [secret], [secret] and id"
    assert "abc" not in repr(redact)
    assert len(redact("x" * 10_000)) < 500


@pytest.mark.parametrize("value", ["", "two words", "line\nbreak", "tok\u00e9n", " padded"])
def test_what_no_token_holds_is_no_token(value: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        secret({"access_token": value}, "access_token")

    assert not value or value not in str(refused.value)


def test_a_content_that_fits_has_no_problem_and_one_that_does_not_has_each_of_them() -> None:
    takes = Capabilities(10, "characters", 1, frozenset({"image/png"}), 100, 5, link_required=True)
    good = Content("a/paper", "fr", "Bonjour", LINK, (ContentMedium("0" * 64, "image/png", 100, "12345"),))
    bad_medium = ContentMedium("0" * 64, "image/gif", 101, "123456")
    bad = Content("a/paper", "fr", "Bonjour", "", (bad_medium, bad_medium))

    assert unfit(good, takes, 10) == []
    assert [problem.rule for problem in unfit(bad, takes, 11)] == [
        "text-length",
        "link-required",
        "media-count",
        *["media-type", "media-size", "alt-length"] * 2,
    ]
    assert all(problem.remedy for problem in unfit(bad, takes, 11))


def test_an_image_for_a_platform_without_alt_text_still_fits() -> None:
    takes = Capabilities(10, "characters", 1, frozenset({"image/png"}), 100)
    content = Content("a/paper", "fr", "Oui", "", (ContentMedium("0" * 64, "image/png", 1, "Une description"),))

    assert unfit(content, takes, 3) == []

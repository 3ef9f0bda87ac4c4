"""When two texts are the same, and what names a content."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crosspost.domain.content import Content, ContentMedium
from crosspost.domain.text import canonical, digest, digest_of_bytes, digest_of_text

#: Text that is full of what canonical forms are about: accents apart, hidden characters, every kind of space.
texts = st.text(
    st.sampled_from(
        "aeé\u0301\u0327 \t\n\r\x00\x1f\x85\xa0\u00ad\u200b\u200c\u200d\u200f\u2028\u3000\ufeff가\u1100\u1161"
    )
    | st.characters(exclude_categories=["Cs"])
)


#: What follows a black flag to make it a nation's, in characters that nobody sees.
ENGLAND = "\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
SCOTLAND = "\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@given(texts)
@example("e\u200b\u0301")
@example("e\x00\u0301")
def test_the_canonical_form_of_a_canonical_form_is_itself(text):
    assert canonical(canonical(text)) == canonical(text)


@given(texts)
def test_the_canonical_form_is_composed_and_has_single_spaces_and_no_controls(text):
    form = canonical(text)
    assert unicodedata.is_normalized("NFC", form)
    assert form.split(" ") == form.split() or form == ""
    assert not any(unicodedata.category(char) == "Cc" for char in form)


@given(texts, texts)
def test_white_space_between_words_never_makes_a_difference(before, after):
    assert canonical(f"{before} {after}") == canonical(f"\n{before}\r\n\u3000 {after}\t")


@given(texts)
def test_how_accents_are_encoded_never_makes_a_difference(text):
    assert canonical(unicodedata.normalize("NFD", text)) == canonical(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fête nationale", "Fe\u0302te  nationale\n"),
        ("a\u200bb", "ab"),
        ("\ufeffBonjour", "Bonjour"),
        ("e\u200b\u0301", "é"),
        ("\u202bשלום\u202c", "שלום"),
    ],
)
def test_what_nobody_sees_makes_no_difference(one, other):
    assert digest_of_text(one) == digest_of_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ab", "a b"),
        ("Paris", "paris"),
        ("1", "١"),
        ("👩\u200d🚀", "👩🚀"),
        (f"🏴{ENGLAND}", f"🏴{SCOTLAND}"),
    ],
)
def test_what_people_see_makes_a_difference(one, other):
    assert digest_of_text(one) != digest_of_text(other)


def test_digests_are_stable_across_versions_because_queues_hold_them():
    assert digest_of_bytes(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_of_text("Fête  nationale\n") == digest_of_bytes("Fête nationale".encode())
    assert digest({"b": 1, "a": ["é"]}) == digest_of_bytes('{"a":["é"],"b":1}'.encode())


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcdé€"), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abcdé€😀"), json_values))
def test_the_order_of_keys_makes_no_difference_to_a_digest(value):
    assert digest(dict(reversed(value.items()))) == digest(value)


CONTENT = Content(
    "amb-jp-tokyo/twitter", "ja", "こんにちは", "https://a.example", (ContentMedium("ab" * 32, "image/png", 10, "図"),)
)


@pytest.mark.parametrize(
    "change",
    [
        {"account": "amb-kr-seoul/twitter"},
        {"language": "ko"},
        {"text": "こんにちは。"},
        {"text": "こんにちは "},
        {"link": ""},
        {"action": "delete"},
        {"media": ()},
        {"media": (ContentMedium("cd" * 32, "image/png", 10, "図"),)},
        {"media": (ContentMedium("ab" * 32, "image/png", 10, ""),)},
    ],
)
def test_every_change_of_what_is_sent_gives_the_content_another_name(change):
    assert replace(CONTENT, **change).digest != CONTENT.digest


def test_a_contents_name_is_stable_and_knows_its_platform():
    canonical_json = (
        '{"account":"amb-jp-tokyo/twitter","action":"publish","language":"ja","link":"https://a.example",'
        f'"media":[{{"alt":"図","mime":"image/png","sha256":"{"ab" * 32}"}}],"text":"こんにちは"}}'
    )
    assert CONTENT.digest == digest_of_bytes(canonical_json.encode())
    assert CONTENT.platform == "twitter"

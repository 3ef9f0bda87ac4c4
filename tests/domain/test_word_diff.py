"""The difference between two texts: nothing of either is lost, and it falls between words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.cli.differing import coloured, elided, plain
from crosspost.domain.word_diff import Kind, word_diff

TEXTS = st.text(st.sampled_from("ab1 \n.,’-#@/{}٣五会あアกא́🇫🇷"), max_size=40)


@given(TEXTS, TEXTS)
def test_without_what_is_new_it_is_the_old_text_and_without_what_is_gone_the_new_one(old, new):
    pieces = word_diff(old, new)
    assert "".join(p.text for p in pieces if p.kind is not Kind.ADDED) == old
    assert "".join(p.text for p in pieces if p.kind is not Kind.REMOVED) == new
    assert all(p.text for p in pieces)


@given(TEXTS)
def test_a_text_differs_in_nothing_from_itself(text):
    assert {p.kind for p in word_diff(text, text)} <= {Kind.SAME}


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("The talks open on 1 March.", "The talks open on 2 March.", "The talks open on [-1-]{+2+} March."),
        (
            "see https://a.example/x?1",
            "see https://a.example/x?2",
            "see [-https://a.example/x?1-]{+https://a.example/x?2+}",
        ),
        ("1,500 guests", "1,600 guests", "[-1,500-]{+1,600+} guests"),
        ("on {{ day }}", "on {{ date }}", "on [-{{ day }}-]{+{{ date }}+}"),
        ("on the first of May", "on the second of June", "on the [-first-]{+second+} of [-May-]{+June+}"),
        ("a red car", "a blue bus", "a [-red car-]{+blue bus+}"),
        ("会议将于三月一日举行。", "会议将于三月二日举行。", "会议将于三月[-一-]{+二+}日举行。"),
        ("يفتتح في ١ مارس", "يفتتح في ٢ مارس", "يفتتح في [-١-]{+٢+} مارس"),
        ("la fête d'hier", "la fête d’hier", "la fête [-d'hier-]{+d’hier+}"),
        ("", "new", "{+new+}"),
    ],
)
def test_the_difference_is_in_words_and_in_characters_where_no_spaces_are(old, new, shown):
    assert plain(word_diff(old, new)) == shown
    assert coloured(word_diff(old, new)).plain == shown.replace("[-", "").replace("-]", "").replace("{+", "").replace(
        "+}", ""
    )


def test_long_stretches_that_are_the_same_are_elided_but_for_what_stands_beside_a_change():
    same = "word " * 60
    shown = plain(elided(word_diff(f"{same}one {same}", f"{same}two {same}")))
    assert "[-one-]{+two+}" in shown
    assert shown.count("…") == 2
    assert len(shown) < 140


@given(TEXTS, TEXTS)
def test_eliding_loses_no_change(old, new):
    pieces = word_diff(old, new)
    kept = [p for p in elided(pieces, beside=2) if p.kind is not Kind.SAME]
    assert kept == [p for p in pieces if p.kind is not Kind.SAME]

"""A mission's words and the centre's changes: what may be proposed together, and what nobody should propose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.merge import merged, sentences

BASE = "La conférence ouvre lundi. Suivez-la en direct. Merci à tous !"
MINE = BASE.replace("Merci à tous !", "Merci à tous au Caire !")
THEIRS = BASE.replace("Suivez-la en direct.", "Suivez-la en direct sur notre site.")


def test_changes_in_different_sentences_are_put_together():
    expected = "La conférence ouvre lundi. Suivez-la en direct sur notre site. Merci à tous au Caire !"
    assert merged(BASE, THEIRS, MINE, "fr") == expected


def test_changes_in_the_same_sentence_are_left_to_a_person():
    assert merged(BASE, BASE.replace("Merci à tous", "Merci beaucoup à tous"), MINE, "fr") is None


def test_a_sentence_that_is_put_at_the_end_stays_there_though_the_one_before_changes():
    mine = BASE + " L'ambassadeur y sera."
    theirs = BASE.replace("Merci à tous !", "Merci beaucoup à tous !")
    assert merged(BASE, theirs, mine, "fr") == theirs + " L'ambassadeur y sera."


def test_two_sentences_at_one_place_are_left_to_a_person():
    assert merged(BASE, BASE + " et bienvenue.", BASE + " L'ambassadeur y sera.", "fr") is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("le 5 mars", "le 6 mars"),
        ("le 5 mars", "le 5 avril"),
        ("lundi", "mardi"),
        ("à 10 h", "à 11 h"),
        ("https://example.org/a", "https://example.org/b"),
        ("{{ place }}", "{{ city }}"),
        ("#COP31", "#COP32"),
        ("Mme Martin", "Mme Durand"),
    ],
)
def test_what_the_centre_changed_in_fact_is_never_merged(before, after):
    base = f"Une première phrase. Rendez-vous {before} donc. Merci !"
    assert merged(base, base.replace(before, after), base.replace("Merci !", "Merci à vous !"), "fr") is None


def test_into_a_text_that_kept_no_sentence_nothing_is_put():
    assert merged("Bon jour. Bon soir.", "Bon jour. et encore. Bon soir.", "Tout autre chose. Vraiment.", "fr") is None


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("M. Dupont arrive. Il parle.", ["M. Dupont arrive.", " ", "Il parle."]),
        ("Am 5. März öffnet sie. Gut.", ["Am 5. März öffnet sie.", " ", "Gut."]),
        ("会议开幕。欢迎！", ["会议开幕。", "欢迎！"]),
        ("「開幕です。」本日です。", ["「開幕です。」", "本日です。"]),
        ("هل ستأتون؟ نعم.", ["هل ستأتون؟", " ", "نعم."]),
        ("Открытие в 2027 г. в Париже. Ждём.", ["Открытие в 2027 г. в Париже.", " ", "Ждём."]),
        ("Titre\n\n#COP31", ["Titre", "\n\n", "#COP31"]),
        ("3.5 km… Oui ! Non.", ["3.5 km…", " ", "Oui !", " ", "Non."]),
        ("", []),
    ],
)
def test_sentences_end_where_readers_end_them(text, whole):
    assert sentences(text) == whole


texts = st.text(alphabet="ab .!?\n。！؟1é", max_size=40)


@given(texts)
def test_the_sentences_of_a_text_are_the_text(text):
    assert "".join(sentences(text)) == text


@given(texts, texts)
def test_without_a_local_change_the_centres_words_are_proposed(base, theirs):
    assert merged(base, theirs, base, "fr") == theirs


@given(texts, texts)
def test_without_a_change_of_the_centre_the_missions_words_stay(base, mine):
    assert merged(base, base, mine, "fr") == mine


SENTENCES = ("Elle ouvre bientôt.", "Suivez tout en direct !", "Merci à tous.", "Viendrez-vous ?", "À bientôt.")
MORE = ("vraiment", "encore", "partout")


@st.composite
def edits(draw):
    """Return a base, the centre's version of it, a mission's, and which sentences each of them changed."""
    base = draw(st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=5, unique=True))
    changed = [draw(st.sets(st.sampled_from(range(len(base))))) for _ in range(2)]
    words = draw(st.permutations(MORE))

    def version(which, word):
        return " ".join(f"{s[:-1]} {word}{s[-1]}" if i in which else s for i, s in enumerate(base))

    return " ".join(base), version(changed[0], words[0]), version(changed[1], words[1]), changed


@given(edits())
def test_what_lies_in_different_sentences_is_proposed_with_every_change_in_it(edited):
    base, theirs, mine, (by_centre, by_mission) = edited
    proposed = merged(base, theirs, mine, "fr")
    if by_centre & by_mission:
        assert proposed is None
        return
    if len(by_mission) == len(sentences(base)[::2]):
        assert proposed == mine  # the centre changed nothing, or there would be a sentence that both changed
        return
    assert proposed is not None
    was, there, here, now = (sentences(text)[::2] for text in (base, theirs, mine, proposed))
    expected = [there[i] if i in by_centre else here[i] if i in by_mission else was[i] for i in range(len(was))]
    assert now == expected

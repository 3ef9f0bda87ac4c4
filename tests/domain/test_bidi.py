"""Right-to-left text: it gets the isolates that its reader needs, and no others."""

from __future__ import annotations

import re

import pytest
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.bidi import bare, begins_right_to_left, beneath, carried_over, misused_controls, readable
from crosspost.domain.likeness import wording
from crosspost.domain.text import canonical

#: Stands for U+2068 and U+2069, U+200F and U+200E, so that a test can be read.
SEEN = str.maketrans("\u2068\u2069\u200f\u200e", "⟦⟧→←")


def guided(text: str, language: str = "ar") -> str:
    return readable(text, language).translate(SEEN)


def shown(text: str, direction: str | None = None) -> str:
    return bare(str(get_display(text, base_dir=direction)))


def chosen(line: str) -> str:
    """The direction that a browser gives a line by its first letter, within an isolate or not."""
    return "R" if begins_right_to_left(line) else "L"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "تحتفل فرنسا في 14 تموز/يوليو بعيدها الوطني: https://france.example/fete"),
        ("ar", "السيد Jean-Noël Barrot (وزير)"),
        ("ar", "الموعد 14/07/2027 في 10:30"),
        ("ar", "نسبة ٢٠٪ و 5€"),
        ("ar", "العمل #العمل_المناخي."),
        ("he", "ב-14 ביולי, 20% הנחה"),
        ("he", "ב-10-12 ביולי"),
        ("fa", "تاریخ ۱۴۰۶/۰۴/۲۳ است"),
        ("he", "כתבו ל-info@x.example, ראו ב-www.x.example/a?b=1, תודה"),
        ("he", "ה-F-16 ב-14/07"),
        ("ar", "القرار S/RES/2231 وA/77/L.1 بتوقيت UTC+1"),
        ("ar", "في (2015) 14 دولة"),
    ],
)
def test_what_the_eye_sees_right_anyway_stays_as_it_is(language: str, text: str) -> None:
    assert readable(text, language) == text


@pytest.mark.parametrize(
    ("language", "text", "needed"),
    [
        ("ar", "تابعوا @francediplo.", "تابعوا ⟦@francediplo⟧."),
        ("he", "עקבו אחרי @francediplo.", "עקבו אחרי ⟦@francediplo⟧."),
        ("ar", "قمة #COP31 .", "قمة ⟦#COP31⟧ ."),
        ("fa", "اجلاس #COP31!", "اجلاس ⟦#COP31⟧!"),
        ("ar", "انظر (https://x.example/a/).", "انظر (⟦https://x.example/a/⟧)."),
        ("ar", "انظر www.diplomatie.gouv.fr/ar/ الآن", "انظر ⟦www.diplomatie.gouv.fr/ar/⟧ الآن"),
        ("ar", "اكتبوا إلى a-b@x.example!", "اكتبوا إلى a-b@x.example!"),
        ("ar", "اتصلوا +33 1 43 17 53 53 الآن", "اتصلوا ⟦+33 1 43 17 53 53⟧ الآن"),
        ("he", "התקשרו 01 43 17 53 53 עכשיו", "התקשרו ⟦01 43 17 53 53⟧ עכשיו"),
        ("ar", "هاتف +33 1 43 17 53 53 (10:00–12:00)", "هاتف ⟦+33 1 43 17 53 53⟧ (⟦10:00–12:00⟧)"),
        ("ar", "هاتف +33 1 43 17 53 53 10:00 هنا", "هاتف ⟦+33 1 43 17 53 53⟧ 10:00 هنا"),
        ("ar", "هاتف (+33) 1 43 17 53 53 هنا", "هاتف ⟦(+33) 1 43 17 53 53⟧ هنا"),
        ("ar", "هاتف (02) 3567 3200 هنا", "هاتف ⟦(02) 3567 3200⟧ هنا"),
        ("ar", "هاتف +33 (0)1 43 17 هنا", "هاتف ⟦+33 (0)1 43 17⟧ هنا"),
        ("ar", "نسبة 5.5–6.5 % هنا", "نسبة ⟦5.5–6.5 %⟧ هنا"),
        ("he", "ב-F-16+ מ-UTC+05:30.", "ב-⟦F-16+⟧ מ-UTC+05:30."),
        ("ar", "بين 2027-07-14 و 2027-07-16.", "بين ⟦2027-07-14⟧ و ⟦2027-07-16⟧."),
        ("ar", "من 10:00 – 12:00 هنا", "من ⟦10:00 – 12:00⟧ هنا"),
        ("he", "2024–2027 בצרפת", "⟦2024–2027⟧ בצרפת"),
        ("ar", "عدد 1 000 000 نسمة", "عدد ⟦1 000 000⟧ نسمة"),
        ("ar", "بنسبة 20% هنا", "بنسبة ⟦20%⟧ هنا"),
        ("ar", "هنا C++ و", "هنا ⟦C++⟧ و"),
        ("ar", "بلدان: France، Germany", "بلدان: France، ⟦Germany⟧"),
        ("fa", "در ۱۴۰۶-۰۴-۲۳ است", "در ⟦۱۴۰۶-۰۴-۲۳⟧ است"),
    ],
)
def test_what_would_be_torn_or_turned_is_isolated(language: str, text: str, needed: str) -> None:
    assert guided(text, language) == needed


def test_arabic_figures_keep_their_order_where_something_stands_between_them() -> None:
    assert "٢٠٢٧-٠٧-١٤" in shown(readable("في ٢٠٢٧-٠٧-١٤ هنا", "ar"), "R")
    assert "١٤-٠٧-٢٠٢٧" in shown("في ٢٠٢٧-٠٧-١٤ هنا", "R")


def test_a_paragraph_of_very_many_names_is_isolated_throughout_and_at_once() -> None:
    said = readable("مرحبا @france. " * 2000, "ar")

    assert said.count("\u2068@france\u2069") == 2000


def test_a_paragraph_that_begins_with_a_latin_word_begins_with_a_mark() -> None:
    assert guided("COP31 تبدأ اليوم") == "→COP31 تبدأ اليوم"
    assert guided("مرحبا\n#COP31 #Climat") == "مرحبا\n→⟦#COP31⟧ ⟦#Climat⟧"
    assert guided("مرحبا est un mot", "fr") == "←مرحبا est un mot"
    assert guided("@francediplo: مرحبا") == "→⟦@francediplo⟧: مرحبا"


@pytest.mark.parametrize(
    ("text", "is_turned"),
    [("", False), ("10:00", False), ("🎉\nمرحبا", True), ("\u2068#COP31\u2069 مرحبا", False), ("\u200f#COP31", True)],
)
def test_the_first_letter_chooses_wherever_it_stands(text: str, is_turned: bool) -> None:
    assert begins_right_to_left(text) is is_turned


def test_what_the_author_has_set_apart_is_left_to_him() -> None:
    text = "تابعوا \u2066@francediplo.\u2069"

    assert readable(text, "ar") == text


def test_text_without_a_right_to_left_letter_is_no_right_to_left_text() -> None:
    assert readable("COP31. #Climat!", "ar") == "COP31. #Climat!"


WORDS = {"ar": ["مرحبا", "السلام", "فرنسا", "وَ"], "he": ["שלום", "צרפת", "של"], "fa": ["سلام", "فرانسه", "می‌شود"]}
RUNS = [
    *("https://france.example/fete", "https://x.example/a/?b=1&c=2", "@francediplo", "@amb_eg", "#COP31", "#2027"),
    *("+33 1 43 17 53 53", "2027-07-14", "14/07/2027", "10:30–12:00", "2024–2027", "1,5", "٢٠٢٧-٠٧-١٤", "۱۴۰۶-۰۴"),
    *("Barrot", "Quai d'Orsay", "F-16", "Canal+"),
    *("S/RES/2231", "UTC+1", "UTC-05:30", "(02) 3567 3200", "info@x.example"),
]
BETWEEN = [" ", ". ", ", ", ": ", " (", ") ", "، ", " – ", "! ", "\n", " «", "» ", "…\n\n"]


def texts(words: list[str]) -> st.SearchStrategy[tuple[str, list[str]]]:
    """Texts of these words with at least one between two runs, and the runs that are in them."""
    piece = st.tuples(st.sampled_from(words), st.sampled_from(BETWEEN), st.sampled_from(RUNS), st.sampled_from(BETWEEN))
    pieces = st.lists(piece, min_size=1, max_size=5)
    ending = st.sampled_from(["", *words])
    return st.tuples(pieces, ending).map(
        lambda made: ("".join("".join(p) for p in made[0]) + made[1], [p[2] for p in made[0]])
    )


spoken = st.sampled_from(sorted(WORDS)).flatmap(lambda tag: st.tuples(st.just(tag), texts(WORDS[tag])))


@given(spoken)
def test_each_link_name_and_number_reads_from_left_to_right_whatever_direction_the_platform_takes(made) -> None:
    language, (text, runs) = made
    lines = readable(text, language).split("\n")

    for direction in ("R", None, "first letter"):
        seen = "\n".join(shown(line, chosen(line) if direction == "first letter" else direction) for line in lines)
        for run in runs:
            assert run in seen


@given(spoken)
def test_isolates_are_balanced_and_without_them_the_text_is_what_it_was(made) -> None:
    language, (text, _) = made
    said = readable(text, language)

    assert list(misused_controls(said)) == []
    assert bare(said) == text
    assert canonical(said) == canonical(text)
    assert wording(said) == wording(text)


@given(spoken)
def test_what_is_readable_is_not_changed_again(made) -> None:
    language, (text, _) = made

    assert readable(readable(text, language), language) == readable(text, language)


@given(spoken)
def test_no_isolate_can_be_spared(made) -> None:
    language, (text, _) = made
    for line in readable(text, language).split("\n"):
        for found in re.finditer("\u2068([^\u2068\u2069]*)\u2069", line):
            spared = line[: found.start()] + found[1] + line[found.end() :]
            marked = [re.sub(r"([()«»])", "\\1\u034f", one) for one in (spared, line)]
            assert shown(marked[0], "R") != shown(marked[1], "R") or "\u200e" in found[1]


@given(
    st.text(st.sampled_from("ab é@#.:/-12 \n法한"), max_size=40) | texts(["Bonjour", "法国", "à"]).map(lambda m: m[0])
)
def test_text_from_left_to_right_is_never_touched(text: str) -> None:
    assert readable(text, "fr") == text


@given(spoken)
def test_right_to_left_words_in_a_left_to_right_text_bring_no_isolate(made) -> None:
    _, (text, _) = made

    assert not set("\u2066\u2067\u2068\u2069") & set(readable(text, "en"))


@given(spoken, st.booleans())
def test_a_text_beneath_another_is_seen_right_in_either_direction(made, is_first_reversed: bool) -> None:
    language, (text, _) = made
    own = readable(text, language)
    said, other = beneath(own, language, "ar" if is_first_reversed else "fr"), "R" if is_first_reversed else "L"

    for plain, line in zip(own.split("\n"), said.split("\n"), strict=True):
        assert shown(line, other).strip() == shown(line).strip() == shown(plain, "R").strip()
    assert bare(said) == text


def test_a_left_to_right_text_beneath_arabic_keeps_its_full_stop_at_its_end() -> None:
    said = beneath("Bonjour, @francediplo.\nMerci", "fr", "ar")

    assert shown(said.split("\n")[0], "R") == "Bonjour, @francediplo."
    assert said.endswith("\nMerci")
    assert not begins_right_to_left(said)


def test_an_isolate_that_a_line_break_cuts_goes_on_in_the_next_line() -> None:
    assert list(carried_over(["a \u2068b", "c\u2069 d"])) == ["a \u2068b\u2069", "\u2068c\u2069 d"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a\u2068b\u2069", []),
        ("\u200fa\u200e", []),
        ("a\u2067b", ["U+2067 is not closed in its line"]),
        ("a\u2069", ["U+2069 closes nothing"]),
        ("\u2068a\n\u2069", ["U+2068 is not closed in its line", "U+2069 closes nothing"]),
        ("\u202ea", ["U+202E turns round what stands in it or beside it"]),
    ],
)
def test_a_control_that_does_harm_is_told(text: str, told: list[str]) -> None:
    assert list(misused_controls(text)) == told

"""Likeness: which texts are the same or nearly the same, and which are a translation or words of their own."""

# ruff: noqa: E501 - sentences stand side by side
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.likeness import is_near, is_same, tongue, wording

#: The same sentence with another name in it, as `{{ mission.city }}` or `{{ mission.country }}` makes it.
EXCHANGED = [
    # Latin
    ("Rendez-vous à Tokyo !", "Rendez-vous à Buenos Aires !"),
    ("Bonne fête nationale à toutes et à tous, de Paris à Praia !", "Bonne fête nationale à toutes et à tous, de Paris à Rio de Janeiro !"),
    ("French nationals abroad – Tokyo\n\nPlease register with your consulate by 6 March.", "French nationals abroad – Kuala Lumpur\n\nPlease register with your consulate by 6 March."),
    ("wave-001 [fr] – Corée du Sud", "wave-001 [fr] – France"),
    # Cyrillic
    ("Граждане Франции за рубежом – Япония. Встаньте на консульский учёт до 6 марта.", "Граждане Франции за рубежом – Южная Корея. Встаньте на консульский учёт до 6 марта."),
    # Arabic
    ("الفرنسيون في الخارج – اليابان. يرجى التسجيل قبل 6 مارس.", "الفرنسيون في الخارج – كوريا الجنوبية. يرجى التسجيل قبل 6 مارس."),
    # Hebrew
    ("אזרחי צרפת בחו״ל – יפן. נא להירשם בקונסוליה עד 6 במרץ.", "אזרחי צרפת בחו״ל – קוריאה הדרומית. נא להירשם בקונסוליה עד 6 במרץ."),
    # Han, Kana
    ("法国驻东京大使馆祝大家国庆节快乐!", "法国驻布宜诺斯艾利斯大使馆祝大家国庆节快乐!"),
    ("東京より、フランス革命記念日をお祝いします。", "ブエノスアイレスより、フランス革命記念日をお祝いします。"),
    # Hangul
    ("재외 프랑스 국민 여러분 – 도쿄. 3월 6일까지 등록해 주십시오.", "재외 프랑스 국민 여러분 – 부에노스아이레스. 3월 6일까지 등록해 주십시오."),
]  # fmt: skip

#: The same words, but for what no reader reads.
SAME = [
    ("Bonne fête nationale !", "bonne   FÊTE nationale…"),
    ("COP31 opens today https://a.example/1", "COP31 opens today https://b.example/2?x=y"),
    ("#COP31 opens today.", "COP31 opens today"),
    ("国庆节快乐!", "国庆节快乐。"),
    ("\u2067مرحبا بالعالم\u2069", "مرحبا بالعالم"),
]

#: Translations, also between cousins; and texts written anew for the same occasion.
DIFFERENT = [
    ("La France ouvre aujourd’hui son pavillon à la conférence.", "France is opening its pavilion at the conference today."),
    ("Francia abre hoy su pabellón en la conferencia de Lisboa sobre el clima.", "A França abre hoje o seu pavilhão na conferência de Lisboa sobre o clima."),
    ("La Francia apre oggi il suo padiglione alla conferenza.", "La France ouvre aujourd’hui son pavillon à la conférence."),
    ("Франция сегодня открывает свой павильон на конференции.", "Франція сьогодні відкриває свій павільйон на конференції."),
    ("法国今天在会议上开设展馆。", "フランスは本日、会議でパビリオンを開館します。"),
    ("يفتتح جناح فرنسا اليوم في المؤتمر", "غرفه فرانسه امروز در کنفرانس گشایش می‌یابد"),
    ("Bonne fête nationale à toutes et à tous !", "L’ambassade vous attend ce soir dans les jardins de la résidence : bonne fête nationale !"),
    ("フランス革命記念日をお祝いします。", "今夜、大使公邸の庭で皆様をお待ちしております。"),
    ("国庆节快乐!", "今晚大使馆将举行招待会,欢迎各位光临。"),
    ("Bonne fête", "Bonne année"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), EXCHANGED)
def test_a_name_exchanged_leaves_a_sentence_nearly_the_same(one, other):
    assert is_near(wording(one), wording(other))
    assert not is_same(wording(one), wording(other))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_capitals_signs_links_and_controls_make_no_other_text(one, other):
    assert is_same(wording(one), wording(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_a_translation_and_a_text_written_anew_are_not_near(one, other):
    assert not is_near(wording(one), wording(other))


def test_who_adds_half_as_much_again_has_a_text_of_their_own_and_who_adds_a_few_words_has_not():
    central = "La France célèbre aujourd’hui sa fête nationale partout dans le monde"
    assert not is_near(wording(central), wording(f"{central} : rejoignez-nous à 18 h à la résidence"))
    assert is_near(wording(central), wording(f"{central} avec ses amis"))


def test_the_other_script_of_a_language_is_another_tongue_and_its_regions_are_not():
    assert tongue("zh-Hans") != tongue("zh-Hant")
    assert tongue("pt") == tongue("pt-BR")
    assert tongue("es") != tongue("pt")


def test_numbers_are_read_in_any_figures():
    assert wording("le 14 juillet 2027").numbers == (14, 2027)
    assert wording("١٤ يوليو ٢٠٢٧").numbers == (14, 2027)


def test_texts_without_a_word_are_the_same_only_where_they_are():
    assert is_same(wording("🇫🇷"), wording("🇫🇷!"))
    assert not is_near(wording("https://a.example"), wording("https://b.example"))


words = st.lists(
    st.sampled_from(["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "国", "庆"]), max_size=12
).map(" ".join)


@given(words, words)
def test_nearness_goes_both_ways_and_everything_is_near_itself(one, other):
    assert is_near(wording(one), wording(other)) == is_near(wording(other), wording(one))
    assert is_near(wording(one), wording(one))

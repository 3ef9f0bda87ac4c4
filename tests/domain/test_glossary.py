"""Terms of the glossary are found as a reader finds them, in every way of writing that the network uses."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crosspost.domain.glossary import Term, TermKind, Words, hashtags, missing, occurs, used

CLIMATE = Term("climate", TermKind.TERM, (("fr", ("changement climatique",)), ("en", ("climate change",))))
TAG = Term("tag", TermKind.HASHTAG, (("fr", ("#8Mars",)), ("de", ("#Weltfrauentag",)), ("ar", ("#يوم_المرأة",))))

FOUND = [
    ("changement climatique", "Le Changement\u00a0climatique."),
    ("accord de Paris", "Respecter l’Accord de Paris, c’est agir."),
    ("l'accord de Paris", "Respecter l’accord de Paris"),
    ("droits humains", "les droits\nhumains"),
    ("État", "L’E\u0301tat"),
    ("insan hakları", "İNSAN HAKLARI"),
    ("Fransa", "Fransa’nın"),
    ("Außenminister*", "Wir, die AUSSENMINISTERINNEN"),
    ("Klimawandel*", "Klimawandels"),
    ("прав* человека", "о правам человека"),
    ("консульск* реестр*", "в консульском реестре."),
    ("nord-sud", "nord\u2011sud"),
    # Arabic: conjunction, preposition, article; vowel signs, the stroke, hamza.
    ("السجل القنصلي", "في السجل القنصلي"),
    ("السجل القنصلي", "وبالسجل القنصلي"),
    ("السجل القنصلي", "للسجل القنصلي"),
    ("اللغة", "للغة"),
    ("سجل قنصلي", "لسجل قنصلي"),
    ("حقوق الإنسان", "وحقوق الإنسان"),
    ("حقوق الإنسان", "حُقُوقُ الانسان"),
    ("إنسان", "للإنسان"),
    ("سلام", "ســلام"),
    ("سلام", "\u2067سلام\u2069"),
    ("COP31", "مؤتمر الـCOP31"),
    # Persian: either keyboard; the non-joiner parts words.
    ("کنسولی", "ثبت كنسولي"),
    ("حقوق زنان", "حقوق زنان\u200cها"),
    ("ثبت‌نام", "ثبت نام کنید"),
    # Hebrew: up to three letters before a word; points; the maqaf.
    ("מרשם הקונסולרי", "נא להירשם במרשם הקונסולרי"),
    ("שלום", "וְשֶׁבַּשָּׁלוֹם"),
    ("בר-קיימא", "שלום בר־קיימא"),
    ('חו"ל', "בחו״ל"),
    # No spaces between words.
    ("气候变化", "应对气候变化的行动"),
    ("人権", "女性の人権です"),
    ("サミット", "気候ｻﾐｯﾄが"),
    ("COP31", "COP31が本日開幕"),
    ("สิทธิ", "เรื่องสิทธิมนุษยชน"),
    # Korean: particles follow.
    ("기후변화", "기후변화에"),
    ("영사 등록", "영사 등록을"),
    ("COP31", "COP31은"),
    # Hashtags.
    ("#8Mars", "Bonjour #8mars"),
    ("#法国国庆日", "#法国国庆日#"),
    ("#세계여성의날", "\n#세계여성의날"),
]

NOT_FOUND = [
    ("mer", "merci"),
    ("paix", "dépaix"),
    ("paix", "paix2"),
    ("État", "Etat"),
    ("changement climatique", "changement du climat"),
    ("реестр", "реестре"),
    ("прав* человека", "управление человека"),
    ("سلام", "إسلام"),
    ("سلام", "سلامة"),
    ("السجل", "سجل"),
    ("للسجل", "السجل"),
    ("שלום", "שלומי"),
    ("기후변화", "대기후변화"),
    ("气候变化", "气候的变化"),
    ("#8Mars", "#8Marsupilami"),
    ("#8Mars", "8Mars"),
    ("#女性", "#女性デー"),
    ("", "anything"),
    ("*", "anything"),
    ("a.b", "axb"),
    ("mission", "Bonjour de {{ mission.city }}"),
]


@pytest.mark.parametrize(("form", "text"), FOUND)
def test_a_form_is_found_where_a_reader_finds_it(form: str, text: str) -> None:
    assert occurs(form, text)


@pytest.mark.parametrize(("form", "text"), NOT_FOUND)
def test_a_form_is_not_found_within_other_words(form: str, text: str) -> None:
    assert not occurs(form, text)


words = st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=8)


@given(st.lists(words, min_size=1, max_size=3).map(" ".join))
@example("ﻻ")
@example("ال")
@example("ẞ")
def test_every_form_is_found_in_itself_and_between_signs(form: str) -> None:
    assert occurs(form, form)
    assert occurs(form, f"({form}), «{form}».")


@given(words, st.text(max_size=30))
def test_what_is_found_does_not_depend_on_how_letters_are_composed(form: str, text: str) -> None:
    assert occurs(form, text) == occurs(unicodedata.normalize("NFD", form), unicodedata.normalize("NFD", text))


def test_a_language_reads_the_forms_of_the_one_that_may_stand_in_for_it() -> None:
    rights = Term("rights", TermKind.TERM, (("pt", ("direitos humanos",)), ("zh-Hans", ("人权",))))

    assert rights.forms("pt-BR") == ("direitos humanos",)
    assert rights.forms("zh-Hant") == ()


def test_a_form_of_the_language_itself_goes_before() -> None:
    plane = Term("plane", TermKind.TERM, (("pt", ("avião",)), ("pt-PT", ("aeroplano", "avião"))))

    assert plane.forms("pt-PT") == ("aeroplano", "avião")


def test_a_term_is_used_where_a_text_of_its_language_has_it() -> None:
    assert used((CLIMATE, TAG), [Words("fr", "Le changement climatique")]) == (CLIMATE,)
    assert used((CLIMATE, TAG), [Words("de", "climate change")]) == ()


def test_a_term_that_the_source_has_and_the_translation_lacks_is_missing() -> None:
    source = Words("fr", "Le changement climatique")

    assert list(missing((CLIMATE,), source, Words("en", "The change of climate"))) == [CLIMATE]
    assert list(missing((CLIMATE,), source, Words("en", "On climate change"))) == []
    assert list(missing((CLIMATE,), source, Words("de", "Klima"))) == [], "nothing is agreed in German"
    assert list(missing((CLIMATE,), Words("fr", "Bonjour"), Words("en", "Hello"))) == []


def test_a_hashtag_may_be_left_out_or_stay_as_in_the_source_but_not_be_another() -> None:
    source = Words("fr", "Bonjour #8Mars")

    assert list(missing((TAG,), source, Words("de", "Guten Tag"))) == []
    assert list(missing((TAG,), source, Words("de", "Guten Tag #8Mars"))) == []
    assert list(missing((TAG,), source, Words("de", "Guten Tag #weltfrauentag"))) == []
    assert list(missing((TAG,), source, Words("de", "Guten Tag #Frauentag"))) == [TAG]
    assert list(missing((TAG,), source, Words("ar", "#عيد_المرأة"))) == [TAG]


def test_hashtags_are_read_in_every_script() -> None:
    assert hashtags("#8Mars et #يوم_المرأة, #法国国庆日。C#") == ("#8Mars", "#يوم_المرأة", "#法国国庆日")

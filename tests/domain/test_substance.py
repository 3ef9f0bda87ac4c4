"""A correction of spelling passes in every script; a change of what is said passes in none."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crosspost.domain.substance import why_not_cosmetic

TYPOS = [
    ("en", "We recieve 5 guests in Paris. Wellcome all!", "We receive 5 guests in Paris. Welcome, all!"),
    ("en", "see https://a.example/x.", "see https://a.example/x!"),
    ("en", "Hello, we come", "Hello. We come"),
    ("en", "the the end", "the end"),
    ("en", "to gether", "together"),
    ("fr", "La conference s'ouvre aujourd'hui à Sao Paulo", "La conférence s’ouvre aujourd’hui à São Paulo !"),
    ("de", "Die Konferenz öfnet heute", "Die Konferenz öffnet heute"),
    ("tr", "İstanbul'da bugun başlıyor", "İstanbul'da bugün başlıyor"),
    ("ru", "Конфиренция откроется в марте", "Конференция откроется в марте"),
    ("uk", "Конферренція відкриється", "Конференція відкриється"),
    ("ar", "يفتتح المؤتمر اليوم في باريس", "يُفتتح المؤتمر اليوم، في باريس"),
    ("ar", "الى القاهرة", "إلى القاهرة"),
    ("fa", "کنفرانس امروز آغاز ميشود", "کنفرانس امروز آغاز می‌شود"),
    ("he", "הוועידה נפתחת", "הועידה נפתחת"),
    ("ja", "東京で会義が開かれます。", "東京で会議が開かれます。"),
    ("zh-Hans", "会议己经开幕", "会议已经开幕"),
    ("ko", "회의가 열렸슴니다", "회의가 열렸습니다"),
]


@pytest.mark.parametrize(("language", "old", "new"), TYPOS)
def test_a_slip_of_the_pen_is_cosmetic(language, old, new):
    assert why_not_cosmetic(old, new, language) == []


CHANGES = [
    ("en", "5 guests", "6 guests", "number"),
    ("en", "5 guests", "five guests", "number"),
    ("en", "two ministers", "three ministers", "number"),
    ("en", "costs 10 €", "costs 10 $", "number"),
    ("en", "it is -5", "it is 5", "number"),
    ("en", "5 km away", "5 m away", "number"),
    ("en", "1.5 degrees", "15 degrees", "number"),
    ("en", "from 5 to 7", "from 7 to 5", "number"),
    ("en", "5 million", "5 billion", "number"),
    ("en", "on 5 March", "on 5 May", "march → may"),
    ("en", "on Monday", "on Tuesday", "monday → tuesday"),
    ("en", "it begins today", "it begins tomorrow", "today → tomorrow"),
    ("en", "We will support it", "We will not support it", "not"),
    ("en", "a #COP31", "a #COP32", "hashtag"),
    ("en", "by @mfa", "by @mfb", "mention"),
    ("en", "see https://a.example/x.", "see https://a.example/y.", "link"),
    ("en", "write to a@b.example", "write to c@b.example", "link"),
    ("en", "on {{ day }}", "on {{ date }}", "placeholder"),
    ("en", "the talks in Mali begin", "the talks in Bali begin", "name"),
    ("en", "Mali begins talks", "Bali begins talks", "country"),
    ("en", "with Mr Martin", "with Mr Durand", "name"),
    ("en", "🇫🇷 wins", "🇩🇪 wins", "flag"),
    ("fr", "le 5 mars", "le 5 mai", "mars → mai"),
    ("ru", "Конференция в марте", "Конференция в мае", "март"),
    ("ru", "пять послов", "пятьдесят послов", "пять → пятьдесят"),
    ("tr", "5 Mayıs'ta başlıyor", "5 Nisan'da başlıyor", "mayıs"),
    ("ar", "في ٥ مارس", "في ٦ مارس", "number 5 → 6"),
    ("ar", "في ٥ مارس", "في ٥ مايو", "مارس"),
    ("ar", "وزير الخارجية المصرية", "وزير الخارجية السورية", "name"),
    ("he", "הוועידה במרץ", "הוועידה במאי", "מרץ"),
    ("fa", "۵ نفر", "۶ نفر", "number 5"),
    ("ja", "三月一日に開幕", "三月二日に開幕", "numeral 一 → 二"),
    ("ja", "会議は５日", "会議は６日", "number 5"),
    ("ja", "トランプ大統領", "トランペ大統領", "name"),
    ("ja", "中国の代表", "韓国の代表", "中国 → 韓国"),
    ("zh-Hans", "我们支持", "我们不支持", "不"),
    ("zh-Hans", "星期三开幕", "星期四开幕", "星期三 → 星期四"),
    ("ko", "월요일에 열립니다", "화요일에 열립니다", "월요일 → 화요일"),
]


@pytest.mark.parametrize(("language", "old", "new", "named"), CHANGES)
def test_a_change_of_what_is_said_is_named_both_ways(language, old, new, named):
    said = why_not_cosmetic(old, new, language)
    assert any(named.casefold() in reason.casefold() for reason in said), said
    assert why_not_cosmetic(new, old, language)


LANGUAGES = st.sampled_from(
    ["ar", "de", "en", "es", "fa", "fr", "he", "it", "ja", "ko", "pt-BR", "ru", "tr", "uk", "zh-Hans"]
)
WORDS = {
    "latin": "the opening of talks",
    "cyrillic": "открытие переговоров",
    "arabic": "افتتاح المحادثات",
    "hebrew": "פתיחת השיחות",
    "han": "会谈开始",
}
ZEROES = st.sampled_from("0٠۰०０")


def written(number: int, zero: str) -> str:
    return "".join(chr(ord(zero) + int(digit)) for digit in str(number))


@given(LANGUAGES, st.sampled_from(sorted(WORDS)), st.integers(0, 10**7), st.integers(0, 10**7), ZEROES, ZEROES)
def test_another_number_is_never_cosmetic_and_the_same_in_other_digits_is(language, script, one, other, zero, its):
    assume(one != other)
    text = WORDS[script] + " {} " + WORDS[script]
    assert why_not_cosmetic(text.format(written(one, zero)), text.format(written(other, its)), language)
    assert not why_not_cosmetic(text.format(written(one, zero)), text.format(written(one, its)), language)


PATHS = st.text(st.sampled_from("abcXYZ019-_/%?=&"), min_size=1, max_size=12)


@given(LANGUAGES, st.sampled_from(sorted(WORDS)), PATHS, PATHS)
def test_another_link_is_never_cosmetic(language, script, one, other):
    assume(one.rstrip("?") != other.rstrip("?"))
    text = WORDS[script] + " https://www.example.org/{} " + WORDS[script]
    assert any("link" in said for said in why_not_cosmetic(text.format(one), text.format(other), language))


SPACES = st.sampled_from(" \u00a0\u202f\n\t\u3000")


@given(
    LANGUAGES,
    st.lists(st.sampled_from([*WORDS.values(), "5", "3,5 %", "#COP31", "Mali.", "https://a.example/b"])),
    st.data(),
)
def test_white_space_is_always_cosmetic(language, words, data):
    spaces = data.draw(st.lists(st.text(SPACES, min_size=1, max_size=3), min_size=len(words), max_size=len(words)))
    spaced = "".join(word + space for word, space in zip(words, spaces, strict=True))
    assert why_not_cosmetic(" ".join(words), spaced, language) == []


@given(LANGUAGES, st.text(max_size=60))
def test_a_text_is_never_told_from_itself(language, text):
    assert why_not_cosmetic(text, text, language) == []
    assert why_not_cosmetic(text, f" {text}\n", language) == []

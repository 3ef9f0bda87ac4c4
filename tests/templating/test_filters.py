"""How facts are written in fifteen languages."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from crosspost.templating import TemplateError, render
from crosspost.templating.filters import FILTERS


def _plain_spaces(text):
    """CLDR sets narrow and unbreakable spaces, and marks of direction, where people see a space or nothing."""
    return text.replace("\xa0", " ").replace("\u202f", " ").replace("\u200f", "").replace("\u200e", "")


@pytest.mark.parametrize(
    ("language", "long", "day_and_month", "weekday", "number"),
    [
        ("fr", "6 mars 2027", "6 mars", "samedi", "1 234 567,5"),
        ("en", "March 6, 2027", "March 6", "Saturday", "1,234,567.5"),
        ("ar", "6 مارس 2027", "6 مارس", "السبت", "1,234,567.5"),
        ("es", "6 de marzo de 2027", "6 de marzo", "sábado", "1.234.567,5"),
        ("de", "6. März 2027", "6. März", "Samstag", "1.234.567,5"),
        ("ru", "6 марта 2027 г.", "6 марта", "суббота", "1 234 567,5"),
        ("it", "6 marzo 2027", "6 marzo", "sabato", "1.234.567,5"),
        ("pt", "6 de março de 2027", "6 de março", "sábado", "1.234.567,5"),
        ("tr", "6 Mart 2027", "6 Mart", "Cumartesi", "1.234.567,5"),
        ("zh-Hans", "2027年3月6日", "3月6日", "星期六", "1,234,567.5"),
        ("ja", "2027年3月6日", "3月6日", "土曜日", "1,234,567.5"),
        ("ko", "2027년 3월 6일", "3월 6일", "토요일", "1,234,567.5"),
        ("he", "6 במרץ 2027", "6 במרץ", "יום שבת", "1,234,567.5"),
        ("fa", "۶ مارس ۲۰۲۷", "۶ مارس", "شنبه", "۱٬۲۳۴٬۵۶۷٫۵"),
        ("uk", "6 березня 2027 р.", "6 березня", "субота", "1 234 567,5"),
        ("pt-BR", "6 de março de 2027", "6 de março", "sábado", "1.234.567,5"),
        ("ar-EG", "٦ مارس ٢٠٢٧", "٦ مارس", "السبت", "١٬٢٣٤٬٥٦٧٫٥"),
    ],
)
def test_facts_are_written_as_each_language_writes_them(language, long, day_and_month, weekday, number, facts, tokyo):
    text = '{{ deadline | date }}|{{ deadline | date("day-month") }}|{{ deadline | weekday }}|{{ seats }}'
    written = _plain_spaces(render(text, facts, tokyo, language))
    assert written.split("|") == [long, day_and_month, weekday, number]


@pytest.mark.parametrize(
    ("language", "clock", "day_and_clock"),
    [
        ("fr", "18:05", "6 mars 2027, 18:05"),
        ("en", "6:05 PM", "March 6, 2027, 6:05 PM"),
        ("ar", "6:05 م", "6 مارس 2027، 6:05 م"),
        ("ko", "오후 6:05", "2027년 3월 6일 오후 6:05"),
        ("ja", "18:05", "2027年3月6日 18:05"),
        ("fa", "۱۸:۰۵", "۶ مارس ۲۰۲۷، ساعت ۱۸:۰۵"),
    ],
)
def test_times_are_written_as_each_language_reads_the_clock(language, clock, day_and_clock, facts, tokyo):
    written = _plain_spaces(render("{{ opens | time }}|{{ opens | datetime }}", facts, tokyo, language))
    assert written.split("|") == [clock, day_and_clock]


def test_a_date_has_the_sizes_of_cldr(facts, tokyo):
    text = '{{ deadline | date("full") }}|{{ deadline | date("medium") }}|{{ deadline | date("short") }}'
    assert render(text, facts, tokyo, "fr") == "samedi 6 mars 2027|6 mars 2027|06/03/2027"


def test_a_date_with_a_time_can_give_its_date_alone(facts, tokyo):
    assert render("{{ opens | date }}, {{ opens | weekday }}", facts, tokyo, "de") == "6. März 2027, Samstag"


def test_a_time_with_an_offset_is_written_as_its_author_read_the_clock(tokyo):
    paris = datetime(2027, 3, 6, 18, 5, tzinfo=timezone(timedelta(hours=1)))
    same_instant_in_tokyo = paris.astimezone(timezone(timedelta(hours=9)))
    written = [render("{{ t | datetime }}", {"t": t}, tokyo, "fr") for t in (paris, same_instant_in_tokyo)]
    assert written == ["6 mars 2027, 18:05", "7 mars 2027, 02:05"]


def test_a_number_keeps_every_digit_that_it_was_given(tokyo):
    numbers = {"pi": Decimal("3.14159265"), "many": Decimal("1E+7"), "below": Decimal(-5)}
    written = _plain_spaces(render("{{ pi }}|{{ many }}|{{ below | number }}", numbers, tokyo, "fr"))
    assert written == "3,14159265|10 000 000|-5"


def test_a_year_can_be_written_without_its_thousands_set_apart(tokyo):
    year = {"year": Decimal(2027)}
    assert render('{{ year }} {{ year | number("plain") }}', year, tokyo, "en") == "2,027 2027"


def test_capitals_follow_the_language(tokyo):
    words = {"city": "istanbul ılıca", "shout": "İSTANBUL ILICA", "street": "straße"}
    text = "{{ city | upper }}|{{ shout | lower }}"
    assert render(text, words, tokyo, "tr") == "İSTANBUL ILICA|istanbul ılıca"
    assert render("{{ street | upper }}|{{ city | upper }}", words, tokyo, "de") == "STRASSE|ISTANBUL ILICA"


def test_filters_can_follow_each_other(facts, tokyo):
    assert render("{{ deadline | date | upper }}", facts, tokyo, "fr") == "6 MARS 2027"


def test_a_regional_language_is_written_as_its_own_region_does(tokyo):
    day = {"day": date(2027, 3, 6)}
    assert render("{{ day | date }}", day, tokyo, "en-GB") == "6 March 2027"


def test_a_language_that_cldr_does_not_know_is_refused_instead_of_written_in_english(facts, tokyo):
    with pytest.raises(TemplateError, match="write them out"):
        render("{{ deadline | date }}", facts, tokyo, "tlh")
    assert render("Bonjour {{ who }}", facts, tokyo, "tlh") == "Bonjour Claire"


@pytest.mark.parametrize(
    ("word", "written"),
    [("long", "1er mars 2027"), ("full", "lundi 1er mars 2027"), ("day-month", "1er mars"), ("short", "01/03/2027")],
)
def test_the_first_of_a_month_is_an_ordinal_in_french(word, written):
    assert FILTERS["date"](date(2027, 3, 1), "fr", word) == written
    assert "1er" not in FILTERS["date"](date(2027, 3, 11), "fr", word)

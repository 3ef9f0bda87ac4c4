"""Texts as templates: what may stand in them, and how facts are written in fifteen languages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.network import Mission
from crosspost.templating import TemplateError, problems, render

TOKYO = Mission("amb-jp-tokyo", "asia", "embassy", "Tokyo", "JP", "Asia/Tokyo")
MUNICH = Mission("cg-de-munich", "europe", "consulate_general", "Munich", "DE", "Europe/Berlin")
SAO_PAULO = Mission("cg-br-sao-paulo", "americas", "consulate_general", "São Paulo", "BR", "America/Sao_Paulo")
FACTS = {"deadline": date(2027, 3, 6), "opens": datetime(2027, 3, 6, 18, 5), "seats": Decimal("12345.5"), "who": "Claire"}


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("fr", "6 mars 2027"),
        ("en", "March 6, 2027"),
        ("ar", "6 مارس 2027"),
        ("es", "6 de marzo de 2027"),
        ("de", "6. März 2027"),
        ("it", "6 marzo 2027"),
        ("pt", "6 de março de 2027"),
        ("pt-BR", "6 de março de 2027"),
        ("ru", "6 марта 2027\u202fг."),
        ("uk", "6 березня 2027\u202fр."),
        ("tr", "6 Mart 2027"),
        ("zh-Hans", "2027年3月6日"),
        ("ja", "2027年3月6日"),
        ("ko", "2027년 3월 6일"),
        ("he", "6 במרץ 2027"),
        ("fa", "۶ مارس ۲۰۲۷"),
    ],
)
def test_a_date_is_written_as_its_language_writes_it(language, written):
    made = render("{{ deadline | date }}", FACTS, TOKYO, language)
    assert made.replace("\xa0", "\u202f") == written


def test_times_weekdays_and_numbers_follow_the_language_too():
    assert render("{{ opens | time }}", FACTS, TOKYO, "fr") == "18:05"
    assert render("{{ opens | weekday }}", FACTS, TOKYO, "de") == "Samstag"
    assert render("{{ seats }}", FACTS, TOKYO, "de") == "12.345,5"
    assert render("{{ who | upper }}", FACTS, TOKYO, "fr") == "CLAIRE"


def test_a_city_is_named_in_the_language_where_it_is_its_zones_own_city():
    assert render("{{ mission.city }}", {}, TOKYO, "ja") == "東京"
    assert render("{{ mission.city }}", {}, SAO_PAULO, "pt-BR") == "São Paulo"


def test_a_city_that_only_shares_a_zone_keeps_its_own_name():
    assert render("{{ mission.city }}", {}, MUNICH, "ja") == "Munich"


def test_a_country_is_named_in_the_language():
    assert render("{{ mission.country }}", {}, TOKYO, "ar") == "اليابان"


def test_a_date_without_its_filter_is_refused():
    with pytest.raises(TemplateError, match="filter"):
        render("{{ deadline }}", FACTS, TOKYO, "fr")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ deadlin | date }}", "Did you mean `deadline`"),
        ("{{ deadline | dat }}", "Did you mean `date`"),
        ("{{ mission.town }}", "There are: city, country"),
        ("{{ mission }}", "mission.city"),
        ("{% for x in y %}{% endfor %}", "not allowed"),
        ("{{ 'a' * 50000000 }}", "only names and filters"),
        ("{{ who.__class__.__mro__ }}", "only names and filters"),
        ("{{ who() }}", "only names and filters"),
        ("{{ deadline | date(3) }}", "in quotes"),
        ("Bonjour {{ who", "broken placeholder"),
        ("{# a secret note #} Bonjour", "comment"),
    ],
)
def test_all_but_names_and_filters_is_refused_with_what_to_write(template, said):
    found = problems(template, FACTS)
    assert any(said in f"{problem.message} {problem.remedy}" for problem in found)
    with pytest.raises(TemplateError):
        render(template, FACTS, TOKYO, "fr")


def test_a_problem_names_the_line_of_the_text():
    assert [p.line for p in problems("un\ndeux {{ nobody }}\ntrois {{ nothing }}", FACTS)] == [2, 3]


@given(st.text())
def test_a_text_is_itself_or_has_problems_but_never_breaks(text):
    if problems(text, ()):
        with pytest.raises(TemplateError):
            render(text, {}, TOKYO, "fr")
    else:
        assert render(text, {}, TOKYO, "fr") == text

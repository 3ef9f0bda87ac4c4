"""Cities and countries in the language of the post."""

from __future__ import annotations

import pytest

from crosspost.domain.network import Mission
from crosspost.templating import TemplateError, render


def _mission(city, country, zone):
    return Mission("somewhere", "region", "embassy", city, country, zone)


@pytest.mark.parametrize(
    ("city", "zone", "language", "said"),
    [
        ("Tokyo", "Asia/Tokyo", "ja", "東京"),
        ("Tokyo", "Asia/Tokyo", "fr", "Tokyo"),
        ("Cairo", "Africa/Cairo", "ar", "القاهرة"),
        ("São Paulo", "America/Sao_Paulo", "pt-BR", "São Paulo"),
        ("Sao Paulo", "America/Sao_Paulo", "ja", "サンパウロ"),
        ("N’Djamena", "Africa/Ndjamena", "ja", "ンジャメナ"),
        ("Port-au-Prince", "America/Port-au-Prince", "ru", "Порт-о-Пренс"),
    ],
)
def test_a_city_is_named_in_the_language_where_it_is_its_zones_own(city, zone, language, said):
    assert render("{{ mission.city }}", {}, _mission(city, "", zone), language) == said


@pytest.mark.parametrize(
    ("city", "zone", "said"),
    [
        ("Kyiv", "Europe/Kyiv", "キーウ"),
        ("Kathmandu", "Asia/Kathmandu", "カトマンズ"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires", "ブエノスアイレス"),
    ],
)
def test_a_zone_that_was_renamed_still_has_its_city(city, zone, said):
    assert render("{{ mission.city }}", {}, _mission(city, "", zone), "ja") == said


def test_a_city_that_only_shares_a_zone_keeps_its_own_name():
    assert render("{{ mission.city }}", {}, _mission("Munich", "DE", "Europe/Berlin"), "ja") == "Munich"


def test_a_country_is_named_in_the_language():
    tokyo = _mission("Tokyo", "JP", "Asia/Tokyo")
    said = {tag: render("{{ mission.country }}", {}, tokyo, tag) for tag in ("fr", "ar", "zh-Hans", "pt-BR")}
    assert said == {"fr": "Japon", "ar": "اليابان", "zh-Hans": "日本", "pt-BR": "Japão"}


@pytest.mark.parametrize("field", ["city", "country"])
def test_a_region_that_would_leave_a_gap_in_the_text_is_refused(field):
    region = Mission("region-asia", "ministry", "region")
    with pytest.raises(TemplateError, match=f"region-asia has no {field}"):
        render(f"Bonjour à {{{{ mission.{field} }}}}", {}, region, "fr")


def test_a_region_may_say_a_text_that_names_no_place():
    assert render("Bonjour {{ who }}", {"who": "Claire"}, Mission("region-asia"), "fr") == "Bonjour Claire"

"""Filling in a text for one mission and one language."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.network import Mission
from crosspost.templating import TemplateError, problems, render


def test_a_text_is_filled_in_with_facts_and_places(facts, tokyo):
    text = "Français de {{ mission.city }} ({{ mission.country }}) : {{ who }}, avant le {{ deadline | date }}.\n"
    assert render(text, facts, tokyo, "fr") == "Français de Tokyo (Japon) : Claire, avant le 6 mars 2027.\n"


def test_a_text_without_placeholders_is_left_as_it_is(tokyo):
    text = "  #14Juillet\r\n<b>& l’amitié</b> 🇫🇷\n"
    assert render(text, {}, tokyo, "fr") == text


def test_a_fact_is_never_read_as_a_template(tokyo):
    assert render("{{ who }}", {"who": "{{ mission.city }} <b>&"}, tokyo, "fr") == "{{ mission.city }} <b>&"


def test_facts_may_be_called_as_anything_that_is_a_name(tokyo):
    facts = {"language": "le japonais", "context": "c", "имя": "Клэр", "_": "u", "range": "r"}
    assert render("{{ language }} {{ context }} {{ имя }} {{ _ }} {{ range }}", facts, tokyo, "fr") == (
        "le japonais c Клэр u r"
    )


def test_the_same_text_is_filled_in_anew_when_its_facts_change(tokyo):
    text = "Avant le {{ day | date }}"
    assert render(text, {"day": date(2027, 3, 6)}, tokyo, "fr") == "Avant le 6 mars 2027"
    assert render(text, {"day": date(2027, 3, 7)}, tokyo, "fr") == "Avant le 7 mars 2027"
    with pytest.raises(TemplateError, match="not a text"):
        render(text, {"day": "6 mars"}, tokyo, "fr")


def test_a_text_that_its_facts_make_too_long_is_refused_before_it_is_whole(tokyo):
    facts = {"who": "x" * 60_000}
    assert len(render("{{ who }}", facts, tokyo, "fr")) == 60_000
    with pytest.raises(TemplateError, match="longer than 100,000"):
        render("{{ who }}" * 10_000, facts, tokyo, "fr")


def test_a_text_that_is_too_long_from_the_start_is_refused(tokyo):
    with pytest.raises(TemplateError, match="longer than 100,000"):
        render("x" * 100_001, {}, tokyo, "fr")


def test_many_threads_may_fill_in_texts_at_once(facts, tokyo):
    texts = [f"{n}: {{{{ deadline | date }}}}" for n in range(50)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: render(text, facts, tokyo, "de"), texts)) == [
            f"{n}: 6. März 2027" for n in range(50)
        ]


@given(st.text())
def test_a_text_is_itself_or_has_problems_but_never_breaks(text):
    tokyo = Mission("amb-jp-tokyo", "asia", "embassy", "Tokyo", "JP", "Asia/Tokyo")
    if problems(text, ()):
        with pytest.raises(TemplateError):
            render(text, {}, tokyo, "fr")
    else:
        assert render(text, {}, tokyo, "fr") == text

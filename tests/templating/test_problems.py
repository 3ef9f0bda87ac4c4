"""What may stand in a text, and what is said of the rest."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.templating import TemplateError, problems, render


@pytest.mark.parametrize(
    "template",
    [
        "Bonjour",
        "#1 { } { % } 100 % #} %}",
        "{{ who }}",
        "{{who}}",
        "{{ mission.city }}, {{ mission.country }}",
        "{{ deadline | date }}",
        '{{ deadline | date("short") }}',
        "{{ deadline | date('short') }}",
        "{{ deadline | date | upper }}",
        "{{ opens | time }}",
        "{{ seats }} {{ seats | number }}",
        "{{ mission.country | upper }}",
        "{ {{ who }} }",
    ],
)
def test_names_places_and_filters_may_stand_in_a_text(template, facts):
    assert problems(template, facts) == ()


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ deadlin | date }}", "Did you mean `deadline`?"),
        ("{{ deadline | dat }}", "Did you mean `date`?"),
        ("{{ xyz }}", "There are: deadline, opens, seats, who."),
        ("{{ mission.town }}", "There are: city, country."),
        ("{{ mission.id }}", "There are: city, country."),
        ("{{ mission }}", "Write `{{ mission.city }}`"),
        ("{{ self }}", "another name"),
        ("{% for x in y %}{% endfor %}", "a text has none"),
        ("{% raw %}{{ who }}{% endraw %}", "a text has none"),
        ("{% include 'x' %}", "a text has none"),
        ("{{ 'a' * 50000000 }}", "only names and filters"),
        ("{{ 'a' }}", "only names and filters"),
        ("{{ 1 }}", "only names and filters"),
        ("{{ who.__class__.__mro__ }}", "only names and filters"),
        ("{{ who['x'] }}", "only names and filters"),
        ("{{ mission.city.upper }}", "only names and filters"),
        ("{{ who() }}", "only names and filters"),
        ("{{ who if who else who }}", "only names and filters"),
        ("{{ who is defined }}", "only names and filters"),
        ("{{ who ~ who }}", "only names and filters"),
        ("{{ who, who }}", "only names and filters"),
        ("{{ true }}", "only names and filters"),
        ("{{ start-date }}", "A name has no `-`"),
        ("{{ }}", "cannot be read"),
        ("{{ two words }}", "cannot be read"),
        ("{{{ who }}}", "cannot be read"),
        ("{{ " + "(" * 150 + " }}", "cannot be read"),
        ("{{ " + "9" * 5000 + " }}", "longer than 200"),
        ("{{ who" + " | upper" * 100 + " }}", "longer than 200"),
        ("{{- who }}", "swallow"),
        ("{{ who -}}", "swallow"),
        ("Bonjour {{ who", "nothing closes"),
        ("Bonjour {{ who }", "nothing closes"),
        ("Bonjour { who }}", "nothing opened"),
        ("{# a secret note #} Bonjour", "would vanish"),
        ("{#hashtag", "would vanish"),
    ],
)
def test_all_else_is_refused_with_what_to_write(template, said, facts, tokyo):
    assert any(said in str(problem) for problem in problems(template, facts))
    with pytest.raises(TemplateError) as caught:
        render(template, facts, tokyo, "fr")
    assert caught.value.problems == problems(template, facts)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ who | date }}", "Under [facts], a date is written 2027-03-06, without quotes."),
        ("{{ seats | upper }}", '"Claire"'),
        ("{{ deadline | time }}", "2027-03-06T18:00:00"),
        ("{{ deadline | number }}", "not a date"),
        ("{{ mission.city | date }}", "not a text"),
        ("{{ deadline | date | date }}", "not a text"),
        ("{{ deadline | date(3) }}", '"long", "full", "medium", "short", "day-month"'),
        ('{{ deadline | date("tiny") }}', '"long", "full"'),
        ('{{ deadline | date("long", "short") }}', '"long", "full"'),
        ('{{ deadline | date(size="long") }}', '"long", "full"'),
        ("{{ deadline | date(who) }}", '"long", "full"'),
        ('{{ opens | time("full") }}', '"short", "medium"'),
        ('{{ who | upper("x") }}', "without brackets"),
    ],
)
def test_a_filter_that_is_given_what_it_cannot_write_is_refused(template, said, facts):
    assert any(said in str(problem) for problem in problems(template, facts))


@pytest.mark.parametrize(
    ("name", "remedy"), [("deadline", "Write `{{ deadline | date }}`."), ("opens", "Write `{{ opens | datetime }}`.")]
)
def test_a_date_without_a_filter_is_refused(name, remedy, facts):
    assert [problem.remedy for problem in problems(f"Jusqu’au {{{{ {name} }}}}", facts)] == [remedy]


def test_with_names_alone_the_kinds_of_facts_are_taken_on_trust():
    assert problems("{{ who | date }} {{ deadline }}", {"who", "deadline"}) == ()
    assert problems("{{ nobody }}", set())[0].remedy == "There are none: add it under [facts]."


def test_every_problem_is_found_in_one_run_each_with_its_line(facts):
    text = "un {{ who }}\ndeux {{ nobody }} {% if %}\n\nquatre {{ deadline }} {{ 1 + }}\n{{ deadline\n | dat }}"
    assert [(p.line, p.message.split()[0]) for p in problems(text, facts)] == [
        (2, "`nobody`"),
        (2, "`{%`"),
        (4, "`{{"),
        (4, "`{{"),
        (5, "there"),
    ]


def test_a_text_that_is_too_long_is_a_problem():
    assert "longer than" in problems("x" * 100_001, ())[0].message


@given(st.text(alphabet="{}%#-+|.()\"' \nabmission", max_size=60))
def test_a_text_without_problems_has_nothing_that_jinja_would_swallow(text):
    facts = {"a": "A", "b": "B"}
    if not problems(text, facts) and "{{" not in text:
        assert all(mark not in text for mark in ("{%", "{#", "}}"))


_PIECES = st.sampled_from(
    ["{{ a }}", "{{b|upper}}", "{{ day | date }}", "{", "}", "%", "#", "{ {", "} }", "\n", "é", " -", "%}", "#}"]
)
_SAID = {"{{ a }}": "{{ b }}", "{{b|upper}}": "B", "{{ day | date }}": "6 mars 2027"}


@given(st.lists(_PIECES, max_size=12))
def test_a_text_without_problems_is_its_words_with_the_placeholders_filled_in(pieces):
    """Whatever stands around a placeholder; and a fact's own braces are never read again."""
    from crosspost.domain.network import Mission

    facts = {"a": "{{ b }}", "b": "b", "day": date(2027, 3, 6)}
    text = "".join(pieces)
    if problems(text, facts):
        with pytest.raises(TemplateError):
            render(text, facts, Mission("ministry"), "fr")
    else:
        assert render(text, facts, Mission("ministry"), "fr") == "".join(_SAID.get(piece, piece) for piece in pieces)

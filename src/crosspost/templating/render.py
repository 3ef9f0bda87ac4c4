"""Rendering: a text, filled in for one mission and one language. The one path for preview, check and sending."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from crosspost.domain.network import Mission
from crosspost.errors import UsageError
from crosspost.templating.filters import FILTERS
from crosspost.templating.grammar import environment, has_placeholders, problems
from crosspost.templating.places import city_in, country_in

if TYPE_CHECKING:
    from jinja2 import Template

#: No post is longer; a text that renders to more is a mistake.
LONGEST = 100_000


class TemplateError(UsageError):
    """Raised when a text's placeholders are broken, or a fact cannot be written as asked."""


@lru_cache(maxsize=4096)
def _compiled(template: str, facts: frozenset[str]) -> Template:
    found = problems(template, facts)
    if found:
        raise TemplateError(" ".join(f"{problem.message}. {problem.remedy}" for problem in found))
    return environment().from_string(template)


def render(template: str, facts: Mapping[str, object], mission: Mission, language: str) -> str:
    """Return the words of a text for one mission, in one language.

    Raises:
        TemplateError: when a placeholder is broken, or a fact cannot be written as asked.
    """
    if not has_placeholders(template):
        return template
    compiled = _compiled(template, frozenset(facts))
    places = {"city": city_in(mission, language), "country": country_in(mission, language)}
    plain = {name: _plain(value, language) for name, value in facts.items()}
    try:
        words = compiled.render({**plain, "mission": places, "language": language})
    except UsageError as error:
        raise TemplateError(str(error)) from error
    if len(words) > LONGEST:
        raise TemplateError(f"the text becomes longer than {LONGEST:,} characters")
    return words


class _Number(Decimal):
    """A number that is written as its language does, with or without the filter."""

    language = "en"

    def __str__(self) -> str:
        return FILTERS["number"](Decimal(self), self.language, "")


class _Date(date):
    """A date that refuses to be written without a filter: `2027-03-06` in a post would look like a defect."""

    def __str__(self) -> str:
        raise TemplateError(f"{self.isoformat()} is a date: write it with its filter, `{{{{ name | date }}}}`")


def _plain(value: object, language: str) -> object:
    """Return a fact as a placeholder without a filter shows it."""
    if type(value) is date:
        return _Date(value.year, value.month, value.day)
    if not isinstance(value, Decimal):
        return value
    number = _Number(value)
    number.language = language
    return number

"""Rendering: a text, filled in for one mission and one language. The one path for preview, check and sending."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crosspost.domain.network import Mission
from crosspost.templating.filters import FILTERS, Filter, Kind, bare, kind_of
from crosspost.templating.grammar import LONGEST, has_placeholders, parser, problems_by_kind
from crosspost.templating.places import Places
from crosspost.templating.problem import TemplateError

if TYPE_CHECKING:
    from jinja2 import Environment, Template

#: Where the context keeps the post's language; no placeholder can name it.
_LANGUAGE = "the language of the post"


def render(template: str, facts: Mapping[str, object], mission: Mission, language: str) -> str:
    """Return the words of a text for one mission, in one language.

    Raises:
        TemplateError: when a placeholder is broken, a value cannot be written as asked, or the text becomes too long.
    """
    if not has_placeholders(template) and len(template) <= LONGEST:
        return template
    compiled = _compiled(template, frozenset((name, kind_of(value)) for name, value in facts.items()))
    words, length = [], 0
    for piece in compiled.generate({**facts, "mission": Places(mission, language), _LANGUAGE: language}):
        length += len(piece)
        if length > LONGEST:
            raise TemplateError(f"the text becomes longer than {LONGEST:,} characters")
        words.append(piece)
    return "".join(words)


@lru_cache(maxsize=4096)
def _compiled(template: str, kinds: frozenset[tuple[str, Kind]]) -> Template:
    """Return a text compiled: once for all missions, as long as its facts keep their names and kinds."""
    found = problems_by_kind(template, dict(kinds))
    if found:
        raise TemplateError(" ".join(str(problem) for problem in found), found)
    return _environment().from_string(template)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Return the environment of texts with our filters, and with what writes a value that has none."""
    from jinja2 import pass_context

    @pass_context
    def unfiltered(context: Mapping[str, Any], value: object) -> str:
        return bare(value, context[_LANGUAGE])

    made = parser().overlay(finalize=unfiltered)
    made.filters = {name: _for_jinja(each) for name, each in FILTERS.items()}
    return made


def _for_jinja(write: Filter) -> Any:
    """Return a filter as Jinja2 calls it: with the context, which holds the post's language."""
    from jinja2 import pass_context

    @pass_context
    def apply(context: Mapping[str, Any], value: object, word: str = "") -> str:
        return write(value, context[_LANGUAGE], word)

    return apply

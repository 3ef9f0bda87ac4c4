"""What a text may contain: `{{ name }}`, `{{ mission.city }}`, `{{ name | filter }}`, `{{ name | filter("word") }}`.

Jinja2's own sandbox is no limit of resources (`{{ "a" * 50000000 }}` renders), so each placeholder's syntax tree is
walked and all that is not on the list is refused, before anything is rendered. Placeholders are parsed one by one: a
broken one hides no other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crosspost.templating.filters import EXAMPLES, FILTERS, Kind, kind_of
from crosspost.templating.places import FIELDS
from crosspost.templating.problem import TemplateProblem

if TYPE_CHECKING:
    from jinja2 import Environment

#: A text longer than this, before or after its placeholders are filled in, is a mistake: no platform takes it.
LONGEST = 100_000

#: In characters: more is no name with a filter, and deep nesting would exhaust the parser.
_LONGEST_PLACEHOLDER = 200

#: What Jinja2 would give a meaning of its own to a fact of this name.
_RESERVED = frozenset({"self", "super", "caller", "varargs", "kwargs", "loop"})

_MARKS = re.compile(r"\{\{(?P<inside>(?:(?!\{\{).)*?)\}\}|(?P<mark>\{\{|\}\}|\{%|\{#)", re.DOTALL)

_WHAT_MARKS_DO = {
    "{{": ("`{{` opens a placeholder that nothing closes", "Write `{{ name }}`."),
    "}}": ("`}}` closes a placeholder that nothing opened", "Write `{{ name }}`."),
    "{%": ("`{%` begins a statement, and a text has none", "Write only `{{ name }}`, or put a space between: `{ %`."),
    "{#": ("`{#` begins a comment, which would vanish from the text", "Put a space between the two signs: `{ #`."),
}

_ONLY_NAMES = "Write a name, `mission.city`, or a name with a filter: `{{ deadline | date }}`."

#: A problem without its line: the message and the remedy.
_Said = tuple[str, str]


@lru_cache(maxsize=1)
def parser() -> Environment:
    """Return the Jinja2 environment that texts are written for; it knows no filter, test or global of Jinja2's own."""
    from jinja2 import Environment, StrictUndefined

    made = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701 - plain text
    made.filters, made.tests, made.globals = {}, {}, {}
    return made


def has_placeholders(template: str) -> bool:
    """Say whether a text holds anything that Jinja2 would read as its own."""
    return any(mark in template for mark in _WHAT_MARKS_DO)


def problems(template: str, facts: Collection[str] | Mapping[str, object]) -> tuple[TemplateProblem, ...]:
    """Return everything that is wrong with a text, from its first line to its last.

    `facts` are the names of the campaign's facts; where it maps them to their values, it is also checked that each
    filter gets what it can write, and that no date stands without a filter: `2027-03-06` in a post looks like a defect.
    """
    if isinstance(facts, Mapping):
        return problems_by_kind(template, {name: kind_of(value) for name, value in facts.items()})
    return problems_by_kind(template, dict.fromkeys(facts))


def problems_by_kind(template: str, facts: Mapping[str, Kind | None]) -> tuple[TemplateProblem, ...]:
    """Return everything that is wrong with a text, given the kinds of its facts; None where only a name is known."""
    if len(template) > LONGEST:
        return (TemplateProblem(f"the text is longer than {LONGEST:,} characters", "Shorten it.", 1),)
    if not has_placeholders(template):
        return ()
    return tuple(
        TemplateProblem(message, remedy, template.count("\n", 0, found.start()) + 1)
        for found in _MARKS.finditer(template)
        for message, remedy in _problems_at(found, facts)
    )


def _problems_at(found: re.Match[str], facts: Mapping[str, Kind | None]) -> Iterator[_Said]:
    if found["mark"]:
        yield _WHAT_MARKS_DO[found["mark"]]
    elif len(found["inside"]) > _LONGEST_PLACEHOLDER:
        yield f"the placeholder is longer than {_LONGEST_PLACEHOLDER} characters", _ONLY_NAMES
    elif found["inside"].startswith(("-", "+")) or found["inside"].endswith("-"):
        yield "`{{-` and `-}}` would swallow the line breaks around them", "Write `{{ name }}`."
    else:
        yield from _placeholder(found[0], facts)


def _placeholder(source: str, facts: Mapping[str, Kind | None]) -> Iterator[_Said]:
    from jinja2 import TemplateSyntaxError, nodes

    try:
        [output] = parser().parse(source).body
    except (TemplateSyntaxError, RecursionError, ValueError) as error:
        # A RecursionError is too many brackets; a ValueError a number that is too long, or no placeholder at all.
        why = f" ({error.message})" if isinstance(error, TemplateSyntaxError) else ""
        yield f"`{source}` cannot be read{why}", _ONLY_NAMES
        return
    node = output.nodes[0] if isinstance(output, nodes.Output) else output
    filters: list[nodes.Filter] = []
    while isinstance(node, nodes.Filter) and node.node is not None:
        filters.insert(0, node)
        node = node.node
    yield from _name(node, source, facts)
    kind = facts.get(node.name) if isinstance(node, nodes.Name) else Kind.TEXT
    if not filters and kind in {Kind.DATE, Kind.DATETIME}:
        yield f"`{source}` is a {kind}, and needs a filter to be written in words", f"Write `{_filtered(node, kind)}`."
    for each in filters:
        yield from _filter(each, kind)
        kind = Kind.TEXT


def _filtered(node: Any, kind: Kind) -> str:
    return f"{{{{ {node.name} | {'date' if kind is Kind.DATE else 'datetime'} }}}}"


def _name(node: Any, source: str, facts: Mapping[str, Kind | None]) -> Iterator[_Said]:
    """Say what is wrong with what a placeholder names, its filters apart."""
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        if node.name == "mission":
            yield "`mission` alone is no word", "Write `{{ mission.city }}` or `{{ mission.country }}`."
        elif node.name in _RESERVED:
            yield f"`{node.name}` cannot be the name of a fact", "Give the fact another name."
        elif node.name not in facts:
            yield f"`{node.name}` is not among the campaign's facts", _nearest(node.name, facts)
    elif isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "mission":
        if node.attr not in FIELDS:
            yield f"a mission has no `{node.attr}` to be said", _nearest(node.attr, FIELDS)
    elif isinstance(node, nodes.Sub):
        yield f"`{source}` is a subtraction", "A name has no `-` in it: write `_` there, under [facts] too."
    else:
        yield f"`{source}`: only names and filters may stand in a placeholder", _ONLY_NAMES


def _filter(node: Any, kind: Kind | None) -> Iterator[_Said]:
    """Say what is wrong with one filter, given the kind of what it writes, if that is known."""
    from jinja2 import nodes

    known = FILTERS.get(node.name)
    if known is None:
        yield f"there is no filter `{node.name}`", _nearest(node.name, FILTERS)
        return
    if kind is not None and kind not in known.takes:
        wanted = sorted(known.takes)[0]
        yield f"`{node.name}` writes a {' or a '.join(sorted(known.takes))}, not a {kind}", _example(wanted)
    words = [each.value if isinstance(each, nodes.Const) else None for each in node.args]
    if node.kwargs or node.dyn_args or node.dyn_kwargs or len(words) > 1 or any(w not in known.words for w in words):
        listed = ", ".join(f'"{word}"' for word in known.words)
        remedy = f"In the brackets may stand one of {listed}." if listed else f"Write `{node.name}` without brackets."
        yield f"`{node.name}` does not understand what stands in its brackets", remedy


def _example(kind: Kind) -> str:
    quotes = "" if kind is Kind.TEXT else ", without quotes"
    return f"Under [facts], a {kind} is written {EXAMPLES[kind]}{quotes}."


def _nearest(name: str, known: Collection[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, list(known), n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"There are: {', '.join(sorted(known))}." if known else "There are none: add it under [facts]."

"""What a text may contain: `{{ name }}`, `{{ mission.city }}`, `{{ name | filter }}`.

Jinja2's own sandbox is no limit of resources (`{{ "a" * 50000000 }}` renders), so the syntax tree is walked and all
that is not on the list is refused, before anything is rendered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crosspost.templating.filters import FILTERS

if TYPE_CHECKING:
    from jinja2 import Environment

#: What a text may say of its mission.
MISSION_FIELDS = ("city", "country")


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """What is wrong with a text, in which of its lines (from 1), and what to write instead."""

    message: str
    remedy: str
    line: int


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return Jinja2's environment, with our filters alone."""
    from jinja2 import Environment, StrictUndefined

    made = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701 - plain text
    made.filters = {name: _for_jinja(write) for name, write in FILTERS.items()}
    made.tests, made.globals = {}, {}
    return made


def _for_jinja(write: Callable[[Any, str, str], str]) -> Callable[..., str]:
    """Return a filter as Jinja2 calls it: with the context, which holds the post's language."""
    from jinja2 import pass_context

    @pass_context
    def apply(context: Mapping[str, Any], value: Any, argument: str = "") -> str:
        return write(value, context["language"], argument)

    return apply


def problems(template: str, facts: Collection[str]) -> tuple[TemplateProblem, ...]:
    """Return everything that is wrong with the placeholders of a text, given the names of the campaign's facts."""
    from jinja2 import TemplateSyntaxError

    if not has_placeholders(template):
        return ()
    try:
        tree = environment().parse(template)
    except TemplateSyntaxError as error:
        return (TemplateProblem(f"broken placeholder: {error.message}", "Write `{{ name }}`.", error.lineno),)
    found = [TemplateProblem(*said) for said in _comments(template)]
    for node in tree.body:
        found += _statement(node, facts)
    return tuple(found)


def has_placeholders(template: str) -> bool:
    """Say whether a text holds anything that Jinja2 would read as its own."""
    return any(mark in template for mark in ("{{", "{%", "{#", "}}", "%}", "#}"))


def _comments(template: str) -> Iterator[tuple[str, str, int]]:
    """Yield the comments, which would vanish without a word."""
    for number, line in enumerate(template.splitlines(), 1):
        if "{#" in line:
            yield "`{#` begins a comment, which would vanish from the text", "Write the two signs apart: `{ #`.", number


def _statement(node: Any, facts: Collection[str]) -> Iterator[TemplateProblem]:
    from jinja2 import nodes

    if not isinstance(node, nodes.Output):
        what = type(node).__name__.lower()
        yield TemplateProblem(f"`{{% {what} … %}}` is not allowed in a text", "Write only `{{ name }}`.", node.lineno)
        return
    for child in node.nodes:
        if not isinstance(child, nodes.TemplateData):
            yield from _expression(child, facts)


def _expression(node: Any, facts: Collection[str]) -> Iterator[TemplateProblem]:
    from jinja2 import nodes

    if isinstance(node, nodes.Filter):
        yield from _filter(node, facts)
    elif isinstance(node, nodes.Name):
        if node.name == "mission":
            yield TemplateProblem("`{{ mission }}` is not a word", "Write `{{ mission.city }}`.", node.lineno)
        elif node.name not in facts:
            yield _unknown(f"{{{{ {node.name} }}}} is not among the facts", node.name, facts, node.lineno)
    elif isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "mission":
        if node.attr not in MISSION_FIELDS:
            said = f"a mission has no `{node.attr}` to be said"
            yield _unknown(said, node.attr, MISSION_FIELDS, node.lineno)
    else:
        remedy = "Write a name, `mission.city`, or a name with a filter: `{{ deadline | date }}`."
        yield TemplateProblem("only names and filters are allowed in a placeholder", remedy, node.lineno)


def _filter(node: Any, facts: Collection[str]) -> Iterator[TemplateProblem]:
    from jinja2 import nodes

    if node.name not in FILTERS:
        yield _unknown(f"there is no filter `{node.name}`", node.name, FILTERS, node.lineno)
    constants = all(isinstance(a, nodes.Const) and isinstance(a.value, str) for a in node.args)
    if not constants or node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) > 1:
        remedy = 'Write `{{ deadline | date("short") }}`.'
        yield TemplateProblem(f"`{node.name}` takes one word in quotes at most", remedy, node.lineno)
    if node.node is not None:
        yield from _expression(node.node, facts)


def _unknown(message: str, name: str, known: Collection[str], line: int) -> TemplateProblem:
    import difflib

    near = difflib.get_close_matches(name, list(known), n=1)
    listed = ", ".join(sorted(known)) or "none: add it under [facts]"
    return TemplateProblem(message, f"Did you mean `{near[0]}`?" if near else f"There are: {listed}.", line)

"""Texts as templates: names and listed filters, nothing else; written in the post's language by CLDR."""

from crosspost.templating.grammar import problems
from crosspost.templating.problem import TemplateError, TemplateProblem
from crosspost.templating.render import render

__all__ = ["TemplateError", "TemplateProblem", "problems", "render"]

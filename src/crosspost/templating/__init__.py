"""Texts as templates: names and listed filters, nothing else; written in the post's language by CLDR."""

from crosspost.templating.grammar import TemplateProblem, problems
from crosspost.templating.render import TemplateError, render

__all__ = ["TemplateError", "TemplateProblem", "problems", "render"]

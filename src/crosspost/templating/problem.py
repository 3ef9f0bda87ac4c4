"""What can be wrong with a text: as a value for checks, and as what rendering raises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crosspost.errors import UsageError


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """What is wrong with a text, what to write instead, and in which of its lines (from 1)."""

    message: str
    remedy: str
    line: int

    def __str__(self) -> str:
        """Return the problem and its remedy as one line."""
        return f"{self.message}. {self.remedy}".strip()


class TemplateError(UsageError):
    """Raised when a text's placeholders are broken, or a value cannot be written as asked.

    `problems` holds what `crosspost.templating.problems` would have said beforehand; it is empty where only the mission
    or the language shows the mistake.
    """

    def __init__(self, message: str, problems: Sequence[TemplateProblem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)

"""Findings: what a check says about a file or a text. Mistakes of a user are values, never exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is: an error stops the queue, a warning is reported, a note only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file something stands; line and column count from 1, 0 is the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return `file:line:column`, the form that editors open."""
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found: the rule's name, how grave, where, what, and what to write instead."""

    rule: str
    message: str
    remedy: str = ""
    severity: Severity = Severity.ERROR
    place: Place | None = None

    def __str__(self) -> str:
        """Return the finding on one line, as compilers do."""
        where = f"{self.place}: " if self.place else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{where}{self.severity}: {self.message}{remedy} [{self.rule}]"


def has_errors(findings: list[Finding] | tuple[Finding, ...]) -> bool:
    """Say whether any of the findings stops the queue."""
    return any(f.severity is Severity.ERROR for f in findings)

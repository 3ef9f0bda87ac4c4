"""A worksheet that came back: what it says, and every mistake with its line.

What editors and mail programs change unasked is mended where it is plain what was there, and told as a warning: curly
quotation marks around a text, special spaces between the signs, line ends, byte order marks.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from crosspost.domain.campaign import ANY, TEXT
from crosspost.domain.findings import Finding, Place, Severity
from crosspost.files.reading import read_text, shown
from crosspost.files.table import Table
from crosspost.files.toml import Document, parse_toml
from crosspost.files.words import clipped
from crosspost.files.worksheet.sheet import FIGURES, FORMAT, Answer, Sheet, Task

_TOP_KEYS = ("format", "mission", "network", "made", "texts")
_TASK_KEYS = (
    "campaign",
    "post",
    "field",
    "language",
    "platform",
    "made-from",
    "whose",
    "was",
    "seal",
    "answer",
    "reason",
    "text",
)
_MUST = ("campaign", "post", "field", "language", "made-from", "whose", "was", "seal", "text")
_RESTORE = "Write it as it was exported, or export again."

#: What programs do to a file unasked, and what is mended without a doubt about what was there.
_UNASKED = frozenset({"curly-quote", "no-break-space", "invisible"})

#: Three marks alone where a text begins or ends, some of them made curly.
_MARKS = re.compile(r"^([ \t\u00a0]*(?:text[ \t\u00a0]*=[ \t\u00a0]*)?)(?!''')[’‘‚‛′´`']{3}[ \t\u00a0]*$", re.MULTILINE)
_FIGURES = re.compile(rf"[0-9a-f]{{{FIGURES}}}")


@dataclass(frozen=True)
class SheetFile:
    """A worksheet as its file says. `sheet` is None where it is not one at all."""

    sheet: Sheet | None
    findings: tuple[Finding, ...]
    document: Document

    def place(self, task: Task, key: str = "text") -> Place:
        """Return where a key of a task stands, or the task itself where it has none."""
        return self.document.place(("texts", task.number, key))


def read_sheet(path: Path) -> SheetFile:
    """Read a worksheet."""
    text, found = read_text(path)
    return parse_sheet(text, shown(path), found)


def parse_sheet(text: str, file: str, found: list[Finding] | None = None) -> SheetFile:
    """Read a text as a worksheet; `found` is what was wrong with the file before."""
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    if _is_quoted(text):
        message = "every line begins with >, as a mail program quotes what it answers"
        finding = Finding("quoted", message, "Save the attachment itself.", place=Place(file, 1))
        return SheetFile(None, (finding,), Document(file, "", {}))
    text, curly = _with_straight_marks(text, file)
    document = parse_toml(text, file, found)
    findings = [*curly, *(_milder(finding) for finding in document.findings)]
    reader = _Reader(Table(document, document.data, (), findings))
    sheet = reader.sheet() if not found else None
    ordered = sorted(dict.fromkeys(findings), key=lambda finding: (finding.place or Place(file), finding.rule))
    return SheetFile(sheet, tuple(ordered), document)


def _is_quoted(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    return bool(lines) and all(line.startswith(">") for line in lines)


def _milder(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.WARNING) if finding.rule in _UNASKED else finding


def _with_straight_marks(text: str, file: str) -> tuple[str, list[Finding]]:
    """Return a broken file with straight marks where three of them stand alone; in a sound one they are words."""
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        lines = [text.count("\n", 0, match.start()) + 1 for match in _MARKS.finditer(text)]
        message = "the marks around the text became curly"
        told = [Finding("curly-quote", message, "", Severity.WARNING, Place(file, line)) for line in lines]
        return _MARKS.sub(r"\1'''", text), told
    return text, []


class _Reader:
    """Reads the tables of a worksheet."""

    def __init__(self, top: Table) -> None:
        self.top = top

    def sheet(self) -> Sheet | None:
        """Return the sheet, or None, and told, where this is none."""
        top = self.top
        version = top.values.get("format")
        if version != FORMAT:
            self._wrong_format(version)
            return None
        top.know(_TOP_KEYS)
        mission = self._head("mission")
        network = self._head("network")
        tables = top.tables("texts", "Write [[texts]]")
        tasks = tuple(task for table in tables if (task := self._task(table)) is not None)
        return Sheet(mission, network, self._made(), tasks)

    def _wrong_format(self, version: object) -> None:
        if version is None:
            remedy = "`crosspost override export` writes one."
            self.top.missing("format", "this is no worksheet: it does not say its format", remedy)
        else:
            message = f"this is a worksheet of format {clipped(str(version))}, and this crosspost reads {FORMAT}"
            self.top.tell("format", message, "Export again with this version.", ("format",))

    def _head(self, key: str) -> str:
        said = self.top.text(key, "amb-eg-cairo")
        if said is None and key not in self.top.values:
            self.top.missing(key, f"the {key} is missing at the top", _RESTORE)
        return said or ""

    def _made(self) -> datetime:
        said = self._head("made")
        try:
            return datetime.strptime(said, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            if said:
                self.top.tell("made", f"{clipped(said)!r} is not when a worksheet was made", _RESTORE, ("made",))
            return datetime(1970, 1, 1, tzinfo=UTC)

    def _task(self, table: Table) -> Task | None:
        """Return a text of the file; None, and told, where something of it cannot be read."""
        before = len(table.findings)
        table.know(_TASK_KEYS)
        said = {key: table.text(key, "…") for key in _TASK_KEYS}
        for key in _MUST:
            if key not in table.values:
                table.missing(key, f"{key} is missing here", _RESTORE)
        self._require_figures(table, said)
        answer = self._answer(table, said["answer"] or "")
        is_broken = len(table.findings) > before or any(table.is_broken(key) for key in _TASK_KEYS)
        if is_broken:
            return None
        return replace(_task_of({key: value or "" for key, value in said.items()}, answer), number=int(table.path[-1]))

    @staticmethod
    def _require_figures(table: Table, said: dict[str, str | None]) -> None:
        for key in ("made-from", "was", "seal"):
            value = said[key]
            if value and not _FIGURES.fullmatch(value):
                message = f"{key} is {clipped(value)!r}, not {FIGURES} figures from 0 to f"
                table.tell("figures", message, _RESTORE, (key,))

    @staticmethod
    def _answer(table: Table, written: str) -> Answer:
        said = written.strip().lower()
        if said in set(Answer):
            return Answer(said)
        known = ", ".join(f'"{answer}"' for answer in Answer if answer)
        table.tell("answer", f"{clipped(written)!r} is no answer", f"Write {known}, or leave it empty.", ("answer",))
        return Answer.NONE


def _task_of(said: dict[str, str], answer: Answer) -> Task:
    return Task(
        campaign=said["campaign"],
        post=said["post"],
        field=said["field"] or TEXT,
        language=said["language"],
        platform=said["platform"] or ANY,
        made_from=said["made-from"],
        whose=said["whose"],
        was=said["was"],
        text=unicodedata.normalize("NFC", said["text"]).strip(),
        answer=answer,
        reason=said["reason"].strip(),
        seal=said["seal"],
    )

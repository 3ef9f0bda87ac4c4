"""A statement that tomllib refuses: what is wrong with it in plain words, and how it reads once that is mended.

Each repair proposes another wording of the statement; the first that tomllib takes says what the mistake was. A repair
keeps the statement's lines, so that what follows stays where it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from crosspost.files.toml.statements import Statement
from crosspost.files.words import clipped

#: Names are looked for so far into a statement, and statements longer than that are not mended: both bound the time
#: that a file of nonsense takes. In letters.
_LONGEST_NAME = 500
_LONGEST_MENDED = 50_000

_KEY = re.compile(r"[ \t]*(?P<key>\"[^\"\n]*\"|'[^'\n]*'|[^=:\"'\n]*?)[ \t]*(?P<sign>=|:|(?=[\"'\[{]))")
_WORDS = re.compile(r"(?P<words>[^\"'\[\]{}#\n]+)(?:#.*)?")
_YES = frozenset({"true", "yes", "oui", "ja", "vrai", "on"})
_NO = frozenset({"false", "no", "non", "nein", "faux", "off"})
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_CALENDAR = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")
_LINE_OF_ERROR = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


@dataclass(frozen=True, slots=True)
class Mended:
    """What tomllib makes of a statement, perhaps only after a repair; `values` is None where none helped.

    `key` is what the statement sets or opens, as far as that can be told; `line` counts from the statement's first.
    """

    values: dict[str, Any] | None
    text: str
    key: str = ""
    rule: str = ""
    message: str = ""
    remedy: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class _Repair:
    text: str
    rule: str
    message: str
    remedy: str


def mend(statement: Statement) -> Mended:
    """Return what the statement says, with its mistake if it has one."""
    values, problem = _parse(statement.text)
    if values:
        return Mended(values, statement.text)
    if len(statement.text) > _LONGEST_MENDED:
        return _beyond_repair(statement, problem)
    for proposal in _proposals(statement):
        values, _ = _parse(proposal.text)
        if values:
            return Mended(values, proposal.text, "", proposal.rule, proposal.message, proposal.remedy)
    return _mended_twice(statement) or _beyond_repair(statement, problem)


def _proposals(statement: Statement) -> Iterator[_Repair]:
    for repair in _HEADING_REPAIRS if statement.is_heading else _REPAIRS:
        yield from repair(statement)


def _mended_twice(statement: Statement) -> Mended | None:
    """Return what the statement says when it has two mistakes."""
    for first in _proposals(statement):
        for second in _proposals(replace(statement, text=first.text)):
            values, _ = _parse(second.text)
            if values and first.rule != second.rule:
                message, remedy = f"{first.message}; and {second.message}", f"{first.remedy} {second.remedy}"
                return Mended(values, second.text, "", first.rule, message, remedy)
    return None


def _parse(text: str) -> tuple[dict[str, Any] | None, str]:
    """Return the values of one statement and "", or None and tomllib's complaint."""
    try:
        values = tomllib.loads(text)
        return (values, "") if len(values) == 1 else (None, "this is not one statement")
    except RecursionError:
        return None, "brackets are nested too deeply"
    except ValueError as error:
        return None, str(error)


def _parts(statement: Statement) -> tuple[str, str, str]:
    """Return the key as written, the sign after it, and the rest."""
    match = _KEY.match(statement.text[:_LONGEST_NAME])
    if not match:
        return statement.text[:_LONGEST_NAME].strip(), "", ""
    return match["key"], match["sign"], statement.text[match.end() :]


def _equals(statement: Statement) -> Iterator[_Repair]:
    key, sign, rest = _parts(statement)
    if key and sign != "=" and rest:
        yield _Repair(f"{key} = {rest.strip()}", "equals-sign", f"`=` is missing after {key}", f"Write {key} = …")


def _bare_key(statement: Statement) -> Iterator[_Repair]:
    key, sign, rest = _parts(statement)
    if key and sign and key[0] not in "\"'":
        message = f"{clipped(key)!r} cannot be a name as it stands: bare names hold a–z, 0–9, - and _"
        yield _Repair(f'"{key}" = {rest.strip()}', "bare-key", message, f'Write "{clipped(key)}" = …')


def _unclosed_quote(statement: Statement) -> Iterator[_Repair]:
    text = statement.text.rstrip()
    message, remedy = "a quotation mark is opened on this line and not closed", 'Close it with "'
    for mark in (mark for mark in "\"'" if mark in text):
        for end in ("", "]", "}"):
            if text.endswith(end):
                yield _Repair(f"{text.removesuffix(end)}{mark}{end}", "unclosed-quote", message, remedy)


def _unclosed_text(statement: Statement) -> Iterator[_Repair]:
    if '"""' in statement.text:
        message = 'a text of several lines is opened here with """ and not closed'
        yield _Repair(f'{statement.text.rstrip()}"""', "unclosed-text", message, 'Close it with """')


def _bracket(statement: Statement) -> Iterator[_Repair]:
    if statement.open:
        closing = "]" if statement.open == "[" else "}"
        message = f"the `{statement.open}` opened here is not closed"
        yield _Repair(
            f"{statement.text.rstrip().rstrip(',')}{closing}", "unclosed-bracket", message, f"Close it with {closing}"
        )


def _spread_table(statement: Statement) -> Iterator[_Repair]:
    key, _, rest = _parts(statement)
    lines = statement.text.count("\n")
    if lines and rest.strip().startswith("{"):
        joined = re.sub(r",\s*}", " }", statement.text.replace("\n", " "))
        remedy = f"Open a table [….{key}] and give each its own line."
        yield _Repair(joined + "\n" * lines, "spread-table", "a table in { } must stand on one line", remedy)


def _commas(statement: Statement) -> Iterator[_Repair]:
    mended = re.sub(r"([\"'\d\]])(\s+)(?=[\"'\d\[])", r"\1,\2", statement.text)
    if mended != statement.text and "[" in statement.text:
        yield _Repair(mended, "comma", "a comma is missing between two values of the list", "Write a comma after each.")


def _inner_quotes(statement: Statement) -> Iterator[_Repair]:
    key, _, rest = _parts(statement)
    match = re.fullmatch(r'"(.*)"[ \t]*(?:#[^"\n]*)?', rest.strip())
    if match:
        inner = re.sub(r'(?<!\\)"', r"\"", match[1])
        message = "a quotation mark within the text ends it too early"
        yield _Repair(f'{key} = "{inner}"', "inner-quote", message, 'Write “ ” or « » within a text, or \\"')


def _backslash(statement: Statement) -> Iterator[_Repair]:
    mended = re.sub(r"\\(?![\"\\])", r"\\\\", statement.text)
    if mended != statement.text:
        yield _Repair(mended, "backslash", "a backslash has a meaning of its own in a text", "Write it twice: \\\\")


def _controls(statement: Statement) -> Iterator[_Repair]:
    mended = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", statement.text)
    if mended != statement.text:
        yield _Repair(mended, "control-character", "a control character stands here, which nobody sees", "Delete it.")


def _unquoted(statement: Statement) -> Iterator[_Repair]:
    key, _, rest = _parts(statement)
    match = _WORDS.fullmatch(rest.strip())
    words = match["words"].strip() if match else ""
    if not words or _CALENDAR.fullmatch(words) or _DAY_FIRST.fullmatch(words):
        return
    if words.lower() in _YES | _NO:
        said = "true" if words.lower() in _YES else "false"
        yield _Repair(
            f"{key} = {said}", "true-or-false", f"{words!r} is neither true nor false", f"Write {key} = {said}"
        )
        return
    escaped = words.replace("\\", "\\\\")
    remedy = f'Write {key} = "{clipped(words)}"'
    yield _Repair(f'{key} = "{escaped}"', "unquoted", "words stand here without quotation marks", remedy)


_REPAIRS: tuple[Callable[[Statement], Iterator[_Repair]], ...] = (
    _unquoted,
    _equals,
    _bare_key,
    _bracket,
    _spread_table,
    _inner_quotes,
    _unclosed_text,
    _unclosed_quote,
    _commas,
    _backslash,
    _controls,
)


def _heading(statement: Statement) -> Iterator[_Repair]:
    """A heading with too few brackets, or with something after them."""
    match = re.match(r"[ \t]*(\[+)([^\[\]#]*)(\]*)", statement.text)
    if match:
        brackets = min(max(len(match[1]), len(match[3])), 2)
        said = f"{'[' * brackets}{match[2].strip()}{']' * brackets}"
        message = f"this heading is not complete, or not alone on its line: {clipped(statement.text)}"
        yield _Repair(said, "heading", message, f"Write {said} on a line of its own.")


_HEADING_REPAIRS = (_heading,)


def _beyond_repair(statement: Statement, problem: str) -> Mended:
    key, _, rest = _parts(statement)
    words = _WORDS.fullmatch(rest.strip())
    value = words["words"].strip() if words else rest.strip()
    name = key.strip("\"' ")
    if statement.is_heading:
        message, remedy = f"{clipped(statement.text)} is not a heading", "Write it as [posts.name]"
        return Mended(None, "", "", "heading", message, remedy)
    if not value:
        message = (
            f"nothing stands after {name} =" if "=" in statement.text else f"{clipped(statement.text)!r} says nothing"
        )
        return Mended(None, "", name, "no-value", message, 'Write name = "value"')
    if _CALENDAR.fullmatch(value):
        return Mended(None, "", name, "date", f"{value} is not in the calendar", "Write a day that there is.")
    day_first = _DAY_FIRST.fullmatch(value)
    if day_first:
        said = f"{day_first[3]}-{day_first[2]:0>2}-{day_first[1]:0>2}"
        return Mended(None, "", name, "date", f"{value} is not how a date is written", f"Write {said}")
    where = _LINE_OF_ERROR.search(problem)
    line = int(where[1] or 1) - 1 if where else 0
    said = _LINE_OF_ERROR.sub("", problem)
    return Mended(None, "", name, "syntax", f"this cannot be read as TOML: {said}", line=line)

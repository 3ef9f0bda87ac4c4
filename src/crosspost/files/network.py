"""network.csv: the tree of missions and their accounts, one mission a row; lists are separated by `;`."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crosspost.domain.campaign import is_identifier
from crosspost.domain.findings import Finding, Place, Severity, has_errors
from crosspost.domain.language import standard
from crosspost.domain.network import Account, LanguageMode, Mission, Network
from crosspost.files.keys import nearest
from crosspost.files.network_rules import check_network
from crosspost.files.reading import read_text, shown
from crosspost.files.words import clipped, platform_name

__all__ = ["NetworkFile", "check_network", "read_network", "write_network"]

MISSION_COLUMNS = (
    *("mission_id", "parent", "kind", "city", "country", "timezone", "languages", "weekend"),
    *("slots", "quiet", "gap", "platforms"),
)
REQUIRED_COLUMNS = ("mission_id", "parent", "timezone", "languages", "platforms")

#: Columns of accounts: for one platform with its name behind (`handle_twitter`), for all where `_` and name are absent.
_ACCOUNT_COLUMN = re.compile(r"(handle|account_languages|language_mode)(?:_([a-z0-9][a-z0-9_-]*))?")
_LIST = re.compile(r"[;,\s]+")


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """A network as its file says; None where there are errors among the findings."""

    network: Network | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row by its columns' names, and the line that it begins on."""

    line: int
    cells: Mapping[str, str]

    def cell(self, column: str) -> str:
        return self.cells.get(column, "")

    def list(self, column: str) -> tuple[str, ...]:
        return tuple(part for part in _LIST.split(self.cell(column)) if part)

    def of_account(self, column: str, platform: str) -> str:
        """Return the cell for one platform, else the one for all."""
        return self.cell(f"{column}_{platform}") or self.cell(column)


def read_network(path: Path) -> NetworkFile:
    """Read a network from a CSV file, with every mistake in one run."""
    text, findings = read_text(path)
    if not text.strip():
        findings = findings or [Finding("file-empty", "the file is empty", place=Place(shown(path)))]
        return NetworkFile(None, tuple(findings))
    reader = _Reader(shown(path), findings)
    network = reader.read(text)
    found = {*findings, *check_network(network, reader.locate)}
    listed = tuple(sorted(found, key=lambda finding: (finding.place or Place(""), finding.rule)))
    return NetworkFile(None if has_errors(listed) else network, listed)


class _Reader:
    """Rows become missions and accounts; what is wrong with their form is told here, the rest by `check_network`."""

    def __init__(self, file: str, findings: list[Finding]) -> None:
        self.file = file
        self.findings = findings
        self.lines: dict[str, int] = {}
        self.columns: tuple[str, ...] = ()

    def read(self, text: str) -> Network:
        missions: dict[str, Mission] = {}
        accounts: dict[str, Account] = {}
        for row in self._rows(text):
            mission = self._mission(row, missions)
            if mission is not None:
                missions[mission.id] = mission
                accounts |= {account.id: account for account in self._accounts(row, mission)}
        if not missions and not self.findings:
            self._tell("file-empty", "the file has no missions", "", 0)
        return Network(missions, accounts)

    def locate(self, mission: str, column: str) -> Place:
        """Return the line of a mission; the column of a table is no column of letters, so it is not said."""
        _ = column
        return Place(self.file, self.lines.get(mission, 0))

    def _rows(self, text: str) -> Iterator[_Row]:
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        before = 0
        try:
            for cells in rows:
                line, before = before + 1, rows.line_num
                if not any(cell.strip() for cell in cells):
                    continue
                if not self.columns:
                    self.columns = self._header([_clean(cell) for cell in cells], line)
                    continue
                if len(cells) > len(self.columns) and any(cell.strip() for cell in cells[len(self.columns) :]):
                    self._tell("cells", f"the row has {len(cells)} cells, the header {len(self.columns)}", _QUOTE, line)
                yield _Row(line, dict(zip(self.columns, map(_clean, cells), strict=False)))
        except csv.Error as error:
            self._tell("csv", f"the file cannot be read as CSV: {error}", "Save it as CSV, UTF-8.", before + 1)

    def _header(self, names: list[str], line: int) -> tuple[str, ...]:
        columns = tuple(_column(name.casefold()) for name in names)
        for column in columns:
            if column and column not in MISSION_COLUMNS and not _ACCOUNT_COLUMN.fullmatch(column):
                known = [*MISSION_COLUMNS, "handle_twitter", "account_languages", "language_mode"]
                self._tell("unknown-column", f"there is no column {clipped(column)!r}", nearest(column, known), line)
        for column in sorted({c for c in columns if c and columns.count(c) > 1}):
            self._tell("column-twice", f"the column {column} is there twice", "Delete one of the two.", line)
        for column in REQUIRED_COLUMNS:
            if column not in columns:
                remedy = f"Begin with {','.join(MISSION_COLUMNS)}"
                self._tell("column-missing", f"the column {column} is missing", remedy, line)
        return columns

    def _mission(self, row: _Row, missions: Mapping[str, Mission]) -> Mission | None:
        mission_id = row.cell("mission_id")
        if not is_identifier(mission_id):
            if "mission_id" in self.columns:
                remedy = "Write small letters, digits, - and _, such as amb-jp-tokyo"
                self._tell("mission-id", f"{clipped(mission_id)!r} cannot name a mission", remedy, row.line)
            return None
        if mission_id in missions:
            message = f"{mission_id} is there already, on line {self.lines[mission_id]}"
            self._tell("mission-twice", message, "Keep one of the two.", row.line)
            return None
        self.lines[mission_id] = row.line
        return Mission(
            id=mission_id,
            parent=row.cell("parent"),
            kind=row.cell("kind") or "embassy",
            city=row.cell("city"),
            country=row.cell("country").upper(),
            timezone=row.cell("timezone"),
            languages=tuple(map(_tag, row.list("languages"))),
            weekend=tuple(day.lower() for day in row.list("weekend")),
            slots=row.list("slots"),
            quiet=row.cell("quiet"),
            gap=row.cell("gap"),
        )

    def _accounts(self, row: _Row, mission: Mission) -> Iterator[Account]:
        platforms = dict.fromkeys(platform_name(name) for name in row.list("platforms"))
        for platform in platforms:
            if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", platform):
                self._tell("platform", f"{platform!r} cannot be a platform", "Write twitter;facebook", row.line)
                continue
            languages = _LIST.split(row.of_account("account_languages", platform))
            yield Account(
                mission=mission.id,
                platform=platform,
                handle=row.cell(f"handle_{platform}"),
                languages=tuple(_tag(tag) for tag in languages if tag),
                language_mode=self._mode(row, platform),
            )
        for column, value in row.cells.items():
            named = column.partition("handle_")[2] if column.startswith("handle_") else ""
            if named and value and named not in platforms:
                message = f"{mission.id} has a handle on {named}, and no account there: it is not used"
                remedy = f"Write {named} into its platforms, or delete the handle."
                self._tell("handle-unused", message, remedy, row.line, Severity.WARNING)

    def _mode(self, row: _Row, platform: str) -> LanguageMode:
        written = row.of_account("language_mode", platform).lower()
        if written and written not in set(LanguageMode):
            remedy = (
                "Write each (a post for each language), first (one post, in the first that it has) or joined "
                "(one post, the languages one below the other)."
            )
            self._tell("language-mode", f"{clipped(written)!r} is not a language mode", remedy, row.line)
            return LanguageMode.EACH
        return LanguageMode(written or LanguageMode.EACH)

    def _tell(self, rule: str, message: str, remedy: str, line: int, severity: Severity = Severity.ERROR) -> None:
        self.findings.append(Finding(rule, message, remedy, severity, Place(self.file, line)))


_QUOTE = 'Lists are separated by ; and a cell with the delimiter in it stands between ".'


def _column(name: str) -> str:
    """Return a column's name with the platform's name as accounts write it."""
    match = _ACCOUNT_COLUMN.fullmatch(name)
    return f"{match[1]}_{platform_name(match[2])}" if match and match[2] else name


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()


def _tag(written: str) -> str:
    """Return a language tag as it is written by standard; what is none stays, and is told by the rules."""
    try:
        return standard(written)
    except ValueError:
        return written


def write_network(network: Network) -> str:
    """Return the network as CSV, in tree order; what is read back is the same network."""
    platforms = sorted({account.platform for account in network.accounts.values()})
    own = [f"{column}_{p}" for p in platforms for column in _account_columns(network, p)]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [*MISSION_COLUMNS, *(f"handle_{p}" for p in platforms), *own], lineterminator="\n")
    writer.writeheader()
    for mission_id in network.subtree(network.root):
        writer.writerow(_cells(network, network.missions[mission_id], own))
    return out.getvalue()


def _account_columns(network: Network, platform: str) -> list[str]:
    """Return the columns that the platform's accounts need beyond the handle."""
    accounts = [account for account in network.accounts.values() if account.platform == platform]
    languages = ["account_languages"] if any(a.languages for a in accounts) else []
    return languages + (["language_mode"] if any(a.language_mode is not LanguageMode.EACH for a in accounts) else [])


def _cells(network: Network, mission: Mission, own: list[str]) -> dict[str, str]:
    accounts = network.accounts_of(mission.id)
    cells = {
        "mission_id": mission.id,
        "parent": mission.parent,
        "kind": mission.kind,
        "city": mission.city,
        "country": mission.country,
        "timezone": mission.timezone,
        "languages": ";".join(mission.languages),
        "weekend": ";".join(mission.weekend),
        "slots": ";".join(mission.slots),
        "quiet": mission.quiet,
        "gap": mission.gap,
        "platforms": ";".join(account.platform for account in accounts),
    }
    for account in accounts:
        cells[f"handle_{account.platform}"] = account.handle
        cells[f"account_languages_{account.platform}"] = ";".join(account.languages)
        cells[f"language_mode_{account.platform}"] = account.language_mode
    wanted = {*MISSION_COLUMNS, *own}
    return {name: value for name, value in cells.items() if name in wanted or name.startswith("handle_")}

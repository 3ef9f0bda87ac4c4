"""Who says what in which language: missions by languages, one table for each post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosspost.cli.report import words
from crosspost.cli.report.frames import Frame, by_region, initials, languages

if TYPE_CHECKING:
    from crosspost.desk.report import ReportData
    from crosspost.domain.planned import Skipped


@dataclass(frozen=True, slots=True)
class Mark:
    """One account in a cell: what is written, its state, the frame it leads to (0 for none), and the same in words."""

    text: str
    state: str
    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A mission's line: its cells in the order of the languages, and what it does not say in any of them."""

    id: str
    name: str
    cells: tuple[tuple[Mark, ...], ...]
    skipped: str


@dataclass(frozen=True, slots=True)
class Block:
    """A region's lines."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A post's table. `languages` are tags with their names, in the order of the campaign; `open` lies open."""

    post: str
    languages: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    entries: int
    skipped: int
    open: bool


def matrices(data: ReportData, drawn: Sequence[Frame]) -> list[Matrix]:
    """Return a table for each post, in the order of the campaign; of many, the first lies open."""
    known = [post.id for post in data.campaign.posts]
    posts = dict.fromkeys([*known, *(f.entry.post for f in drawn), *(s.post for s in data.skipped)])
    short = initials(data.platforms.values())
    found: list[Matrix] = []
    for post in posts:
        mine = [frame for frame in drawn if frame.entry.post == post]
        skipped = [skip for skip in data.skipped if skip.post == post]
        if mine or skipped:
            found.append(_Table(data, mine, skipped, short).matrix(post, is_open=not found))
    return found


class _Table:
    """One post's table in the making."""

    def __init__(
        self, data: ReportData, drawn: Sequence[Frame], skipped: Sequence[Skipped], short: Mapping[str, str]
    ) -> None:
        self.data, self.drawn, self.skipped, self.short = data, drawn, skipped, short
        self.marks: dict[tuple[str, str], list[Mark]] = {}
        self.silent: dict[str, dict[str, list[str]]] = {}
        for frame in drawn:
            self._take(frame)
        said = {(frame.entry.account, frame.entry.slot) for frame in drawn}
        for skip in skipped:
            if (skip.account, skip.slot) not in said:
                self._leave_out(skip)

    def _take(self, frame: Frame) -> None:
        entry = frame.entry
        mark = Mark(
            f"{frame.initial}{words.mark(entry.state)}",
            entry.state,
            frame.number,
            f"{frame.platform.title}: {entry.state}",
        )
        for tag in entry.content.languages:
            self.marks.setdefault((entry.mission, tag), []).append(mark)

    def _leave_out(self, skip: Skipped) -> None:
        mission, _, platform = skip.account.rpartition("/")
        reason = words.REASONS[skip.reason][0].lower()
        if skip.slot not in {"", "*"}:
            mark = Mark(f"{self.short[platform]}·", "skipped", 0, f"{self.data.platforms[platform].title}: {reason}")
            self.marks.setdefault((mission, skip.slot), []).append(mark)
            return
        self.silent.setdefault(mission, {}).setdefault(reason, []).append(self.short[platform])

    def matrix(self, post: str, *, is_open: bool) -> Matrix:
        """Return the finished table."""
        tags = self._languages()
        grouped = by_region(self.data.network, {m for m, _ in self.marks} | set(self.silent))
        blocks = tuple(
            Block(self._name(region), tuple(self._line(mission, tags) for mission in missions))
            for region, missions in grouped.items()
        )
        columns = tuple((tag, words.language_name(tag)) for tag in tags)
        return Matrix(post, columns, blocks, len(self.drawn), len(self.skipped), is_open)

    def _languages(self) -> list[str]:
        spoken, order = {tag for _, tag in self.marks}, languages(self.data.campaign)
        return [*(tag for tag in order if tag in spoken), *sorted(spoken - set(order))]

    def _name(self, region: str) -> str:
        return words.mission_name(self.data.network, region) if region else "No longer in the network"

    def _line(self, mission: str, tags: Sequence[str]) -> Line:
        silent = self.silent.get(mission, {})
        return Line(
            mission,
            words.mission_name(self.data.network, mission),
            tuple(tuple(self.marks.get((mission, tag), ())) for tag in tags),
            "; ".join(f"{' '.join(short)} {reason}" for reason, short in silent.items()),
        )

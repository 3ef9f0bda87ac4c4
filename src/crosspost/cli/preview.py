"""`crosspost preview`: what each account would say, word for word, in a frame on the terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from crosspost.cli import output
from crosspost.cli.lines import laid_out, visible, width_of
from crosspost.domain.bidi import begins_right_to_left, readable
from crosspost.domain.language import name_of

if TYPE_CHECKING:
    from crosspost.desk.desk import Desk
    from crosspost.desk.report import Entry, Platform
    from crosspost.domain.network import Network
    from crosspost.domain.planned import Planned

#: Longer lines are hard to read; where nobody looks (a pipe, a file) the width is fixed.
_WIDEST = 96
_NARROWEST = 24
_PIPED = 88


@dataclass(frozen=True, slots=True)
class Look:
    """How a preview is drawn: its width in columns, right-to-left text reordered or not, with styles or plain."""

    width: int = _PIPED
    bidi: bool = False
    styled: bool = False


def say_preview(desk: Desk, rows: Sequence[Planned], *, bidi: bool) -> None:
    """Print what the accounts would say, in the order of the plan."""
    from crosspost.desk import report

    entries = [report.entry_of_plan(planned, desk.adapters) for planned in rows]
    named = report.platforms((entry.account for entry in entries), desk.adapters)
    columns = shutil.get_terminal_size((_PIPED, 24)).columns if sys.stdout.isatty() else _PIPED
    look = Look(max(_NARROWEST, min(columns, _WIDEST)), bidi, sys.stdout.isatty())
    for line in render_preview(entries, desk.network(), named, look):
        typer.echo(line)


def render_preview(
    entries: Iterable[Entry], network: Network, platforms: Mapping[str, Platform], look: Look
) -> Iterator[str]:
    """Yield the lines of a frame for each entry: who says it, the words, the images, when, how long, and whose words.

    A frame is open to the right: terminals disagree about the width of flags and emoji, and a border would be torn.
    """
    for entry in entries:
        yield from _Frame(entry, network, platforms[entry.content.platform], look).lines()
        yield ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """One entry as it is drawn."""

    entry: Entry
    network: Network
    platform: Platform
    look: Look

    def lines(self) -> Iterator[str]:
        """Yield the frame from top to bottom."""
        content = self.entry.content
        languages = " + ".join(map(name_of, content.languages))
        yield self._edge("┌─", f"{self._handle()} · {self.platform.title} · {languages}", bold=True)
        if content.is_repost:
            yield from self._body(f"↻ {self.entry.because}")
        for number, passage in enumerate(self.entry.passages):
            if number:
                yield "│"
            # The link below the words is no part of the text: platforms show it as one, from left to right.
            words = readable(passage.words, passage.language)
            yield from self._body(words, right_to_left=begins_right_to_left(words))
        if content.link and content.link not in self.entry.words:
            yield from self._body(f"→ {content.link}")
        for number, medium in enumerate(content.media, start=1):
            yield "│"
            yield from self._body(f"▣ image {number}: {_size(medium.size)}, described as")
            yield from self._described(medium.alt) if medium.alt else self._body("(no description)")
        yield "│"
        for fact in self._facts():
            for line in self._body(fact):
                yield typer.style(line, dim=True) if self.look.styled else line
        yield self._edge("└─", self.entry.id)

    def _handle(self) -> str:
        account = self.network.accounts.get(self.entry.account)
        return account.handle if account and account.handle else self.entry.account

    def _edge(self, corner: str, words: str, *, bold: bool = False) -> str:
        said = visible(words)
        rule = "─" * max(2, self.look.width - width_of(said) - len(corner) - 2)
        return f"{corner} {typer.style(said, bold=bold, dim=not bold) if self.look.styled else said} {rule}"

    def _described(self, alt: str) -> Iterator[str]:
        """Yield an alternative text; where it is in several languages, each begins a line of its own."""
        for line in alt.split("\n"):
            yield from self._body(line, right_to_left=begins_right_to_left(line))

    def _body(self, text: str, *, right_to_left: bool | None = None) -> Iterator[str]:
        """Yield a text within the frame; what the account says has a direction, labels stay as they are."""
        is_said = right_to_left is not None
        lines = laid_out(
            text, self.look.width - 2, right_to_left=bool(right_to_left), reorder=is_said and self.look.bidi
        )
        return (f"│ {line}".rstrip() for line in lines)

    def _facts(self) -> Iterator[str]:
        entry = self.entry
        yield self._when()
        if entry.moved:
            yield entry.moved
        if entry.reason:
            yield f"waits for a person: {entry.reason}"
        yield f"{entry.length}{f'/{entry.limit}' if entry.limit else ''} {self.platform.unit}"
        owners: dict[str, list[str]] = {}
        for origin in entry.origins:
            owners.setdefault(origin.owner, []).append(origin.field.partition(":")[0])
        yield "; ".join(f"{', '.join(dict.fromkeys(fields))}: {owner}" for owner, fields in owners.items())
        if entry.because and not entry.content.is_repost:
            yield entry.because

    def _when(self) -> str:
        """Return the time on the mission's own clock, whichever clock the campaign's time was set on."""
        mission = self.network.missions.get(self.entry.mission)
        return output.moment(self.entry.time, mission.timezone if mission else "")


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"

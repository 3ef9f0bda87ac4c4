"""From the report's data to the page: totals, and the templates filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from crosspost.cli.report import words
from crosspost.cli.report.frames import Frame, counted, frames, initials, regions
from crosspost.cli.report.images import Picture, pictures
from crosspost.cli.report.matrix import matrices
from crosspost.cli.report.timeline import timeline
from crosspost.cli.report.world import world_view
from crosspost.cli.world import load_line
from crosspost.domain.zones import PARIS

if TYPE_CHECKING:
    from jinja2 import Environment

    from crosspost.desk.report import ReportData
    from crosspost.domain.planned import Reason, Skipped

#: How many names of those who do not say a post stand before the full list.
_FIRST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Totals:
    """A table of counts: its rows by name, each with a count for every state of `states`, and the row's sum."""

    states: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...], int], ...]


@dataclass(frozen=True, slots=True)
class SkippedGroup:
    """What is not planned for one reason: in words, how many, the first missions, and the whole list."""

    reason: str
    meaning: str
    names: str
    listed: tuple[tuple[str, Skipped], ...]


def render_page(data: ReportData) -> str:
    """Return the report as one HTML page that loads nothing and runs nothing."""
    shown = pictures(data.images)
    drawn = frames(data, shown)
    return (
        _environment()
        .get_template("page.html")
        .render(
            data=data,
            style=_style(shown.values()),
            pictures=shown,
            states=counted(frame.entry.state for frame in drawn),
            by_platform=_totals(drawn, lambda frame: [frame.platform.title]),
            by_language=_totals(drawn, _languages_of),
            troubled=[f for state in words.STATES for f in drawn if f.entry.state == state and f.entry.needs_somebody],
            matrices=matrices(data, drawn),
            initials=initials(data.platforms.values()),
            timeline=timeline(data, drawn),
            world=world_view(data.world, data.network),
            regions=regions(data.network, drawn),
            skipped=_skipped(data),
            total=len(drawn),
            reposts=sum(frame.entry.content.is_repost for frame in drawn),
            missions=len({frame.entry.mission for frame in drawn}),
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("crosspost.cli.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(words=words, load_line=load_line, PARIS=PARIS)
    return environment


def _style(shown: Iterable[Picture]) -> Any:
    """Return the style sheet with each picture in a class of its own, so that a thousand posts share one copy."""
    from markupsafe import Markup

    css = resources.files(__package__).joinpath("templates/style.css").read_text("utf-8")
    classes = (
        f'.{p.name}{{background-image:url("{p.uri}");aspect-ratio:{p.width}/{p.height};max-width:{p.width}px}}'
        for p in shown
    )
    return Markup("\n".join([css, *classes]))  # noqa: S704 - our own style sheet, and base64


def _languages_of(frame: Frame) -> list[str]:
    return [f"{words.language_name(tag)} ({tag})" for tag in frame.entry.content.languages]


def _totals(drawn: list[Frame], keys: Callable[[Frame], list[str]]) -> Totals:
    """Return the frames counted by what each goes by: a joined post counts in each of its languages."""
    states = tuple(state for state, _ in counted(frame.entry.state for frame in drawn))
    rows: dict[str, list[str]] = {}
    for frame in drawn:
        for name in keys(frame):
            rows.setdefault(name, []).append(frame.entry.state)
    return Totals(
        states,
        tuple((name, tuple(rows[name].count(state) for state in states), len(rows[name])) for name in sorted(rows)),
    )


def _skipped(data: ReportData) -> list[SkippedGroup]:
    groups: dict[Reason, list[Skipped]] = {}
    for skip in data.skipped:
        groups.setdefault(skip.reason, []).append(skip)
    return [_skipped_group(data, reason, skips) for reason, skips in groups.items()]


def _skipped_group(data: ReportData, reason: Reason, skips: list[Skipped]) -> SkippedGroup:
    named = [(words.mission_name(data.network, skip.account.rpartition("/")[0]), skip) for skip in skips]
    names = list(dict.fromkeys(name for name, _ in named))
    heading, meaning = words.REASONS[reason]
    return SkippedGroup(heading, meaning, words.named(names, _FIRST_NAMES), tuple(named))

"""The day of the ministry or a region in words: the night, who is needed, what is stale, what comes next, coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crosspost.cli import output
from crosspost.cli.today.agenda import INDENT, Item, Section, at
from crosspost.cli.today.of_mission import stopped
from crosspost.desk.today import name_of

if TYPE_CHECKING:
    from datetime import datetime

    from crosspost.desk.morning import Covered, Morning, StaleTexts, Unanswered
    from crosspost.desk.today import Leaving

_LATELY = ("sent", "failed", "unknown", "late", "expired")


def head(found: Morning) -> list[str]:
    """Return whose day it is, and the night in numbers."""
    totals = {name: sum(counts.get(name, 0) for counts in found.lately.values()) for name in _LATELY}
    lines = [f"{found.mission} · {at(found.now, found.zone)}"]
    lines.append(f"since {at(found.since, found.zone)}: {_counted(totals)}")
    if not found.needs_somebody:
        lines.append("Nothing waits for you.")
    return lines


def sections(found: Morning) -> list[Section]:
    """Return what there is to know and to do, most urgent first."""
    queue = f"crosspost queue -m {found.mission}"
    again = f"crosspost today -m {found.mission} --all"
    alarms: list[Item] = [[f"{each.what} · {_by(each.since, found)}", f"{INDENT}{each.do}"] for each in found.alarms]
    lately: list[Item] = [
        [f"{'single posts' if campaign == '-' else campaign}: {_counted(counts)}"]
        for campaign, counts in found.lately.items()
    ]
    return [
        Section("Alarms: something may be out twice", alarms, again, "red"),
        Section("Needs a person", [stopped(each, found.zone) for each in found.stopped], again, "red"),
        Section("Stale texts", [_stale(each, found) for each in found.stale], again, "red"),
        Section("Missions that have not answered", [_unanswered(each, found) for each in found.unanswered], again),
        Section("By campaign since then", lately, "crosspost status"),
        Section("Leaves within a day", [_leaving(each, found) for each in found.leaving], queue),
        Section("Coverage", [_covered(each) for each in found.coverage], again, least=4),
    ]


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{counts[name]} {name}" for name in _LATELY if counts.get(name)) or "nothing"


def _by(instant: datetime | None, found: Morning) -> str:
    return at(instant, found.zone) if instant else "not queued"


def _stale(each: StaleTexts, found: Morning) -> Item:
    from crosspost.domain.campaign import ANY

    whose = [
        output.counted(each.translations, "translation of the centre", "translations of the centre"),
        output.counted(each.overrides, "override"),
    ]
    said = " and ".join(text for text in whose if not text.startswith("0 "))
    language = "" if each.language == ANY else f" {each.language}"
    waiting = output.counted(each.deliveries, "delivery waits", "deliveries wait")
    name = f"{each.campaign}/{each.posts[0]}" if len(each.posts) == 1 else each.campaign
    lang = f" --lang {each.language}" if language else ""
    lines: Item = [f"{name}{language}: {said}, {waiting} · first {_by(each.due, found)}"]
    if each.translations:
        lines.append(f"{INDENT}crosspost translation accept {name}{lang} · or edit the file and queue it again")
    elif each.overrides:
        lines.append(f"{INDENT}crosspost override list {each.campaign} --stale -m {found.mission}")
    return lines


def _unanswered(each: Unanswered, found: Morning) -> Item:
    values = output.counted(each.values, "stale value")
    return [f"{each.mission}: {values}, first {_by(each.due, found)} · crosspost inbox -m {each.mission}"]


def _leaving(each: Leaving, found: Morning) -> Item:
    until = f" to {at(each.last, found.zone)}" if each.last and each.last != each.due else ""
    many = output.counted(len(each.says), "delivery", "deliveries")
    held = f", {each.held} held" if each.held else ""
    return [f"{at(each.due, found.zone)}{until}  {name_of(each.campaign, each.post)}: {many}{held}"]


def _covered(each: Covered) -> Item:
    from collections import Counter

    from crosspost.cli.coverage import in_words

    needed = output.counted(each.needing, "mission")
    who = f" · {needed} of {each.missions} {'needs' if each.needing == 1 else 'need'} somebody" if each.needing else ""
    return [f"{each.campaign}: {in_words(Counter(each.counts))}{who} · crosspost coverage {each.campaign}"]

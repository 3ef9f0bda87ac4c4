"""What a calendar says of a delivery: one event each, short in the week's view, whole when it is opened.

One event for each delivery, also where an account says a post in three languages at once: each has its own state, its
own words and its own address, each may be moved, held or recalled alone, and an event that stood for several would
have to change its name with every one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosspost.cli import output
from crosspost.domain.campaign import NO_CAMPAIGN, SINGLE
from crosspost.files.icalendar import Event, Heading, Status, written, years_of

if TYPE_CHECKING:
    from crosspost.desk.calendar import Dated, Timetable
    from crosspost.domain.selection import Selection

#: How sure a delivery is, by its state. `failed` and `unknown` wait for a person or a look-up: either may still be out.
_STATUS = {
    "queued": Status.CONFIRMED,
    "sending": Status.CONFIRMED,
    "sent": Status.CONFIRMED,
    "held": Status.TENTATIVE,
    "unknown": Status.TENTATIVE,
    "failed": Status.TENTATIVE,
    "cancelled": Status.CANCELLED,
    "expired": Status.CANCELLED,
    "recalled": Status.CANCELLED,
}

#: States that a week's view need not say.
_AS_HOPED = frozenset({"queued", "sending", "sent"})


@dataclass(frozen=True, slots=True)
class Labels:
    """How a calendar and its events are called: by what was asked for, and in which mode."""

    selection: Selection
    days: int | None
    mode: str

    def calendar(self, found: Timetable) -> Iterator[str]:
        """Yield the file of a timetable, part by part."""
        head = Heading(self._name, self._about, found.at, years_of(found.clocks))
        return written(head, (self._event(dated) for dated in found.entries()))

    @property
    def _name(self) -> str:
        return f"crosspost{'' if self.mode == 'live' else f' ({self.mode})'}: {self.selection.describe()}"

    @property
    def _about(self) -> str:
        near = f", due within {output.counted(self.days, 'day')}" if self.days else ""
        real = "" if self.mode == "live" else " Nothing of this reaches the real platforms."
        return f"Deliveries of crosspost: {self.selection.describe()}{near}.{real}"

    def _event(self, dated: Dated) -> Event:
        entry = dated.entry
        is_out = entry.state == "sent"
        return Event(
            uid=self._uid(entry.id),
            time=entry.time,
            summary=_summary(dated),
            description=_description(dated),
            status=_STATUS[entry.state],
            sequence=dated.change.number,
            changed=dated.change.at,
            location=dated.mission.city,
            url=entry.url if is_out else "",
            categories=(_campaign(dated), entry.content.platform, *entry.content.languages),
        )

    def _uid(self, delivery: str) -> str:
        """Return the name by which programs know the event again; a rehearsal's is another than the real one's."""
        return f"{delivery}@{'' if self.mode == 'live' else f'{self.mode}.'}crosspost"


def _campaign(dated: Dated) -> str:
    return SINGLE if dated.campaign == NO_CAMPAIGN else dated.campaign


def _summary(dated: Dated) -> str:
    entry = dated.entry
    said = (_campaign(dated), entry.post, entry.account, "+".join(entry.content.languages))
    return " · ".join((*said, *(() if entry.state in _AS_HOPED else (entry.state,))))


def _description(dated: Dated) -> str:
    """Return first where it stands, then the words, then when and why."""
    entry = dated.entry
    state = f"{entry.state}: {entry.reason}" if entry.reason else entry.state
    return "\n\n".join(filter(None, (state.capitalize(), entry.words, _beside(dated), "\n".join(_reasons(dated)))))


def _beside(dated: Dated) -> str:
    """Return what goes out beside the words: a link that is not among them, and what the images show."""
    content = dated.entry.content
    link = [f"Link: {content.link}"] if content.link and content.link not in dated.entry.words else []
    return "\n".join([*link, *(f"Image: {medium.alt or 'without alt text'}" for medium in content.media)])


def _reasons(dated: Dated) -> Iterator[str]:
    entry = dated.entry
    yield f"Time: {output.moment(entry.time, dated.mission.timezone)}"
    if dated.moved:
        yield f"Moved: {dated.moved}"
    if entry.because:
        yield f"Why so: {entry.because}"
    if entry.sent_at is not None:
        yield f"Out since {output.rfc3339(entry.sent_at)}"
    if entry.url:
        yield f"{'Seen' if entry.state == 'sent' else 'Was seen'} at {entry.url}"
    yield f"More: crosspost explain {entry.id}"

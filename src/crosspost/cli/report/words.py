"""The words and marks of the page: states, reasons, names, times. Never colour alone, never a mark alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from crosspost.domain.language import name_of
from crosspost.domain.planned import Reason
from crosspost.domain.schedule import Shift, format_duration
from crosspost.domain.zones import zone

if TYPE_CHECKING:
    from crosspost.domain.network import Mission, Network

#: Every state: its mark, and what it means. In this order they are listed.
STATES = {
    "failed": ("✕", "the platform said no; an author or the account must change"),
    "unknown": ("?", "it may be out: it is being looked up, and never sent again on a guess"),
    "held": ("‖", "it waits until what holds it is lifted"),
    "sending": ("→", "it is leaving at this moment"),
    "planned": ("○", "this is what queuing the campaign would send"),
    "queued": ("•", "it leaves at its time"),
    "sent": ("✓", "it is out, and the platform gave a receipt"),
    "recalled": ("⌫", "it was out, and has been deleted since"),
    "expired": ("×", "its time passed before it could leave"),
    "cancelled": ("–", "it will not be sent"),
}

#: Why a post is not planned, said as a heading and as a sentence.
REASONS = {
    Reason.PAST: ("Already past", "Their time had passed when the campaign was planned; nothing is sent late unasked."),
    Reason.NO_LANGUAGE: ("No text in their language", "The post has no text in any language of the account."),
    Reason.SAME_TEXT: ("Same words twice", "Another language of the same account says exactly the same."),
    Reason.OPTED_OUT: ("Opted out", "The mission, or one above it, decided not to say this."),
    Reason.ACCOUNT: ("Account not in use", "The account is not enabled, is retired, or has no adapter."),
    Reason.ALREADY_SAID: ("Already said", "The account has said exactly this before."),
    Reason.CLOSED: ("Closed", "The mission is closed on that day, and the post is not to be said then."),
    Reason.NO_ORIGINAL: ("Nothing to come after", "Nobody before it in the tree says the post there."),
    Reason.UNFIT: ("Would be refused", "The platform's own rules would refuse the words, the link or the image."),
    Reason.BROKEN: ("Cannot be written", "A placeholder, a fact or the mission's entry in the network is incomplete."),
}

#: How a post leaves, as the world view marks it: the mark, and what it means.
MANNERS = {
    "plain": ("●", "at its post’s time"),
    "moved": ("◆", "at another time than its post’s"),
    "closed": ("▲", "on a day on which the mission is closed, all the same"),
    "quiet": ("‖", "in the mission’s quiet hours"),
}


def mark(state: str) -> str:
    """Return the mark of a state."""
    return STATES.get(state, ("·", ""))[0]


def moment(instant: datetime, zone_name: str) -> str:
    """Return an instant on a zone's clock with its weekday: `Wed 14 Jul 2027, 09:00`."""
    local = instant.astimezone(zone(zone_name) if zone_name else UTC)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def clock(instant: datetime, zone_name: str, *, exact: bool = False) -> str:
    """Return an instant on a zone's clock without its date, with its weekday: `Wed 02:00`, or `Wed 02:00:19`."""
    return instant.astimezone(zone(zone_name)).strftime("%a %H:%M:%S" if exact else "%a %H:%M")


def stamp(instant: datetime) -> str:
    """Return an instant as HTML's `datetime` wants it, in UTC."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def plural(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 post`, `1,204 posts`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def named(names: Sequence[str], few: int) -> str:
    """Return names, of many the first few: `Tokyo, Seoul and 3 more`."""
    more = f" and {len(names) - few} more" if len(names) > few else ""
    return ", ".join(names[:few]) + more


def mission_name(network: Network, mission_id: str) -> str:
    """Return a mission as people call it: its city, or what its id says."""
    mission = network.missions.get(mission_id)
    if mission is None:
        return mission_id
    if mission.kind == "ministry":
        return "Ministry"
    return mission.city or mission.id.removeprefix(f"{mission.kind}-").replace("-", " ").title()


def mission_kind(mission: Mission) -> str:
    """Return what a mission is and where: `Embassy, Japan`."""
    kind = mission.kind.replace("-", " ").capitalize()
    return f"{kind}, {country_name(mission.country)}" if mission.country else kind


@lru_cache(maxsize=512)
def country_name(code: str) -> str:
    """Return a country's English name as CLDR has it; the code where it has none."""
    from babel import Locale

    return str(Locale("en").territories.get(code, code))


def language_name(tag: str) -> str:
    """Return a language's English name as CLDR has it."""
    return name_of(tag)


#: What a clock change did to a planned time.
SHIFTS = {
    Shift.GAP: "the clock skips the time asked for: the first valid instant after",
    Shift.FOLD: "the clock shows this time twice: the first of two",
}


def place(zone_name: str) -> str:
    """Return the place whose clock a zone is: `Asia/Ho_Chi_Minh` → `Ho Chi Minh`."""
    return zone_name.rpartition("/")[2].replace("_", " ")


def lateness(due: datetime, left: datetime) -> str:
    """Return how long after its time a post left, in words."""
    seconds = int((left - due).total_seconds())
    if seconds < 0:
        return f"{-seconds} s before its time"
    return f"{seconds} s after its time" if seconds < 120 else f"{format_duration(left - due)} after its time"


def duration(length: timedelta) -> str:
    """Return a duration as a campaign file writes it."""
    return format_duration(length)

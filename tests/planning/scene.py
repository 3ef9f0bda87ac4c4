"""A small campaign and what planning makes of it, for the tests of the ways to say when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from crosspost.domain.campaign import ANY, TEXT, TIME, Campaign, Post, Variant
from crosspost.domain.network import Network
from crosspost.domain.planned import Plan, Planned
from crosspost.domain.schedule import parse_time
from crosspost.domain.selection import Selection
from crosspost.domain.timing import Timing
from crosspost.planning import Situation, plan
from crosspost.testing.paper import PaperAdapter

#: A Thursday, 12:37 in Paris and 20:37 in Tokyo.
NOW = datetime(2026, 11, 26, 11, 37, tzinfo=UTC)


def post(name: str, at: Timing, words: str = "Bonjour", **more) -> Post:
    return Post(name, at, (Variant("ministry", TEXT, "fr", ANY, words),), **more)


def campaign(*posts: Post, platform: str = "paper", **more) -> Campaign:
    return Campaign("cop", "COP", "fr", Selection(platform=(platform,)), posts, owner="ministry", **more)


def at(owner: str, when: str) -> dict[str, tuple[Variant, ...]]:
    return {"opening": (Variant(owner, TIME, ANY, ANY, when),)}


def planned(network: Network, said: Campaign, *, one_voice: bool = False, **more) -> Plan:
    adapters = {name: PaperAdapter(name, one_voice=one_voice) for name in ("paper", "board")}
    return plan(Situation(said, network, NOW, adapters, lambda words, *_: words, **more))


def wall(written: str) -> datetime:
    return parse_time(f"{written} local").wall


def by_id(made: Plan) -> dict[str, Planned]:
    return {one.id: one for one in made.planned}


def weekends(network: Network, other: Mapping[str, frozenset[int]] | None = None):
    """Return a calendar in which missions are closed at weekends alone: Saturday and Sunday, or other weekdays."""
    days = other or {}

    def why_closed(mission: str, day: date) -> str:
        return "weekend" if day.weekday() in days.get(mission, {5, 6}) else ""

    return why_closed

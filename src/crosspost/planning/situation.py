"""All that a plan depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from crosspost.adapter import Adapter
from crosspost.domain.campaign import Campaign, Variant
from crosspost.domain.network import Mission, Network
from crosspost.domain.planned import Earlier
from crosspost.planning.hours import Hours


class Renderer(Protocol):
    """Fills a text's placeholders for one mission and language."""

    def __call__(self, template: str, facts: Mapping[str, object], mission: Mission, language: str) -> str:
        """Return the words; raises a CrosspostError where the text's placeholders are broken."""
        ...


@dataclass(frozen=True)
class Situation:
    """All that a plan depends on.

    `closed` names the accounts that may not be planned for, with the reason. `known` holds the ids of deliveries that
    are queued or may be out: for them the time is not judged again. `said` maps what may be out (its names by
    `domain.planned.said_by`) to the delivery that said it: what would say it again is left out. `earlier` is what the
    queue holds of the campaign, as far as what comes after it depends on it.
    """

    campaign: Campaign
    network: Network
    now: datetime
    adapters: Mapping[str, Adapter]
    render: Renderer
    overrides: Mapping[str, tuple[Variant, ...]] = field(default_factory=dict)
    closed: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    said: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[str, Earlier] = field(default_factory=dict)
    hours: Hours = field(default_factory=Hours)

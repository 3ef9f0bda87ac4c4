"""Where everything stands, in numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from crosspost.desk import accounts, replan
from crosspost.desk.deliveries import listed, needs_a_person
from crosspost.desk.desk import Desk
from crosspost.domain.delivery import State
from crosspost.domain.selection import Selection
from crosspost.store import deliveries, plans
from crosspost.store.deliveries import Listed


@dataclass(frozen=True, slots=True)
class Summary:
    """Deliveries by platform and by language, each by state; what plans skip; lateness in seconds; open matters."""

    by_platform: dict[str, dict[str, int]]
    by_language: dict[str, dict[str, int]]
    skipped: list[str]
    late_p50: float | None
    late_p99: float | None
    needs_a_person: list[str]


def summarise(desk: Desk) -> Summary:
    """Return where everything stands."""
    with desk.store.read() as tx:
        rows = listed(tx, Selection(), desk.clock())
        late = sorted(deliveries.lateness(tx))
    return Summary(
        by_platform=_counted(rows, lambda d: d.row.platform),
        by_language=_counted(rows, lambda d: d.row.language),
        skipped=_skipped(desk),
        late_p50=_percentile(late, 0.50),
        late_p99=_percentile(late, 0.99),
        needs_a_person=_matters(desk, rows),
    )


def matters(desk: Desk) -> list[str]:
    """Return what goes no further until somebody decides."""
    open_states = Selection(state=("held", State.UNKNOWN.value, State.FAILED.value))
    with desk.store.read() as tx:
        return _matters(desk, listed(tx, open_states, desk.clock()))


def _counted(rows: list[Listed], key: Callable[[Listed], str]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for d in rows:
        counts.setdefault(key(d), Counter())[d.state] += 1
    return {name: dict(counts[name]) for name in sorted(counts)}


def _percentile(ordered: list[float], share: float) -> float | None:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def _skipped(desk: Desk) -> list[str]:
    with desk.store.read() as tx:
        by_campaign = {campaign: plans.skipped(tx, campaign) for campaign in replan.active_campaigns(tx)}
    lines = []
    for campaign, skipped in by_campaign.items():
        counts = Counter((s.post, s.reason.value) for s in skipped)
        examples = {(s.post, s.reason.value): f"{s.account}: {s.message}" for s in reversed(skipped)}
        for (post, reason), number in counts.items():
            lines.append(f"{campaign}/{post} {reason}: {number}, such as {examples[post, reason]}")
    return lines


def _matters(desk: Desk, rows: list[Listed]) -> list[str]:
    matters = [f"{d.row.id} is {d.state}: {d.reason}" for d in rows if needs_a_person(d)]
    matters += [f"{s.account.id} is paused: {s.operation.paused}" for s in accounts.every(desk) if s.state == "paused"]
    return matters + [f"{p.scope} is stopped: {p.why}" for p in accounts.stopped_apps(desk) if p.until is None]

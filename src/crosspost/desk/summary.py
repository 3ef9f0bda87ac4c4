"""Where everything stands, in numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from crosspost.desk import replan
from crosspost.desk.deliveries import listed
from crosspost.desk.desk import Desk
from crosspost.domain.schedule import WallTime
from crosspost.domain.selection import Selection
from crosspost.domain.zones import PARIS, zone
from crosspost.store import course, deliveries, network, plans, recalls
from crosspost.store import matters as store
from crosspost.store.course import Coming
from crosspost.store.deliveries import Listed
from crosspost.store.matters import Kind, Matter

#: How far ahead is told what comes.
_AHEAD = timedelta(days=1)

_END_OF_WORK = time(18)


@dataclass(frozen=True, slots=True)
class Summary:
    """Deliveries by platform and by language, each by state; what plans skip; lateness in seconds; open matters.

    `since` is from when on `lately` counts what happened, `coming` what is due within a day; `matters` are the same as
    `needs_a_person`, each with what to do.
    """

    by_platform: dict[str, dict[str, int]]
    by_language: dict[str, dict[str, int]]
    skipped: list[str]
    late_p50: float | None
    late_p99: float | None
    needs_a_person: list[str]
    since: datetime
    lately: dict[str, int]
    coming: list[Coming]
    matters: list[Matter]


def summarise(desk: Desk, since: datetime | None = None) -> Summary:
    """Return where everything stands; what happened lately counts from the evening before, or from `since` on."""
    now = desk.clock()
    start = since or evening_before(now)
    with desk.store.read() as tx:
        rows = listed(tx, Selection(), now)
        late = sorted(deliveries.lateness(tx))
        lately, coming = course.since(tx, start, now), course.coming(tx, now, now + _AHEAD)
    open_now = matters(desk)
    return Summary(
        by_platform=_counted(rows, lambda d: d.row.platform),
        by_language=_counted(rows, lambda d: d.row.language),
        skipped=_skipped(desk),
        late_p50=_percentile(late, 0.50),
        late_p99=_percentile(late, 0.99),
        needs_a_person=[matter.what for matter in open_now],
        since=start,
        lately=lately,
        coming=coming,
        matters=open_now,
    )


def matters(desk: Desk) -> list[Matter]:
    """Return what goes no further until somebody decides, gravest first; daemons aside, which the doctor sees to."""
    with desk.store.read() as tx:
        found = store.every(tx, desk.clock(), pressing=None)
    return [matter for matter in found if matter.kind is not Kind.DAEMON] + _recalls(desk)


def evening_before(now: datetime) -> datetime:
    """Return yesterday's end of work in Paris: what happened since then is the night's."""
    yesterday = now.astimezone(zone(PARIS)) - timedelta(days=1)
    return WallTime(datetime.combine(yesterday.date(), _END_OF_WORK), PARIS).instant("UTC").utc


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


def _recalls(desk: Desk) -> list[Matter]:
    """Return the posts that somebody has recalled and that may still be seen."""
    with desk.store.read() as tx:
        left = recalls.unfinished(tx, Selection(), network.load(tx))
    what = "{} is recalled and may still be seen at {}: {}"
    return [
        Matter(
            Kind.RECALL,
            copy.delivery,
            what.format(copy.delivery, copy.url, copy.detail or "nothing was asked yet"),
            "crosspost recall --resume",
        )
        for copy in left
    ]

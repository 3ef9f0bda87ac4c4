"""What was queued, at a glance, as plain values."""

from __future__ import annotations

from typing import Any

from crosspost.desk.campaigns import queued
from crosspost.desk.desk import Desk
from crosspost.domain.schedule import format_duration
from crosspost.store import campaigns as store
from crosspost.store import deliveries


def campaigns(desk: Desk) -> list[dict[str, Any]]:
    """Return every campaign that was queued with its deliveries by state, then the folders that were not queued yet."""
    with desk.store.read() as tx:
        rows = [
            {
                "campaign": row.id,
                "title": row.title,
                "owner": row.owner,
                "status": row.status,
                "revision": row.revision,
                "states": deliveries.count_by_state(tx, row.id),
            }
            for row in store.every(tx)
        ]
    known = {row["campaign"] for row in rows}
    folders = sorted(path.parent.name for path in desk.config.campaigns.glob("*/campaign.toml"))
    absent = {"title": "", "owner": "", "status": "not queued", "revision": 0, "states": {}}
    return [*rows, *({"campaign": name} | absent for name in folders if name not in known)]


def campaign(desk: Desk, campaign_id: str) -> dict[str, Any]:
    """Return one campaign: its revisions, its posts, how many overrides, and its deliveries by state."""
    row = queued(desk, campaign_id)
    with desk.store.read() as tx:
        current, _ = store.current(tx, row)
        revisions = store.revisions(tx, campaign_id)
        states = deliveries.count_by_state(tx, campaign_id)
        overrides = len(store.override_rows(tx, campaign_id))
    return {
        "campaign": row.id,
        "title": row.title,
        "owner": row.owner,
        "status": row.status,
        "states": states,
        "overrides": overrides,
        "revisions": [
            {"number": r.number, "at": r.at, "who": r.who, "how": "at once (--now)" if r.rushed else r.change}
            for r in revisions
        ],
        "posts": [
            {
                "post": post.id,
                "at": str(post.at) + (" (embargo)" if post.embargo else ""),
                "repeat": str(post.recurrence or ""),
                "expires": format_duration(post.expires),
                "languages": list(post.languages()),
                "media": len(post.media),
            }
            for post in current.posts
        ],
    }

"""What goes no further until a person acts: each matter with what it is about, what happened, and the command to type.

Read every few seconds, so every query follows an index and none walks the queue.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from crosspost.domain.delivery import BlockKind, State
from crosspost.store import workers
from crosspost.store.engine import Transaction
from crosspost.store.outcomes import ALARM_TWICE
from crosspost.store.selection import is_in
from crosspost.store.tables import Block, Delivery, Event, Operation, Pace, core

_delivery = core(Delivery)
_block = core(Block)
_operation = core(Operation)
_pace = core(Pace)
_event = core(Event)

#: A delivery that waits for its author (stale, review, approval) is pressing so long before it is due.
PRESSING = timedelta(hours=1)

#: For how long a daemon that fell silent without having stopped is a matter.
SILENCE_MATTERS = timedelta(days=1)


class Kind(StrEnum):
    """What sort of matter it is."""

    ALARM = "alarm"  # the platform gave a second receipt: something may be out twice
    UNKNOWN = "unknown"  # it may be out, and nothing but a person can tell
    FAILED = "failed"
    LATE = "late"
    BLOCKED = "blocked"  # stale, in quiet hours, or waiting for review or approval, and due soon
    ACCOUNT = "account"
    PLATFORM = "platform"
    RECALL = "recall"  # it was to be deleted, and may still be seen
    DAEMON = "daemon"


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that needs a person. `do` is the command to type, or what else to do; `event` is an alarm's number."""

    kind: Kind
    about: str
    what: str
    do: str
    since: datetime | None = None
    event: int = 0

    @property
    def key(self) -> str:
        """What names the matter for as long as it lasts."""
        return f"{self.kind}:{self.about}"


def every(tx: Transaction, now: datetime, pressing: timedelta | None = PRESSING) -> list[Matter]:
    """Return all that needs a person now, gravest first; alarms aside, which `alarms` returns.

    What waits for its author counts from so long before it is due; with None, however far off that is.
    """
    until = None if pressing is None else now + pressing
    found = [*_unknown(tx), *_failed(tx), *_blocked(tx, until), *_accounts(tx), *_platforms(tx), *_daemons(tx, now)]
    order = list(Kind)
    return sorted(found, key=lambda matter: (order.index(matter.kind), matter.about))


def alarms(tx: Transaction, after: int = 0) -> tuple[list[Matter], int]:
    """Return the second receipts recorded after that event, and the number of the last event."""
    last = int(tx.execute(select(func.coalesce(func.max(_event.c.id), 0))).scalar_one())
    rows = tx.execute(
        select(_event)
        .where(_event.c.id > after, _event.c.id <= last, _event.c.action == ALARM_TWICE)
        .order_by(_event.c.id)
    ).all()
    return [
        Matter(
            Kind.ALARM,
            f"{row.target}#{row.id}",
            f"{row.target} has a second receipt: {row.detail.get('url') or row.detail.get('remote_id')}",
            f"crosspost explain {row.target}: compare the posts, and delete the one too many on the platform",
            row.at,
            row.id,
        )
        for row in rows
    ], last


def _unknown(tx: Transaction) -> Iterator[Matter]:
    rows = tx.execute(
        select(_delivery.c.id, _delivery.c.reason).where(is_in(State.UNKNOWN), _delivery.c.look_at.is_(None))
    )
    for row in rows:
        do = f"look at the account, then crosspost delivery resolve {row.id} --sent URL, or --not-sent"
        yield Matter(Kind.UNKNOWN, row.id, f"{row.id} may be out: {row.reason}", do)


def _failed(tx: Transaction) -> Iterator[Matter]:
    # By account, since the index on account and state finds them without a walk through what was sent in all years.
    known = select(_operation.c.account)
    rows = tx.execute(
        select(_delivery.c.id, _delivery.c.reason, _delivery.c.campaign).where(
            _delivery.c.account.in_(known), _delivery.c.state == State.FAILED.value
        )
    )
    for row in rows:
        edit = f"edit it and crosspost campaign queue {row.campaign}" if row.campaign != "-" else "say it anew"
        do = f"{edit}; or, once the platform would take it, crosspost delivery retry {row.id}"
        yield Matter(Kind.FAILED, row.id, f"{row.id} failed: {row.reason}", do)


_ALLOW = "crosspost delivery allow {0} --why WHY, or crosspost delivery cancel {0}"

_REMEDIES = {
    BlockKind.QUIET: _ALLOW,
    BlockKind.BLACKOUT: _ALLOW,
    BlockKind.LATE: "crosspost delivery send-late {0}, or crosspost delivery cancel {0}",
    BlockKind.REVIEW: "look at the account, then crosspost delivery send-late {0}, cancel, or resolve --sent URL",
    BlockKind.STALE: "crosspost explain {0} says whose value it is; a mission's own: crosspost override accept, edit "
    "or take-central {1} -m {2}; the centre's: crosspost translation accept or edit {1}",
    BlockKind.SAME: "crosspost explain {0}: crosspost override set {1} -m {2} with words of its own, cancel it, or "
    "recall the post that says the same",
    BlockKind.CRITICAL: "crosspost explain {0}: check what it says, then crosspost campaign confirm {1} -m {2}; or put "
    "other words there: crosspost override edit {1} -m {2}",
}


def remedy(kind: str, delivery: str, post: str, mission: str) -> str:
    """Return what to type where a block of a kind keeps a delivery back; "" where nothing is known of it.

    `post` is `campaign/post`.
    """
    return {k.value: do for k, do in _REMEDIES.items()}.get(kind, "").format(delivery, post, mission)


def _blocked(tx: Transaction, until: datetime | None) -> Iterator[Matter]:
    query = (
        select(_block, _delivery.c.campaign, _delivery.c.post, _delivery.c.account)
        .join(_delivery, _delivery.c.id == _block.c.delivery)
        # With a look-up set it is still looked for, after a restoration: no person is needed yet.
        .where(is_in(State.QUEUED), _delivery.c.look_at.is_(None))
    )
    for row in tx.execute(query if until is None else query.where(_delivery.c.due <= until)):
        kind = Kind.LATE if row.kind == BlockKind.LATE else Kind.BLOCKED
        about = row.delivery if kind is Kind.LATE else f"{row.delivery} ({row.kind})"
        do = remedy(row.kind, row.delivery, f"{row.campaign}/{row.post}", row.account.rpartition("/")[0])
        do = do or f"crosspost explain {row.delivery}"
        yield Matter(kind, about, f"{row.delivery} is held, {row.kind}: {row.why}", do, row.since)


def _accounts(tx: Transaction) -> Iterator[Matter]:
    paused = (_operation.c.state == "enabled", _operation.c.paused != "")
    for row in tx.execute(select(_operation.c.account, _operation.c.paused).where(*paused)):
        do = f"settle it, then crosspost account check {row.account}, or crosspost account resume {row.account}"
        yield Matter(Kind.ACCOUNT, row.account, f"{row.account} is paused: {row.paused}", do)


def _platforms(tx: Transaction) -> Iterator[Matter]:
    for row in tx.execute(select(_pace).where(_pace.c.until.is_(None))):
        do = f"settle it with the platform, then crosspost account resume {row.scope}"
        yield Matter(Kind.PLATFORM, row.scope, f"{row.scope} is stopped: {row.why}", do)


def _daemons(tx: Transaction, now: datetime) -> Iterator[Matter]:
    for row in workers.silent(tx, now, now - SILENCE_MATTERS):
        what = f"the daemon {row.name} was last seen at {row.seen:%Y-%m-%d %H:%M:%S} UTC and never said that it stopped"
        do = "see its log (journalctl -u crosspost), and crosspost doctor: does another one run?"
        yield Matter(Kind.DAEMON, row.name, what, do, row.seen)

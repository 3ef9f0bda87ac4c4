"""Deliveries at the desk: find, explain, cancel, and decide about what came too late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from crosspost.desk import replan
from crosspost.desk.desk import Desk
from crosspost.desk.origins import Field, fields
from crosspost.desk.stops import Stops, covers
from crosspost.domain.campaign import ANY
from crosspost.domain.delivery import MAY_BE_ALLOWED, State
from crosspost.domain.hold import Hold
from crosspost.domain.network import Network
from crosspost.domain.schedule import Instant, Shift
from crosspost.domain.selection import Selection
from crosspost.errors import UsageError
from crosspost.store import Transaction, allowed, deliveries, events, holds, matters, network, paces, recalls, reposts
from crosspost.store.deliveries import Listed, Span
from crosspost.store.plans import Stopped
from crosspost.store.selection import HELD
from crosspost.store.tables import Attempt, Block, Operation


def every(desk: Desk, selection: Selection) -> list[Listed]:
    """Return the deliveries within the selection, by due time."""
    with desk.store.read() as tx:
        return listed(tx, selection, desk.clock())


def listed(tx: Transaction, selection: Selection, now: datetime, due: Span | None = None) -> list[Listed]:
    """Return the deliveries within the selection, each with what stops it; only those due in a span, if one is given.

    *Held* is no state of the queue: a queued delivery with an open block, under a hold, or of a paused account. So the
    queue is asked for what may be held, and what is said to people is compared with what was asked for.
    """
    known = network.load(tx)
    stops = Stops.standing(tx, known, now)
    asked = tuple(dict.fromkeys({HELD: State.QUEUED.value}.get(name, name) for name in selection.state))
    rows = [stops.told(row) for row in deliveries.every(tx, replace(selection, state=asked), known, due)]
    return [row for row in rows if not selection.state or row.state in selection.state]


def find(desk: Desk, name: str) -> Listed:
    """Return the delivery of an id, or of a prefix that only one id begins with.

    Raises:
        UsageError: when there is none, or several; then with the first of them.
    """
    with desk.store.read() as tx:
        exact = deliveries.find(tx, name)
        ids = [] if exact else deliveries.ids_starting_with(tx, name)
        found = exact or (deliveries.find(tx, ids[0]) if len(ids) == 1 else None)
        if found is not None:
            return Stops.standing(tx, network.load(tx), desk.clock()).told(found)
    if not ids:
        raise UsageError(f"there is no delivery {name!r}: `crosspost queue` lists them")
    raise UsageError(f"{name!r} begins {len(ids)} or more ids, such as {', '.join(ids[:3])}: write more of it")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A delivery with all its reasons: what it says and whose words, its attempts, what stops it, who did what.

    `reposted_by` are the deliveries that repost it, or are to, each with its state.
    """

    listed: Listed
    attempts: list[Attempt]
    holds: list[Hold]
    operation: Operation
    waits: list[str]
    events: list[dict[str, Any]]
    fields: list[Field]
    reposted_by: dict[str, str]

    @property
    def remedies(self) -> list[str]:
        """What to type for what keeps it back, block by block."""
        row = self.listed.row
        blocks = self.listed.blocks if row.state == State.QUEUED and row.look_at is None else ()
        where = (row.id, f"{row.campaign}/{row.post}", row.account.rpartition("/")[0])
        return [do for block in blocks if (do := matters.remedy(block.kind, *where))]


def explain(desk: Desk, name: str) -> Explanation:
    """Return a delivery with all its reasons."""
    listed = find(desk, name)
    row, now = listed.row, desk.clock()
    with desk.store.read() as tx:
        known = network.load(tx)
        account = known.accounts.get(row.account)
        covering = [h for h in holds.active(tx, now) if account and covers(h.scope, listed, known)]
        slowed = [p for p in paces.every(tx) if p.scope in {row.account, row.platform}]
        waits = [f"{p.scope}: {p.why}" for p in slowed if p.until is None or p.until > now]
        told = [
            event
            for subject in (row.id, f"{row.campaign}/{row.post}", row.campaign)
            for event in events.about(tx, subject)
            if _concerns(event, listed, known)
        ]
        operation = network.operations(tx).get(row.account, Operation(account=row.account))
        attempts, origins = deliveries.attempts(tx, row.id), fields(tx, row)
        told.sort(key=lambda event: event["at"])
        return Explanation(listed, attempts, covering, operation, waits, told, origins, reposts.states_of(tx, row.id))


def _concerns(event: Mapping[str, Any], listed: Listed, known: Network) -> bool:
    """Say whether what somebody did to a post has a bearing on a delivery: not another mission's words, or language."""
    row, place = listed.row, event["detail"]
    mission = row.account.rpartition("/")[0]
    languages = {ANY, *listed.content.languages, *(origin["language"] for origin in row.origins)}
    return (
        ("owner" not in place or mission not in known.missions or place["owner"] in known.owners(mission))
        and place.get("language", ANY) in languages
        and place.get("platform", ANY) in {ANY, row.platform}
    )


def cancel(desk: Desk, chosen: Sequence[Listed], reason: str) -> tuple[list[str], list[Listed]]:
    """Take deliveries out of the queue for good; return what was, and what could not be because it may be out."""
    require_role_for(desk, chosen)
    with desk.store.write() as tx:
        done = deliveries.cancel(tx, [listed.row.id for listed in chosen], reason)
        for delivery_id in done:
            events.record(tx, desk.actor, "cancel", delivery_id, desk.clock(), {"reason": reason})
    replan.follow(desk, {listed.row.campaign for listed in chosen})
    return done, [listed for listed in chosen if listed.row.id not in done]


def send_late(desk: Desk, chosen: Sequence[Listed]) -> list[str]:
    """Let deliveries leave that wait for a person's word: they came too late, or may be out already. Return which."""
    require_role_for(desk, chosen)
    with desk.store.write() as tx:
        leaving = deliveries.let_late_leave(tx, [d.row.id for d in chosen if may_be_sent_late(d)])
        for delivery_id in leaving:
            events.record(tx, desk.actor, "send late", delivery_id, desk.clock())
    return leaving


def instant_of(listed: Listed) -> Instant:
    """Return when a delivery is due, with the wall time and the clock that it was set on."""
    row = listed.row
    return Instant(row.due, datetime.fromisoformat(row.wall), row.zone, Shift(row.shift))


def allow(desk: Desk, chosen: Sequence[Listed], why: str) -> list[str]:
    """Let deliveries leave in quiet hours, or in a blackout, at their time. Return which.

    It counts for the reasons as they were read: another quiet hour, or another blackout, is asked about anew.
    """
    require_role_for(desk, chosen)
    if not why.strip():
        raise UsageError('say why: `--why "the minister has asked for it"`; it is kept')
    read = [Stopped(block.delivery, block.kind, block.why) for d in chosen for block in d.blocks if is_allowable(block)]
    with desk.store.write() as tx:
        now = desk.clock()
        leaving = allowed.allow(tx, read, desk.actor.who, now)
        for delivery_id in leaving:
            reasons = [stop.why for stop in read if stop.delivery == delivery_id]
            events.record(tx, desk.actor, "allow", delivery_id, now, {"why": why.strip(), "stopped": reasons})
    return leaving


def may_be_allowed(listed: Listed) -> bool:
    """Say whether `allow` answers something that a delivery waits for."""
    return listed.row.state == State.QUEUED and any(map(is_allowable, listed.blocks))


def is_allowable(block: Block) -> bool:
    """Say whether a block is one that a person may set aside: quiet hours, or a blackout."""
    return block.kind in MAY_BE_ALLOWED


def may_be_sent_late(listed: Listed) -> bool:
    """Say whether `send_late` answers what a delivery waits for; what is still looked for has to wait for that.

    What is kept back because it was recalled never leaves: a new text needs a new post.
    """
    asked = any(block.kind in deliveries.ANSWERED_BY_SEND_LATE for block in listed.blocks)
    is_recalled = any(block.who == recalls.RECALL for block in listed.blocks)
    return asked and not is_recalled and listed.row.look_at is None


def require_role_for(desk: Desk, chosen: Sequence[Listed]) -> None:
    """Make sure that the acting mission may act for the missions of all these deliveries."""
    known = desk.network()
    for mission in sorted({listed.row.account.rpartition("/")[0] for listed in chosen}):
        desk.require_role(mission, known)


def needs_a_person(listed: Listed) -> bool:
    """Say whether a delivery goes no further until somebody decides."""
    looked_for = listed.row.look_at is not None
    waits = listed.row.state == State.UNKNOWN and not looked_for
    blocked = bool(listed.blocks) and listed.row.state == State.QUEUED and not looked_for
    return waits or listed.row.state == State.FAILED or blocked

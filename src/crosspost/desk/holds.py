"""Holds at the desk. When `place` has returned and `on_the_wire` is empty, nothing under the hold leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crosspost.desk.desk import Desk
from crosspost.domain.delivery import State
from crosspost.domain.hold import Hold
from crosspost.domain.selection import Selection
from crosspost.errors import UsageError
from crosspost.store import deliveries, events, holds, network
from crosspost.store.releases import Freed, Release


def place(desk: Desk, scope: Selection, reason: str, until: datetime | None = None) -> tuple[Hold, list[str]]:
    """Set a hold, and return it with what was on the wire at that moment.

    The intent to send is written in the same kind of transaction as this: what is not on the wire now will not be.

    Raises:
        NotPermittedError: when the scope reaches beyond the acting mission's subtree.
    """
    known = desk.network()
    for mission in scope.mission or (known.root,):
        desk.require_role(mission, known)
    now = desk.clock()
    with desk.store.write() as tx:
        number = holds.place(tx, Hold(0, scope, reason, desk.actor.who, now, until))
        events.record(tx, desk.actor, "hold", scope.describe(), now, {"reason": reason, "hold": number})
        wire = deliveries.on_the_wire(tx, scope, network.load(tx))
    return Hold(number, scope, reason, desk.actor.who, now, until), wire


def stopped_by(desk: Desk, scope: Selection) -> int:
    """Return how many deliveries that have not left are within a scope; counted, not listed: a queue may be long."""
    with desk.store.read() as tx:
        return deliveries.count(tx, scope, network.load(tx), (State.QUEUED, State.SENDING))


def still_on_the_wire(desk: Desk, ids: Sequence[str]) -> list[str]:
    """Return those of the deliveries that are still being sent."""
    with desk.store.read() as tx:
        found = [deliveries.find(tx, delivery_id) for delivery_id in ids]
    return [listed.row.id for listed in found if listed is not None and listed.row.state == "sending"]


def active(desk: Desk) -> list[Hold]:
    """Return the holds in force."""
    with desk.store.read() as tx:
        return holds.active(tx, desk.clock())


@dataclass(frozen=True, slots=True)
class Released:
    """Holds that have ended, or would, and what comes free with them."""

    holds: list[Hold]
    freed: Freed


def release(desk: Desk, numbers: Sequence[int], *, review: bool = False, dry_run: bool = False) -> Released:
    """End holds; return them with what leaves now, and what waits for a person because it is late or stale.

    With `review`, all that came due meanwhile waits; with `dry_run`, nothing is changed.

    Raises:
        UsageError: when there is no such hold in force.
        NotPermittedError: when a hold reaches beyond the acting mission's subtree.
    """
    known = desk.network()
    in_force = {hold.id: hold for hold in active(desk)}
    missing = [str(number) for number in numbers if number not in in_force]
    if missing:
        raise UsageError(f"no hold {', '.join(missing)} is in force: `crosspost hold --list` shows them")
    for number in numbers:
        for mission in in_force[number].scope.mission or (known.root,):
            desk.require_role(mission, known)
    ending = [in_force[number] for number in numbers]
    late_after = desk.config.daemon.late_after
    if dry_run:
        with desk.store.read() as tx:
            now = desk.clock()
            return Released(ending, Release(ending, network.load(tx), now, late_after, review=review).foreseen(tx))
    with desk.store.write() as tx:
        now = desk.clock()
        it = Release(ending, network.load(tx), now, late_after, review=review)
        freed = it.foreseen(tx)
        it.carry_out(tx, desk.actor.who)
        for hold in ending:
            events.record(tx, desk.actor, "release", hold.scope.describe(), now, {"hold": hold.id})
    return Released(ending, freed)

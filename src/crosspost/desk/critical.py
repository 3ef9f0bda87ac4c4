"""Letting go of what a critical correction keeps back, once somebody has looked at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crosspost.desk.deliveries import require_role_for
from crosspost.desk.desk import Desk
from crosspost.desk.recalling import deliveries_of, target_of
from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.selection import Selection
from crosspost.errors import NotPermittedError
from crosspost.store import Transaction, blocks, deliveries, events
from crosspost.store.deliveries import Listed


@dataclass(frozen=True, slots=True)
class Choice:
    """What waits since a critical correction and is the acting mission's to check; `others` counts what is not."""

    waiting: tuple[Listed, ...]
    others: int


def waiting(desk: Desk, name: str, filters: Selection) -> Choice:
    """Return what waits since a critical correction, of a campaign, CAMPAIGN/POST or one delivery, within the filters.

    The campaign's owner is shown all, a mission its own subtree. What is being sent or looked for, or is not to be
    sent, keeps its block until it is queued again.

    Raises:
        UsageError: when the name is nothing of the queue, or nobody says for whom they act.
        NotPermittedError: when all of it is for others to check.
    """
    role, known = desk.actor.role, desk.network()
    desk.require_role(role, known)
    target = target_of(desk, name, filters)
    with desk.store.read() as tx:
        found = [d for d in deliveries_of(desk, tx, target) if d.row.state == State.QUEUED and _since(d)]
    mine = tuple(d for d in found if known.is_within(d.row.account.rpartition("/")[0], role))
    if found and not mine:
        some = found[0].row.account
        raise NotPermittedError(f"{role} may not let go of this: what {some} says is for its own mission to check")
    return Choice(mine, len(found) - len(mine))


def is_stale(listed: Listed) -> bool:
    """Say whether a delivery waits for an answer to a stale value as well, and so does not leave when let go of."""
    return any(block.kind == BlockKind.STALE for block in listed.blocks)


def confirm(desk: Desk, checked: Sequence[Listed]) -> list[str]:
    """Let go of what somebody has looked at; return which.

    What says something else by now, or was corrected once more since, keeps waiting.

    Raises:
        NotPermittedError: when it reaches beyond the acting mission's subtree.
    """
    require_role_for(desk, checked)
    now = desk.clock()
    with desk.store.write() as tx:
        done = [d.row.id for d in checked if _is_as_seen(tx, d)]
        blocks.clear(tx, BlockKind.CRITICAL, done)
        for delivery in done:
            events.record(tx, desk.actor, "confirm", delivery, now)
    return done


def _is_as_seen(tx: Transaction, seen: Listed) -> bool:
    found = deliveries.find(tx, seen.row.id)
    return found is not None and (found.row.content, _since(found)) == (seen.row.content, _since(seen))


def _since(listed: Listed) -> object:
    """Return which critical correction keeps a delivery back, by its instant and reason; None where none does."""
    return next(((b.since, b.why) for b in listed.blocks if b.kind == BlockKind.CRITICAL), None)

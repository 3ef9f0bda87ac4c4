"""What only a person can settle: a delivery that may be out, and one that failed."""

from __future__ import annotations

from collections.abc import Sequence

from crosspost.adapter import Receipt
from crosspost.adapter.addresses import last_step
from crosspost.desk.deliveries import require_role_for
from crosspost.desk.desk import Desk
from crosspost.domain.delivery import State
from crosspost.errors import UsageError
from crosspost.store import deliveries, events, outcomes, restored
from crosspost.store.deliveries import Listed
from crosspost.store.outcomes import Tried


def is_sent(desk: Desk, listed: Listed, url: str) -> str:
    """Settle a delivery that may be out: a person has seen the post at this address. Return its id.

    Raises:
        UsageError: when it is neither unknown nor in review after a restoration, or the address is none, or another's.
    """
    require_role_for(desk, [listed])
    adapter = desk.adapters.get(listed.row.platform)
    remote_id = adapter.post_id(url) if adapter else last_step(url)
    if not remote_id:
        raise UsageError(f"{url!r} is not the address of a post: copy it from the browser")
    is_reviewed = any(block.who == restored.RESTORATION for block in listed.blocks)
    if listed.row.state != State.UNKNOWN and not (is_reviewed and listed.row.state == State.QUEUED):
        raise UsageError(f"{listed.row.id} is {listed.state}, not unknown: there is nothing to resolve")
    now = desk.clock()
    with desk.store.write() as tx:
        tried, receipt = Tried(listed.row.id, listed.row.account, listed.row.attempts), Receipt(remote_id, url, now)
        if is_reviewed:
            restored.is_out(tx, tried, receipt, listed.row.content, now, outcomes.SEEN)
        elif not outcomes.found(tx, tried, receipt, now, outcomes.SEEN):
            raise UsageError(f"{url} is the post of another delivery: look for one that is this one's, or `--not-sent`")
        events.record(tx, desk.actor, "resolve: sent", listed.row.id, now, {"url": url})
    return listed.row.id


def is_not_sent(desk: Desk, chosen: Sequence[Listed]) -> list[str]:
    """Put unknown deliveries back in the queue: a person has looked, and the posts are not there. Return which."""
    return _queue_again(desk, chosen, State.UNKNOWN, "resolve: not sent")


def retry(desk: Desk, chosen: Sequence[Listed]) -> list[str]:
    """Put failed deliveries back in the queue, as they are; return which."""
    return _queue_again(desk, chosen, State.FAILED, "retry")


def _queue_again(desk: Desk, chosen: Sequence[Listed], state: State, action: str) -> list[str]:
    require_role_for(desk, chosen)
    now = desk.clock()
    with desk.store.write() as tx:
        done = deliveries.queue_again(tx, [d.row.id for d in chosen], state, f"{action}, by {desk.actor.who}")
        for delivery_id in done:
            events.record(tx, desk.actor, action, delivery_id, now)
    return done

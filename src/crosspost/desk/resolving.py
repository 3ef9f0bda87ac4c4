"""What only a person can settle: a delivery that may be out, and one that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from crosspost.adapter import Receipt
from crosspost.adapter.addresses import last_step
from crosspost.desk import replan
from crosspost.desk.deliveries import require_role_for
from crosspost.desk.desk import Desk
from crosspost.desk.replan import Snapshot
from crosspost.domain.delivery import State
from crosspost.errors import UsageError
from crosspost.store import Transaction, deliveries, events, outcomes, reposts, restored
from crosspost.store.deliveries import Listed
from crosspost.store.outcomes import Tried


def is_sent(desk: Desk, listed: Listed, url: str) -> str:
    """Settle a delivery that may be out: a person has seen the post at this address. Return its id.

    Raises:
        UsageError: when it is neither unknown nor in review after a restoration, or the address is none, or another's.
    """
    require_role_for(desk, [listed])
    remote_id = _seen_at(desk, listed, url)
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


def _seen_at(desk: Desk, listed: Listed, url: str) -> str:
    """Return the id of the post, or of the repost, that a person has seen at an address.

    Raises:
        UsageError: when there is none, or it is not a repost of what the delivery reposts.
    """
    adapter = desk.adapters.get(listed.row.platform)
    remote_id = adapter.post_id(url) if adapter else last_step(url)
    if not remote_id:
        raise UsageError(f"{url!r} is not the address of a post: copy it from the browser")
    with desk.store.read() as tx:
        original = reposts.originals(tx, [listed.content]).get(listed.content.original)
    if adapter is None or original is None:
        return remote_id
    repost_id = adapter.repost_id(url, original)
    if not repost_id:
        raise UsageError(
            f"{listed.row.id} reposts {original.url}, and {url} is no repost of it: copy the repost's own address, "
            "or say `--not-sent`"
        )
    return repost_id


def is_not_sent(desk: Desk, chosen: Sequence[Listed]) -> list[str]:
    """Put unknown deliveries back in the queue: a person has looked, and the posts are not there. Return which."""
    require_role_for(desk, chosen)
    with desk.store.write() as tx:
        return _queue_again(desk, tx, [d.row.id for d in chosen], State.UNKNOWN, "resolve: not sent")


def retry(desk: Desk, chosen: Sequence[Listed]) -> list[str]:
    """Put failed deliveries back in the queue; return which.

    They are as they were, unless another account has come to say the same meanwhile: then they repost that.
    """
    require_role_for(desk, chosen)
    change = _Retried(desk, tuple(d.row.id for d in chosen))
    with desk.store.read() as tx:
        active = replan.active_campaigns(tx)
    replan.commit(desk, sorted({d.row.campaign for d in chosen}.intersection(active)), change)
    return change.done


@dataclass(frozen=True, slots=True)
class _Retried:
    """The change that trying again makes: what has failed is in the queue as if it had never left it."""

    desk: Desk
    ids: tuple[str, ...]
    done: list[str] = field(default_factory=list)

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation in which they have not failed."""
        back = {
            delivery: replace(before.earlier[delivery], state=State.QUEUED, lost="")
            for delivery in self.ids
            if delivery in before.earlier and before.earlier[delivery].state is State.FAILED
        }
        return replace(before, earlier={**before.earlier, **back})

    def write(self, tx: Transaction) -> None:
        """Put them back in the queue."""
        self.done[:] = _queue_again(self.desk, tx, self.ids, State.FAILED, "retry")


def _queue_again(desk: Desk, tx: Transaction, ids: Sequence[str], state: State, action: str) -> list[str]:
    done = deliveries.queue_again(tx, ids, state, f"{action}, by {desk.actor.who}")
    for delivery_id in done:
        events.record(tx, desk.actor, action, delivery_id, desk.clock())
    return done

"""Recalls at the desk: who may ask that what is out be deleted, what that covers, and the wishes themselves.

The wishes are written, and what is unsent is taken out of the queue, in one transaction: nothing of the selection
leaves while its copies are being deleted. What may be out at that moment is kept back, should it turn out not to be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from crosspost.desk import replan
from crosspost.desk.deliveries import find, listed
from crosspost.desk.desk import Desk
from crosspost.desk.occasions import planned_days, require_planned
from crosspost.domain.delivery import State, occasion, split_occasion
from crosspost.domain.network import Network
from crosspost.domain.selection import Selection
from crosspost.errors import UsageError
from crosspost.store import Transaction, deliveries, events, in_doubt, network, recalls, reposts, restored
from crosspost.store.deliveries import Listed
from crosspost.store.recalls import Copy, Ended, Outcome, Wish

#: Deliveries by the filters, or by their ids.
Target = Selection | tuple[str, ...]

#: The states of what may be out, and no receipt says so yet.
_IN_DOUBT = frozenset({State.SENDING, State.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a recall covers. `copies` are to be deleted, `by_hand` only a person can delete, `gone` are deleted already.

    `unsent` are still queued. `in_doubt` may be out: they must be settled first. `unaddressed` are out, but where, is
    not known.
    """

    copies: list[Copy]
    by_hand: list[Copy]
    gone: list[Copy]
    unsent: list[Listed]
    in_doubt: list[Listed]
    unaddressed: list[Listed]

    @property
    def wanted(self) -> list[Copy]:
        """Every copy that is not known to be deleted."""
        return [*self.copies, *self.by_hand]

    @property
    def sending(self) -> list[str]:
        """The ids of what is on the wire at this moment."""
        return [d.row.id for d in self.in_doubt if d.row.state == State.SENDING]


def target_of(desk: Desk, name: str, filters: Selection) -> Target:
    """Return what a name means, narrowed by the filters: a campaign, CAMPAIGN/POST, or a delivery.

    Raises:
        UsageError: when it is none of these, a day on which its post is not planned, or a delivery with filters.
    """
    with desk.store.read() as tx:
        meant = _campaign_or_post(name, deliveries.posts(tx))
    if meant:
        campaign, _, said = meant.partition("/")
        post, day = split_occasion(said)
        if day:
            require_planned(f"{campaign}/{post}", day, planned_days(desk, campaign)[post])
        return replace(filters, campaign=(meant,))
    if filters != Selection():
        raise UsageError(f"there is no campaign or post {name!r} in the queue: the filters narrow no single delivery")
    try:
        return (find(desk, name).row.id,)
    except UsageError as error:
        raise UsageError(f"{name!r} is no campaign, CAMPAIGN/POST or delivery of the queue; {error}") from None


def _campaign_or_post(name: str, known: Mapping[str, Collection[str]]) -> str:
    """Return the campaign, or CAMPAIGN/POST, that a name means: itself, or the only one that begins so; "" for none."""
    said, slash, post = name.partition("/")
    campaign = _meant(said, known)
    if not slash or not campaign:
        return campaign
    named, occurrence = split_occasion(post)
    meant = _meant(named, known[campaign])
    return f"{campaign}/{occasion(meant, occurrence)}" if meant else ""


def _meant(name: str, known: Collection[str]) -> str:
    if name in known:
        return name
    begins = [one for one in known if one.startswith(name)]
    return begins[0] if len(begins) == 1 else ""


def scope_of(desk: Desk, target: Target) -> Scope:
    """Return what a recall of the target would cover.

    Raises:
        NotPermittedError: when it reaches beyond the acting mission's subtree.
    """
    with desk.store.read() as tx:
        return _scope(desk, tx, target)


def _scope(desk: Desk, tx: Transaction, target: Target) -> Scope:
    known = network.load(tx)
    chosen = deliveries_of(desk, tx, target)
    _require_role(desk, known, (d.row.account for d in chosen))
    chosen = _with_reposts(tx, chosen)
    asked = in_doubt.among(tx, [d.row.id for d in chosen])
    out = [d for d in chosen if d.row.state == State.SENT]
    found = recalls.copies(tx, [d.row.id for d in out])
    with_receipt = {copy.delivery for copy in found}
    wanted = [copy for copy in found if copy.outcome is not Outcome.DELETED]
    return Scope(
        copies=[copy for copy in wanted if not _why_by_hand(desk, copy)],
        by_hand=[copy for copy in wanted if _why_by_hand(desk, copy)],
        gone=[copy for copy in found if copy.outcome is Outcome.DELETED],
        unsent=[d for d in chosen if d.row.state == State.QUEUED and not _is_in_doubt(d, asked)],
        in_doubt=[d for d in chosen if _is_in_doubt(d, asked)],
        unaddressed=[d for d in out if d.row.id not in with_receipt],
    )


def _is_in_doubt(d: Listed, asked: Collection[str]) -> bool:
    """Say whether a delivery may be out and no receipt says so.

    So may one be that a database put back still queues, and a queued repost that was asked for before.
    """
    is_reviewed = any(block.who == restored.RESTORATION for block in d.blocks)
    return d.row.state in _IN_DOUBT or (d.row.state == State.QUEUED and (is_reviewed or d.row.id in asked))


def deliveries_of(desk: Desk, tx: Transaction, target: Target) -> list[Listed]:
    """Return the deliveries that a target means."""
    if isinstance(target, Selection):
        return listed(tx, target, desk.clock())
    return _found(tx, target)


def _found(tx: Transaction, names: Iterable[str]) -> list[Listed]:
    return [found for name in names if (found := deliveries.find(tx, name)) is not None]


def _with_reposts(tx: Transaction, chosen: list[Listed]) -> list[Listed]:
    """Return what is chosen and what reposts it: words that are taken back are passed on by nobody."""
    ids = {d.row.id for d in chosen}
    return [*chosen, *_found(tx, (name for name in reposts.of(tx, ids) if name not in ids))]


def _require_role(desk: Desk, known: Network, accounts: Iterable[str]) -> None:
    missions = {account.rpartition("/")[0] for account in accounts}
    for mission in sorted(missions):
        # A mission that was closed has left its posts behind: they are the ministry's to see to.
        desk.require_role(mission if mission in known.missions else known.root, known)


def _why_by_hand(desk: Desk, copy: Copy) -> str:
    """Return why no program can delete a copy; "" where one can."""
    platform = copy.content.platform
    if platform not in desk.adapters:
        return f"no adapter for {platform} is installed"
    adapter = desk.adapters[platform]
    return "" if adapter.capabilities.can_delete else f"{adapter.title} lets no program delete it"


@dataclass(frozen=True, slots=True)
class Asked:
    """A recall that is written down: what it covers, and which deliveries it has taken out of the queue."""

    scope: Scope
    cancelled: list[str]


def ask(desk: Desk, target: Target, reason: str, *, keep_unsent: bool = False) -> Asked:
    """Write down the wish that what is out be deleted, and cancel what is unsent; in one transaction.

    Safe to repeat: what is deleted already is not wished again.

    Raises:
        NotPermittedError: when the target reaches beyond the acting mission's subtree.
    """
    now = desk.clock()
    wish = Wish(desk.actor.who, reason, now)
    with desk.store.write() as tx:
        scope = _scope(desk, tx, target)
        recalls.ask(tx, scope.wanted, wish)
        for copy in scope.by_hand:
            recalls.settle(tx, Ended(copy, Outcome.REFUSED, _by_hand(desk, copy)), now)
        cancelled = []
        if not keep_unsent:
            # Of what may be out nothing is cancelled: reposts that were asked for become unknown, see `store.in_doubt`.
            asked = in_doubt.among(tx, [d.row.id for d in scope.in_doubt])
            wanted = [*(d.row.id for d in scope.unsent), *sorted(asked)]
            cancelled = deliveries.cancel(tx, wanted, f"recalled: {reason}")
            recalls.keep_back(tx, [d.row.id for d in scope.in_doubt], wish)
        touched = [*dict.fromkeys(copy.delivery for copy in scope.wanted), *cancelled]
        for delivery in [*touched, *(d.row.id for d in scope.in_doubt)]:
            events.record(tx, desk.actor, "recall", delivery, now, {"reason": reason})
        recalls.give_up_keeping_back(tx, touched)
        scope = replace(scope, in_doubt=_found(tx, (d.row.id for d in scope.in_doubt)))
        concerned = {row.campaign for row in (d.row for d in _found(tx, touched))}
    replan.follow(desk, concerned)
    return Asked(scope, cancelled)


def _by_hand(desk: Desk, copy: Copy) -> str:
    return f"{_why_by_hand(desk, copy)}: delete it there, then `crosspost recall {copy.delivery} --deleted-by-hand`"


def unfinished(desk: Desk, selection: Selection) -> list[Copy]:
    """Return what was asked to be deleted and is not known to be, where a program can delete it.

    Raises:
        NotPermittedError: when it reaches beyond the acting mission's subtree.
    """
    with desk.store.read() as tx:
        known = network.load(tx)
        left = recalls.unfinished(tx, selection, known)
    _require_role(desk, known, (copy.account for copy in left))
    return [copy for copy in left if not _why_by_hand(desk, copy)]


def deleted_by_hand(desk: Desk, target: Target, reason: str) -> list[Copy]:
    """Take a person's word that what is out was deleted on the platform; return which posts that is about."""
    now = desk.clock()
    with desk.store.write() as tx:
        scope = _scope(desk, tx, target)
        recalls.ask(tx, scope.wanted, Wish(desk.actor.who, reason, now))
        for copy in scope.wanted:
            recalls.settle(tx, Ended(copy, Outcome.DELETED, f"deleted by hand, says {desk.actor.who}"), now)
            about = {"reason": reason, "url": copy.url}
            events.record(tx, desk.actor, "recall: deleted by hand", copy.delivery, now, about)
    return scope.wanted


def outcomes(desk: Desk, copies: Sequence[Copy]) -> list[Copy]:
    """Return copies as they are on record now."""
    with desk.store.read() as tx:
        found = recalls.copies(tx, list(dict.fromkeys(copy.delivery for copy in copies)))
    asked = {(copy.account, copy.remote_id) for copy in copies}
    return [copy for copy in found if (copy.account, copy.remote_id) in asked]

"""What keeps queued deliveries from leaving although nothing is wrong with them: holds, and paused accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crosspost.domain.delivery import State, occasion
from crosspost.domain.hold import Hold
from crosspost.domain.network import Network
from crosspost.domain.selection import Selection
from crosspost.store import Transaction, holds, network
from crosspost.store.deliveries import Listed
from crosspost.store.tables import Operation


@dataclass(frozen=True, slots=True)
class Stops:
    """The holds in force, and what operation has set."""

    network: Network
    holds: Sequence[Hold]
    operations: Mapping[str, Operation]

    @classmethod
    def standing(cls, tx: Transaction, known: Network, now: datetime) -> Stops:
        """Return the stops as they stand."""
        return cls(known, holds.active(tx, now), network.operations(tx))

    def reason(self, listed: Listed) -> str:
        """Return the holds and the pause that a queued delivery is under, in words."""
        if listed.row.state != State.QUEUED:
            return ""
        said = [f"hold {h.id}: {h.reason}" for h in self.holds if covers(h.scope, listed, self.network)]
        operation = self.operations.get(listed.row.account)
        if operation is not None and operation.paused:
            said.append(f"the account is paused: {operation.paused}")
        return "; ".join(said)

    def told(self, listed: Listed) -> Listed:
        """Return a delivery with what stops it."""
        return replace(listed, stopped=self.reason(listed))


def covers(scope: Selection, listed: Listed, known: Network) -> bool:
    """Say whether a selection lets a delivery through, by the same rules as the queue's own."""
    account = known.accounts.get(listed.row.account)
    row = listed.row
    said = (row.post, occasion(row.post, row.occurrence))
    campaign = {row.campaign, *(f"{row.campaign}/{one}" for one in said)}
    return (
        (account is None or scope.takes(account, known))
        and (not scope.lang or not {*listed.content.languages, listed.row.slot}.isdisjoint(scope.lang))
        and (not scope.campaign or not campaign.isdisjoint(scope.campaign))
    )

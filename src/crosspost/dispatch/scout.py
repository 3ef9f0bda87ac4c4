"""Looks for what can be done ahead, and not more often than is of use: nothing here is urgent."""

from __future__ import annotations

from datetime import datetime, timedelta

from crosspost.store import Transaction, preparations
from crosspost.store.claims import Worker
from crosspost.store.gate import Gate
from crosspost.store.preparations import Ahead, Preparation

#: How long to wait where there was nothing to prepare.
_EVERY = timedelta(milliseconds=500)

#: For how long an account's connection is not opened again.
_WARM_FOR = timedelta(seconds=30)


class Scout:
    """Finds deliveries to prepare, and accounts whose connection is to be opened. Used by the daemon's own thread."""

    def __init__(self, ahead: Ahead) -> None:
        self._ahead = ahead
        self._next: datetime | None = None
        self._warmed: dict[str, datetime] = {}

    def find(self, tx: Transaction, gate: Gate, worker: Worker, now: datetime, most: int) -> list[Preparation]:
        """Lease up to `most` accounts for what can be done ahead for them."""
        if most <= 0 or not self._ahead.window or (self._next and now < self._next <= now + _EVERY):
            return []
        found = preparations.take(tx, gate, worker, self._ahead, now, most)
        self._warmed = {account: at for account, at in self._warmed.items() if at > now - _WARM_FOR}
        found += preparations.to_warm(tx, gate, worker, self._warmed, now, most - len(found))
        self._warmed |= {one.claim.account: now for one in found if one.warms}
        self._next = None if found else now + _EVERY
        return found

"""Budgets: limits that are known beforehand, kept for all daemons together.

A budget's window slides in sixty slices, and is counted with care: a slice counts whole as long as any of it lies
within the window. So no stretch of time of the budget's length ever holds more than `most`, and a unit comes free up to
a sixtieth of the window later than it might. A unit is spent in the transaction that writes the intent, and never given
back: what failed may have counted with the platform all the same.

One app's budget is shared by all its accounts, so turns that spend of it lock it first; an account's is guarded by the
account's lease.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert  # with ON CONFLICT, which SQLite's compiler knows as well

from crosspost.adapter import Budget, Scope
from crosspost.domain.delivery import State
from crosspost.domain.schedule import format_duration
from crosspost.store.claims import Claim
from crosspost.store.engine import Transaction
from crosspost.store.gate import NOW
from crosspost.store.selection import is_in
from crosspost.store.tables import Delivery, Lease, Pace, Spent, core

_spent = core(Spent)
_lease = core(Lease)
_delivery = core(Delivery)

#: The budgets of each platform, by its name.
Budgets = Mapping[str, tuple[Budget, ...]]

_SLICES = 60
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: The slice that holds no count, whose row turns lock before they spend of an app's budget.
_LOCK = -1


@dataclass(frozen=True, slots=True)
class Used:
    """How much of a budget is used up within its window now; `scope` is an account or a platform."""

    scope: str
    budget: Budget
    used: int


class Window:
    """One budget of one account or app, and what was spent in each slice of its window that has not passed."""

    def __init__(self, scope: str, budget: Budget, spent: Mapping[int, int], now: datetime) -> None:
        self.scope, self.budget = scope, budget
        self.span = int(budget.per.total_seconds())
        self.slice = _slice_of(now, budget.per)
        self._spent = {number: used for number, used in spent.items() if number >= self.slice - _SLICES}
        #: What this transaction has spent.
        self.added = 0

    @property
    def used(self) -> int:
        """How much is used up now."""
        return sum(self._spent.values()) + self.added

    @property
    def left(self) -> int:
        """How many posts may still be begun."""
        return max(0, self.budget.most - self.used)

    def pace(self) -> Pace:
        """Return the pace of what is used up: until when, and why."""
        why = f"budget: {self.budget.most} posts in {format_duration(self.budget.per)}"
        return Pace(scope=self.scope, until=self._free_from(), why=why, is_limit=True)

    def _free_from(self) -> datetime:
        """Return when enough of what was spent is out of the window for one more post."""
        surplus = self.used - self.budget.most + 1
        spent = dict(self._spent)
        spent[self.slice] = spent.get(self.slice, 0) + self.added
        for number in sorted(spent):
            surplus -= spent[number]
            if surplus <= 0:
                return _EPOCH + _length(self.budget.per) * (number + _SLICES + 1)
        return _EPOCH + _length(self.budget.per) * (self.slice + 1)


class Ledger:
    """What the budgets have left within one transaction; `settle` writes down what was spent."""

    def __init__(self, budgets: Budgets, windows: Iterable[Window]) -> None:
        self._budgets = budgets
        self._windows: dict[str, list[Window]] = {}
        for window in windows:
            self._windows.setdefault(window.scope, []).append(window)

    @classmethod
    def open(cls, tx: Transaction, budgets: Budgets, asking: Collection[Claim], now: datetime) -> Ledger:
        """Read what is left, and lock what the posts of these claims may spend of until the transaction ends."""
        if not budgets:
            return cls({}, ())
        wanted = _wanted(budgets, asking)
        _lock(tx, budgets, {claim.platform for claim in asking})
        spent = _read(tx, {scope for scope, _ in wanted})
        return cls(
            budgets, (Window(scope, budget, spent.get(_key(scope, budget), {}), now) for scope, budget in wanted)
        )

    def exhausted(self, claim: Claim) -> Pace | None:
        """Return the pace of the budget that keeps a post from being begun, if one does."""
        windows = self._of(claim)
        empty = [window.pace() for window in windows if not window.left]
        return max(empty, key=lambda pace: pace.until or _EPOCH, default=None)

    def spend(self, claim: Claim) -> None:
        """Spend one unit of every budget that a post counts against."""
        for window in self._of(claim):
            window.added += 1

    def left(self, platform: str) -> int | None:
        """Return how many posts a platform's app may still begin; None where it has no budget."""
        return min((window.left for window in self._windows.get(platform, ())), default=None)

    def settle(self, tx: Transaction) -> list[Pace]:
        """Write down what was spent, and return the paces of what is used up."""
        windows = [window for several in self._windows.values() for window in several]
        # By row, since two budgets of one length are counted in the same slices.
        spent = {(w.scope, w.span, w.slice): w.added for w in windows if w.added}
        if spent:
            names = ("scope", "span", "slice")
            tx.execute(_ADD, [dict(zip(names, key, strict=True)) | {"used": spent[key]} for key in sorted(spent)])
        return [window.pace() for window in windows if not window.left]

    def _of(self, claim: Claim) -> list[Window]:
        return [*self._windows.get(claim.platform, ()), *self._windows.get(claim.account, ())]


def used(tx: Transaction, budgets: Budgets, now: datetime) -> list[Used]:
    """Return how much of each budget is used up that anything was spent of, and of every app's."""
    rows = tx.execute(select(_spent.c.scope).where(_spent.c.slice != _LOCK).distinct().order_by(_spent.c.scope))
    spent = _read(tx, (scopes := set(rows.scalars())))
    found = []
    for platform, several in budgets.items():
        for budget in several:
            of_app = budget.scope is Scope.APP
            whose = [platform] if of_app else sorted(s for s in scopes if s.endswith(f"/{platform}"))
            windows = (Window(scope, budget, spent.get(_key(scope, budget), {}), now) for scope in whose)
            found += [Used(w.scope, budget, w.used) for w in windows if of_app or w.used]
    return found


_IN_HAND = (
    select(func.count())
    .select_from(_lease)
    .where(
        _lease.c.owner != "",
        _lease.c.until > NOW,
        _lease.c.account.endswith(bindparam("ending")),
        # What is on the wire has been counted when it began.
        ~exists().where(_delivery.c.account == _lease.c.account, is_in(State.SENDING)),
    )
)


def in_hand(tx: Transaction, platform: str, now: datetime) -> int:
    """Return how many of a platform's accounts are leased, by any daemon, for posts that have not begun."""
    return int(tx.execute(_IN_HAND, {"ending": f"/{platform}", "now": now}).scalar_one())


def forget(tx: Transaction, now: datetime) -> None:
    """Remove what is outside of every window; the longest it can still count is two lengths of its own."""
    for span in tx.execute(select(_spent.c.span).where(_spent.c.slice != _LOCK).distinct()).scalars().all():
        per = timedelta(seconds=span)
        old = _slice_of(now, per) - 2 * _SLICES
        tx.execute(delete(_spent).where(_spent.c.span == span, _spent.c.slice < old))


_NEW = insert(_spent)
_ADD = _NEW.on_conflict_do_update(
    index_elements=[_spent.c.scope, _spent.c.span, _spent.c.slice],
    set_={"used": _spent.c.used + _NEW.excluded.used},
)
_TAKE_LOCK = _NEW.on_conflict_do_update(
    index_elements=[_spent.c.scope, _spent.c.span, _spent.c.slice], set_={"used": _NEW.excluded.used}
)
_SPENT = select(_spent).where(
    _spent.c.scope.in_(bindparam("those", expanding=True)),
    _spent.c.slice != _LOCK,
)


def _lock(tx: Transaction, budgets: Budgets, platforms: Collection[str]) -> None:
    apps = sorted(p for p in platforms if any(b.scope is Scope.APP for b in budgets.get(p, ())))
    if apps:
        tx.execute(_TAKE_LOCK, [{"scope": app, "span": 0, "slice": _LOCK, "used": 0} for app in apps])


def _wanted(budgets: Budgets, asking: Collection[Claim]) -> list[tuple[str, Budget]]:
    """Return whose budgets are to be read: every app's, and those of the accounts that ask."""
    apps = [(platform, b) for platform, several in budgets.items() for b in several if b.scope is Scope.APP]
    accounts = {claim.account: claim.platform for claim in asking}
    own = [(a, b) for a, p in accounts.items() for b in budgets.get(p, ()) if b.scope is Scope.ACCOUNT]
    return apps + own


def _read(tx: Transaction, scopes: Collection[str]) -> dict[tuple[str, int], dict[int, int]]:
    found: dict[tuple[str, int], dict[int, int]] = {}
    for row in tx.execute(_SPENT, {"those": sorted(scopes)}) if scopes else ():
        found.setdefault((row.scope, row.span), {})[row.slice] = row.used
    return found


def _key(scope: str, budget: Budget) -> tuple[str, int]:
    return scope, int(budget.per.total_seconds())


def _length(per: timedelta) -> timedelta:
    """Return the length of a slice: a sixtieth, rounded up, so that sixty are never shorter than the window."""
    return -(-per // _MICROSECOND // _SLICES) * _MICROSECOND


def _slice_of(instant: datetime, per: timedelta) -> int:
    return (instant - _EPOCH) // _length(per)

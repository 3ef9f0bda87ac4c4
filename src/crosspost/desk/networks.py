"""The network at the desk: compare a new version with the one in use, and take it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

from crosspost.desk import replan, singles
from crosspost.desk.desk import Desk
from crosspost.desk.replan import Outcome, Snapshot
from crosspost.domain.hours import GAP, QUIET, SLOTS, parse_quiet
from crosspost.domain.network import Account, Mission, Network
from crosspost.domain.schedule import format_duration
from crosspost.errors import ConflictError, UsageError
from crosspost.store import Transaction, deliveries, events, network
from crosspost.store.tables import Operation

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class NetworkDifference:
    """What a new version of the network changes, in lines that people read."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.added or self.changed or self.removed)


def compare(old: Network, new: Network) -> NetworkDifference:
    """Return what the new version changes."""
    before: dict[str, Mission | Account] = {**old.missions, **old.accounts}
    after: dict[str, Mission | Account] = {**new.missions, **new.accounts}
    changed = [
        f"{key}: {', '.join(_fields(before[key], after[key]))}"
        for key in after
        if key in before and before[key] != after[key]
    ]
    return NetworkDifference(
        tuple(key for key in after if key not in before),
        tuple(changed),
        tuple(key for key in before if key not in after),
    )


def _fields(old: Mission | Account, new: Mission | Account) -> list[str]:
    before, after = asdict(old), asdict(new)
    changed = [name for name in after if before[name] != after[name]]
    return [f"{name} {_said(name, before[name])} → {_said(name, after[name])}" for name in changed]


#: What counts of a mission where the network says nothing.
_USUAL = {
    "quiet": str(QUIET),
    "slots": " ".join(f"{hour:%H:%M}" for hour in SLOTS),
    "gap": format_duration(GAP),
}


def _said(name: str, value: object) -> str:
    said = " ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    if name == "quiet" and said and not parse_quiet(said):
        return "none at all"
    return said or (f"as usual ({_USUAL[name]})" if name in _USUAL else "none")


@dataclass(frozen=True)
class TakeOver:
    """The change that a new version of the network makes. New accounts join enabled only where nothing is real."""

    desk: Desk
    new: Network
    number: int

    @property
    def _first_state(self) -> str:
        return "enabled" if self.desk.config.mode == "sandbox" else "new"

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation in the new network."""
        joining = {
            account: Operation(account=account, state=self._first_state)
            for account in self.new.accounts
            if account not in before.operations
        }
        return replace(before, network=self.new, operations={**joining, **before.operations})

    def write(self, tx: Transaction) -> None:
        """Write the network, unless somebody else has written one since it was compared."""
        if network.number(tx) != self.number:
            raise ConflictError("the network was changed by somebody else meanwhile: look at the difference again")
        before = network.load(tx).accounts
        gone = [account for account in before if account not in self.new.accounts]
        deliveries.cancel_single(tx, gone, "the account is no longer in the network")
        for account in self.new.accounts.values():
            if account.id in before and before[account.id].handle != account.handle:
                network.operate(tx, account.id, fingerprint="", identity="")  # it was confirmed as somebody else's
        network.save(tx, self.new)
        network.join(tx, self.new.accounts, self._first_state)
        singles.follow(tx, self.desk.clock())  # missions may keep other hours, or live on other days
        events.record(tx, self.desk.actor, "network import", "network", self.desk.clock())


@dataclass(frozen=True, slots=True)
class Proposal:
    """A new version of the network beside the one in use, and what it would do to the queue."""

    difference: NetworkDifference
    change: TakeOver
    outcomes: Mapping[str, Outcome]


def propose(desk: Desk, new: Network) -> Proposal:
    """Return what taking over a new version of the network would do. Nothing is changed."""
    with desk.store.read() as tx:
        old, number = network.load(tx), network.number(tx)
    change = TakeOver(desk, new, number)
    return Proposal(compare(old, new), change, replan.preview_all(desk, change))


def merged(old: Network, new: Network) -> Network:
    """Return the new version with what it no longer names kept as it was."""
    return Network(
        {**new.missions, **_kept(old.missions, new.missions)}, {**new.accounts, **_kept(old.accounts, new.accounts)}
    )


def _kept(old: Mapping[str, _T], new: Mapping[str, _T]) -> dict[str, _T]:
    return {key: value for key, value in old.items() if key not in new}


def take_over(desk: Desk, proposal: Proposal) -> Mapping[str, Outcome]:
    """Take over a new version of the network; what operation has set stays.

    Raises:
        ConflictError: when the network in use is no longer the one that was compared.
    """
    if proposal.change.number:
        desk.require_role(desk.network().root, desk.network())
    return replan.commit(desk, None, proposal.change)


def with_mission(old: Network, mission: Mission, accounts: list[Account]) -> Network:
    """Return the network with one mission and its accounts added, or changed.

    Raises:
        UsageError: when its parent is not there, or is below it, or a second root would arise.
    """
    if mission.parent and mission.parent not in old.missions:
        raise UsageError(f"there is no mission {mission.parent!r} to be its parent")
    if mission.parent and old.is_within(mission.parent, mission.id):
        raise UsageError(f"{mission.parent} is {mission.id} itself or below it, and cannot be its parent")
    if not mission.parent and old.root not in {"", mission.id}:
        raise UsageError(f"name its parent: the root is {old.root}")
    return Network({**old.missions, mission.id: mission}, {**old.accounts, **{a.id: a for a in accounts}})

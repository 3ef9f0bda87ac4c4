"""Accounts at the desk: whose credential is it, and may the account speak?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crosspost.adapter import NotSent
from crosspost.desk import replan
from crosspost.desk.desk import Desk
from crosspost.desk.replan import Outcome, Snapshot
from crosspost.domain.network import Account
from crosspost.errors import CrosspostError, UsageError
from crosspost.plugins import Doors
from crosspost.store import Transaction, deliveries, events, network, paces
from crosspost.store.tables import Operation, Pace

NEW = "new"
ENABLED = "enabled"
RETIRED = "retired"

_WORDS_ON_PAUSE = frozenset({"account pause", "account resume", "account enable"})


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """An account and what operation has set for it. `state` is `new`, `enabled`, `paused` or `retired`."""

    account: Account
    operation: Operation
    languages: tuple[str, ...]

    @property
    def state(self) -> str:
        """The state as it is said to people."""
        return "paused" if self.operation.state == ENABLED and self.operation.paused else self.operation.state


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """What asking the platform came to: whose credential it is, or why it cannot be used.

    Where the platform could not be asked (`was_asked` is false), nothing follows for the account.
    """

    account: str
    is_right: bool
    said: str
    fingerprint: str = ""
    was_asked: bool = True


def every(desk: Desk) -> list[AccountStatus]:
    """Return all accounts in tree order."""
    with desk.store.read() as tx:
        known, operations = network.load(tx), network.operations(tx)
    return [
        AccountStatus(a, operations.get(a.id, Operation(account=a.id)), known.languages_of(a))
        for a in known.accounts_in_order()
    ]


def stopped_apps(desk: Desk) -> list[Pace]:
    """Return the accounts and apps that have to wait, and why."""
    with desk.store.read() as tx:
        return [p for p in paces.every(tx) if p.until is None or p.until > desk.clock()]


@dataclass(frozen=True)
class Operate:
    """The change that an act of operation makes, for some accounts: their state, pause, or confirmed credential."""

    desk: Desk
    action: str
    changes: Mapping[str, Mapping[str, str]]

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation with the accounts so."""
        operations = dict(before.operations)
        for account, fields in self.changes.items():
            kept = operations.get(account) or Operation(account=account)
            operations[account] = kept.model_copy(update=dict(fields))
        return replace(before, operations=operations)

    def write(self, tx: Transaction) -> None:
        """Write it and the record."""
        now = self.desk.clock()
        network.join(tx, self.changes, NEW)
        for account, fields in self.changes.items():
            verified = {"verified_at": now} if "fingerprint" in fields else {}
            network.operate(tx, account, **fields, **verified)
            if fields.get("state") == RETIRED:
                deliveries.cancel_single(tx, [account], "the account is retired")
            events.record(
                tx, self.desk.actor, f"account {self.action}", account, now, {"why": fields.get("paused", "")}
            )


def check(desk: Desk, doors: Doors, accounts: Sequence[Account]) -> tuple[list[AccountCheck], dict[str, Outcome]]:
    """Ask each platform whose credential it is. What matches is enabled if it was new; what does not is paused.

    What crosspost itself has paused goes on once its credential is right; what a person has paused stays so.
    """
    known = desk.network()
    for account in accounts:
        desk.require_role(account.mission, known)
    results = [_checked(doors, account) for account in accounts]
    with desk.store.read() as tx:
        operations = network.operations(tx)
        by_person = {account.id for account in accounts if _is_paused_by_person(tx, account.id)}
    changes: dict[str, dict[str, str]] = {}
    for result in (result for result in results if result.was_asked):
        before = operations.get(result.account) or Operation(account=result.account)
        if not result.is_right:
            changes[result.account] = {"paused": result.said} if result.account not in by_person else {}
        else:
            changes[result.account] = {"fingerprint": result.fingerprint, "identity": result.said}
            if result.account not in by_person:
                changes[result.account]["paused"] = ""
            if before.state == NEW:
                changes[result.account]["state"] = ENABLED
    outcomes = replan.commit(desk, None, Operate(desk, "check", changes)) if changes else {}
    return results, outcomes


def _is_paused_by_person(tx: Transaction, account: str) -> bool:
    """Say whether a person has paused the account and none has let it go on since."""
    said = [event["action"] for event in events.about(tx, account) if event["action"] in _WORDS_ON_PAUSE]
    return said[-1:] == ["account pause"]


def _checked(doors: Doors, account: Account) -> AccountCheck:
    try:
        connection, fingerprint = doors.open(account.id)
        identity = connection.whoami()
    except NotSent as failure:
        return AccountCheck(account.id, is_right=False, said=str(failure), was_asked=False)
    except CrosspostError as error:
        return AccountCheck(account.id, is_right=False, said=str(error))
    if identity.is_called(account.handle):
        return AccountCheck(
            account.id, is_right=True, said=f"{identity.handle} ({identity.id})", fingerprint=fingerprint
        )
    said = f"the credential is {identity.handle}'s, and the account is {account.handle}"
    return AccountCheck(account.id, is_right=False, said=said)


def pause(desk: Desk, accounts: Sequence[str], reason: str) -> dict[str, Outcome]:
    """Stop accounts until they are resumed; their queue stays."""
    return _operate(desk, "pause", accounts, {"paused": reason})


def resume(desk: Desk, accounts: Sequence[str]) -> dict[str, Outcome]:
    """Let paused accounts go on."""
    outcomes = _operate(desk, "resume", accounts, {"paused": ""})
    with desk.store.write() as tx:
        for account in accounts:
            paces.clear(tx, account)
    return outcomes


def resume_app(desk: Desk, platform: str) -> bool:
    """Let the app of a platform go on; say whether it had been stopped."""
    desk.require_role(desk.network().root, desk.network())
    with desk.store.write() as tx:
        events.record(tx, desk.actor, "resume", platform, desk.clock())
        return paces.clear(tx, platform)


def enable(desk: Desk, accounts: Sequence[str]) -> dict[str, Outcome]:
    """Let accounts speak whose credential was confirmed; they inherit what is still to come, never the past.

    Raises:
        UsageError: for an account whose credential was never confirmed.
    """
    with desk.store.read() as tx:
        operations = network.operations(tx)
    unconfirmed = [a for a in accounts if a not in operations or not operations[a].fingerprint]
    if unconfirmed and desk.config.mode != "sandbox":
        raise UsageError(f"ask first whose credential it is: `crosspost account check {' '.join(unconfirmed[:3])}`")
    return _operate(desk, "enable", accounts, {"state": ENABLED, "paused": ""})


def retire(desk: Desk, accounts: Sequence[str]) -> dict[str, Outcome]:
    """Close accounts until they are enabled again: nothing is planned for them, and what is queued is cancelled."""
    return _operate(desk, "retire", accounts, {"state": RETIRED})


def _operate(desk: Desk, action: str, accounts: Sequence[str], fields: Mapping[str, str]) -> dict[str, Outcome]:
    known = desk.network()
    with desk.store.read() as tx:
        operations = network.operations(tx)
    for account in accounts:
        if action == "resume" and account in operations and operations[account].state == RETIRED:
            raise UsageError(f"{account} is retired: `crosspost account enable` opens it again")
        if account not in known.accounts:
            raise UsageError(f"there is no account {account!r}: `crosspost account list` shows them")
        desk.require_role(known.accounts[account].mission, known)
    return replan.commit(desk, None, Operate(desk, action, dict.fromkeys(accounts, fields)))

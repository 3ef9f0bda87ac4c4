"""The network and what operation has set, in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from crosspost.domain.network import Account, Mission, Network
from crosspost.store.engine import Transaction
from crosspost.store.tables import Lease, Meta, Operation, account, core, mission

_NUMBER = "network_number"
_operation = core(Operation)
_meta = core(Meta)
_lease = core(Lease)

#: The end of a lease that nobody has ever held.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def number(tx: Transaction) -> int:
    """Return the number of the last change to the network, an account's state, a closed day or a blackout.

    Who keeps a copy compares it.
    """
    found = tx.execute(select(_meta.c.value).where(_meta.c.name == _NUMBER)).scalar()
    return int(found or 0)


def load(tx: Transaction) -> Network:
    """Return the network as last written."""
    missions = [Mission(**_fields(row)) for row in tx.execute(select(mission).order_by(mission.c.position))]
    accounts = [Account(**_fields(row)) for row in tx.execute(select(account).order_by(account.c.position))]
    return Network({m.id: m for m in missions}, {a.id: a for a in accounts})


def save(tx: Transaction, network: Network) -> None:
    """Write the whole network; what operation has set stays, also for accounts that are no longer in it."""
    tx.execute(delete(account))
    tx.execute(delete(mission))
    if network.missions:
        tx.execute(insert(mission), _numbered(asdict(m) for m in network.missions.values()))
    if network.accounts:
        tx.execute(insert(account), _numbered(asdict(a) for a in network.accounts.values()))
    advance(tx)


def advance(tx: Transaction) -> None:
    """Give the network the next number: something that plans depend on has changed, beside the plans' own."""
    before = number(tx)
    if before:
        tx.execute(update(_meta).where(_meta.c.name == _NUMBER).values(value=str(before + 1)))
    else:
        tx.execute(insert(_meta).values(name=_NUMBER, value="1"))


def operations(tx: Transaction) -> Mapping[str, Operation]:
    """Return what operation has set, by account."""
    return {row.account: Operation(**row._mapping) for row in tx.execute(select(_operation))}


def join(tx: Transaction, accounts: Iterable[str], state: str) -> None:
    """Give each account that operation does not know yet its first state, and a lease that nobody holds."""
    known = set(tx.execute(select(_operation.c.account)).scalars())
    rows = [{"account": a, "state": state, "paused": "", "fingerprint": "", "identity": ""} for a in accounts]
    new = [row for row in rows if row["account"] not in known]
    if new:
        tx.execute(insert(_operation), new)
        tx.execute(
            insert(_lease), [{"account": row["account"], "owner": "", "fence": 0, "until": NEVER} for row in new]
        )


def operate(tx: Transaction, account_id: str, **changes: str | datetime | None) -> None:
    """Set what operation decides about an account: `state`, `paused`, or the credential that was confirmed."""
    tx.execute(update(_operation).where(_operation.c.account == account_id).values(**changes))
    if "state" in changes:
        advance(tx)


def _fields(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name != "position"}


def _numbered(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"position": position} for position, row in enumerate(rows)]

"""The doctor asks the platforms: whose is each credential? It asks alone, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from crosspost.desk.doctor.patient import Diagnosis, Patient, error, ok, warning
from crosspost.domain.network import Account
from crosspost.errors import CrosspostError
from crosspost.plugins import Doors

#: How many accounts are asked for at the same time.
_AT_ONCE = 8


def ask(patient: Patient, accounts: list[Account]) -> Iterator[Diagnosis]:
    """Yield, for each account, whose credential it is; in the order given."""
    config = patient.config
    doors = Doors(patient.secrets, config.base_url, config.daemon.request_timeout.total_seconds())
    try:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="asking") as pool:
            yield from pool.map(lambda account: _asked(doors, account), accounts)
    finally:
        doors.close()


def _asked(doors: Doors, account: Account) -> Diagnosis:
    try:
        connection, _ = doors.open(account.id)
        identity = connection.whoami()
    except CrosspostError as failure:
        return error("whoami", f"{account.id}: {failure}", f"settle it, then crosspost account check {account.id}")
    except Exception as failure:  # noqa: BLE001 - its text may hold a secret
        return warning("whoami", f"{account.id}: the adapter broke: {type(failure).__name__}; see its maintainer")
    if not identity.is_called(account.handle):
        said = f"{account.id}: the credential is {identity.handle}'s, and the account is {account.handle}"
        return error("whoami", said, "put the right one in place, then crosspost account check " + account.id)
    return ok("whoami", f"{account.id}: {identity.handle}")

"""The doctor: looks at everything that sending hangs on, each thing by itself, and says what to do where it is ill.

It must serve on a set-up that is broken, so no check stands in another's way: what one needs and is not there, it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crosspost.desk.doctor import database, queue, setup
from crosspost.desk.doctor.patient import Diagnosis, Level, Patient, error
from crosspost.errors import ConfigurationError, CrosspostError

Check = Callable[[Patient], Iterator[Diagnosis]]

#: Every check by its name, in the order in which they are said.
CHECKS: dict[str, Check] = {
    "config": setup.config,
    "zone data": setup.zone_data,
    "adapters": setup.adapters,
    "disk": setup.disk,
    "database": database.opens,
    "home": database.at_home,
    "integrity": database.integrity,
    "writable": database.writable,
    "clock": database.clock,
    "credentials": setup.credentials,
    "daemon": queue.daemon,
    "queue": queue.overdue,
    "times": queue.instants,
    "person": queue.matters,
    "budgets": queue.budgets,
    "media": queue.media,
}

__all__ = ["CHECKS", "Diagnosis", "Level", "Patient", "examine"]


def examine(patient: Patient) -> Iterator[Diagnosis]:
    """Yield what each check has found, as soon as it has."""
    for name, check in CHECKS.items():
        try:
            yield from check(patient)
        except ConfigurationError as failure:
            found = "; ".join(f"{f.place}: {f.message}" if f.place else f.message for f in failure.findings)
            yield error(name, f"{failure}: {found}" if found else str(failure))
        except CrosspostError as failure:
            yield error(name, str(failure))
        except Exception as failure:  # noqa: BLE001 - on a broken set-up anything may be raised; the others go on
            yield error(name, f"the check itself broke: {type(failure).__name__}: {failure}")

"""The doctor on the database: can it be opened, is it sound, can it be written to, and whose clock is wrong?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from crosspost.desk.doctor.patient import Diagnosis, Patient, error, ok, warning
from crosspost.errors import StoreError
from crosspost.store import home, restored, soundness
from crosspost.store.schema import HEAD
from crosspost.store.sqlite import sqlite_path

#: What two clocks may differ by before it is said; and how far in the future a record may be.
CLOCKS_DIFFER, AHEAD = timedelta(seconds=5), timedelta(seconds=60)


def opens(patient: Patient) -> Iterator[Diagnosis]:
    """It can be opened, and is of this version's schema and of the configuration's mode."""
    store = patient.opened
    with store.read() as tx:
        size = soundness.size(tx)
    yield ok("database", f"{store.address}, schema {HEAD}, {size / 1024**2:.1f} MB")


def at_home(patient: Patient) -> Iterator[Diagnosis]:
    """It is not a copy, which would say everything twice, and was not put back from one unseen."""
    store = patient.store
    with store.read() as tx:
        own, behind = home.of(tx), restored.pending(tx)
    if behind:
        yield warning("home", f"it may be behind what was sent: {behind}", "the daemon looks before it sends")
    place = home.here(store.path) if store.path else None
    if own and place and home.standing(own, place) is home.Standing.ELSEWHERE:
        do = "the other one sends; if it has stopped for good: crosspost daemon --adopt"
        yield error("home", home.why_not(own, place), do)
    elif not behind:
        yield ok("home", f"it is at home here, {place}" if place else "it is a server's, for many machines")


def integrity(patient: Patient) -> Iterator[Diagnosis]:
    """Its pages are sound."""
    with patient.store.read() as tx:
        found = soundness.faults(tx)
    for fault in found:
        yield error("integrity", fault, "stop the daemon, keep a copy of the file, and restore the last good backup")
    if not found:
        yield ok("integrity", "the database finds nothing wrong with itself")


def writable(patient: Patient) -> Iterator[Diagnosis]:
    """This user may write to it, and to the folder beside it that SQLite needs."""
    path = sqlite_path(patient.config.database_url)
    for each in (path, path.parent) if path else ():
        if not os.access(each, os.W_OK):
            raise StoreError(f"{each} cannot be written: nothing can be recorded, so nothing is sent; see its owner")
    with patient.store.write():
        pass
    yield ok("writable", "a writer gets its turn")


def clock(patient: Patient) -> Iterator[Diagnosis]:
    """The clocks agree, and no record bears a time that is still to come."""
    store = patient.store
    with store.read() as tx:
        here = datetime.now(UTC)
        now, newest = store.now(tx, lambda: here), soundness.newest(tx)
    apart = abs(now - here)
    if apart > CLOCKS_DIFFER:
        said = f"this machine's clock and the database's differ by {apart.total_seconds():.0f} s"
        yield warning("clock", said, "set them by NTP; what is due goes by the database's")
    if newest is not None and newest - now > AHEAD:
        said = f"the newest record is of {newest:%Y-%m-%d %H:%M:%S} UTC, which is still to come"
        yield error("clock", said, "this machine's clock has jumped: set it by NTP before anything is sent")
    elif apart <= CLOCKS_DIFFER:
        yield ok("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, and no record is from the future")

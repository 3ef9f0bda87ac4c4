"""The doctor on what stands beside the database: configuration, zone data, adapters, disk, credentials."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from crosspost.desk.doctor.patient import Diagnosis, MissingError, Patient, error, ok, warning
from crosspost.domain import zones
from crosspost.errors import ConfigurationError, PluginError
from crosspost.plugins import adapter_names, load_adapter
from crosspost.store.sqlite import sqlite_path

#: Free disk space, in bytes, below which it is said, and below which it is an error.
LOW, TOO_LOW = 2 * 1024**3, 256 * 1024**2

#: From how many days on zone data are old, counted from the end of the year that they came out in.
OLD = 90

#: How many names are said where many have the same trouble.
_NAMED = 5


def config(patient: Patient) -> Iterator[Diagnosis]:
    """The configuration can be read; which mode it sets."""
    found = patient.config
    yield ok("config", f"{found.path}, {found.mode} mode")
    if not found.campaigns.is_dir():
        yield warning("config", f"there is no folder {found.campaigns}", "mend `campaigns` in config.toml, or make it")


def zone_data(patient: Patient) -> Iterator[Diagnosis]:
    """The zone data are the package's own, and not years old."""
    version = zones.data_version()
    age = zones.least_age(version, patient.now().date())
    if age > OLD:
        said = f"tzdata {version}, {zones.told(version)}, is {age} days old or more, and several come out each year"
        do = "pip install --upgrade tzdata, then start the daemon anew: countries change their clocks at short notice"
        yield warning("zone data", said, do)
    else:
        yield ok("zone data", f"tzdata {version}, {zones.told(version)}, from the package and not from the machine")
    if patient.has_store:
        yield from _unknown_zones(patient, version)


def _unknown_zones(patient: Patient, version: str) -> Iterator[Diagnosis]:
    """Yield the zones of missions that the data do not have: they may be older than the network."""
    wanted = {mission.timezone: mission.id for mission in patient.network.missions.values() if mission.timezone}
    for name in sorted(wanted):
        try:
            zones.zone(name)
        except zones.UnknownZoneError:
            said = f"tzdata {version} has no zone {name}, which is that of {wanted[name]}: it cannot be planned for"
            yield error("zone data", said, "pip install --upgrade tzdata, or mend the network")


def adapters(patient: Patient) -> Iterator[Diagnosis]:
    """Every adapter loads, and every account that may speak has one."""
    loaded = set()
    for name in sorted({info.name for info in adapter_names()}):
        try:
            adapter = load_adapter(name)
        except PluginError as failure:
            yield error("adapters", str(failure))
            continue
        loaded.add(name)
        if adapter.stub and patient.has_config and patient.config.mode == "live":
            yield warning("adapters", f"{name} is not the real thing: {adapter.stub}")
    yield ok("adapters", f"{', '.join(sorted(loaded)) or 'none'} can be loaded")
    wanted = {account.platform for account in patient.enabled} if patient.has_store else set()
    for name in sorted(wanted - loaded):
        yield error("adapters", f"accounts on {name} may speak, and it has no adapter", "install one, or retire them")


def disk(patient: Patient) -> Iterator[Diagnosis]:
    """There is room where the database and the images are kept."""
    database = sqlite_path(patient.config.database_url)
    folders = [
        _standing(folder) for folder in (database.parent if database else patient.config.folder, patient.config.media)
    ]
    for folder in {folder.stat().st_dev: folder for folder in reversed(folders)}.values():
        free = shutil.disk_usage(folder).free
        said = f"{_gigabytes(free)} free at {folder}"
        if free < LOW:
            level = error if free < TOO_LOW else warning
            yield level("disk", said, "make room: when the disk is full nothing can be recorded, so nothing is sent")
        else:
            yield ok("disk", said)


def _standing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.is_dir())


def _gigabytes(size: int) -> str:
    return f"{size / 1024**3:.1f} GB"


def credentials(patient: Patient) -> Iterator[Diagnosis]:
    """The file is for its owner alone, and every account that may speak has what its adapter needs."""
    secrets = patient.secrets
    secrets.table("")  # raises where the file is missing, open to others, or no TOML
    path = patient.config.folder / "credentials.toml"
    if os.geteuid() not in {0, path.stat().st_uid}:
        yield warning("credentials", f"{path.name} belongs to another user", "let the daemon's user own it")
    if not patient.has_store:
        raise MissingError("the file can be read; who has one was not looked at, since the database cannot be opened")
    missing: dict[str, str] = {}
    for account in patient.enabled:
        try:
            adapter = load_adapter(account.platform)
            secrets.for_app(account.platform, adapter.app_keys)
            secrets.for_account(account.id, adapter.account_keys)
        except PluginError:
            continue  # the check of the adapters says so
        except ConfigurationError as failure:
            missing[account.id] = str(failure)
    yield from _said(missing, len(patient.enabled))


def _said(missing: dict[str, str], enabled: int) -> Iterator[Diagnosis]:
    for account in list(missing)[:_NAMED]:
        yield error("credentials", f"{account}: {missing[account]}")
    if len(missing) > _NAMED:
        yield error("credentials", f"and {len(missing) - _NAMED} more accounts lack theirs")
    if not missing:
        yield ok("credentials", f"all {enabled} accounts that may speak have one")

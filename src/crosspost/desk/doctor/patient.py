"""What the doctor looks at, opened part by part, and what the doctor says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from crosspost.domain.network import Account, Network
from crosspost.errors import CrosspostError
from crosspost.files.config import Config, load_config
from crosspost.files.credentials import Credentials
from crosspost.store import Store, network
from crosspost.store.media import MediaStore


class Level(StrEnum):
    """How it stands with one thing."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one check says: the thing, how it stands, what was seen, and what to do."""

    check: str
    level: Level
    said: str
    do: str = ""


def ok(check: str, said: str) -> Diagnosis:
    """Return that a thing is well."""
    return Diagnosis(check, Level.OK, said)


def warning(check: str, said: str, do: str = "") -> Diagnosis:
    """Return that a thing will make trouble."""
    return Diagnosis(check, Level.WARNING, said, do)


def error(check: str, said: str, do: str = "") -> Diagnosis:
    """Return that a thing is broken, or waits for a person."""
    return Diagnosis(check, Level.ERROR, said, do)


class MissingError(CrosspostError):
    """Raised where a check needs what another one has already found to be broken."""


class Patient:
    """A set-up under examination. Each part is opened when it is first asked for, and may turn out to be broken."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def config(self) -> Config:
        """The configuration; raises a `ConfigurationError`."""
        return load_config(self._path)

    @cached_property
    def has_config(self) -> bool:
        """Whether the configuration can be read."""
        try:
            _ = self.config
        except CrosspostError:
            return False
        return True

    @cached_property
    def opened(self) -> Store:
        """The database; raises a `StoreError`."""
        return Store.open(self.config.database_url, self.config.mode)

    @cached_property
    def has_store(self) -> bool:
        """Whether the database can be used."""
        try:
            _ = self.opened
        except Exception:  # noqa: BLE001 - the check of the database says what it is
            return False
        return True

    @property
    def store(self) -> Store:
        """The database, for checks of what is in it.

        Raises:
            MissingError: when it cannot be opened; the check of the database says why.
        """
        if not self.has_store:
            raise MissingError("not looked at, since the database cannot be opened")
        return self.opened

    @property
    def media(self) -> MediaStore:
        """The images of queued posts."""
        return MediaStore(self.config.media)

    @cached_property
    def secrets(self) -> Credentials:
        """The credentials beside the configuration."""
        return Credentials(self.config.folder / "credentials.toml")

    @cached_property
    def network(self) -> Network:
        """The network as it stands in the database."""
        with self.store.read() as tx:
            return network.load(tx)

    @cached_property
    def enabled(self) -> list[Account]:
        """The accounts that may speak, in tree order."""
        with self.store.read() as tx:
            operations = network.operations(tx)
        is_open = {account for account, operation in operations.items() if operation.state == "enabled"}
        return [account for account in self.network.accounts_in_order() if account.id in is_open]

    def now(self) -> datetime:
        """Return the present by the clock that sending goes by: the database's, or this machine's without one."""
        return self.opened.clock() if self.has_store else datetime.now(UTC)

    def close(self) -> None:
        """Let go of the database."""
        if "opened" in vars(self):
            self.opened.close()

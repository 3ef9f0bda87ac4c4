"""What every command shares: the global options, and the desk that is opened when a command needs it."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from crosspost.cli import output

if TYPE_CHECKING:
    from crosspost.desk.desk import Desk
    from crosspost.files.config import Config
    from crosspost.files.credentials import Credentials
    from crosspost.plugins import Doors
    from crosspost.store import Store


def utc_now() -> datetime:
    """Return the present, in UTC; the one place where the program reads the clock."""
    return datetime.now(UTC)


@dataclass
class Session:
    """One run of the command line. Nothing is opened before it is used, so `--help` stays quick."""

    config_option: Path | None = None
    acting_as: str = ""
    machine_readable: bool = False
    #: Whether the command speaks to the platforms, and so asks itself whether the database is at home.
    sends: bool = False

    @cached_property
    def config(self) -> Config:
        """The configuration; the first use says which mode it is."""
        from crosspost.files.config import find_config, load_config

        config = load_config(find_config(self.config_option))
        output.mode(config.mode, machine_readable=self.machine_readable)
        return config

    @cached_property
    def store(self) -> Store:
        """The database."""
        from crosspost.store import Store
        from crosspost.store.arrival import away

        opened = Store.open(self.config.database_url, self.config.mode)
        if not self.sends and (warning := away(opened)):
            output.complain(warning)
        return opened

    @cached_property
    def desk(self) -> Desk:
        """The desk, with the acting mission as `--as` or the configuration says."""
        from crosspost.desk.desk import Adapters, Desk
        from crosspost.store.events import Actor
        from crosspost.store.media import MediaStore

        role = self.acting_as or self.config.acting_as
        return Desk(
            config=self.config,
            store=self.store,
            media=MediaStore(self.config.media),
            actor=Actor(getpass.getuser(), role),
            clock=self.store.clock,
            adapters=Adapters(),
        )

    @property
    def typed(self) -> str:
        """How a command begins when it is typed by who looks at it: `crosspost --as amb-eg-cairo`."""
        role = self.desk.actor.role
        return "crosspost" if role in {"", self.config.acting_as} else f"crosspost --as {role}"

    @cached_property
    def credentials(self) -> Credentials:
        """The secrets beside the configuration."""
        from crosspost.files.credentials import Credentials

        return Credentials(self.config.folder / "credentials.toml")

    @cached_property
    def imitated(self) -> Credentials:
        """What the imitated platforms know: whose each credential is, whatever credentials.toml says."""
        from crosspost.files.credentials import Credentials

        return Credentials(self.config.folder / "sandbox.toml")

    @cached_property
    def doors(self) -> Doors:
        """The doors to the platforms, at the addresses that the mode allows."""
        from crosspost.plugins import Doors

        return Doors(self.credentials, self.config.base_url, self.config.daemon.request_timeout.total_seconds())

    def close(self) -> None:
        """Let go of the database, if it was opened."""
        opened: Store | None = self.__dict__.get("store")
        if opened is not None:
            opened.close()


def session(ctx: typer.Context, *, machine_readable: bool = False) -> Session:
    """Return the run's session; a command that prints JSON says so here, and says nothing else on its output."""
    found = ctx.find_object(Session)
    if found is None:
        raise RuntimeError("the command line was entered without its main callback")
    found.machine_readable = machine_readable
    return found

"""Commands that are imported when they are called: so `crosspost --help` stays as quick as a small program's.

Converting some fifty functions into commands takes longer than everything else that `--help` does; what it prints needs
only their names and one line each. A test holds those lines against the commands themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is, and what `--help` says of it before it is imported. `target` is `module:attribute`."""

    target: str
    help: str
    panel: str

    def load(self, name: str) -> Any:
        """Import the command and return it."""
        module, _, attribute = self.target.partition(":")
        found = getattr(import_module(f"crosspost.cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            command = typer.main.get_command(found)
        else:
            alone = typer.Typer(add_completion=False, rich_markup_mode="rich")
            alone.command(name)(found)
            command = typer.main.get_command(alone)
        command.name = name
        _unwrap(command)
        return command


def unwrapped(text: str) -> str:
    """Return a docstring with each paragraph on one line: typer keeps the source's line breaks otherwise."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _unwrap(command: Any) -> None:
    command.help = unwrapped(command.help or "") or None
    for below in getattr(command, "commands", {}).values():
        _unwrap(below)


_WORK, _RUN, _SETUP = "Campaigns and posts", "Running", "Setting up"

COMMANDS = {
    "campaign": Entry("campaign:app", "Campaigns: new, check, plan, queue, correct, list, show, withdraw.", _WORK),
    "override": Entry("override:app", "A mission's own words for a post: set, list, drop, answer.", _WORK),
    "translation": Entry("translation:app", "A campaign's own translations whose source has changed.", _WORK),
    "glossary": Entry("glossary:app", "What things are called in each language: show, check.", _WORK),
    "post": Entry("posting:post", "Say something as one embassy, without a campaign.", _WORK),
    "preview": Entry("showing:preview", "Show what each account would say, word for word.", _WORK),
    "report": Entry("showing:report", "Write one page: what will be said, where, when, why; then the receipts.", _WORK),
    "today": Entry(
        "today:today", "What needs you today, and the command for each: a mission's, or the centre's.", _WORK
    ),
    "inbox": Entry(
        "today:inbox", "The same as one mission sees it: to localise, stale, stopped, leaving today.", _WORK
    ),
    "calendar": Entry("calendar:app", "Your deliveries in a calendar program: export them to a file.", _WORK),
    "coverage": Entry("coverage:coverage", "Show who says a campaign in which language, and in whose words.", _WORK),
    "daemon": Entry("daemon:daemon", "Publish each text on the right account at the right minute, exactly once.", _RUN),
    "status": Entry("status:status", "Say where everything stands, and what needs a person.", _RUN),
    "doctor": Entry("doctor:doctor", "Look at everything that sending hangs on, with what to do.", _RUN),
    "queue": Entry("delivery:queue", "List deliveries by due time (short for `delivery list`).", _RUN),
    "explain": Entry(
        "delivery:explain", "Explain a delivery: each field, its time, what stops it (`delivery show`).", _RUN
    ),
    "delivery": Entry("delivery:app", "Deliveries: list, show, cancel, and decide what only a person can.", _RUN),
    "schedule": Entry("schedule:app", "Times of what is queued: derive them again from the zone data.", _RUN),
    "hold": Entry("holding:hold", "Stop part of the network: nothing under a hold leaves.", _RUN),
    "blackout": Entry(
        "blackout:app", "Days on which part of the network keeps silent, such as a mourning: add, list, end.", _RUN
    ),
    "recall": Entry("recall:recall", "Delete what is out, every copy, and cancel what has not left yet.", _RUN),
    "release": Entry("holding:release", "End holds.", _RUN),
    "notify": Entry("notify:app", "Telling people that they are needed: send a test message.", _RUN),
    "init": Entry("initialise:init", "Set up a folder that works; `init demo` with a network and campaigns.", _SETUP),
    "network": Entry("network:app", "The tree of missions and their accounts: import, show, add.", _SETUP),
    "mission": Entry("mission:app", "Missions: the days on which they are closed (`mission closed`).", _SETUP),
    "account": Entry("account:app", "Accounts: list, check, enable, pause, resume, retire.", _SETUP),
    "adapters": Entry("adapters:adapters", "List the adapters that are installed, and what each takes.", _SETUP),
    "sandbox": Entry("sandbox:app", "The imitation of the platforms on this machine, and credentials for it.", _SETUP),
    "backup": Entry("backup:backup", "Write the database, and the images that its queue needs, to one file.", _SETUP),
    "restore": Entry("backup:restore", "Put a backup in the database's place, so that nothing goes out twice.", _SETUP),
    "database": Entry("database:app", "The database: bring it to this version's schema.", _SETUP),
}


class LazyGroup(TyperGroup):
    """The commands of `COMMANDS`: known by name, line and panel, and imported when they are called."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.help = unwrapped(self.help or "")
        self.commands = {
            name: TyperCommand(name=name, help=entry.help, rich_help_panel=entry.panel)
            for name, entry in COMMANDS.items()
        }

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """Return the names in the order of the table."""
        return list(self.commands)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is called, imported."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, COMMANDS[name].load(name) if name else None, rest

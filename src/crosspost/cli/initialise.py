"""`crosspost init`: a folder that works."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


class Kind(StrEnum):
    """What to set up."""

    EMPTY = "empty"
    DEMO = "demo"


_NEXT = {
    Kind.EMPTY: """Next:
  edit config.toml                        say for whom you act (acting_as)
  crosspost network import network.csv    your missions and accounts; docs/network.md has the columns
  crosspost campaign new hello            a first campaign, with comments""",
    Kind.DEMO: """Next:
  crosspost network import network.csv
  crosspost sandbox credentials
  crosspost campaign plan national-day
  crosspost campaign queue national-day --now
  crosspost daemon --sandbox --until-idle
  crosspost report national-day -o report.html""",
}


def init(
    kind: Annotated[
        Kind, typer.Argument(help="`demo` adds a network of 189 invented missions and three campaigns.")
    ] = Kind.EMPTY,
    folder: Annotated[Path, typer.Option("--folder", "-C", help="Where; made if it is not there.")] = Path(),
    database: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Where the queue is kept: postgresql://USER@HOST/DATABASE (an empty database), or env:NAME for a URL "
            "with a password.",
            show_default="an SQLite file",
        ),
    ] = "",
) -> None:
    """Set up a folder: config.toml, an empty database, campaigns/; and say what to do next.

    What is there already is never overwritten. Nothing leaves the machine: the mode is sandbox until you say otherwise.
    """
    from crosspost.files.config import load_config
    from crosspost.shipped import shipped
    from crosspost.store import Store

    folder.mkdir(parents=True, exist_ok=True)
    config_path = folder / "config.toml"
    is_new = not config_path.exists()
    if is_new:
        text = shipped("config.example.toml").read_text("utf-8")
        text = _acting_as(text, "ministry") if kind is Kind.DEMO else text
        config_path.write_text(_database(text, database) if database else text, "utf-8")
    config = load_config(config_path)
    output.mode(config.mode, machine_readable=False)
    output.say(f"Wrote {config_path}" if is_new else f"{config_path} is there already, and stays as it is")
    Store.create(config.database_url, config.mode).close()
    config.campaigns.mkdir(parents=True, exist_ok=True)
    if kind is Kind.DEMO:
        if not (folder / "network.csv").exists():
            _copy(shipped("network.csv"), folder / "network.csv")
            output.say("Wrote network.csv")
        for campaign in shipped("campaigns").iterdir():
            if campaign.is_dir() and not (config.campaigns / campaign.name).exists():
                _copy(campaign, config.campaigns / campaign.name)
                output.say(f"Wrote {config.campaigns.name}/{campaign.name}/")
        glossary = config.campaigns / "glossary.toml"
        if not glossary.exists():
            _copy(shipped("campaigns", "glossary.toml"), glossary)
            output.say(f"Wrote {config.campaigns.name}/glossary.toml")
    where = "" if folder == Path() else f"  cd {folder}\n"
    output.say(_NEXT[kind].replace("Next:\n", f"Next:\n{where}"))


def _acting_as(text: str, mission: str) -> str:
    return text.replace('acting_as = ""', f'acting_as = "{mission}"')


def _database(text: str, url: str) -> str:
    return text.replace('url = "sqlite:///crosspost.db"', f"url = {json.dumps(url)}")


def _copy(source: Traversable, target: Path) -> None:
    """Copy a file or folder that is shipped."""
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        for child in source.iterdir():
            _copy(child, target / child.name)
    else:
        target.write_bytes(source.read_bytes())

"""`crosspost adapters`: which platforms there are, and what each takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosspost.cli import output
from crosspost.cli.filters import JsonOption

if TYPE_CHECKING:
    from crosspost.adapter import Adapter
    from crosspost.plugins import PluginInfo


def adapters(
    details: Annotated[bool, typer.Option("--details", "-d", help="Load each one, and say what it takes.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the adapters that are installed; another distribution may add one, or take a built-in one's place."""
    from crosspost.plugins import adapter_names, load_adapter

    rows = [_described(info, load_adapter) for info in adapter_names()]
    if as_json:
        output.as_json(rows)
    else:
        for row in rows:
            _say(row, details=details)
    if any(row["broken"] for row in rows):
        raise typer.Exit(1)


def _described(info: PluginInfo, load: Callable[[str], Adapter]) -> dict[str, Any]:
    """Return what is known of an adapter; of a broken one, what broke."""
    from crosspost.errors import PluginError

    row: dict[str, Any] = {"platform": info.name, "distribution": info.distribution, "version": info.version}
    try:
        adapter = load(info.name)
    except PluginError as error:
        return row | {"title": info.name, "stub": "", "broken": str(error)}
    takes = adapter.capabilities
    return row | {
        "title": adapter.title,
        "stub": adapter.stub,
        "broken": "",
        "limit": takes.text_limit,
        "unit": takes.unit,
        "images": takes.media_limit,
        "alt": takes.alt_limit,
        "app_secrets": list(adapter.app_keys),
        "account_secrets": list(adapter.account_keys),
    }


def _say(row: dict[str, Any], *, details: bool) -> None:
    output.say(f"{row['platform']}  {row['title']}  ({row['distribution']} {row['version']})")
    if row["broken"]:
        output.say(f"  BROKEN: {row['broken']}", style="red")
        return
    if row["stub"]:
        output.say(f"  STUB: {row['stub']}", style="yellow")
    if details:
        output.say(f"  text {row['limit']} {row['unit']}; images {row['images']}; alt text {row['alt'] or 'none'}")
        output.say(f"  secrets: app {_names(row['app_secrets'])}; account {_names(row['account_secrets'])}")


def _names(keys: list[str]) -> str:
    return ", ".join(key.rstrip("?") for key in keys) or "none"

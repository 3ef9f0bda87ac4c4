"""`crosspost adapters`: which platforms there are, and what each takes."""

from __future__ import annotations

from typing import Annotated

import typer

from crosspost.cli import output
from crosspost.cli.filters import JsonOption


def adapters(
    details: Annotated[bool, typer.Option("--details", "-d", help="Load each one, and say what it takes.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the adapters that are installed; another distribution may add one, or take a built-in one's place."""
    from crosspost.plugins import adapter_names, load_adapter

    rows = []
    for info in adapter_names():
        row: dict[str, object] = {
            "platform": info.name,
            "distribution": info.distribution,
            "version": info.version,
            "from": info.value,
        }
        adapter = load_adapter(info.name)
        row |= {"title": adapter.title, "stub": adapter.stub}
        if details or as_json:
            takes = adapter.capabilities
            row |= {"limit": takes.text_limit, "unit": takes.unit, "images": takes.media_limit, "alt": takes.alt_limit}
            row |= {"app_secrets": list(adapter.app_keys), "account_secrets": list(adapter.account_keys)}
        rows.append(row)
    if as_json:
        output.as_json(rows)
        return
    for row in rows:
        output.say(f"{row['platform']}  {row['title']}  ({row['distribution']} {row['version']})")
        if row["stub"]:
            output.say(f"  STUB: {row['stub']}", style="yellow")
        if details:
            output.say(f"  text {row['limit']} {row['unit']}; images {row['images']}; alt text {row['alt'] or 'none'}")
            output.say(f"  secrets: app {_names(row['app_secrets'])}; account {_names(row['account_secrets'])}")


def _names(keys: object) -> str:
    return ", ".join(str(key).rstrip("?") for key in keys) or "none" if isinstance(keys, list) else ""

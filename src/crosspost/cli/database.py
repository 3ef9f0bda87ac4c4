"""`crosspost database`: bring it to this version's schema."""

from __future__ import annotations

import typer

from crosspost.cli import output
from crosspost.cli.context import session

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The database: bring it to this version's schema.")


@app.command()
def upgrade(ctx: typer.Context) -> None:
    """Bring the database to this version's schema. Stop the daemon and copy the file first."""
    from crosspost.errors import StoreError
    from crosspost.store import Store
    from crosspost.store.schema import HEAD
    from crosspost.store.sqlite import sqlite_path

    config = session(ctx).config
    path = sqlite_path(config.database_url)
    if path is not None and not path.exists():
        raise StoreError(f"there is no database at {path}: make one with `crosspost init`")
    Store.create(config.database_url, config.mode).close()
    output.say(f"The database is of schema {HEAD}.", style="green")


@app.command()
def version(ctx: typer.Context) -> None:
    """Say which schema the database is of, and which one this version needs."""
    from crosspost.store.schema import HEAD

    _ = session(ctx).store
    output.say(f"schema {HEAD}, as this version needs it")

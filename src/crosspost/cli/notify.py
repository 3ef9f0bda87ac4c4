"""`crosspost notify`: is the desk told when a person is needed?"""

from __future__ import annotations

from typing import Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session, utc_now

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def notify() -> None:  # with it, `test` stays a word of its own although it is the only one
    """Telling people that they are needed: send a test message."""


@app.command("test")
def send_test(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")] = False,
) -> None:
    """Send a test message by each way that `[notify]` in config.toml names, as the daemon does.

    The message is JSON: `subject`, `mode`, `host`, `at`, and `matters`, each with `kind`, `about`, `what`, `do` and
    `since`. 3 where a way did not take it.
    """
    from crosspost.cli.watch import ways
    from crosspost.dispatch.notify import NotToldError, trial
    from crosspost.errors import UsageError

    run = session(ctx)
    message, failed = trial(run.config.mode, utc_now()), False
    if dry_run:
        output.say(message.decode())
        return
    found = ways(run)
    if not found:
        raise UsageError("nobody is told of anything: set `command` or `webhook` under [notify] in config.toml")
    for way in found:
        try:
            way.tell(message)
        except NotToldError as error:
            failed = True
            output.complain(f"{way.name}: {error}")
        else:
            output.say(f"{way.name}: told", style="green")
    if failed:
        raise typer.Exit(3)

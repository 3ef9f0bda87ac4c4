"""The entrance: the commands by group, the global options, and what errors become."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import Session
from crosspost.cli.lazy import LazyGroup

#: After so many new objects garbage is looked for. What a command builds, as a plan, lives as long as the command: with
#: Python's own 700 a tenth of its time went into finding that out.
_GARBAGE = 50_000

app = typer.Typer(
    name="crosspost",
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="First steps: crosspost init demo · campaign plan C · campaign queue C · daemon",
)


def _version(*, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"crosspost {version('crosspost')}")
        raise typer.Exit


@app.callback()
def main(
    ctx: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", envvar="CROSSPOST_CONFIG", help="The config.toml to use.", show_default="./config.toml"
        ),
    ] = None,
    acting_as: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="MISSION",
            help="The mission you act for; a claim, not an authentication. Recorded with your user name.",
            show_default="acting_as in config.toml",
        ),
    ] = "",
    version: Annotated[
        bool, typer.Option("--version", help="Say the version.", is_eager=True, callback=lambda v: _version(asked=v))
    ] = False,
) -> None:
    """Publish what a ministry has to say: localised by every mission, on time, exactly once.

    A campaign is a folder with texts in many languages. Every mission of the network inherits it and may override its
    own words; the daemon sends each text on the right account at the right minute.

    Exit codes: 0 done · 1 something needs a person · 2 usage · 3 it could not be done.
    """
    _ = version
    ctx.obj = run = Session(config_option=config, acting_as=acting_as)
    ctx.call_on_close(run.close)


def run() -> None:
    """Run the command line; what crosspost raises on purpose becomes words and an exit code."""
    from crosspost.errors import ConfigurationError, CrosspostError, FindingsError

    gc.set_threshold(_GARBAGE)
    try:
        app(prog_name="crosspost")
    except CrosspostError as error:
        if isinstance(error, FindingsError | ConfigurationError):
            output.findings(error.findings, err="--json" in sys.argv)
        output.complain(f"crosspost: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)

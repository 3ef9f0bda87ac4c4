"""`crosspost calendar`: deliveries in the calendar program that people look at anyway."""

from __future__ import annotations

import typer

from crosspost.cli.calendar.exporting import export

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Your deliveries in a calendar program: export them to a file."
)
app.command("export")(export)


@app.callback()
def calendar() -> None:
    """Your deliveries in a calendar program: export them to a file."""

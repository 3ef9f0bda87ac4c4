"""`crosspost override`: a mission's own words, time, link, alt text, or its decision not to say it."""

from __future__ import annotations

import typer

from crosspost.cli import worksheet
from crosspost.cli.override import answering, listing, setting

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="A mission's own words for a post: set, list, show, drop, answer a changed source, edit off line.",
)

app.command("set")(setting.set_)
app.command("edit")(setting.edit)
app.command("list")(listing.list_)
app.command("show")(listing.show)
app.command("drop")(setting.drop)
app.command("accept")(answering.accept)
app.command("take-central")(answering.take_central)
app.command("pin")(answering.pin)
app.command("opt-out")(answering.opt_out)
app.command("export")(worksheet.export)
app.command("import")(worksheet.import_)

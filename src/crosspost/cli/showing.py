"""`crosspost preview` and `crosspost report`: what each account says, on the terminal and on a page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import CountryFilter, LangFilter, MissionFilter, PlatformFilter, selection


def preview(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CAMPAIGN[/POST]", help="Queued or not; the file counts.")],
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    bidi: Annotated[
        bool | None,
        typer.Option(
            "--bidi/--no-bidi",
            help="Reorder right-to-left text for terminals that do not.",
            show_default="on a terminal",
        ),
    ] = None,
) -> None:
    """Show what each account would say, word for word, in the order that the eye reads."""
    from crosspost.cli.filters import one_of
    from crosspost.cli.preview import say_preview
    from crosspost.desk import campaigns
    from crosspost.desk.occasions import require_planned
    from crosspost.domain.delivery import split_occasion
    from crosspost.errors import UsageError

    desk = session(ctx).desk
    campaign, _, post = name.partition("/")
    network = desk.network()
    chosen = selection(desk, network, mission, country, platform, lang)
    prospect = campaigns.prospect(desk, campaigns.read(desk, campaign))
    plan = prospect.plan
    post, day = split_occasion(post)
    post = one_of(post, [p.id for p in prospect.campaign.posts], "post") if post else ""
    if day:
        require_planned(f"{campaign}/{post}", day, {p.occurrence for p in plan.planned if p.post == post} - {""})
    rows = [
        p
        for p in plan.planned
        if (not post or p.post == post)
        and (not day or p.occurrence == day)
        and chosen.takes(network.accounts[p.account], network)
        and (not chosen.lang or not set(p.content.languages).isdisjoint(chosen.lang))
    ]
    if not rows:
        raise UsageError("nobody would say this: `crosspost campaign plan` shows what is skipped and why")
    say_preview(desk, rows, bidi=sys.stdout.isatty() if bidi is None else bidi)


def report(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Queued, or only a folder yet.")],
    target: Annotated[Path, typer.Option("--output", "-o", help="Where to write the page.")] = Path("report.html"),
) -> None:
    """Write one page: before, what will be said, where, when and why; after, with the platforms' receipts."""
    from crosspost.cli.report import write_report

    size = write_report(session(ctx).desk, name, target)
    output.say(f"Wrote {target} ({size / 1000:.0f} kB): open it in a browser, or print it.", style="green")

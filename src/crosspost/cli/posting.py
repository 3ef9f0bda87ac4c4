"""`crosspost post`: one mission says something on its own, without a campaign."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import DryRunOption, language, one_of
from crosspost.cli.override.words import read_text
from crosspost.files.words import platform_name

if TYPE_CHECKING:
    from crosspost.domain.campaign import Medium
    from crosspost.domain.network import Network
    from crosspost.domain.planned import Plan
    from crosspost.domain.timing import Timing


_AT = "'2027-03-01 09:00 local', 'next-working 09:00-11:00 local', or 'slot'; without it, now."


def post(
    ctx: typer.Context,
    mission: Annotated[str, typer.Option("--mission", "-m", help="Who says it (and all below it).")],
    lang: Annotated[str, typer.Option("--lang", "-l", help="In which language.")],
    text: Annotated[str, typer.Argument(help="The words; - reads them from the input.")] = "",
    file: Annotated[Path | None, typer.Option("--file", "-f", help="A file with the words.")] = None,
    platform: Annotated[list[str] | None, typer.Option("--platform", "-p", help="Only on these platforms.")] = None,
    at: Annotated[str, typer.Option("--at", help=_AT)] = "",
    image: Annotated[list[Path] | None, typer.Option("--image", help="An image; each needs its --alt.")] = None,
    alt: Annotated[
        list[str] | None, typer.Option("--alt", help="What the image shows, in the post's language.")
    ] = None,
    link: Annotated[str, typer.Option("--link", help="A link.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Even if the account said the same within 24 h.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Say something as one embassy. The same words on the same account within 24 hours are refused without --again.

    --at 'next-working 09:00-11:00 local' waits for the embassy's first working hours, --at slot for its next best hour
    that is free. Example: crosspost post -m amb-eg-cairo -l ar --at slot "…"
    """
    from crosspost.desk import posts
    from crosspost.errors import UsageError

    desk = session(ctx).desk
    if file and text:
        raise UsageError("give the words once: as an argument, with --file, or - for the input")
    words = read_text(file) if file else sys.stdin.read() if text == "-" else text
    if not words.strip():
        raise UsageError("give the words: as an argument, with --file, or - for the input")
    single = posts.SinglePost(
        mission=one_of(mission, desk.network().missions, "mission"),
        language=language(lang),
        text=words.strip(),
        platforms=tuple(one_of(platform_name(p), list(desk.adapters), "platform") for p in platform or ()),
        at=_time(at),
        link=link,
        media=_media(image or [], alt or []),
    )
    plan = posts.compose(desk, single, again=again) if dry_run else posts.queue(desk, single, again=again)
    _say(plan, desk.network(), dry_run=dry_run)


def _time(text: str) -> Timing | None:
    from crosspost.domain.timing import parse_timing
    from crosspost.errors import UsageError

    try:
        return parse_timing(text) if text else None
    except ValueError as error:
        raise UsageError(str(error)) from error


def _media(images: list[Path], alts: list[str]) -> tuple[tuple[Medium, bytes, str], ...]:
    from crosspost.errors import UsageError
    from crosspost.files.media import read_medium

    if len(images) != len(alts) or not all(alt.strip() for alt in alts):
        raise UsageError("every --image needs its own --alt: people who do not see it hear it")
    return tuple((*read_medium(path), alt) for path, alt in zip(images, alts, strict=True))


def _say(plan: Plan, network: Network, *, dry_run: bool) -> None:
    for planned in plan.planned:
        verb = "would queue" if dry_run else "queued"
        when = output.moment(planned.time, network.clock_of(planned.account))
        output.say(f"{verb} {planned.id}  {planned.length}/{planned.limit}  {when}", style="green")
        if planned.moved:
            output.say(f"  moved: {planned.moved}")
        for stop in planned.stops:
            output.say(f"  waits for a person, {stop.kind}: {stop.why}", style="yellow")
            output.say(f"    crosspost delivery allow {planned.id} --why WHY")
    for skipped in plan.skipped:
        output.say(f"not on {skipped.account}: {skipped.message}", style="yellow")

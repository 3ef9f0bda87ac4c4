"""`crosspost override set`, `edit` and `drop`: a mission's own value of one field of a post."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import DryRunOption, one_of
from crosspost.cli.override.naming import (
    FieldName,
    Image,
    Lang,
    Owner,
    Platform,
    PostName,
    alt_field,
    centres,
    field_called,
    variant_at,
)
from crosspost.cli.override.words import given_words, written_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crosspost.desk.desk import Desk
    from crosspost.desk.overrides import Target
    from crosspost.desk.replan import Outcome
    from crosspost.domain.campaign import Variant
    from crosspost.domain.network import Network
    from crosspost.domain.planned import Planned

Text = Annotated[str | None, typer.Option("--text", "-t", help="The words.")]
File = Annotated[str, typer.Option("--file", "-f", help="A file with the words; - reads them from the input.")]
_AT = "Another time: '2027-03-01 10:00 local', 'next-working 09:00-11:00 local', 'slot', or 'after original +2h'."
Dash = Annotated[str, typer.Argument(metavar="[-]", help="A dash reads the words from the input.")]

#: How many deliveries are shown before the rest is only counted; `--dry-run` shows all.
_FEW = 6


def set_(
    ctx: typer.Context,
    name: PostName,
    mission: Owner,
    dash: Dash = "",
    lang: Lang = "",
    text: Text = None,
    file: File = "",
    platform: Platform = "",
    alt: Annotated[str | None, typer.Option("--alt", help="Alt text for an image, instead of the words.")] = None,
    image: Image = 1,
    link: Annotated[str | None, typer.Option("--link", help="Another link.")] = None,
    at: Annotated[str | None, typer.Option("--at", help=_AT)] = None,
    opt_out: Annotated[str | None, typer.Option("--opt-out", help="Do not say it here, and why.")] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Say it in your own words. Without --text, --file or -, your $EDITOR opens with the source above.

    Queued deliveries follow at once. What is out already stays as it is.

    Another time with --at: of the clock; 'next-working 09:00-11:00 local', in the first working hours from now; 'slot',
    the mission's next best hour that is free; 'after original +2h', so long after the first account in the tree that
    says it there is really out. Example: crosspost override set cop/opening -m amb-eg-cairo --at 'after original +2h'
    """
    from crosspost.desk import overrides

    desk = session(ctx).desk
    to = overrides.target(desk, name)
    owner = one_of(mission, desk.network().missions, "mission")
    given = {"text": text, "file": file or None, "-": dash or None}
    field, value = _field(to, {**given, "alt": alt, "link": link, "at": at, "opt-out": opt_out}, image)
    variant = variant_at(owner, field, lang, platform, value)
    if field == "text":
        variant = _worded(desk, to, variant, given)
    _finish(desk, to, variant, dry_run=dry_run)


def edit(
    ctx: typer.Context,
    name: PostName,
    mission: Owner,
    dash: Dash = "",
    lang: Lang = "",
    text: Text = None,
    file: File = "",
    platform: Platform = "",
    field: FieldName = "text",
    image: Image = 1,
    dry_run: DryRunOption = False,
) -> None:
    """Answer a changed source with other words: the editor opens with what changed above your own.

    In the language of the source, where your changes and the centre's lie in different sentences and no fact changed,
    both together are proposed there. What you save counts as made from the source that you were shown.
    """
    from crosspost.desk import overrides
    from crosspost.errors import UsageError

    desk = session(ctx).desk
    to = overrides.target(desk, name)
    owner = one_of(mission, desk.network().missions, "mission")
    chosen = field_called(to, field, image)
    if chosen in {"link", "time", "opt-out"}:
        raise UsageError("only words are edited: set a link or time with `crosspost override set`")
    given = {"text": text, "file": file or None, "-": dash or None}
    _finish(desk, to, _worded(desk, to, variant_at(owner, chosen, lang, platform), given), dry_run=dry_run)


def _worded(desk: Desk, to: Target, variant: Variant, given: dict[str, str | None]) -> Variant:
    """Return the variant with the words that were given, or that the person writes in their editor."""
    from crosspost.desk.staleness import stale_values

    words = given_words(given)
    if words is not None:
        return replace(variant, value=words)
    found = [o for o in stale_values(desk, campaign=to.campaign.id) if o.post == to.post.id]
    stale = next((one for one in found if one.variant.place == variant.place), None)
    return replace(variant, value=written_words(to, replace(variant, value=_current(desk, to, variant)), stale))


def _finish(desk: Desk, to: Target, variant: Variant, *, dry_run: bool) -> None:
    outcome = _kept(desk, to, variant, dry_run=dry_run)
    _say(to, variant, outcome, desk.network(), dry_run=dry_run)


def _kept(desk: Desk, to: Target, variant: Variant, *, dry_run: bool) -> Outcome:
    """Set the override, or see what it would do; words that are refused are said again, so that nobody loses them."""
    from crosspost.desk import overrides
    from crosspost.errors import CrosspostError

    try:
        return overrides.preview(desk, to, variant) if dry_run else overrides.put(desk, to, variant)
    except CrosspostError:
        if "\n" in variant.value.strip():
            output.complain(f"Your words were:\n\n{variant.value.strip()}\n")
        raise


def _field(to: Target, given: dict[str, str | None], image: int) -> tuple[str, str]:
    from crosspost.domain.campaign import LINK, OPT_OUT, TIME
    from crosspost.errors import UsageError

    chosen = [(name, value) for name, value in given.items() if value is not None]
    if len(chosen) > 1:
        said = [name if name == "-" else f"--{name}" for name, _ in chosen]
        raise UsageError(f"one at a time: {' or '.join(said)}")
    if not chosen or chosen[0][0] in {"text", "file", "-"}:
        return "text", ""
    name, value = chosen[0]
    field = {"link": LINK, "at": TIME, "opt-out": OPT_OUT}.get(name) or alt_field(to, image)
    return field, value or ""


def _current(desk: Desk, to: Target, variant: Variant) -> str:
    """Return the words to begin with: the mission's own if it has some already, else the centre's, else none."""
    from crosspost.desk import overrides

    place = (variant.owner, variant.field, variant.language, variant.platform)
    rows = [row for row in overrides.every(desk, to.campaign.id) if row.post == to.post.id]
    own = [row.value for row in rows if (row.owner, row.field, row.language, row.platform) == place]
    return next(iter(own), centres(to, variant.field, variant.language, variant.platform))


def _say(to: Target, variant: Variant, outcome: Outcome, network: Network, *, dry_run: bool) -> None:
    from crosspost.cli.glossary import say_unagreed
    from crosspost.cli.network import counted
    from crosspost.desk.overrides import concerned

    verb = "would be " if dry_run else ""
    output.say(f"{to.campaign.id}/{to.post.id} for {variant.owner}: {verb}{counted(outcome)}.", style="green")
    _say_planned(concerned(outcome, to.post.id, variant), network, everything=dry_run)
    say_unagreed(to.campaign, to.post, variant)
    if outcome.changes.out:
        output.say("Already out with other words; an override does not call them back:", style="yellow")
        for out in outcome.changes.out if dry_run else outcome.changes.out[:_FEW]:
            output.say(f"  {out.id}  {out.state}  {out.url}" + ("  (a repost)" if out.is_repost else ""))
        _say_more(len(outcome.changes.out), everything=dry_run)
        if any(out.is_repost for out in outcome.changes.out):
            output.say(
                "An account that has reposted does not speak twice by itself: `crosspost recall` takes the repost "
                "back, and `crosspost post` says your words as a post of their own.",
                style="yellow",
            )


def _say_planned(found: Sequence[Planned], network: Network, *, everything: bool) -> None:
    for planned in found if everything else found[:_FEW]:
        when = output.moment(planned.time, network.missions[planned.account.rpartition("/")[0]].timezone)
        output.say(f"  {planned.id}  {planned.length}/{planned.limit}  {when}")
        if planned.moved:
            output.say(f"    {planned.moved}")
        output.say(f"    {planned.content.text.replace(chr(10), ' ⏎ ')}")
        if planned.because:
            output.say(f"    {planned.because}")
        for stop in planned.stops:
            output.say(f"    waits, {stop.kind}: {stop.why}", style="yellow")
    _say_more(len(found), everything=everything)


def _say_more(number: int, *, everything: bool) -> None:
    if number > _FEW and not everything:
        output.say(f"  … and {number - _FEW} more (`--dry-run` shows all)")


def drop(
    ctx: typer.Context,
    name: PostName,
    mission: Owner,
    lang: Lang = "",
    platform: Platform = "",
    field: FieldName = "text",
    image: Image = 1,
    dry_run: DryRunOption = False,
) -> None:
    """Let go of an override: what is inherited counts again, at once."""
    from crosspost.cli.network import counted
    from crosspost.cli.override.naming import kind_called
    from crosspost.desk import overrides, replan

    desk = session(ctx).desk
    to = overrides.target(desk, name)
    owner = one_of(mission, desk.network().missions, "mission")
    variant = variant_at(owner, field_called(to, field, image), lang, platform)
    change = overrides.SetOverride(desk, to, variant, drop=True)
    outcome = replan.preview(desk, to.campaign.id, change) if dry_run else overrides.drop(desk, to, variant)
    verb = "would be dropped" if dry_run else "dropped"
    said = f"{to.campaign.id}/{to.post.id} for {owner}: {kind_called(field)} {verb}; {counted(outcome)}."
    output.say(said, style="green")

"""`crosspost override list` and `show`: what missions have set, and whether it still fits its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import JsonOption, one_of
from crosspost.cli.override.naming import Owner, PostName, centres, dash, place

if TYPE_CHECKING:
    from crosspost.desk.desk import Desk
    from crosspost.desk.overrides import Shown
    from crosspost.desk.staleness import Open


def list_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Such as cop31.")],
    mission: Annotated[str, typer.Option("--mission", "-m", help="Only a mission's own, and those below it.")] = "",
    stale: Annotated[bool, typer.Option("--stale", help="Only those whose source has changed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the overrides of a campaign, and whether each still fits its source."""
    from crosspost.desk import overrides
    from crosspost.desk.origins import Fit

    desk = session(ctx, machine_readable=as_json).desk
    network = desk.network()
    within = one_of(mission, network.missions, "mission") if mission else network.root
    found = [s for s in overrides.listed(desk, name.partition("/")[0]) if network.is_within(s.row.owner, within)]
    found = [shown for shown in found if not stale or shown.fit == Fit.STALE]
    if as_json:
        output.as_json([_as_object(shown) for shown in found])
        return
    output.table(
        ("post", "mission", "field", "lang", "platform", "fits", "by", "value"),
        [
            (
                *(shown.row.post, shown.row.owner, shown.row.field.partition(":")[0]),
                *(dash(shown.row.language), dash(shown.row.platform), _fit(shown), shown.row.who, shown.row.value),
            )
            for shown in found
        ],
        cut=("value",),
        empty="No stale overrides." if stale else "No overrides.",
    )


def _as_object(shown: Shown) -> dict[str, Any]:
    return {**shown.row.model_dump(), "fit": shown.fit.value, "source_now": shown.source_now}


def _fit(shown: Shown) -> str:
    """Return how an override fits its source, in words: `pinned until Mon 2027-03-01 23:00 Paris · Mon 22:00 UTC`."""
    until = shown.row.pinned
    return f"{shown.fit} until {output.house_times(until)}" if until and shown.fit == "pinned" else shown.fit.value


def show(ctx: typer.Context, name: PostName, mission: Owner, as_json: JsonOption = False) -> None:
    """Show what a mission set for a post, beside what the centre wrote, and what changed in the source since."""
    from crosspost.desk import overrides

    desk = session(ctx, machine_readable=as_json).desk
    to = overrides.target(desk, name)
    owner = one_of(mission, desk.network().missions, "mission")
    found = [s for s in overrides.listed(desk, to.campaign.id) if (s.row.post, s.row.owner) == (to.post.id, owner)]
    if as_json:
        output.as_json([_as_object(shown) for shown in found])
        return
    if not found:
        output.say(f"{owner} has set nothing for {to.campaign.id}/{to.post.id}.")
    changed = _changes(desk, to.campaign.id)
    for shown in found:
        row = shown.row
        where = (row.field, row.language, row.platform)
        reason = f": {row.reason}" if row.reason else ""
        output.say(f"{place(to.post, *where)}, by {row.who} at {output.rfc3339(row.at)}, {_fit(shown)}{reason}")
        _say_value(owner, row.value)
        _say_value("the centre", centres(to, *where))
        one = changed.get((row.post, (owner, *where)))
        if one is not None:
            say_change(one)


def _changes(desk: Desk, campaign_id: str) -> dict[tuple[str, tuple[str, str, str, str]], Open]:
    from crosspost.desk.staleness import stale_values

    return {(one.post, one.variant.place): one for one in stale_values(desk, campaign=campaign_id)}


def _say_value(whose: str, value: str) -> None:
    output.say(f"  {whose}:" if value else f"  {whose}: nothing")
    for line in value.splitlines():
        output.say(f"    {line}".rstrip())


def say_change(one: Open, *, short: bool = False) -> None:
    """Say what changed in the source of a stale value: in colour on a terminal; `short` leaves out what is the same."""
    from crosspost.cli import differing
    from crosspost.domain.word_diff import word_diff

    if one.note:
        output.say(f"  what was wrong: {one.note}", style="red")
    if one.old_source is None:
        output.say("  the source has changed; what it was then is not known. Now:")
        pieces = word_diff(one.new_source, one.new_source)
    else:
        output.say(f"  what changed in the source ({one.change}):")
        pieces = word_diff(one.old_source, one.new_source)
    differing.say(differing.elided(pieces) if short else pieces)

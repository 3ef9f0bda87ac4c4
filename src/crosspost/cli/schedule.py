"""`crosspost schedule`: the times of what is queued, and the zone data that they are derived from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import (
    CampaignFilter,
    CountryFilter,
    DryRunOption,
    ExceptFilter,
    JsonOption,
    LangFilter,
    MissionFilter,
    PlatformFilter,
    YesOption,
    selection,
)

if TYPE_CHECKING:
    from crosspost.desk.desk import Desk
    from crosspost.desk.rechecking import Recheck
    from crosspost.store.plans import Changes

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Times of what is queued: derive them again from the zone data."
)


@app.callback()
def schedule() -> None:
    """Times of what is queued: derive them again from the zone data."""


@app.command()
def recheck(
    ctx: typer.Context,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    campaign: CampaignFilter = None,
    except_: ExceptFilter = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Move what is queued to where its wall time and zone are now: countries change their clocks at short notice.

    After `pip install --upgrade tzdata`, this lists whose instant is another with the new data, and by how much, and
    moves what has not left; its expiry moves with it, and reposts with their originals. What went out within the last
    week at an instant that is no longer its own is named. A time in UTC moves never. A daemon does the same when it
    starts.

    Examples: `crosspost schedule recheck --dry-run` · `crosspost schedule recheck --country MA --yes`
    """
    from crosspost.desk import rechecking

    desk = session(ctx, machine_readable=as_json).desk
    chosen = selection(desk, desk.network(), mission, country, platform, lang, campaign, None, except_)
    seen = rechecking.look(desk, chosen)
    if not as_json:
        _say(desk, seen)
    if (seen.outcomes or seen.singles) and not dry_run:
        output.confirm("Write this?", yes=yes)
        seen = rechecking.move(desk, seen)
        if not as_json:
            number = len(seen.moved) + len(seen.beyond)
            output.say(f"Moved {output.counted(number, 'delivery', 'deliveries')}.", style="green")
    if as_json:
        output.as_json(_as_object(seen))


def _say(desk: Desk, seen: Recheck) -> None:
    from crosspost.cli.moving import say_moved

    moved = seen.moved
    say_moved(moved)
    _say_gone(seen)
    if not moved and not seen.beyond:
        output.say(f"Every queued delivery leaves when its wall time says, with tzdata {seen.version}.")
        _say_others(seen)
        return
    past = sum(move.becomes.utc <= desk.clock() for move in moved)
    number = output.counted(len(moved), "queued delivery moves", "queued deliveries move")
    output.say(f"With tzdata {seen.version}, {number}.")
    if past:
        late = int(desk.config.daemon.late_after.total_seconds() // 60)
        said = "is then past its time" if past == 1 else "are then past their time"
        output.say(f"{past} {said}: up to {late} minutes late they leave at once, later they wait for your word.")
    if seen.beyond:
        output.say(f"{len(seen.beyond)} more move with them, since a campaign is planned as a whole.")
    _say_others(seen)


def _say_others(seen: Recheck) -> None:
    """Say what else the new plans change: something that they depend on has changed since the last one."""
    from crosspost.cli.network import counted

    for campaign, outcome in seen.outcomes.items():
        changes = outcome.changes
        if changes.queued or changes.cancelled or len(changes.changed) > len(changes.moved):
            output.say(f"The plan of {campaign} changes: {counted(outcome)}.")


def _say_gone(seen: Recheck) -> None:
    if seen.gone:
        output.say(f"Out already, or perhaps, at a time that is no longer its own ({len(seen.gone)}):", style="yellow")
    for one in seen.gone:
        was, should = one.moved.was.local, one.moved.becomes.local
        at = f"{was:%a %Y-%m-%d %H:%M} {one.moved.was.zone}, not {should:%H:%M}"
        output.say(f"  {one.moved.delivery}  {one.state}  {at}  {one.url}".rstrip())


def _as_object(seen: Recheck) -> dict[str, Any]:
    from crosspost.cli.moving import as_object

    return {
        "zone_data": seen.version,
        "moved": [as_object(move) for move in seen.moved],
        "beyond": [as_object(move) for move in seen.beyond],
        "out": [as_object(one.moved) | {"state": one.state, "remote_url": one.url or None} for one in seen.gone],
        "plans": {campaign: _counts(outcome.changes) for campaign, outcome in seen.outcomes.items()},
    }


def _counts(changes: Changes) -> dict[str, int]:
    return {name: len(getattr(changes, name)) for name in ("queued", "changed", "cancelled")}

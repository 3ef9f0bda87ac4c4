"""What gave deliveries other times than their posts', such as a closed day; and what quiet hours or blackouts stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crosspost.cli import output

if TYPE_CHECKING:
    from crosspost.domain.network import Network
    from crosspost.domain.planned import Plan, Planned

#: How many deliveries of those that are alike are named before the rest is only counted.
_FEW = 6


def say_times(made: Plan, network: Network) -> None:
    """Say what a plan moves and why, each time local, in Paris and in UTC; and what it stops until somebody answers."""
    _say_moved(made, network)
    _say_held(made)


def _say_moved(made: Plan, network: Network) -> None:
    alike: dict[tuple[str, str, str], list[Planned]] = {}
    for planned in made.planned:
        if planned.moved:
            when = output.moment(planned.time, network.clock_of(planned.account))
            alike.setdefault((planned.occasion, planned.moved, when), []).append(planned)
    if not alike:
        return
    output.say()
    output.say(f"Moved ({sum(map(len, alike.values()))}):")
    for (post, why, when), several in alike.items():
        output.say(f"  {post}: {why}", style="yellow")
        output.say(f"    {when}")
        output.say(f"    {_named(several)}")


def _say_held(made: Plan) -> None:
    from crosspost.domain.delivery import MAY_BE_ALLOWED, BlockKind

    alike: dict[tuple[str, str], list[Planned]] = {}
    for planned in made.planned:
        for stop in planned.stops:
            if stop.kind in MAY_BE_ALLOWED:
                # Each mission's quiet hours are its own, and are one matter all the same.
                why = "quiet hours of their missions" if stop.kind is BlockKind.QUIET else stop.why
                alike.setdefault((planned.occasion, f"{stop.kind}: {why}"), []).append(planned)
    if not alike:
        return
    output.say()
    number = len({planned.id for several in alike.values() for planned in several})
    output.say(f"Waits for a person's word ({number}), `crosspost delivery allow` or `cancel` once it is queued:")
    for (post, why), several in alike.items():
        output.say(f"  {post}, {len(several)}, {why}", style="yellow")
        output.say(f"    {_named(several)}")


def _named(several: list[Planned]) -> str:
    names = list(dict.fromkeys(f"{planned.account} {planned.content.language}" for planned in several))
    return ", ".join(names[:_FEW]) + (f" … and {len(names) - _FEW} more" if len(names) > _FEW else "")

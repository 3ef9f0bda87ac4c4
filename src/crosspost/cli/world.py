"""How a campaign goes round the world, in a few lines on the terminal, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crosspost.adapter import Scope
from crosspost.cli import output
from crosspost.domain.schedule import format_duration

if TYPE_CHECKING:
    from crosspost.desk.world import Departure, Load, World


def say_world(world: World) -> None:
    """Say the instants, the first and the last, what was moved and what is closed, and the busiest minute."""
    if world.busiest is None:
        return
    first, last = world.departures[0], world.departures[-1]
    takes = last.going.utc - first.going.utc
    within = f" within {format_duration(takes)}" if takes else ""
    output.say(f"Around the world: {output.counted(len(world.instants), 'instant')}{within}")
    for title, end in (("first", first), ("last", last)):
        output.say(f"  {title}: {output.times(end.going.local, end.going.zone)}, {end.going.account}")
    output.say(
        f"  {len(world.moved)} at another time than the post's, {len(world.unsaid)} not said since their mission is "
        f"closed, {len(world.on_closed_days)} on a closed day all the same, {len(world.in_quiet_hours)} in quiet hours"
    )
    platforms = ", ".join(f"{name} {number}" for name, number in world.busiest.by_platform.items())
    number = output.counted(world.busiest.number, "post")
    output.say(f"  busiest minute: {output.house_times(world.busiest.at)}, {number} ({platforms})")
    for load in world.loads:
        output.say(f"  {load_line(load)}", style="yellow" if load.over else None)
    output.say()


def load_line(load: Load) -> str:
    """Return what a budget says to a campaign, in words."""
    budget = load.budget
    whose = f"the app {load.scope}" if budget.scope is Scope.APP else f"an account ({load.scope})"
    said = f"{whose} begins at most {load.number} of its {budget.most} in {format_duration(budget.per)}"
    return f"{said}: {load.over} wait until the budget has room" if load.over else said


def as_object(world: World) -> dict[str, Any]:
    """Return it in the shape that `--json` promises (docs/json.md)."""
    busiest = world.busiest
    return {
        "instants": [output.rfc3339(at) for at in world.instants],
        "first": _end(world.departures[0]) if world.departures else None,
        "last": _end(world.departures[-1]) if world.departures else None,
        "moved": len(world.moved),
        "closed_and_unsaid": len(world.unsaid),
        "on_closed_days": len(world.on_closed_days),
        "in_quiet_hours": len(world.in_quiet_hours),
        "busiest": busiest
        and {
            "at": output.rfc3339(busiest.at),
            "posts": busiest.number,
            "by_platform": dict(busiest.by_platform),
        },
        "budgets": [_load(load) for load in world.loads],
    }


def _end(departure: Departure) -> dict[str, Any]:
    going = departure.going
    return {
        "account": going.account,
        "due_at": output.rfc3339(going.utc),
        "local": going.local.replace(tzinfo=None).isoformat(timespec="minutes"),
        "zone": going.zone,
        "shown": output.times(going.local, going.zone),
    }


def _load(load: Load) -> dict[str, Any]:
    return {
        "scope": load.scope,
        "whose": load.budget.scope.value,
        "seconds": int(load.budget.per.total_seconds()),
        "most": load.budget.most,
        "posts": load.number,
        "begins": output.rfc3339(load.begins),
        "over": load.over,
    }

"""What a change does to the campaigns' plans: what moves, what is said no more, what is stopped or free again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crosspost.cli import output

if TYPE_CHECKING:
    from crosspost.desk.replan import Outcome
    from crosspost.store.plans import Stopped

#: How many deliveries of those that are alike are named before the rest is only counted.
_FEW = 3


def say_replanned(outcomes: Mapping[str, Outcome]) -> None:
    """Say what a change does to each plan, with old and new times, and why."""
    from crosspost.cli.moving import say_moved
    from crosspost.cli.network import counted

    for campaign, outcome in outcomes.items():
        changes = outcome.changes
        if changes:
            output.say(f"The plan of {campaign} changes: {counted(outcome)}.")
        say_moved(changes.moved, {planned.id: planned.moved for planned in outcome.plan.planned})
        say_alike("no longer said", _cancelled(outcome))
        say_stops("held", changes.stopped)
        say_stops("held no more", changes.freed)


def say_stops(what: str, stops: Sequence[Stopped]) -> None:
    """Say which deliveries a plan stops, or no longer stops, by reason."""
    say_alike(what, [(stop.delivery, f"{stop.kind}: {stop.why}") for stop in stops])


def say_alike(what: str, reasons: Iterable[tuple[str, str]]) -> None:
    """Say something of deliveries, those of one reason together: how many, why, and a few of them."""
    alike: dict[str, list[str]] = {}
    for delivery, why in reasons:
        alike.setdefault(why, []).append(delivery)
    for why, ids in alike.items():
        output.say(f"{output.counted(len(ids), 'delivery', 'deliveries')}, {what}: {why}", style="yellow")
        more = f" … and {len(ids) - _FEW} more" if len(ids) > _FEW else ""
        output.say(f"  {', '.join(ids[:_FEW])}{more}")


def _cancelled(outcome: Outcome) -> list[tuple[str, str]]:
    """Return what is no longer said, each with the plan's reason."""
    from itertools import product

    reasons = {(s.campaign, s.post, s.occurrence, s.account, s.slot): s.message for s in outcome.plan.skipped}

    def why(delivery: str) -> str:
        campaign, said, *account, slot = delivery.split("/")
        post, _, occurrence = said.partition("@")
        about = product((occurrence, ""), (slot, ""))
        found = (reasons.get((campaign, post, when, "/".join(account), which)) for when, which in about)
        return next(filter(None, found), "the plan has it no more")

    return [(delivery, why(delivery)) for delivery in outcome.changes.cancelled]


def as_object(outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """Return what a change does to the plans in the shape that `--json` promises (docs/json.md)."""
    from crosspost.cli.moving import as_object as moved_as_object

    every = list(outcomes.values())
    why = {planned.id: planned.moved for outcome in every for planned in outcome.plan.planned}
    return {
        "plans": {
            campaign: {name: len(getattr(outcome.changes, name)) for name in ("queued", "changed", "cancelled")}
            for campaign, outcome in outcomes.items()
        },
        "moved": [
            moved_as_object(move) | {"why": why.get(move.delivery, "")} for o in every for move in o.changes.moved
        ],
        "cancelled": [{"delivery": one, "why": reason} for o in every for one, reason in _cancelled(o)],
        "stopped": stops_as_objects([stop for o in every for stop in o.changes.stopped]),
        "freed": stops_as_objects([stop for o in every for stop in o.changes.freed]),
    }


def stops_as_objects(stops: Iterable[Stopped]) -> list[dict[str, str]]:
    """Return stops in the shape that `--json` promises."""
    return [{"delivery": stop.delivery, "kind": stop.kind, "why": stop.why} for stop in stops]

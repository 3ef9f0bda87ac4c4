"""Deciding about deliveries in bulk: what is chosen, its totals, the question, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from crosspost.cli import output

if TYPE_CHECKING:
    from crosspost.desk.desk import Desk
    from crosspost.store.deliveries import Listed

#: How many deliveries are listed before the rest is only counted; `--dry-run` lists all.
FEW = 12


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that a person takes about deliveries.

    `fits` says whether it is one for a delivery, and `unfit` why not, as in "is not failed"; `told` completes each line
    of the list. `question` and `done` have a place for a number. `act` carries it out and returns which it was done to.
    """

    fits: Callable[[Listed], bool]
    unfit: str
    told: Callable[[Listed], str]
    question: str
    done: str
    act: Callable[[Sequence[Listed]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a command was asked to go about it."""

    dry_run: bool
    yes: bool
    as_json: bool


def chosen(
    desk: Desk, names: Sequence[str] | None, filters: tuple[list[str] | None, ...], state: Sequence[str] = ()
) -> list[Listed]:
    """Return the deliveries of these names, or else within the filters and, where no filter says so, in the states.

    Raises:
        UsageError: when neither a name nor a filter is given, or a name is none.
    """
    from dataclasses import replace

    from crosspost.cli.filters import selection
    from crosspost.desk import deliveries
    from crosspost.errors import UsageError

    if names:
        return [deliveries.find(desk, name) for name in names]
    if not any(filters):
        raise UsageError("name deliveries, or use the filters: `--campaign`, `--mission` … (`--platform x --dry-run`)")
    asked = selection(desk, desk.network(), *filters)
    return deliveries.every(desk, asked if asked.state else replace(asked, state=tuple(state)))


def decide(found: Sequence[Listed], decision: Decision, manner: Manner) -> None:
    """List what a decision is about with its totals, ask, carry it out, and say what it was done to.

    Raises:
        typer.Exit: with 1 when there are deliveries and it is a decision for none of them.
    """
    fit = [d for d in found if decision.fits(d)]
    unfit = [d for d in found if not decision.fits(d)]
    if not manner.as_json:
        _say(fit, unfit, decision, everything=manner.dry_run)
    if manner.dry_run or not fit:
        if manner.as_json:
            output.as_json({"chosen": [d.row.id for d in fit], "done": [], "not_done": _states(unfit)})
        raise typer.Exit(1 if found and not fit else 0)
    output.confirm(decision.question.format(len(fit)), yes=manner.yes)
    done = set(decision.act(fit))
    missed = [d for d in fit if d.row.id not in done]
    if manner.as_json:
        told = {"chosen": [d.row.id for d in fit], "done": sorted(done), "not_done": _states([*unfit, *missed])}
        output.as_json(told)
        return
    output.say(decision.done.format(len(done)), style="green")
    for d in missed:
        output.say(f"  {d.row.id} {decision.unfit} any more", style="yellow")


def _say(fit: Sequence[Listed], unfit: Sequence[Listed], decision: Decision, *, everything: bool) -> None:
    few = None if everything else FEW
    for d in fit[:few]:
        output.say(f"  {d.row.id}{decision.told(d)}")
    if few is not None and len(fit) > few:
        output.say(f"  … and {len(fit) - few} more (`--dry-run` lists all)")
    for d in unfit[:few]:
        output.say(f"  not {d.row.id}: it is {d.state} and {decision.unfit}", style="yellow")
    if few is not None and len(unfit) > few:
        output.say(f"  … nor {len(unfit) - few} more", style="yellow")
    output.say(totals(fit) if fit else "Nothing of this is to be decided so.")


def totals(found: Sequence[Listed]) -> str:
    """Return deliveries in numbers: in all, by platform, and on how many missions."""
    by_platform = Counter(d.row.platform for d in found)
    platforms = ", ".join(f"{number} on {name}" for name, number in sorted(by_platform.items()))
    missions = len({d.row.account.rpartition("/")[0] for d in found})
    number = output.counted(len(found), "delivery", "deliveries")
    return f"{number} ({platforms}) of {output.counted(missions, 'mission')}."


def _states(found: Sequence[Listed]) -> list[dict[str, Any]]:
    return [{"delivery": d.row.id, "state": d.state} for d in found]

"""`crosspost today` and `inbox`: what needs you today, most urgent first, with the command that answers each."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import JsonOption

if TYPE_CHECKING:
    from crosspost.cli.context import Session
    from crosspost.desk.morning import Morning
    from crosspost.desk.today import Inbox

MissionOption = Annotated[
    str, typer.Option("--mission", "-m", help="Whose day; with all below it.", show_default="for whom you act")
]
DaysOption = Annotated[int, typer.Option("--days", min=1, help="Look so many days ahead for what to localise.")]
AllOption = Annotated[bool, typer.Option("--all", help="Everything, however long; else about 40 lines.")]


def today(
    ctx: typer.Context,
    mission: MissionOption = "",
    days: DaysOption = 7,
    list_all: AllOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what needs you today, most urgent first, each with the command that answers it.

    A mission sees its inbox: what does not leave and why, what is stale, what to localise, what leaves today. The
    ministry and the regions see the night in numbers, whom it needs, what is stale, what comes next, and coverage.
    1 where something waits for an answer.
    """
    run = session(ctx, machine_readable=as_json)
    network, chosen = run.desk.network(), _chosen(run, mission)
    if chosen == network.root or network.missions[chosen].kind == "region":
        _say_morning(run, chosen, list_all=list_all, as_json=as_json)
    else:
        _say_inbox(run, chosen, days, list_all=list_all, as_json=as_json)


def inbox(
    ctx: typer.Context,
    mission: MissionOption = "",
    days: DaysOption = 7,
    list_all: AllOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what a mission has to do: what does not leave, what is stale, what to localise, what leaves today.

    Each with the command that answers it. 1 where something waits for an answer.
    """
    run = session(ctx, machine_readable=as_json)
    _say_inbox(run, _chosen(run, mission), days, list_all=list_all, as_json=as_json)


def _chosen(run: Session, mission: str) -> str:
    from crosspost.cli.filters import one_of
    from crosspost.desk.today import whose

    known = run.desk.network()
    return whose(run.desk, known, one_of(mission, known.missions, "mission") if mission else "")


def _say_inbox(run: Session, mission: str, days: int, *, list_all: bool, as_json: bool) -> None:
    from crosspost.cli.today import of_mission
    from crosspost.cli.today.agenda import say_agenda
    from crosspost.desk.today import inbox

    found = inbox(run.desk, mission, days)
    if not as_json:
        say_agenda(of_mission.head(found), of_mission.sections(found), run.typed, list_all=list_all)
    _end(found, as_json=as_json)


def _say_morning(run: Session, mission: str, *, list_all: bool, as_json: bool) -> None:
    from crosspost.cli.today import of_centre
    from crosspost.cli.today.agenda import say_agenda
    from crosspost.desk.morning import morning

    found = morning(run.desk, mission)
    if not as_json:
        say_agenda(of_centre.head(found), of_centre.sections(found), run.typed, list_all=list_all)
    _end(found, as_json=as_json)


def _end(found: Inbox | Morning, *, as_json: bool) -> None:
    if as_json:
        output.as_json(asdict(found))
    if found.needs_somebody:
        raise typer.Exit(1)

"""`crosspost network`: import the tree of missions and their accounts, show it, add to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosspost.cli import output
from crosspost.cli.context import session, utc_now
from crosspost.cli.filters import DryRunOption, JsonOption, YesOption, one_of
from crosspost.files.words import platform_name

if TYPE_CHECKING:
    from crosspost.desk.networks import Proposal
    from crosspost.desk.replan import Outcome
    from crosspost.domain.network import Mission, Network

#: How many names a line lists before the rest is only counted.
_FEW = 8

#: Whose word a weekend is, in words.
WEEKEND_SOURCES = {
    "network": "the network's own column",
    "reviewed": "the reviewed table",
    "library": "the holidays library",
    "nobody": "nobody knows the country's; Saturday and Sunday are taken",
}

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="The tree of missions and their accounts: import, show, add."
)


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(help="A CSV file; docs/network.md describes its columns.", exists=True, dir_okay=False),
    ],
    remove: Annotated[bool, typer.Option("--remove", help="Also remove what the file no longer names.")] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Take over a network from a CSV file; once more is an update.

    The difference is shown first, and which plans it changes. What the file no longer names stays, unless `--remove`
    says otherwise. What operation has set (enabled, paused, retired) is never touched.
    """
    from crosspost.desk import networks
    from crosspost.domain.findings import has_errors
    from crosspost.errors import FindingsError
    from crosspost.files.network import read_network

    desk = session(ctx).desk
    read = read_network(file)
    if read.network is None or has_errors(read.findings):
        raise FindingsError(f"{file} has mistakes; nothing was imported", read.findings)
    output.findings(read.findings)
    old = desk.network()
    new = read.network if remove else networks.merged(old, read.network)
    proposal = networks.propose(desk, new)
    if not remove:
        _say_stays(old, read.network)
    if not proposal.difference:
        output.say("Nothing changes.")
        return
    if old.missions:
        _say_proposal(proposal)
    else:
        output.say(f"A new network of {_size(new)}.")
    if dry_run:
        return
    if old.missions:
        output.confirm("Take this over?", yes=yes)
    _say_outcomes(networks.take_over(desk, proposal))
    output.say(f"The network has {_size(desk.network())}.", style="green")


def _size(network: Network) -> str:
    missions, accounts = len(network.missions), len(network.accounts)
    return f"{output.counted(missions, 'mission')} and {output.counted(accounts, 'account')}"


def _say_stays(old: Network, read: Network) -> None:
    """Say what the file no longer names and nobody asked to remove."""
    left = [*(m for m in old.missions if m not in read.missions), *(a for a in old.accounts if a not in read.accounts)]
    if left:
        few = ", ".join(left[:_FEW]) + ("…" if len(left) > _FEW else "")
        output.say(f"Not in the file, and kept ({len(left)}): {few}. `--remove` takes them out.", style="yellow")


def _say_proposal(proposal: Proposal) -> None:
    from crosspost.cli.replanned import say_replanned

    difference = proposal.difference
    for sign, lines in (("+", difference.added), ("~", difference.changed), ("-", difference.removed)):
        for line in lines:
            output.say(f"{sign} {line}")
    say_replanned(proposal.outcomes)


def counted(outcome: Outcome) -> str:
    """Return what a plan changed in the queue, in numbers."""
    changes = outcome.changes
    said = [
        f"{len(ids)} {word}"
        for ids, word in ((changes.queued, "queued"), (changes.changed, "changed"), (changes.cancelled, "cancelled"))
        if ids
    ]
    return ", ".join(said) or "nothing changed"


def _say_outcomes(outcomes: Mapping[str, Outcome]) -> None:
    for campaign, outcome in outcomes.items():
        if outcome.changes:
            output.say(f"{campaign}: {counted(outcome)}")


@app.command()
def show(
    ctx: typer.Context,
    mission: Annotated[str, typer.Argument(help="One mission; without it, the whole tree.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Draw the tree, or one mission with its accounts, languages, weekend and local time now."""
    from dataclasses import asdict

    from crosspost.errors import UsageError

    desk = session(ctx, machine_readable=as_json).desk
    network = desk.network()
    if not network.missions:
        raise UsageError("the network is empty: `crosspost network import FILE.csv`")
    chosen = one_of(mission, network.missions, "mission") if mission else network.root
    if as_json:
        nodes = [network.missions[node] for node in network.subtree(chosen)]
        output.as_json([asdict(n) | {"accounts": [asdict(a) for a in network.accounts_of(n.id)]} for n in nodes])
    elif mission:
        _show_one(network, network.missions[chosen])
    else:
        _show_tree(network, chosen)


def _show_tree(network: Network, root: str) -> None:
    from rich.tree import Tree

    def grow(tree: Tree, node: str) -> None:
        for child in network.children(node):
            grow(tree.add(_label(network, network.missions[child])), child)

    tree = Tree(_label(network, network.missions[root]))
    grow(tree, root)
    output.draw(tree)


def _label(network: Network, mission: Mission) -> str:
    accounts = " ".join(account.platform for account in network.accounts_of(mission.id))
    parts = [mission.id, mission.city, " ".join(mission.languages), accounts]
    return "  ".join(part for part in parts if part)


def _show_one(network: Network, mission: Mission) -> None:
    from crosspost.domain.zones import zone

    rows = [
        ("mission", mission.id),
        ("kind", mission.kind),
        ("within", " < ".join(network.owners(mission.id)[1:]) or "the root"),
        ("place", f"{mission.city} {mission.country}".strip()),
        ("languages", " ".join(mission.languages)),
        *_hours(mission),
    ]
    if mission.timezone:
        now = utc_now().astimezone(zone(mission.timezone))
        rows.append(("local time now", output.times(now, mission.timezone)))
    rows += [
        (a.platform, f"{a.handle}  {' '.join(network.languages_of(a))}  ({a.language_mode})")
        for a in network.accounts_of(mission.id)
    ]
    below = sum(1 for _ in network.subtree(mission.id)) - 1
    if below:
        rows.append(("below", output.counted(below, "mission")))
    output.table(("", ""), rows)


def _hours(mission: Mission) -> list[tuple[str, str]]:
    """Return a mission's weekend, and where it lives by a clock its hours; each with whose word it is, if not its."""
    from crosspost.calendars.weekends import DAYS, weekend_of
    from crosspost.domain.hours import gap_of, quiet_of, slots_of
    from crosspost.domain.schedule import format_duration

    if not mission.timezone:
        return [("weekend", " ".join(mission.weekend))]
    rest = weekend_of(mission)
    days = " ".join(day for day in DAYS if day in rest.days)

    def said(value: str, is_own: object) -> str:
        return value if is_own else f"{value} (where the network says nothing)"

    return [
        ("weekend", days if mission.weekend else f"{days} ({WEEKEND_SOURCES[rest.source]})"),
        ("best hours", said(" ".join(f"{hour:%H:%M}" for hour in slots_of(mission)), mission.slots)),
        ("quiet hours", said(str(quiet_of(mission) or "none: it may speak at any hour"), mission.quiet)),
        ("least gap", said(format_duration(gap_of(mission)), mission.gap)),
    ]


def _named(**given: str) -> dict[str, Any]:
    """Return what was named; the rest stays as it is."""
    return {name: value for name, value in given.items() if value}


def _listed(**given: str) -> dict[str, Any]:
    return {name: tuple(value.split(";")) for name, value in given.items() if value}


@app.command()
def add(
    ctx: typer.Context,
    mission: Annotated[str, typer.Argument(help="Its id, such as amb-jp-tokyo.")],
    parent: Annotated[str, typer.Option(help="The node just above it; needed for a new mission.")] = "",
    kind: Annotated[str, typer.Option(help="embassy, consulate_general, permanent_mission, region or ministry.")] = "",
    city: Annotated[str, typer.Option(help="Its city.")] = "",
    country: Annotated[str, typer.Option(help="Its country, ISO 3166: JP.")] = "",
    timezone: Annotated[str, typer.Option(help="Its time zone, such as Asia/Tokyo.")] = "",
    languages: Annotated[str, typer.Option(help="In order of preference: 'fr;ja'.")] = "",
    weekend: Annotated[str, typer.Option(help="Such as 'sat;sun' or 'fri;sat'.")] = "",
    slots: Annotated[str, typer.Option(help="Its best hours, for posts that are given a slot: '10:00;17:00'.")] = "",
    quiet: Annotated[
        str, typer.Option(help="Hours in which it keeps quiet: '22:00-07:00'; '00:00-00:00' for none.")
    ] = "",
    gap: Annotated[str, typer.Option(help="The least time between two posts that are given its slots: '30m'.")] = "",
    account: Annotated[
        list[str] | None, typer.Option(help="An account as PLATFORM=HANDLE; may be given several times.")
    ] = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Add one mission or account, or change it, without a CSV file. What is not named stays as it is."""
    from dataclasses import replace

    from crosspost.desk import networks
    from crosspost.domain.findings import has_errors
    from crosspost.domain.network import Account, Mission
    from crosspost.errors import FindingsError
    from crosspost.files.network import check_network

    desk = session(ctx).desk
    old = desk.network()
    before = old.missions.get(mission, Mission(mission))
    changed = replace(
        before,
        **_named(parent=parent, kind=kind, city=city, country=country.upper(), timezone=timezone, quiet=quiet, gap=gap),
        **_listed(languages=languages, weekend=weekend, slots=slots),
    )
    given = [name.partition("=") for name in account or ()]
    named = [(one_of(platform_name(p), list(desk.adapters), "platform"), handle) for p, _, handle in given]
    held = {a.platform: a for a in old.accounts_of(mission)}
    accounts = [replace(held.get(p, Account(mission, p)), handle=handle) for p, handle in named]
    new = networks.with_mission(old, changed, accounts)
    found = check_network(new)
    if has_errors(found):
        raise FindingsError("nothing was changed", found)
    proposal = networks.propose(desk, new)
    if not proposal.difference:
        output.say("Nothing changes.")
        return
    _say_proposal(proposal)
    if dry_run:
        return
    output.confirm("Take this over?", yes=yes)
    _say_outcomes(networks.take_over(desk, proposal))
    output.say("Taken over.", style="green")

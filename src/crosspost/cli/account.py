"""`crosspost account`: whose credential is it, and may the account speak?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import (
    CountryFilter,
    DryRunOption,
    ExceptFilter,
    JsonOption,
    MissionFilter,
    PlatformFilter,
    YesOption,
    one_of,
    selection,
)
from crosspost.files.words import account_name, platform_name

if TYPE_CHECKING:
    from crosspost.desk.accounts import AccountCheck, AccountStatus
    from crosspost.desk.desk import Desk
    from crosspost.desk.replan import Outcome
    from crosspost.domain.network import Account

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Accounts: list, check, enable, pause, resume, retire."
)

#: How many accounts a question names.
_FEW = 5

Accounts = Annotated[
    list[str] | None,
    typer.Argument(help="Accounts such as amb-jp-tokyo/twitter; or use the filters.", metavar="ACCOUNT"),
]


@app.command("list")
def list_(
    ctx: typer.Context,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    except_: ExceptFilter = None,
    as_json: JsonOption = False,
) -> None:
    """List accounts with their handle, languages, state, and whose credential was confirmed."""
    from crosspost.desk import accounts as desk_accounts

    desk = session(ctx, machine_readable=as_json).desk
    network = desk.network()
    chosen = selection(desk, network, mission, country, platform, except_=except_)
    rows = [s for s in desk_accounts.every(desk) if chosen.takes(s.account, network)]
    if as_json:
        output.as_json([_as_object(status) for status in rows])
        return
    output.table(
        ("account", "handle", "languages", "state", "confirmed as", "why"),
        [
            (s.account.id, s.account.handle, " ".join(s.languages), s.state, s.operation.identity, s.operation.paused)
            for s in rows
        ],
        wrap="why",
        empty="No accounts.",
    )
    for pace in desk_accounts.stopped_apps(desk):
        until = output.rfc3339(pace.until) or f"`crosspost account resume {pace.scope}`"
        output.say(f"{pace.scope} waits until {until}: {pace.why}", style="yellow")


def _as_object(status: AccountStatus) -> dict[str, object]:
    account, operation = status.account, status.operation
    return {
        "account": account.id,
        "mission": account.mission,
        "platform": account.platform,
        "handle": account.handle,
        "languages": list(status.languages),
        "language_mode": account.language_mode.value,
        "state": status.state,
        "paused": operation.paused,
        "identity": operation.identity,
    }


def _chosen(
    desk: Desk, accounts: Sequence[str] | None, filters: tuple[list[str] | None, list[str] | None, list[str] | None]
) -> list[Account]:
    from crosspost.errors import UsageError

    network = desk.network()
    if accounts:
        return [network.accounts[one_of(account_name(name), network.accounts, "account")] for name in accounts]
    if not any(filters):
        raise UsageError("name accounts, or use --mission, --country or --platform")
    return list(selection(desk, network, *filters).accounts(network))


@app.command()
def check(
    ctx: typer.Context,
    accounts: Accounts = None,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
) -> None:
    """Ask the platform whose credential it is. What matches is enabled if it was new; what does not is paused."""
    from crosspost.desk import accounts as desk_accounts

    run = session(ctx)
    chosen = _chosen(run.desk, accounts, (mission, country, platform))
    run.credentials.table("")  # a file that nobody can use is one mistake, and no account's
    results, outcomes = desk_accounts.check(run.desk, run.doors, chosen)
    for result in results:
        output.say(
            f"{_verdict(result)} {result.account}: {result.said}",
            style=None if result.is_right else "red",
        )
    _say_plans(outcomes)
    if any(not result.is_right for result in results):
        raise typer.Exit(1)


@app.command()
def enable(
    ctx: typer.Context,
    accounts: Accounts = None,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    dry_run: DryRunOption = False,
) -> None:
    """Let accounts speak; they inherit what is still to come, never the past."""
    from crosspost.desk import accounts as desk_accounts

    desk = session(ctx).desk
    ids = [a.id for a in _chosen(desk, accounts, (mission, country, platform))]
    if dry_run:
        _say_would(ids, "enabled")
        return
    _say_plans(desk_accounts.enable(desk, ids))
    output.say(f"{len(ids)} enabled.")


@app.command()
def pause(
    ctx: typer.Context,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; said wherever it stops something.")],
    accounts: Accounts = None,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    dry_run: DryRunOption = False,
) -> None:
    """Stop accounts until they are resumed; their queue stays. To stop part of a campaign, see `crosspost hold`."""
    from crosspost.desk import accounts as desk_accounts

    desk = session(ctx).desk
    ids = [a.id for a in _chosen(desk, accounts, (mission, country, platform))]
    if dry_run:
        _say_would(ids, "paused")
        return
    desk_accounts.pause(desk, ids, reason)
    output.say(f"{len(ids)} paused. `crosspost account resume` lets them go on.")


@app.command()
def resume(
    ctx: typer.Context,
    accounts: Accounts = None,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    dry_run: DryRunOption = False,
) -> None:
    """Let paused accounts go on; or the whole app of a platform, by the platform's name."""
    from crosspost.desk import accounts as desk_accounts

    desk = session(ctx).desk
    app_of = platform_name(accounts[0]) if accounts and len(accounts) == 1 else ""
    if app_of in desk.adapters:
        was = any(pace.scope == app_of for pace in desk_accounts.stopped_apps(desk))
        if was and not dry_run:
            desk_accounts.resume_app(desk, app_of)
        output.say(f"{app_of} {'would go on' if dry_run else 'goes on'}." if was else f"{app_of} was not stopped.")
        return
    ids = [a.id for a in _chosen(desk, accounts, (mission, country, platform))]
    if dry_run:
        _say_would(ids, "resumed")
        return
    _say_plans(desk_accounts.resume(desk, ids))
    output.say(f"{len(ids)} resumed.")


@app.command()
def retire(
    ctx: typer.Context,
    accounts: Accounts = None,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Close accounts: what is queued is cancelled, and nothing is planned until `account enable` opens them again."""
    from crosspost.desk import accounts as desk_accounts

    desk = session(ctx).desk
    ids = [a.id for a in _chosen(desk, accounts, (mission, country, platform))]
    if dry_run:
        _say_would(ids, "retired")
        return
    more = "…" if len(ids) > _FEW else ""
    output.confirm(f"Retire {output.counted(len(ids), 'account')}: {', '.join(ids[:_FEW])}{more}?", yes=yes)
    _say_plans(desk_accounts.retire(desk, ids))
    output.say(f"{len(ids)} retired.")


def _verdict(result: AccountCheck) -> str:
    return "ok   " if result.is_right else "WRONG" if result.was_asked else "?    "


def _say_would(ids: Sequence[str], done: str) -> None:
    output.say(f"{output.counted(len(ids), 'account')} would be {done}.")
    for account in ids:
        output.say(f"  {account}")


def _say_plans(outcomes: Mapping[str, Outcome]) -> None:
    from crosspost.cli.network import counted

    for campaign, outcome in outcomes.items():
        if outcome.changes:
            output.say(f"{campaign}: {counted(outcome)}")

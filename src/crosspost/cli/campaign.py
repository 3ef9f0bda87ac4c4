"""`crosspost campaign`: write, check, plan, queue, correct, withdraw."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.correcting import confirm, correction
from crosspost.cli.filters import DryRunOption, JsonOption, YesOption
from crosspost.cli.queueing import Name, Now, queue, say_against, say_edit

if TYPE_CHECKING:
    from datetime import datetime

    from crosspost.desk.world import World
    from crosspost.domain.campaign import Campaign
    from crosspost.domain.network import Network
    from crosspost.domain.planned import Plan, Planned

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Campaigns: new, check, plan, queue, correct, list, show, withdraw.",
)

_TEMPLATES = ("blank", "conference", "national-day", "condolences", "consular-notice", "fake-account-denial")

#: How many rows of the same kind are listed before the rest is only counted.
_FEW = 12


@app.command()
def new(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="Small letters, digits and hyphens; it never changes.")],
    template: Annotated[str, typer.Option("--template", "-t", help=" · ".join(_TEMPLATES))] = "blank",
    title: Annotated[str, typer.Option(help="Its title; without it, the id.")] = "",
) -> None:
    """Write a commented campaign.toml to fill in."""
    from datetime import timedelta
    from importlib import resources

    from crosspost.cli.context import utc_now
    from crosspost.cli.filters import one_of
    from crosspost.domain.campaign import is_identifier
    from crosspost.errors import UsageError

    if not is_identifier(name):
        raise UsageError(f"{name!r} cannot name a campaign: small letters, digits and hyphens, such as cop31")
    chosen = one_of(template, _TEMPLATES, "template")
    target = session(ctx).config.campaigns / name / "campaign.toml"
    if target.exists():
        raise UsageError(f"{target} is there already")
    text = resources.files("crosspost.cli").joinpath("templates", "campaign", f"{chosen}.toml").read_text("utf-8")
    said = (title or name.replace("-", " ").capitalize()).replace("\\", "\\\\").replace('"', '\\"')
    day = (utc_now() + timedelta(days=7)).date().isoformat()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text.replace("@TITLE@", said).replace("@DATE@", day), "utf-8")
    output.say(f"Wrote {target}", style="green")
    output.say(f"Fill it in, then: crosspost campaign check {name} · crosspost campaign plan {name}")


@app.command()
def check(ctx: typer.Context, name: Name, as_json: JsonOption = False) -> None:
    """Say every mistake of a campaign in one run, with file, line, and what to write instead."""
    from dataclasses import asdict

    from crosspost.desk import campaigns
    from crosspost.domain.findings import has_errors

    desk = session(ctx, machine_readable=as_json).desk
    file = campaigns.read(desk, name)
    found = file.findings if file.campaign is None else campaigns.prospect(desk, file).findings
    if as_json:
        output.as_json([asdict(finding) for finding in found])
    elif found:
        output.findings(found)
    else:
        output.say("No mistakes found.", style="green")
    if file.campaign is not None and not as_json:
        _say_coming_back(file.campaign, desk.clock())
    if has_errors(list(found)):
        raise typer.Exit(1)


def _say_coming_back(campaign: Campaign, now: datetime) -> None:
    """Say on which days the posts that come back are said next: a rule is easily read otherwise than it is meant."""
    from datetime import datetime
    from itertools import islice

    from crosspost.domain.schedule import WallTime, hour_of

    today = now.replace(tzinfo=None)
    for post in campaign.posts:
        if post.recurrence is None or not isinstance(post.at, WallTime):
            continue
        every = post.recurrence.occurrences(post.at.wall, datetime.max)  # noqa: DTZ901 - a wall time
        times = list(islice((wall for wall in every if wall >= today), _FEW + 1))
        days = ", ".join(f"{wall:%a %Y-%m-%d}" for wall in times[:_FEW])
        more = " and so on" if len(times) > _FEW else ""
        when = f"next {days}{more}, at {hour_of(post.at)}" if times else "never again"
        output.say(f"{post.id} comes back, {post.recurrence}: {when}")


@app.command()
def plan(ctx: typer.Context, name: Name, now: Now = False, as_json: JsonOption = False) -> None:
    """Show what queuing would send, to whom, when, and why; what is skipped; and do nothing.

    `crosspost report` draws the same, hour by hour, on a page.
    """
    from crosspost.cli.timing import say_times
    from crosspost.cli.world import say_world
    from crosspost.desk import campaigns
    from crosspost.desk.world import of_plan
    from crosspost.domain.findings import has_errors

    desk = session(ctx, machine_readable=as_json).desk
    prospect = campaigns.prospect(desk, campaigns.read(desk, name), campaigns.Edit(rushed=now))
    network = desk.network()
    world = of_plan(desk, network, prospect.plan)
    if as_json:
        output.as_json(_plan_as_json(prospect.plan, network, world))
    else:
        _say_totals(prospect.plan)
        say_world(world)
        _say_rows(prospect.plan, network)
        say_times(prospect.plan, network)
        _say_skipped(prospect.plan)
        output.say()
        say_edit(prospect)
        say_against(prospect.outcome.changes)
        output.findings(prospect.findings)
    if has_errors(list(prospect.findings)):
        raise typer.Exit(1)


def _plan_as_json(made: Plan, network: Network, world: World) -> dict[str, object]:
    from dataclasses import asdict

    from crosspost.cli.world import as_object

    rows = [
        {
            "delivery": p.id,
            "campaign": p.campaign,
            "post": p.post,
            "occurrence": p.occurrence or None,
            "account": p.account,
            "language": p.content.language,
            "due_at": output.rfc3339(p.time.utc),
            "local": f"{output.own_time(p.time, network.clock_of(p.account)):%Y-%m-%dT%H:%M}",
            "zone": network.clock_of(p.account) or p.time.zone,
            "text": p.content.text,
            "reposts": p.content.original or None,
            "because": p.because,
            "moved": p.moved,
            "stops": [{"kind": stop.kind.value, "why": stop.why} for stop in p.stops],
            "link": p.content.link,
            "digest": p.content.digest,
            "length": p.length,
            "limit": p.limit,
            "origins": [asdict(origin) for origin in p.origins],
        }
        for p in made.planned
    ]
    return {"planned": rows, "skipped": [asdict(s) for s in made.skipped], "world": as_object(world)}


def _say_totals(made: Plan) -> None:
    from crosspost.domain.language import name_of

    accounts = {p.account for p in made.planned}
    number = output.counted(len(made.planned), "delivery", "deliveries")
    output.say(f"{number} on {output.counted(len(accounts), 'account')}; {len(made.skipped)} skipped.")
    if not made.planned:
        return
    for title, counts in (
        ("by post", Counter(p.post for p in made.planned)),
        ("by platform", Counter(p.content.platform for p in made.planned)),
        ("by language", Counter(f"{tag} {name_of(tag)}" for p in made.planned for tag in p.content.languages)),
    ):
        output.say(f"  {title}: " + ", ".join(f"{name} {number}" for name, number in counts.most_common()))
    reposts = Counter(p.content.platform for p in made.planned if p.content.is_repost)
    if reposts:
        output.say("  reposts among them: " + ", ".join(f"{name} {number}" for name, number in reposts.most_common()))
    for post in dict.fromkeys(p.post for p in made.planned):
        instants = sorted(p.time.utc for p in made.planned if p.post == post)
        output.say(f"  {post}: from {output.house_times(instants[0])} to {output.house_times(instants[-1])}")
    output.say()


def _say_rows(made: Plan, network: Network) -> None:
    from crosspost.domain.zones import PARIS

    if not made.planned:
        return
    output.table(
        ("post", "account", "lang", "local (the mission's clock)", "Paris", "UTC", "length", "text from"),
        [
            (
                p.occasion,
                p.account,
                " ".join(p.content.languages),
                f"{output.own_time(p.time, network.clock_of(p.account)):%a %Y-%m-%d %H:%M}"
                + (f" ({p.time.shift})" if p.time.shift else ""),
                f"{output.own_time(p.time, PARIS):%a %H:%M}",
                f"{p.time.utc:%a %H:%M}",
                f"{p.length}/{p.limit}",
                _text_from(p),
            )
            for p in made.planned
        ],
    )


def _text_from(planned: Planned) -> str:
    if planned.because:
        return planned.because
    text = next(o for o in planned.origins if o.field == "text")
    platform = "" if text.platform == "*" else f" for {text.platform}"
    return f"{text.owner} ({text.language}{platform})"


def _say_skipped(made: Plan) -> None:
    if not made.skipped:
        return
    output.say()
    output.say("Skipped:")
    by_reason: dict[tuple[str, str], list[str]] = {}
    for s in made.skipped:
        by_reason.setdefault((s.post, s.reason), []).append(f"{s.account}{'/' + s.slot if s.slot else ''}: {s.message}")
    for (post, reason), rows in by_reason.items():
        output.say(f"  {post}, {reason}: {len(rows)}")
        for row in rows[:_FEW]:
            output.say(f"    {row}")
        if len(rows) > _FEW:
            output.say(f"    … and {len(rows) - _FEW} more (`--json` lists all)")


app.command()(queue)
app.command()(confirm)
app.command()(correction)


@app.command("list")
def list_(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the campaigns that were queued, and the folders that were not yet."""
    from crosspost.desk import overview

    run = session(ctx, machine_readable=as_json)
    rows = overview.campaigns(run.desk)
    if as_json:
        output.as_json(rows)
        return
    output.table(
        ("campaign", "title", "owner", "status", "revision", "deliveries"),
        [
            (
                str(r["campaign"]),
                str(r["title"]),
                str(r["owner"]),
                str(r["status"]),
                str(r["revision"] or ""),
                _counts(r["states"]),
            )
            for r in rows
        ],
        empty="No campaigns yet: `crosspost campaign new ID` writes a first one.",
    )


def _counts(states: object) -> str:
    return ", ".join(f"{number} {state}" for state, number in states.items()) if isinstance(states, dict) else ""


@app.command()
def show(ctx: typer.Context, name: Name, as_json: JsonOption = False) -> None:
    """Show a queued campaign: its revisions, its posts, and where its deliveries stand."""
    from crosspost.desk import overview

    run = session(ctx, machine_readable=as_json)
    shown = overview.campaign(run.desk, name)
    if as_json:
        output.as_json(shown)
        return
    output.say(f"{shown['campaign']} · {shown['title']} · {shown['status']} · belongs to {shown['owner']}")
    output.say(_counts(shown["states"]))
    output.table(
        ("revision", "queued at", "by", "change"),
        [(str(r["number"]), str(output.rfc3339(r["at"])), str(r["who"]), str(r["how"])) for r in shown["revisions"]],
    )
    output.say()
    output.table(
        ("post", "time", "comes back", "expires after", "languages", "images"),
        [
            (p["post"], p["at"], p["repeat"], p["expires"], " ".join(p["languages"]), str(p["media"]))
            for p in shown["posts"]
        ],
    )
    if shown["overrides"]:
        output.say(f"{output.counted(shown['overrides'], 'override')}: `crosspost override list {shown['campaign']}`")


@app.command()
def withdraw(ctx: typer.Context, name: Name, dry_run: DryRunOption = False, yes: YesOption = False) -> None:
    """Take everything of a campaign that has not left out of the queue; what is out stays out."""
    from crosspost.cli.network import counted
    from crosspost.desk import campaigns, replan

    desk = session(ctx).desk
    row = campaigns.queued(desk, name)
    outcome = replan.preview(desk, row.id, campaigns.Withdraw(desk, row.id))
    if not outcome.changes:
        output.say(f"{row.id}: nothing of it is queued any more.")
    else:
        output.say(f"{row.id}: would be {counted(outcome)}; what is out stays out.")
    if dry_run:
        return
    output.confirm(f"Withdraw {row.id}?", yes=yes)
    done = campaigns.withdraw(desk, row.id)
    output.say(f"{row.id} is withdrawn: {counted(done)}.", style="green")

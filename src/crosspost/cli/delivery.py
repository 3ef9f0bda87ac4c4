"""`crosspost delivery`: what is queued, what is out, and why. `queue` and `explain` are short for list and show."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosspost.cli import output
from crosspost.cli.allowing import allow
from crosspost.cli.context import session
from crosspost.cli.deciding import Decision, Manner, chosen, decide
from crosspost.cli.filters import (
    CampaignFilter,
    CountryFilter,
    DryRunOption,
    ExceptFilter,
    JsonOption,
    LangFilter,
    MissionFilter,
    PlatformFilter,
    StateFilter,
    YesOption,
    selection,
)

if TYPE_CHECKING:
    from crosspost.desk.deliveries import Explanation
    from crosspost.desk.origins import Field
    from crosspost.store.deliveries import Listed

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Deliveries: list, show, cancel, and decide what only a person can.",
)

_COLOURS = {"sent": "green", "failed": "red", "unknown": "magenta", "held": "yellow", "recalled": "yellow"}


@app.command("list")
def queue(
    ctx: typer.Context,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    campaign: CampaignFilter = None,
    state: StateFilter = None,
    except_: ExceptFilter = None,
    as_json: JsonOption = False,
) -> None:
    """List deliveries by due time, each on its mission's own clock and in UTC."""
    from crosspost.desk import deliveries

    desk = session(ctx, machine_readable=as_json).desk
    network = desk.network()
    asked = selection(desk, network, mission, country, platform, lang, campaign, state, except_)
    rows = deliveries.every(desk, asked)
    if as_json:
        output.as_json([as_object(listed) for listed in rows])
        return
    output.table(
        ("delivery", "due (the mission's clock)", "UTC", "state", "why / where", "text"),
        [
            (
                d.row.id,
                f"{output.own_time(deliveries.instant_of(d), network.clock_of(d.row.account)):%a %Y-%m-%d %H:%M}",
                f"{d.row.due:%a %H:%M}",
                d.state,
                d.reason or d.remote_url or d.row.moved,
                d.content.text,
            )
            for d in rows
        ],
        cut=("why / where", "text"),
        empty="No deliveries.",
    )
    if not rows:
        return
    counts: dict[str, int] = {}
    for d in rows:
        counts[d.state] = counts.get(d.state, 0) + 1
    said = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
    output.say(f"{output.counted(len(rows), 'delivery', 'deliveries')}: {said}")


def as_object(listed: Listed) -> dict[str, Any]:
    """Return a delivery in the shape that `queue --json` promises (docs/json.md)."""
    row = listed.row
    return {
        "delivery": row.id,
        "campaign": row.campaign,
        "post": row.post,
        "occurrence": row.occurrence or None,
        "mission": row.account.rpartition("/")[0],
        "account": row.account,
        "platform": row.platform,
        "language": row.language,
        "due_at": output.rfc3339(row.due),
        "state": listed.state,
        "reason": listed.reason,
        "moved": row.moved,
        "text": listed.content.text,
        "reposts": listed.content.original or None,
        "digest": row.content,
        "attempts": row.attempts,
        "remote_id": listed.remote_id or None,
        "remote_url": listed.remote_url or None,
    }


@app.command("show")
def explain(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="DELIVERY", help="Its id, or a beginning that only one has.")],
    as_json: JsonOption = False,
) -> None:
    """Explain a delivery: which layer gave each field, why this time, what blocks it, who did what."""
    from crosspost.desk import deliveries

    desk = session(ctx, machine_readable=as_json).desk
    explanation = deliveries.explain(desk, name)
    if as_json:
        output.as_json(_explanation_as_object(explanation))
        return
    mission = desk.network().missions.get(explanation.listed.row.account.rpartition("/")[0])
    _say_explanation(explanation, mission.timezone if mission else "")


def _explanation_as_object(e: Explanation) -> dict[str, Any]:
    from dataclasses import asdict

    row = e.listed.row
    return as_object(e.listed) | {
        "wall": row.wall,
        "zone": row.zone,
        "expires_at": output.rfc3339(row.expires),
        "length": row.length,
        "limit": row.length_limit,
        "link": e.listed.content.link,
        "reposts": e.listed.content.original or None,
        "because": row.because,
        "reposted_by": list(e.reposted_by),
        "media": [{"sha256": m.sha256, "alt": m.alt} for m in e.listed.content.media],
        "origins": row.origins,
        "fields": [asdict(field) for field in e.fields],
        "holds": [{"hold": h.id, "scope": h.scope.describe(), "reason": h.reason} for h in e.holds],
        "waits": e.waits,
        "history": [a.model_dump() for a in e.attempts],
        "events": e.events,
    }


def _say_explanation(e: Explanation, own_zone: str) -> None:
    row, content = e.listed.row, e.listed.content
    output.say(f"{row.id} · {e.listed.state}", style=_COLOURS.get(e.listed.state))
    for number, line in enumerate(content.text.split("\n")):
        output.say(f"  {'' if number else 'says':7} {line}".rstrip())
    if content.link:
        output.say(f"  link    {content.link}")
    for medium in content.media:
        alts = f"\n{'':26}".join(medium.alt.split("\n"))  # one line for each language of a joined post
        output.say(f"  image   {medium.sha256[:12]}…  alt: {alts}")
    output.say(f"  length  {row.length} of {row.length_limit}")
    _say_time(e, own_zone)
    fits = {(f.owner, f.field, f.language, f.platform): f for f in e.fields}
    for origin in row.origins:
        where = "" if origin["language"] == "*" else f" in {origin['language']}"
        where += "" if origin["platform"] == "*" else f" for {origin['platform']}"
        field = fits.get((origin["owner"], origin["field"], origin["language"], origin["platform"]))
        said = f"  {origin['field'].partition(':')[0]:7} from {origin['owner']}{where}"
        output.say(said + (_fit(field) if field else ""), style="yellow" if field and field.stale_since else None)
    _say_what_stops(e)
    for a in e.attempts:
        took = f" after {(a.end - a.start).total_seconds():.2f} s" if a.end else ""
        outcome = f"{a.outcome or 'running'}{took}" + (f": {a.detail}" if a.detail else "")
        output.say(f"  attempt {a.number} {a.step} {output.rfc3339(a.start)} by {a.worker}: {outcome}")
    if e.listed.remote_url:
        output.say(f"  receipt {e.listed.remote_id} {e.listed.remote_url}")
    for event in e.events:
        why = event["detail"].get("why") or event["detail"].get("reason")
        said = f"{event['action']} {event['target']}" + (f": {why}" if why else "")
        output.say(f"  {output.rfc3339(event['at'])} {event['who']} as {event['role']}: {said}")


def _say_time(e: Explanation, own_zone: str) -> None:
    from crosspost.desk.deliveries import instant_of

    row = e.listed.row
    moment = output.moment(instant_of(e.listed), own_zone)
    output.say(f"  time    {moment}; expires {output.rfc3339(row.expires)}")
    if row.occurrence:
        output.say(f"  one of  the times of {row.campaign}/{row.post}, which comes back: that of {row.occurrence}")
    if row.moved:
        output.say(f"  moved   {row.moved}")


def _fit(field: Field) -> str:
    """Return from which revision a field is, and how it fits its source: `, made from revision 1, stale since 2`."""
    said = ""
    if field.revision is not None:
        said = f", made from revision {field.revision}" if field.is_override else f", as of revision {field.revision}"
    said += f", {field.fit}" + (f" until {output.rfc3339(field.pinned)}" if field.fit == "pinned" else "")
    said += f" since revision {field.stale_since}" if field.fit == "stale" and field.stale_since else ""
    said += f", by {field.who} at {output.rfc3339(field.at)}" if field.who else ""
    return said + (f": {field.reason}" if field.reason else "")


def _say_what_stops(e: Explanation) -> None:
    if e.listed.row.because:
        output.say(f"  because {e.listed.row.because}")
    if e.reposted_by:
        by_state = Counter(e.reposted_by.values())
        said = ", ".join(f"{number} {state}" for state, number in sorted(by_state.items()))
        who = next(iter(e.reposted_by)) if len(e.reposted_by) == 1 else f"{len(e.reposted_by)} deliveries"
        output.say(f"  reposts by {who}: {said}")
    if e.listed.reason and e.listed.reason != e.listed.row.because:
        output.say(f"  why     {e.listed.reason}", style="yellow")
    for do in e.remedies:
        output.say(f"  do      {do}")
    for hold in e.holds:
        output.say(f"  held    by hold {hold.id} ({hold.scope.describe()}): {hold.reason}", style="yellow")
    if e.operation.paused:
        output.say(f"  paused  the account: {e.operation.paused}", style="yellow")
    for wait in e.waits:
        output.say(f"  waits   {wait}", style="yellow")


Names = Annotated[list[str] | None, typer.Argument(metavar="DELIVERY", help="Ids; or use the filters.")]


@app.command()
def cancel(
    ctx: typer.Context,
    names: Names = None,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why.")] = "cancelled by a person",
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    campaign: CampaignFilter = None,
    state: StateFilter = None,
    except_: ExceptFilter = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Never send deliveries that are still queued. What is out, or may be, stays as it is: see `crosspost recall`."""
    from crosspost.desk import deliveries

    desk = session(ctx, machine_readable=as_json).desk
    decision = Decision(
        fits=lambda d: d.row.state == "queued",
        unfit="not in the queue",
        told=lambda d: f" is due {output.moment(deliveries.instant_of(d))}",
        question="Cancel {}?",
        done="{} cancelled.",
        act=lambda found: deliveries.cancel(desk, found, reason)[0],
    )
    found = chosen(desk, names, (mission, country, platform, lang, campaign, state, except_))
    decide(found, decision, Manner(dry_run, yes, as_json))


@app.command("send-late")
def send_late(
    ctx: typer.Context,
    names: Names = None,
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
    """Let deliveries leave that came too late, or wait in review. The other answer is `delivery cancel`.

    After an outage, or a hold with an end: `crosspost delivery send-late --campaign cop31 --dry-run` shows what that
    would be; give `--mission`, `--lang` … to decide about a part of it.
    """
    from crosspost.desk import deliveries

    desk = session(ctx, machine_readable=as_json).desk
    decision = Decision(
        fits=lambda d: d.row.state == "queued" and deliveries.may_be_sent_late(d),
        unfit="not waiting for this word",
        told=lambda d: f" was due {output.moment(deliveries.instant_of(d))}: {d.reason}",
        question="Send {} now?",
        done="{} will leave.",
        act=lambda found: deliveries.send_late(desk, found),
    )
    found = chosen(desk, names, (mission, country, platform, lang, campaign, None, except_), ["held"])
    late = found if names else [d for d in found if decision.fits(d)]  # held for another reason is not asked about
    decide(late, decision, Manner(dry_run, yes, as_json))


@app.command()
def resolve(
    ctx: typer.Context,
    names: Names = None,
    sent: Annotated[str, typer.Option("--sent", metavar="URL", help="It is out: the address of the post.")] = "",
    not_sent: Annotated[bool, typer.Option("--not-sent", help="It is not out: you have looked.")] = False,
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
    """Settle what may be out, after looking at the account: it is there (--sent URL), or it is not (--not-sent).

    What is not there goes back to the queue and leaves at once, unless it has expired. Look well: this is the one way
    in which a post can go out twice.
    """
    from crosspost.desk import resolving
    from crosspost.errors import UsageError

    if bool(sent) == not_sent:
        raise UsageError("say what you have seen: `--sent URL`, or `--not-sent`")
    desk = session(ctx, machine_readable=as_json).desk
    found = chosen(desk, names, (mission, country, platform, lang, campaign, None, except_), ["unknown"])
    if sent and len(found) != 1:
        raise UsageError("one address is one post: name one delivery")
    decision = Decision(
        fits=lambda d: bool(sent) or (d.row.state == "unknown" and d.row.look_at is None),
        unfit="does not wait for a person",
        told=lambda d: f": {d.reason}",
        question=f"Are these {{}} out, at {sent}?" if sent else "Have you looked, and are these {} not out?",
        done="{} settled: sent." if sent else "{} back in the queue.",
        act=lambda these: (
            [resolving.is_sent(desk, one, sent) for one in these] if sent else resolving.is_not_sent(desk, these)
        ),
    )
    # Naming one delivery and its address is answer enough.
    decide(found, decision, Manner(dry_run, yes or bool(sent), as_json))


@app.command()
def retry(
    ctx: typer.Context,
    names: Names = None,
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
    """Try failed deliveries again as they are, once what the platform refused is settled there."""
    from crosspost.desk import resolving

    desk = session(ctx, machine_readable=as_json).desk
    decision = Decision(
        fits=lambda d: d.row.state == "failed",
        unfit="not failed",
        told=lambda d: f": {d.reason}",
        question="Try {} again?",
        done="{} back in the queue.",
        act=lambda found: resolving.retry(desk, found),
    )
    found = chosen(desk, names, (mission, country, platform, lang, campaign, None, except_), ["failed"])
    decide(found, decision, Manner(dry_run, yes, as_json))


app.command()(allow)

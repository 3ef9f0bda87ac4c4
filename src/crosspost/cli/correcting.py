"""`crosspost campaign confirm` and `correction`: what waits since a critical correction, and what was out by then."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import (
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
    from pathlib import Path

    from crosspost.desk.corrections import Corrected, Draft
    from crosspost.desk.desk import Desk
    from crosspost.domain.network import Network
    from crosspost.store.deliveries import Listed

#: How many rows of the same kind are listed before the rest is only counted; `--json` lists all.
_FEW = 12


def confirm(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="CAMPAIGN[/POST]", help="What you have looked at; one delivery's id as well.")
    ],
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    except_: ExceptFilter = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Let leave what waits since a critical correction, once you have looked at what it says now.

    Shows each text as it would leave. The campaign's owner decides about all of it, a mission about its own. What is
    stale besides keeps waiting for an answer to that, and what is late by now for `crosspost delivery send-late`.
    """
    from crosspost.cli.deciding import Decision, Manner, decide
    from crosspost.desk import critical

    desk = session(ctx, machine_readable=as_json).desk
    network = desk.network()
    filters = selection(desk, network, mission, country, platform, lang, None, None, except_)
    choice = critical.waiting(desk, name, filters)
    if choice.others and not as_json:
        number = output.counted(choice.others, "delivery more waits", "deliveries more wait")
        output.say(f"{number} for their own missions, or the campaign's owner.", style="yellow")
    decision = Decision(
        fits=lambda _: True,
        unfit="does not wait for this",
        told=lambda d: _told(d, network),
        question="You have looked at these {} and they may leave?",
        done="Confirmed: {}.",
        act=lambda chosen: critical.confirm(desk, chosen),
    )
    if not choice.waiting and not as_json:
        output.say(f"Nothing of {name} waits to be confirmed.")
        return
    decide(choice.waiting, decision, Manner(dry_run=dry_run, yes=yes, as_json=as_json))


def _told(d: Listed, network: Network) -> str:
    from crosspost.desk.critical import is_stale

    stale = "  (stale besides: it keeps waiting for an answer)" if is_stale(d) else ""
    words = "\n".join(f"      {line}" for line in d.content.text.splitlines())
    mission = network.missions.get(d.row.account.rpartition("/")[0])
    return f"  due {output.times_at(d.row.due, mission.timezone if mission else '')}{stale}\n{words}"


def correction(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CAMPAIGN[/POST]", help="What was corrected.")],
    write: Annotated[
        str, typer.Option("--write", metavar="ID", help="Write the corrections as a new campaign of that id, to edit.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Show what is out with the words that a critical correction put right, how to correct it, how to take it back.

    Lists each account with its link; drafts a correction in each language that is out, as commands, or with `--write`
    as a campaign for exactly these accounts; and names the recall. Nothing of it is done.
    """
    from crosspost.desk import corrections

    desk = session(ctx, machine_readable=as_json).desk
    found = corrections.corrected(desk, name)
    if as_json:
        output.as_json([_as_object(one) for one in found])
        return
    if not write:
        say_corrected(found, name)
        return
    written = _write(desk, write, corrections.stub(desk, found, name.partition("/")[0]))
    output.say(f"Wrote {written}", style="green")
    output.say(f"Read every line, then: crosspost campaign plan {write} · crosspost campaign queue {write}")


def _write(desk: Desk, name: str, text: str) -> Path:
    from crosspost.domain.campaign import is_identifier
    from crosspost.errors import UsageError

    if not is_identifier(name):
        raise UsageError(f"{name!r} cannot name a campaign: small letters, digits and hyphens, such as correction-1")
    target = desk.config.campaigns / name / "campaign.toml"
    if target.exists():
        raise UsageError(f"{target} is there already")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")
    return target


def say_corrected(found: Sequence[Corrected], name: str, *, most: int = _FEW) -> None:
    """Say what waits, what is out, and what can be done about that; so many drafts at most."""
    for one in found:
        post, by = f"{one.campaign}/{one.post}", one.correction
        when = f"{by.at:%Y-%m-%d %H:%M} UTC"
        output.say(f"{post}, corrected in revision {by.revision} by {by.who}, {when}: {by.note}", style="red")
        _say_waiting(one, post)
        _say_out(one)
        _say_drafts(one, most)
        for number, command in enumerate(recalls(one)):
            if number == _FEW:
                output.say(f"    … and {len(one.recalled_by) - _FEW} more (`--json` lists all)")
                break
            output.say(f"  Take back{' ' if number == 0 else ', too '}by: {command}")
    if any(one.drafts or one.out for one in found):
        output.say(f"As a campaign for exactly these accounts: crosspost campaign correction {name} --write ID")


def _say_waiting(one: Corrected, post: str) -> None:
    if one.waiting:
        number = output.counted(one.waiting, "delivery waits", "deliveries wait")
        output.say(f"  {number} to be looked at: crosspost campaign confirm {post} (`--dry-run` shows the words)")


def _say_out(one: Corrected) -> None:
    if not one.out and not one.in_doubt:
        output.say("  Nothing is out with the old words.")
        return
    output.say(f"  Out with the old words ({len(one.out)}), or perhaps ({len(one.in_doubt)}):", style="yellow")
    listed = [*one.out, *one.in_doubt]
    for d in listed[:_FEW]:
        output.say(f"    {d.row.account}  {d.content.language}  {d.row.state}  {d.remote_url}".rstrip())
    if len(listed) > _FEW:
        output.say(f"    … and {len(listed) - _FEW} more (`--json` lists all)")


def _few_drafts(drafts: Sequence[Draft], most: int) -> list[Draft]:
    """Return the first draft for each platform and language, so many as are shown: others differ in a name alone."""
    first: dict[tuple[str, str], Draft] = {}
    for draft in drafts:
        first.setdefault((draft.platform, draft.language), draft)
    return list(first.values())[:most]


def _say_drafts(one: Corrected, most: int) -> None:
    shown = _few_drafts(one.drafts, most)
    for draft in shown:
        too_long = ": too long, shorten it" if draft.length > draft.limit else ""
        output.say(f"  Drafted in {draft.language} for {draft.platform} ({draft.length}/{draft.limit}{too_long}):")
        for line in draft.text.splitlines():
            output.say(f"      {line}")
        told = list(commands(draft))
        for command in told[:3]:
            output.say(f"    {command}")
        if len(told) > 3:
            output.say(f"    … and {len(told) - 3} more missions (`--json` lists all)")
        if draft.together:
            output.say(f"    {', '.join(draft.together)}: only as a campaign, since `post` speaks for those below too")
    if len(shown) < len(one.drafts):
        rest, post = len(one.drafts) - len(shown), f"{one.campaign}/{one.post}"
        output.say(f"  … and {rest} more drafts: crosspost campaign correction {post} --json, or --write")
    if one.undrafted:
        few = ", ".join(one.undrafted[:3]) + ("…" if len(one.undrafted) > 3 else "")
        output.say(f"  No right words yet for {len(one.undrafted)} of them ({few}): answer what is stale first.")


def commands(draft: Draft) -> Iterator[str]:
    """Yield the command by which each mission says a correction."""
    for mission in draft.missions:
        words = ["crosspost", "post", "--mission", mission, "--lang", draft.language, "--platform", draft.platform]
        words += ["--link", draft.link] if draft.link else []
        yield shlex.join([*words, draft.text])


def recalls(one: Corrected) -> list[str]:
    """Return the commands that take back exactly what is out with the old words, and leave the unsent in the queue."""
    return [
        shlex.join(["crosspost", "recall", target, "--keep-unsent", "--reason", one.correction.note])
        for target in one.recalled_by
    ]


def _as_object(one: Corrected) -> dict[str, Any]:
    return {
        "campaign": one.campaign,
        "post": one.post,
        "revision": one.correction.revision,
        "note": one.correction.note,
        "who": one.correction.who,
        "at": output.rfc3339(one.correction.at),
        "waiting": one.waiting,
        "out": [_delivery(d) for d in one.out],
        "may_be_out": [_delivery(d) for d in one.in_doubt],
        "drafts": [
            {
                "language": draft.language,
                "platform": draft.platform,
                "text": draft.text,
                "link": draft.link or None,
                "length": draft.length,
                "limit": draft.limit,
                "missions": [*draft.missions, *draft.together],
                "commands": list(commands(draft)),
            }
            for draft in one.drafts
        ],
        "without_draft": list(one.undrafted),
        "recalls": recalls(one),
    }


def _delivery(d: Listed) -> dict[str, Any]:
    return {
        "delivery": d.row.id,
        "account": d.row.account,
        "language": d.content.language,
        "state": d.state,
        "text": d.content.text,
        "remote_url": d.remote_url or None,
    }

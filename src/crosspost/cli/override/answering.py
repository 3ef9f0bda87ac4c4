"""`crosspost override accept`, `take-central`, `pin`, `opt-out`: what a mission answers when the source has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import (
    CountryFilter,
    DryRunOption,
    ExceptFilter,
    LangFilter,
    MissionFilter,
    PlatformFilter,
    YesOption,
    one_of,
    selection,
)
from crosspost.cli.override.listing import say_change
from crosspost.cli.override.naming import FieldName, Lang, Owner, Platform, PostName, kind_called, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crosspost.desk.answers import Answer, Kind
    from crosspost.desk.desk import Desk
    from crosspost.desk.replan import Outcome
    from crosspost.desk.staleness import Open
    from crosspost.domain.network import Network

Whole = Annotated[str, typer.Argument(metavar="CAMPAIGN[/POST]", help="One post, or every post of the campaign.")]
AnyField = Annotated[str, typer.Option("--field", help="Only the text, alt, link or time.", show_default="all")]
Digest = Annotated[
    str,
    typer.Option("--source", metavar="DIGEST", help="The source you looked at (`source_now` in --json); else refused."),
]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why; it is kept and shown.")]

#: How many stale values are shown before the rest is only counted; `--dry-run` shows all.
FEW = 6


def accept(
    ctx: typer.Context,
    name: Whole,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    except_: ExceptFilter = None,
    field: AnyField = "",
    source: Digest = "",
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Say that words are still right though their source has changed: what waited for them may leave again."""
    from crosspost.desk.answers import Kind

    desk = session(ctx).desk
    found = _asked(desk, name, (mission, country, platform, lang, None, None, except_), kind_called(field))
    _answer(desk, name, from_source(found, source), Kind.ACCEPT, dry_run=dry_run, yes=yes)


def take_central(
    ctx: typer.Context,
    name: Whole,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    except_: ExceptFilter = None,
    field: AnyField = "",
    source: Digest = "",
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Let go of stale words and say what is inherited instead, which is the centre's or the region's."""
    from crosspost.desk.answers import Kind

    desk = session(ctx).desk
    found = _asked(desk, name, (mission, country, platform, lang, None, None, except_), kind_called(field))
    _answer(desk, name, from_source(found, source), Kind.TAKE_CENTRAL, dry_run=dry_run, yes=yes)


def opt_out(
    ctx: typer.Context,
    name: Whole,
    reason: Reason,
    mission: MissionFilter = None,
    country: CountryFilter = None,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    except_: ExceptFilter = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Do not say posts here whose source has changed; what is queued of them is cancelled, in every language.

    A post whose words are fresh is left out with `crosspost override set CAMPAIGN/POST --opt-out REASON`.
    """
    from crosspost.desk.answers import Kind

    desk = session(ctx).desk
    found = _asked(desk, name, (mission, country, platform, lang, None, None, except_), "")
    _answer(desk, name, found, Kind.OPT_OUT, reason=reason, dry_run=dry_run, yes=yes)


def pin(
    ctx: typer.Context,
    name: PostName,
    mission: Owner,
    until: Annotated[
        str, typer.Option("--until", metavar="DATE", help="The last day, such as 2027-03-01, or a time with its clock.")
    ],
    reason: Reason,
    lang: Lang = "",
    platform: Platform = "",
    field: FieldName = "text",
    dry_run: DryRunOption = False,
) -> None:
    """Stand by your words until a day, whatever happens to their source. What is due later waits again.

    A day alone is that day's end on the mission's clock; a pin holds for a year at most.
    """
    from crosspost.desk import answers, overrides
    from crosspost.desk.staleness import stale_values

    desk = session(ctx).desk
    to, network = overrides.target(desk, name), desk.network()
    owner = one_of(mission, network.missions, "mission")
    end = answers.end_of(until, network.missions[owner])
    stale = [one for one in stale_values(desk, campaign=to.campaign.id) if one.post == to.post.id]
    kept = answers.own(desk, to, owner, kind_called(field), (lang, platform))
    given = [answers.Answer(answers.Kind.PIN, to.post.id, v, s, to.revision, reason, end) for v, s in kept]
    if dry_run:
        outcome = answers.preview(desk, to.campaign.id, given)
    else:
        outcome = answers.give(desk, to.campaign.id, given).outcome
    verb = "would be pinned" if dry_run else "pinned"
    last = output.times_at(end, network.missions[owner].timezone)
    waited = [one for one in stale if one.variant in [variant for variant, _ in kept]]
    for variant, _ in kept:
        said = place(to.post, variant.field, variant.language, variant.platform)
        output.say(f"{name} for {owner}: {said} {verb} until {last}.", style="green")
    output.say(f"{answered(outcome, waited)}.")


def _asked(desk: Desk, name: str, filters: tuple[list[str] | None, ...], field: str) -> list[Open]:
    from crosspost.desk import answers, overrides
    from crosspost.desk.campaigns import queued

    campaign, slash, _ = name.partition("/")
    queued(desk, campaign)
    if slash:
        overrides.target(desk, name)
    found = answers.asked(desk, name, selection(desk, desk.network(), *filters))
    return [one for one in found if not field or one.variant.field.partition(":")[0] == field]


def from_source(found: Sequence[Open], source: str) -> Sequence[Open]:
    """Return what was found, all of it made for the source of that digest; a beginning of the digest is enough.

    Raises:
        ConflictError: when the source of any is another one by now.
    """
    from crosspost.errors import ConflictError

    for one in found:
        if not one.source_now.startswith(source):
            raise ConflictError(
                f"the source of {one.campaign}/{one.post} has changed since you looked: nothing was answered. "
                f"Look again: `crosspost override show {one.campaign}/{one.post} -m {one.variant.owner}`"
            )
    return found


def _answer(
    desk: Desk, name: str, found: Sequence[Open], kind: Kind, *, dry_run: bool, yes: bool, reason: str = ""
) -> None:
    """Show what is stale with its totals, ask, answer, and say what that did."""
    from crosspost.desk import answers

    if not found:
        output.say(f"Nothing of {name} waits for your answer: `crosspost override list {name.partition('/')[0]}`.")
        return
    say_stale(found, desk.network(), everything=dry_run)
    campaign = found[0].campaign
    given = [answers.Answer(kind, one.post, one.variant, one.source_now, one.revision, reason) for one in found]
    if dry_run:
        outcome = answers.preview(desk, campaign, given)
        output.say(f"{output.counted(len(given), 'override')} would be {_PAST[kind]}: {answered(outcome, found)}.")
        return
    output.confirm(_QUESTIONS[kind].format(output.counted(len(given), "override")), yes=yes)
    done = answers.give(desk, campaign, given)
    output.say(
        f"{output.counted(len(done.done), 'override')} {_PAST[kind]}: {answered(done.outcome, found)}.", style="green"
    )
    _say_overtaken(done.overtaken)


_PAST = {
    "accept": "accepted",
    "take-central": "dropped for what is inherited",
    "opt-out": "answered by leaving the post out",
}
_QUESTIONS = {
    "accept": "Are these {} still right, though their source has changed?",
    "take-central": "Drop these {} and say what is inherited?",
    "opt-out": "Leave out the posts of these {}?",
}


def answered(outcome: Outcome, found: Sequence[Open]) -> str:
    """Return what answers did to the queue, in numbers: what changed there, and what of it waits no longer."""
    from crosspost.cli.network import counted
    from crosspost.domain.delivery import BlockKind

    waited = {delivery for one in found for delivery in one.deliveries}
    planned = [p for p in outcome.plan.planned if p.id in waited]
    waiting = sum(any(stop.kind == BlockKind.STALE for stop in p.stops) for p in planned)
    said = [counted(outcome)] if outcome.changes else []
    if len(planned) > waiting:
        said.append(f"{output.counted(len(planned) - waiting, 'delivery waits', 'deliveries wait')} no longer")
    if waiting:
        said.append(f"{output.counted(waiting, 'delivery still waits', 'deliveries still wait')} for another answer")
    return "; ".join(said) or "nothing changed in the queue"


def say_stale(found: Sequence[Open], network: Network, *, everything: bool) -> None:
    """Say stale values with what changed in their source, and how many deliveries wait for them.

    What changed is said once where it is the same as above.
    """
    above = None
    for one in found if everything else found[:FEW]:
        variant = one.variant
        owner = network.missions.get(variant.owner)
        due = f", due {output.times_at(one.due, owner.timezone if owner else '')}" if one.due else ""
        where = place(None, variant.field, variant.language, variant.platform)
        output.say(f"{one.campaign}/{one.post}  {where} of {variant.owner}{due}", style="yellow")
        change = (one.old_source, one.new_source, one.change, one.note)
        if change == above:
            output.say("  what changed in the source: the same as above")
        else:
            say_change(one, short=True)
        above = change
        output.say(f"  what stands there: {variant.value.replace(chr(10), ' ⏎ ')}")
    if not everything and len(found) > FEW:
        output.say(f"… and {len(found) - FEW} more (`--dry-run` shows all)")
    waiting = {delivery for one in found for delivery in one.deliveries}
    owners = {one.variant.owner for one in found}
    number = output.counted(len(waiting), "delivery waits", "deliveries wait")
    output.say(f"{output.counted(len(found), 'value')} of {output.counted(len(owners), 'mission')}; {number} for them.")


def _say_overtaken(overtaken: Sequence[Answer]) -> None:
    if not overtaken:
        return
    for answer in overtaken:
        output.say(f"  not {answer.post} of {answer.shown.owner}: it was changed since it was shown", style="yellow")
    raise typer.Exit(1)

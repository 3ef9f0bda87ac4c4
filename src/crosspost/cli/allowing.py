"""`crosspost delivery allow`: what quiet hours or a blackout stop leaves all the same, by a person's word."""

from __future__ import annotations

from typing import Annotated

import typer

from crosspost.cli import output
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
    YesOption,
)


def allow(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="DELIVERY", help="Ids; or use the filters.")] = None,
    why: Annotated[str, typer.Option("--why", "--reason", "-r", help="Why it may leave; needed, and kept.")] = "",
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
    """Let deliveries leave in quiet hours, or in a blackout, at their time. The other answer is `delivery cancel`.

    It counts for the reason that is shown, and for no other: when the time is moved into other quiet hours, or another
    blackout begins, you are asked again. What is late by then still waits for `delivery send-late`.

    Examples: `crosspost delivery allow cop31/opening/amb-eg-cairo/twitter/ar --why "the minister speaks at 23:00"` ·
    `crosspost delivery allow --campaign cop31 --mission region-africa --why "agreed with the posts" --dry-run`
    """
    from crosspost.desk import deliveries
    from crosspost.errors import UsageError

    desk = session(ctx, machine_readable=as_json).desk
    if not why.strip() and not dry_run:
        raise UsageError('say why: `--why "the minister has asked for it"`; it is kept')
    decision = Decision(
        fits=deliveries.may_be_allowed,
        unfit="stopped by no quiet hours and no blackout",
        told=lambda d: f" is due {output.moment(deliveries.instant_of(d))}: {d.reason}",
        question="Let {} leave at their time?",
        done="{} may leave.",
        act=lambda found: deliveries.allow(desk, found, why),
    )
    found = chosen(desk, names, (mission, country, platform, lang, campaign, None, except_), ["held"])
    asked = found if names else [d for d in found if decision.fits(d)]  # held for another reason is not asked about
    decide(asked, decision, Manner(dry_run, yes, as_json))

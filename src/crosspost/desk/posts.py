"""A post that one mission sends on its own, without a campaign."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crosspost.desk import singles
from crosspost.desk.desk import Desk
from crosspost.desk.hours import hours, taken
from crosspost.desk.replan import closed_accounts
from crosspost.domain.bidi import misuse
from crosspost.domain.campaign import (
    ANY,
    DEFAULT_EXPIRES,
    LINK,
    NO_CAMPAIGN,
    TEXT,
    Campaign,
    Medium,
    Post,
    Variant,
    alt_of,
)
from crosspost.domain.delivery import BlockKind
from crosspost.domain.hours import QuietPolicy
from crosspost.domain.links import is_publishable, why_not
from crosspost.domain.planned import Plan, Planned
from crosspost.domain.schedule import at_instant
from crosspost.domain.selection import Selection
from crosspost.domain.timing import AfterOriginal, Slot, Timing, anchored
from crosspost.errors import UsageError
from crosspost.planning import Situation, plan
from crosspost.store import Transaction, campaigns, closures, deliveries, events, network, plans
from crosspost.templating import render

#: The same words on the same account within this time are refused unless asked for.
SAME_WORDS_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class SinglePost:
    """What is to be said: words in one language, by a mission (and all below it), now or at a time."""

    mission: str
    language: str
    text: str
    platforms: tuple[str, ...] = ()
    at: Timing | None = None
    link: str = ""
    media: tuple[tuple[Medium, bytes, str], ...] = field(default=(), repr=False)


def compose(desk: Desk, single: SinglePost, *, again: bool = False) -> Plan:
    """Return what the post would send; nothing is changed.

    Raises:
        UsageError: when `queue` would refuse it.
    """
    made = _checked(desk, single, _new_id(desk))
    if not again:
        with desk.store.read() as tx:
            _refuse_repetition([p for p in made.planned if _said(tx, p, desk.clock())])
    return made


def queue(desk: Desk, single: SinglePost, *, again: bool = False) -> Plan:
    """Queue the post and return what it will send.

    Raises:
        UsageError: when nobody could say it, or an account says or has said the same within 24 hours.
    """
    post_id = _new_id(desk)
    made = _checked(desk, single, post_id)
    for _, data, _ in single.media:
        desk.media.keep(data)
    now = desk.clock()
    with desk.store.write() as tx:
        if not again:
            _refuse_repetition([p for p in made.planned if _said(tx, p, now)])
        plans.keep_contents(tx, (p.content for p in made.planned))
        campaigns.keep_media(tx, (medium for medium, _, _ in single.media))
        plans.queue(tx, made.planned)
        plans.stop(tx, made.planned, now)
        singles.follow(tx, now)  # a blackout may have begun, or ended, since it was planned
        subject = f"{NO_CAMPAIGN}/{post_id}"
        events.record(tx, desk.actor, "post", subject, now, {"deliveries": [p.id for p in made.planned]})
    return made


def _checked(desk: Desk, single: SinglePost, post_id: str) -> Plan:
    desk.require_role(single.mission, desk.network())
    if single.link and not is_publishable(single.link):
        raise UsageError(why_not(single.link))
    if isinstance(single.at, AfterOriginal):
        raise UsageError("a post on its own has no original to come after: give it a time, or `slot`")
    misused = next(filter(None, map(misuse, (single.text, *(alt for _, _, alt in single.media)))), "")
    if misused:
        raise UsageError(misused)
    made = _plan(desk, single, post_id)
    if not made.planned:
        why = "; ".join(f"{s.account}: {s.message}" for s in made.skipped[:3]) or "no account matches"
        raise UsageError(f"nobody could say this: {why}")
    for planned in made.planned:
        # Nobody would answer for the same words later on: they are said on one account now, or not at all.
        same = next((stop for stop in planned.stops if stop.kind is BlockKind.SAME), None)
        if same:
            raise UsageError(f"{planned.account}: {same.why}; say it on one of these accounts alone")
    return made


def _said(tx: Transaction, planned: Planned, now: datetime) -> bool:
    return bool(deliveries.recently_said(tx, planned.account, [planned.content.digest], now - SAME_WORDS_WITHIN))


def _refuse_repetition(repeated: Sequence[Planned]) -> None:
    if repeated:
        who = ", ".join(p.account for p in repeated[:3])
        raise UsageError(f"{who} says exactly this already, within 24 hours: `--again` sends it all the same")


def _new_id(desk: Desk) -> str:
    return f"{desk.clock():%Y%m%d}-{secrets.token_hex(3)}"


def _plan(desk: Desk, single: SinglePost, post_id: str) -> Plan:
    """Plan the post as the only one of a campaign without a name: one code path for both."""
    now = desk.clock()
    variants = [Variant(single.mission, TEXT, single.language, ANY, single.text)]
    if single.link:
        variants.append(Variant(single.mission, LINK, ANY, ANY, single.link))
    variants += [Variant(single.mission, alt_of(m.sha256), single.language, ANY, alt) for m, _, alt in single.media]
    post = Post(
        post_id,
        anchored(single.at, now) if single.at else at_instant(now),
        tuple(variants),
        expires=DEFAULT_EXPIRES,
        # Whoever says it now, knows what time it is.
        quiet=QuietPolicy.REVIEW if single.at else QuietPolicy.IGNORE,
        media=tuple(medium for medium, _, _ in single.media),
    )
    audience = Selection(mission=(single.mission,), platform=single.platforms)
    campaign = Campaign(NO_CAMPAIGN, "", single.language, audience, (post,), owner=single.mission)
    with desk.store.read() as tx:
        known, operations = network.load(tx), network.operations(tx)
        known_hours = hours(known, closures.own_days(tx), closures.blackouts(tx))
    if isinstance(single.at, Slot):
        known_hours = replace(known_hours, taken=taken(desk, "", now))  # by whatever else is queued, single posts too
    return plan(
        Situation(
            campaign=campaign,
            network=known,
            now=now,
            adapters=desk.adapters,
            render=render,
            closed=closed_accounts(known, operations),
            hours=known_hours,
        )
    )

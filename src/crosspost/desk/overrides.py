"""Overrides at the desk: a mission's own value of one field of a post. It counts for its subtree and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from crosspost.desk import replan
from crosspost.desk.answered import Answered, let_go
from crosspost.desk.campaigns import queued
from crosspost.desk.desk import Desk
from crosspost.desk.origins import Fit, fit_of
from crosspost.desk.replan import Outcome, Snapshot
from crosspost.desk.staleness import stale_values
from crosspost.desk.wording import require_locked
from crosspost.domain.bidi import misuse
from crosspost.domain.campaign import ANY, LINK, OPT_OUT, TEXT, TIME, Campaign, Post, Variant
from crosspost.domain.delivery import split_occasion
from crosspost.domain.language import fallbacks, is_valid, standard
from crosspost.domain.links import is_publishable, why_not
from crosspost.domain.network import Network
from crosspost.domain.planned import Planned, Reason
from crosspost.domain.schedule import WallTime
from crosspost.domain.timing import AfterOriginal, anchored, parse_timing
from crosspost.errors import UsageError
from crosspost.store import Transaction, campaigns, events
from crosspost.store.campaigns import Kept
from crosspost.store.tables import Override
from crosspost.templating import problems


@dataclass(frozen=True, slots=True)
class Target:
    """A post of a queued campaign, as the campaign's revision of that number has it."""

    campaign: Campaign
    post: Post
    revision: int


def target(desk: Desk, name: str) -> Target:
    """Return the post that `campaign/post` names.

    Raises:
        UsageError: when there is none, with those that there are; or for one time of a post that comes back.
    """
    campaign_id, _, said = name.partition("/")
    post_id, day = split_occasion(said)
    row = queued(desk, campaign_id)
    with desk.store.read() as tx:
        campaign, revision = campaigns.current(tx, row)
    known = [post.id for post in campaign.posts]
    if not post_id and len(known) == 1:
        post_id = known[0]
    post = campaign.post(post_id)
    if post is None:
        raise UsageError(f"name a post as {campaign_id}/POST, where POST is {' or '.join(known)}")
    if day:
        one = f"`crosspost delivery cancel -c {name}` leaves out one"
        raise UsageError(f"{campaign_id}/{post_id} is localised for all its times: name it without @{day}; {one}")
    return Target(campaign, post, revision.number)


@dataclass(frozen=True)
class SetOverride:
    """The change that an override of a post makes, or with `drop` its going."""

    desk: Desk
    to: Target
    variant: Variant
    drop: bool = False

    @property
    def campaign_id(self) -> str:
        """The campaign that it is of."""
        return self.to.campaign.id

    @property
    def post(self) -> str:
        """The post that it is of."""
        return self.to.post.id

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation with, or without, the override."""
        kept = tuple(v for v in before.overrides.get(self.post, ()) if v.place != self.variant.place)
        mine = kept if self.drop else (*kept, self.variant)
        return replace(before, overrides={**before.overrides, self.post: mine})

    def write(self, tx: Transaction) -> None:
        """Write the override and the record."""
        actor, now = self.desk.actor, self.desk.clock()
        if self._is_answer(tx):
            let_go(tx, self.desk, self.campaign_id, self, [Answered(self.post, self.variant, self.to.revision)], now)
        if self.drop:
            campaigns.drop_override(tx, self.campaign_id, self.post, self.variant)
        else:
            campaigns.set_override(tx, self.campaign_id, self.post, self.variant, Kept(actor.who, now))
        detail = dict(zip(("owner", "field", "language", "platform"), self.variant.place, strict=True))
        action = "override drop" if self.drop else "override set"
        events.record(tx, actor, action, f"{self.campaign_id}/{self.post}", now, detail)

    def _is_answer(self, tx: Transaction) -> bool:
        """Say whether who does this has looked at the source as it is: own words for it, or a stale value changed."""
        if self.variant.field == TEXT and not self.drop:
            return True
        row = campaigns.find(tx, self.campaign_id)
        campaign = campaigns.current(tx, row)[0] if row else None
        post = campaign.post(self.post) if campaign else None
        if campaign is None or post is None:
            return False
        source = post.source_digest(self.variant.field, campaign.source, self.variant.platform)
        kept = campaigns.overrides(tx, self.campaign_id).get(self.post, ())
        return any(v.place == self.variant.place and v.source not in {"", source} for v in kept)


def make(desk: Desk, to: Target, variant: Variant) -> Variant:
    """Return the override as it will be kept, with the digest of the source it was made from.

    Raises:
        UsageError: when the value is impossible: a broken placeholder, a time under embargo, a language that is none,
            a locked phrase left out.
        NotPermittedError: when the acting mission may not act for the owner.
    """
    network = desk.network()
    desk.require_role(variant.owner, network)
    if not network.is_within(variant.owner, to.campaign.owner):
        raise UsageError(f"{variant.owner} is not below {to.campaign.owner}, to whom {to.campaign.id} belongs")
    if variant.owner == to.campaign.owner:
        raise UsageError(f"the campaign belongs to {variant.owner}: edit its file and queue it again")
    language = _language(variant.language)
    checked = replace(variant, language=language, value=_value(desk, to, variant), pinned=None)
    require_locked(to.campaign, to.post, checked)
    return replace(checked, source=to.post.source_digest(variant.field, to.campaign.source, variant.platform))


def _language(tag: str) -> str:
    if tag == ANY:
        return tag
    if not is_valid(tag):
        raise UsageError(f"{tag!r} is not a language tag: write `ja`, `ar` or `pt-BR`")
    return standard(tag)


def _value(desk: Desk, to: Target, variant: Variant) -> str:
    if variant.platform != ANY and variant.platform not in desk.adapters:
        raise UsageError(f"there is no platform {variant.platform!r}: {', '.join(desk.adapters)}")
    value = variant.value.strip()
    if variant.field == TIME:
        return _time(to, replace(variant, value=value), desk)
    if variant.field == LINK and not is_publishable(value):
        raise UsageError(why_not(value))
    if variant.field == OPT_OUT and not value:
        raise UsageError("say why: `--opt-out REASON`")
    if variant.field == TEXT or variant.field.startswith("alt:"):
        refuse_broken(to, value)
    return value


def _time(to: Target, variant: Variant, desk: Desk) -> str:
    """Return the time as it is kept; what counts from now counts on from then where its owner says the same again."""
    if to.post.embargo:
        raise UsageError(f"{to.post.id} is under embargo: nobody may move it")
    with desk.store.read() as tx:
        kept = campaigns.overrides(tx, to.campaign.id).get(to.post.id, ())
    before = next((parse_timing(v.value) for v in kept if v.place == variant.place), None)
    try:
        timing = anchored(parse_timing(variant.value), desk.clock(), before)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if to.post.recurrence and not isinstance(timing, WallTime):
        raise UsageError(f"{to.post.id} comes back: of each time only the hour can be moved, as in `{to.post.at}`")
    return str(timing)


def refuse_broken(to: Target, text: str) -> None:
    """Refuse words that are none, whose placeholders are broken, or with a direction control that does harm.

    Raises:
        UsageError: with what is wrong, and what to write instead.
    """
    if not text:
        raise UsageError("the text is empty: to say nothing here, use `--opt-out REASON`")
    misused = misuse(text)
    if misused:
        raise UsageError(misused)
    found = problems(text, {fact.name: fact.value for fact in to.campaign.facts})
    if found:
        raise UsageError("; ".join(f"{problem.message} {problem.remedy}".strip() for problem in found))


def put(desk: Desk, to: Target, variant: Variant) -> Outcome:
    """Set an override and bring the queue into line at once.

    Raises:
        UsageError: when a platform would refuse the words.
    """
    change = SetOverride(desk, to, make(desk, to, variant))
    _refuse_past(desk, to, change.variant)
    seen = replan.preview(desk, to.campaign.id, change)
    _refuse_long_out(desk, seen, to, change.variant)
    refuse_unfit(seen, to, change.variant, desk.network())
    return replan.commit(desk, [to.campaign.id], change)[to.campaign.id]


def _refuse_past(desk: Desk, to: Target, variant: Variant) -> None:
    """Refuse a time that is past for every mission that it is for."""
    if variant.field != TIME or to.post.recurrence:
        return
    network, at = desk.network(), parse_timing(variant.value)
    if not isinstance(at, WallTime):
        return
    zones = {network.missions[m].timezone for m in network.subtree(variant.owner)} - {""}
    if all(at.instant(zone).utc < desk.clock() for zone in zones):
        raise UsageError(f"{at} is past already; `crosspost explain` shows when {to.campaign.id}/{to.post.id} leaves")


def _refuse_long_out(desk: Desk, seen: Outcome, to: Target, variant: Variant) -> None:
    """Refuse a time so long after an original that it is past, since that one has been out for longer."""
    if variant.field != TIME or not isinstance(parse_timing(variant.value), AfterOriginal):
        return
    times = [one for one in concerned(seen, to.post.id, variant) if one.after]
    if times and all(one.time.utc < desk.clock() for one in times):
        raise UsageError(f"{variant.value} is past already: {times[0].moved}")


def preview(desk: Desk, to: Target, variant: Variant) -> Outcome:
    """Return what setting an override would do, and do nothing."""
    return replan.preview(desk, to.campaign.id, SetOverride(desk, to, make(desk, to, variant)))


def refuse_unfit(outcome: Outcome, to: Target, variant: Variant, network: Network) -> None:
    """Refuse a value with which some account of its owner could not say the post.

    Raises:
        UsageError: with the first such account, and why.
    """
    for skipped in outcome.plan.skipped:
        mission = skipped.account.partition("/")[0]
        concerns = skipped.post == to.post.id and network.is_within(mission, variant.owner)
        if concerns and skipped.reason in {Reason.UNFIT, Reason.BROKEN} and _speaks_of(skipped.slot, variant):
            raise UsageError(f"{skipped.account} cannot say this: {skipped.message}. Nothing was changed")


def _speaks_of(slot: str, variant: Variant) -> bool:
    return ANY in {variant.language, slot} or variant.language in fallbacks(slot or variant.language)


def drop(desk: Desk, to: Target, variant: Variant) -> Outcome:
    """Let go of an override: what is inherited counts again.

    Raises:
        UsageError: when there is none of that place.
    """
    desk.require_role(variant.owner, desk.network())
    with desk.store.read() as tx:
        kept = campaigns.overrides(tx, to.campaign.id).get(to.post.id, ())
    if all(v.place != variant.place for v in kept):
        raise UsageError(f"{variant.owner} has no such override: `crosspost override list {to.campaign.id}`")
    change = SetOverride(desk, to, variant, drop=True)
    return replan.commit(desk, [to.campaign.id], change)[to.campaign.id]


def every(desk: Desk, campaign_id: str) -> list[Override]:
    """Return the overrides of a campaign."""
    queued(desk, campaign_id)
    with desk.store.read() as tx:
        return campaigns.override_rows(tx, campaign_id)


def concerned(outcome: Outcome, post: str, variant: Variant) -> list[Planned]:
    """Return what a post's plan says with an override in it."""
    # An origin says on which fields a language has a bearing; a time or link is everybody's.
    mark = (variant.field, variant.owner, variant.language)
    fields = ((p, {(o.field, o.owner, o.language) for o in p.origins}) for p in outcome.plan.planned if p.post == post)
    return [p for p, origins in fields if mark in origins]


def source_text(to: Target, platform: str = ANY) -> Mapping[str, str]:
    """Return the source text of a post, by language, that a translation is made from."""
    source = to.campaign.source
    texts = {v.platform: v.value for v in to.post.variants if v.field == TEXT and v.language == source}
    return {source: texts.get(platform, texts.get(ANY, ""))}


@dataclass(frozen=True, slots=True)
class Shown:
    """An override as it is listed: its row, how it fits its source, and the digest of that source as it is now."""

    row: Override
    fit: Fit
    source_now: str


def listed(desk: Desk, campaign_id: str) -> list[Shown]:
    """Return the overrides of a campaign, each with how it fits its source.

    A pin counts as one until it ends, and as stale where something would be sent after that.

    Raises:
        UsageError: when the campaign was never queued.
    """
    row = queued(desk, campaign_id)
    stale = {(one.post, one.variant.place) for one in stale_values(desk, campaign=campaign_id)}
    with desk.store.read() as tx:
        campaign, _ = campaigns.current(tx, row)
        rows = campaigns.override_rows(tx, campaign_id)
    return [_shown(one, campaign, stale, desk.clock()) for one in rows]


def _shown(
    row: Override, campaign: Campaign, stale: Collection[tuple[str, tuple[str, str, str, str]]], now: datetime
) -> Shown:
    variant, post = campaigns.as_variant(row), campaign.post(row.post)
    fit = fit_of(variant, row.state, post, campaign.source, now)
    fit = Fit.STALE if (row.post, variant.place) in stale else fit
    return Shown(row, fit, post.source_digest(row.field, campaign.source, row.platform) if post else "")

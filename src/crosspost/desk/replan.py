"""Changing what plans depend on: the change and the new plans are written together, or not at all.

A plan is computed from what is stored, outside any write transaction; it is written in the transaction that advances
its campaign's plan number, and only if that number is still the one it was computed from. Whoever comes second computes
again, with the other's change in it: so neither is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, runtime_checkable

from crosspost.calendars import OwnDay
from crosspost.desk.desk import Desk
from crosspost.desk.hours import hours, taken, uses_slots
from crosspost.domain.blackout import Blackout
from crosspost.domain.campaign import Campaign, Variant
from crosspost.domain.network import Network
from crosspost.domain.planned import Earlier, Plan
from crosspost.domain.schedule import Instant
from crosspost.errors import ConflictError
from crosspost.planning import Situation, plan, platforms_of_one_voice
from crosspost.store import Transaction, campaigns, closures, followers, network, plans, reposts, times
from crosspost.store.plans import Changes, Standing
from crosspost.store.tables import Operation
from crosspost.templating import render

#: How often a plan is computed again because somebody else was quicker.
_TRIES = 25


@dataclass(frozen=True)
class Snapshot:
    """What a campaign's plan depends on, as stored. `number` is the plan number then, -1 for a new campaign.

    `campaign` is what is planned, None while it is withdrawn; `latest` is its last version all the same.
    """

    number: int
    campaign: Campaign | None
    latest: Campaign | None
    network: Network
    operations: Mapping[str, Operation]
    overrides: Mapping[str, tuple[Variant, ...]]
    standing: Standing
    network_number: int
    earlier: Mapping[str, Earlier]
    own_days: tuple[OwnDay, ...]
    blackouts: tuple[Blackout, ...]
    kept: Mapping[str, Instant]


class Change(Protocol):
    """Something that alters what plans depend on."""

    def see(self, before: Snapshot) -> Snapshot:
        """Return what the campaign's plan depends on once the change is made."""
        ...

    def write(self, tx: Transaction) -> None:
        """Write the change."""
        ...


@runtime_checkable
class Sequel(Protocol):
    """A change of which something can be written only once the plans are."""

    def after(self, tx: Transaction) -> None:
        """Write it, in the same transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """A campaign's new plan, and what it changed in the queue."""

    plan: Plan
    changes: Changes


def snapshot(tx: Transaction, campaign_id: str) -> Snapshot:
    """Return what a campaign's plan depends on now."""
    row = campaigns.find(tx, campaign_id)
    latest = campaigns.current(tx, row)[0] if row else None
    return Snapshot(
        number=row.plan_number if row else -1,
        campaign=latest if row and row.status == campaigns.ACTIVE else None,
        latest=latest,
        network=network.load(tx),
        operations=network.operations(tx),
        overrides=campaigns.overrides(tx, campaign_id),
        standing=plans.standing(tx, campaign_id),
        network_number=network.number(tx),
        earlier=reposts.earlier(tx, campaign_id),
        own_days=closures.own_days(tx),
        blackouts=closures.blackouts(tx),
        kept=times.kept(tx, campaign_id),
    )


def active_campaigns(tx: Transaction) -> list[str]:
    """Return the ids of the campaigns that are planned."""
    return [row.id for row in campaigns.every(tx) if row.status == campaigns.ACTIVE]


def planned(desk: Desk, seen: Snapshot, now: datetime) -> Plan:
    """Return the plan that follows from a snapshot; a campaign that is withdrawn plans nothing."""
    if seen.campaign is None:
        return Plan((), ())
    known = hours(seen.network, seen.own_days, seen.blackouts)
    if uses_slots(seen.campaign, seen.overrides):
        known = replace(known, taken=taken(desk, seen.campaign.id, now), kept=seen.kept)
    return plan(
        Situation(
            campaign=seen.campaign,
            network=seen.network,
            now=now,
            adapters=desk.adapters,
            render=render,
            overrides=seen.overrides,
            closed=closed_accounts(seen.network, seen.operations),
            known=seen.standing.known,
            said=seen.standing.said,
            earlier=seen.earlier,
            hours=known,
        )
    )


def closed_accounts(known: Network, operations: Mapping[str, Operation]) -> dict[str, str]:
    """Return the accounts that nothing is planned for, with the reason."""
    closed = {}
    for account_id in known.accounts:
        state = operations[account_id].state if account_id in operations else "new"
        if state == "new":
            closed[account_id] = f"not enabled yet: `crosspost account check {account_id}`"
        elif state == "retired":
            closed[account_id] = "the account is retired"
    return closed


def preview(desk: Desk, campaign_id: str, change: Change, now: datetime | None = None) -> Outcome:
    """Return what a change would do, and do nothing; `now` is the present where the caller has fixed it."""
    with desk.store.read() as tx:
        new = planned(desk, change.see(snapshot(tx, campaign_id)), now or desk.clock())
        return Outcome(new, plans.difference(tx, campaign_id, new))


def preview_all(desk: Desk, change: Change) -> dict[str, Outcome]:
    """Return what a change would do to every active campaign, and do nothing."""
    with desk.store.read() as tx:
        ids = active_campaigns(tx)
    return {campaign_id: preview(desk, campaign_id, change) for campaign_id in ids}


def commit(
    desk: Desk, campaign_ids: Iterable[str] | None, change: Change, now: datetime | None = None
) -> dict[str, Outcome]:
    """Make a change and write the plans that follow from it; without ids, those of all active campaigns.

    `now` is the present where the caller has fixed it, as `--now` does.

    Raises:
        ConflictError: when others kept changing the same campaigns.
    """
    now = now or desk.clock()
    wanted = None if campaign_ids is None else tuple(campaign_ids)
    for _ in range(_TRIES):
        with desk.store.read() as tx:
            ids = active_campaigns(tx) if wanted is None else wanted
            before = {campaign_id: snapshot(tx, campaign_id) for campaign_id in ids}
        new = {campaign_id: planned(desk, change.see(seen), now) for campaign_id, seen in before.items()}
        try:
            with desk.store.write() as tx:
                _require_unchanged(tx, before, is_all=wanted is None)
                _require_nothing_left(desk, tx, {name: (change.see(seen), new[name]) for name, seen in before.items()})
                change.write(tx)
                done = {name: Outcome(made, plans.write(tx, name, made, now)) for name, made in new.items()}
                if isinstance(change, Sequel):
                    change.after(tx)
                return done
        except _Overtaken:
            continue
    raise ConflictError("others keep changing the same campaigns: try again in a moment; nothing was changed")


@dataclass(frozen=True, slots=True)
class AsItStands:
    """No change: what has happened to deliveries alone makes another plan of the same."""

    def see(self, before: Snapshot) -> Snapshot:
        """Return it as it is."""
        return before

    def write(self, tx: Transaction) -> None:
        """Write nothing."""


def follow(desk: Desk, campaign_ids: Iterable[str]) -> None:
    """Plan those of the campaigns anew in which an original is lost, or is out that others come so long after.

    Single posts, and campaigns that are withdrawn, have no plan.
    """
    with desk.store.read() as tx:
        concerned = {*reposts.bereft(tx), *followers.arrived(tx)}
        wanted = sorted(concerned.intersection(campaign_ids, active_campaigns(tx)))
    if wanted:
        commit(desk, wanted, AsItStands())


def plan_ahead(desk: Desk, campaign_id: str) -> int:
    """Plan a campaign on, as far ahead as posts that come back are planned; return how many deliveries were added.

    Where time has added nothing, nothing is written. A campaign that was withdrawn meanwhile has no plan.
    """
    with desk.store.read() as tx:
        is_active = campaign_id in active_campaigns(tx)
    if not is_active or not preview(desk, campaign_id, AsItStands()).changes:
        return 0
    return len(commit(desk, [campaign_id], AsItStands())[campaign_id].changes.queued)


class _Overtaken(Exception):  # noqa: N818 - a turn of the road, not an error
    """Raised inside the write transaction, so that it is rolled back."""


def _require_nothing_left(desk: Desk, tx: Transaction, seen_and_made: Mapping[str, tuple[Snapshot, Plan]]) -> None:
    """Raise where something has left meanwhile that what others say depends on, and not as it is planned."""
    for campaign_id, (seen, made) in seen_and_made.items():
        if seen.campaign is None:
            continue
        if followers.has_left_since(tx, made, seen.earlier):
            raise _Overtaken
        platforms = platforms_of_one_voice(seen.campaign, made.planned, desk.adapters)
        if reposts.has_left_otherwise(tx, campaign_id, made, seen.earlier, platforms):
            raise _Overtaken


def _require_unchanged(tx: Transaction, before: Mapping[str, Snapshot], *, is_all: bool) -> None:
    """Advance the campaigns' plan numbers; raises where anything that the plans depend on is not as it was seen."""
    if is_all and set(active_campaigns(tx)) != set(before):
        raise _Overtaken
    number = network.number(tx)
    for campaign_id, seen in before.items():
        # A campaign that is new or withdrawn is passed over by those who change the network.
        if seen.network_number != number:
            raise _Overtaken
        is_new = seen.number < 0
        if is_new and campaigns.find(tx, campaign_id) is not None:
            raise _Overtaken
        if not is_new and not campaigns.advance(tx, campaign_id, seen.number):
            raise _Overtaken

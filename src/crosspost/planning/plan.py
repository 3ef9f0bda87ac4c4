"""From a campaign, the network and the overrides to a plan.

Nothing here reads a clock, a file or a database: the renderer, the adapters and the time are arguments.
"""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.domain.campaign import Campaign
from crosspost.domain.inheritance import layers
from crosspost.domain.network import Account, Network
from crosspost.domain.planned import Plan, Planned, Skipped
from crosspost.planning.sameness import settled
from crosspost.planning.situation import Situation
from crosspost.planning.voice import Voice


def plan(situation: Situation) -> Plan:
    """Return what the campaign will send, and what it will not, in the order of posts and of the tree."""
    outcomes = tuple(settled(situation, _outcomes(situation)))
    return Plan(
        tuple(one.in_time for one in outcomes if isinstance(one, Planned)),
        tuple(one for one in outcomes if isinstance(one, Skipped)),
    )


def _outcomes(situation: Situation) -> Iterator[Planned | Skipped]:
    """Yield what each account would say, and would not, if there were no other accounts."""
    facts = {fact.name: fact.value for fact in situation.campaign.facts}
    accounts = tuple(_accounts(situation.campaign, situation.network))
    for post in situation.campaign.posts:
        known = layers((*post.variants, *situation.overrides.get(post.id, ())))
        for account in accounts:
            yield from Voice(situation, post, account, known, facts).outcomes()


def _accounts(campaign: Campaign, network: Network) -> Iterator[Account]:
    """Yield the audience, as far as its owner may speak for it: the network may have changed since it was queued."""
    for account in campaign.audience.accounts(network):
        if not campaign.owner or network.is_within(account.mission, campaign.owner):
            yield account

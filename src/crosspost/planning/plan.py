"""From a campaign, the network and the overrides to a plan.

Nothing here reads a clock, a file or a database: the renderer, the adapters and the time are arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from crosspost.domain.campaign import Campaign, Post
from crosspost.domain.inheritance import layers
from crosspost.domain.network import Account, Network
from crosspost.domain.planned import Plan, Planned, Skipped
from crosspost.domain.schedule import Instant
from crosspost.planning.diary import Diary
from crosspost.planning.following import followed, is_lost
from crosspost.planning.occurrences import occurrences, said_once
from crosspost.planning.sameness import settled
from crosspost.planning.situation import Situation
from crosspost.planning.voice import AFTER_OTHERS, Occasion, Voice


def plan(situation: Situation) -> Plan:
    """Return what the campaign will send, and what it will not, in the order of posts and of the tree."""
    accounts = tuple(_accounts(situation.campaign, situation.network))
    diaries = {account.id: Diary(account, situation.network, situation.hours, situation.now) for account in accounts}
    voices = list(_voices(situation, accounts, diaries))
    by_place = {(voice.occasion, voice.account.id): voice for voice in voices}

    def later(planned: Planned, instant: Instant, why: str) -> Planned | Skipped:
        return by_place[planned.occasion, planned.account].later(planned, instant, why)

    said = settled(situation, _outcomes(situation, voices), later)
    outcomes = tuple(followed(situation, said, diaries))
    return Plan(
        tuple(one.in_time for one in outcomes if isinstance(one, Planned)),
        tuple(dict.fromkeys(one for one in outcomes if isinstance(one, Skipped))),
    )


def _voices(situation: Situation, accounts: Sequence[Account], diaries: Mapping[str, Diary]) -> Iterator[Voice]:
    facts = {fact.name: fact.value for fact in situation.campaign.facts}
    for occurrence, post in _occasions(situation):
        known = layers((*post.variants, *situation.overrides.get(post.id, ())))
        occasion = Occasion(post, occurrence, known, facts)
        for account in accounts:
            yield Voice(situation, occasion, account, diaries[account.id])


def _outcomes(situation: Situation, voices: Sequence[Voice]) -> Iterator[Planned | Skipped]:
    """Yield what each account would say, and would not, if there were no other accounts."""
    made: dict[Voice, tuple[Planned | Skipped, ...]] = {}
    turns = {voice: voice.turn for voice in voices}
    for turn in sorted(set(turns.values())):
        if turn == AFTER_OTHERS:
            _tell_originals(situation, voices, made)
        made = said_once(made | {voice: tuple(voice.outcomes()) for voice in voices if turns[voice] == turn})
    for voice in voices:
        yield from made[voice]


def _tell_originals(
    situation: Situation, voices: Sequence[Voice], made: Mapping[Voice, Sequence[Planned | Skipped]]
) -> None:
    """Tell all voices who says their occasion first on their platform: the first in the tree that follows nobody."""
    first: dict[tuple[str, str, str], Planned] = {}
    for voice in voices:
        for outcome in made.get(voice, ()):
            if isinstance(outcome, Planned) and not is_lost(outcome, situation):
                first.setdefault(voice.heard_at, outcome)
    for voice in voices:
        voice.original = first.get(voice.heard_at)


def _occasions(situation: Situation) -> Iterator[tuple[str, Post]]:
    """Yield every time that a post is said, with the post as it stands then."""
    known: dict[str, set[str]] = {}
    for delivery in situation.known:
        name, _, occurrence = delivery.split("/", 2)[1].partition("@")
        known.setdefault(name, set()).add(occurrence)
    for post in situation.campaign.posts:
        yield from occurrences(post, situation.now, known.get(post.id, frozenset()))


def _accounts(campaign: Campaign, network: Network) -> Iterator[Account]:
    """Yield the audience, as far as its owner may speak for it: the network may have changed since it was queued."""
    for account in campaign.audience.accounts(network):
        if not campaign.owner or network.is_within(account.mission, campaign.owner):
            yield account

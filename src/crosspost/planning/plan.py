"""From a campaign, the network and the overrides to a plan.

Nothing here reads a clock, a file or a database: the renderer, the adapters and the time are arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from crosspost.adapter import Adapter, Problem
from crosspost.domain.campaign import ANY, LINK, OPT_OUT, TEXT, TIME, Campaign, Post, Variant, alt_of
from crosspost.domain.content import Content, ContentMedium
from crosspost.domain.delivery import delivery_id
from crosspost.domain.inheritance import Layers, Speaker, layers, resolve
from crosspost.domain.network import Account, LanguageMode, Mission, Network
from crosspost.domain.planned import Origin, Plan, Planned, Reason, Skipped
from crosspost.domain.schedule import Instant, parse_time
from crosspost.errors import CrosspostError, PluginError

#: An embargo is one instant for the whole world: it goes before whatever else is due.
EMBARGOED = 1


class Renderer(Protocol):
    """Fills a text's placeholders for one mission and language."""

    def __call__(self, template: str, facts: Mapping[str, object], mission: Mission, language: str) -> str:
        """Return the words; raises a CrosspostError where the text's placeholders are broken."""
        ...


@dataclass(frozen=True)
class Situation:
    """All that a plan depends on.

    `closed` names the accounts that may not be planned for, with the reason. `known` holds the ids of deliveries that
    are queued or may be out: for them the time is not judged again. `said` maps the words of each content that may be
    out (`Content.words`) to the delivery that said it: what would say them again is left out.
    """

    campaign: Campaign
    network: Network
    now: datetime
    adapters: Mapping[str, Adapter]
    render: Renderer
    overrides: Mapping[str, tuple[Variant, ...]] = field(default_factory=dict)
    closed: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    said: Mapping[str, str] = field(default_factory=dict)


class _Skip(Exception):  # noqa: N818 - a turn of the road, not an error
    """Raised inside this module where a post ends for an account or a language."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


def plan(situation: Situation) -> Plan:
    """Return what the campaign will send, and what it will not, in the order of posts and of the tree."""
    planned: list[Planned] = []
    skipped: list[Skipped] = []
    facts = {fact.name: fact.value for fact in situation.campaign.facts}
    accounts = tuple(_accounts(situation.campaign, situation.network))
    for post in situation.campaign.posts:
        known = layers((*post.variants, *situation.overrides.get(post.id, ())))
        for account in accounts:
            for outcome in _PostForAccount(situation, post, account, known, facts).outcomes():
                (planned if isinstance(outcome, Planned) else skipped).append(outcome)  # type: ignore[arg-type]
    return Plan(tuple(planned), tuple(skipped))


def _accounts(campaign: Campaign, network: Network) -> Iterator[Account]:
    """Yield the audience, as far as its owner may speak for it: the network may have changed since it was queued."""
    for account in campaign.audience.accounts(network):
        if not campaign.owner or network.is_within(account.mission, campaign.owner):
            yield account


class _PostForAccount:
    """One post seen from one account."""

    def __init__(
        self, situation: Situation, post: Post, account: Account, known: Layers, facts: Mapping[str, object]
    ) -> None:
        self.situation, self.post, self.account, self.known, self.facts = situation, post, account, known, facts
        self.mission = situation.network.missions[account.mission]
        self.speaker = Speaker(situation.network.owners(account.mission), account.platform)

    def outcomes(self) -> Iterator[Planned | Skipped]:
        """Yield what is planned and what is skipped, language by language."""
        try:
            self._refuse_closed_or_opted_out()
            time, time_origin = self._time()
            texts = self._texts()
        except _Skip as skip:
            yield self._skipped("", skip)
            return
        said: set[str] = set()
        for slot, variant in texts:
            try:
                planned = self._planned(slot, variant, time, time_origin)
            except _Skip as skip:
                yield self._skipped(slot, skip)
                continue
            if planned.content.words in said:
                same = _Skip(Reason.SAME_TEXT, f"another of its languages says the same words ({variant.language})")
                yield self._skipped(slot, same)
                continue
            said.add(planned.content.words)
            yield planned

    def _refuse_closed_or_opted_out(self) -> None:
        why = self.situation.closed.get(self.account.id)
        if why is not None:
            raise _Skip(Reason.ACCOUNT, why)
        if self.account.platform not in self.situation.adapters:
            raise _Skip(Reason.ACCOUNT, f"no adapter for {self.account.platform} is installed")
        try:
            self.adapter = self.situation.adapters[self.account.platform]
        except PluginError as error:  # a broken adapter harms its own platform alone
            raise _Skip(Reason.ACCOUNT, str(error)) from error
        opted_out = resolve(self.known, OPT_OUT, ANY, self.speaker)
        if opted_out is not None and opted_out.value:
            raise _Skip(Reason.OPTED_OUT, f"{opted_out.owner} opted out: {opted_out.value}")

    def _time(self) -> tuple[Instant, Origin]:
        moved = None if self.post.embargo else resolve(self.known, TIME, ANY, self.speaker)
        at = self.post.at if moved is None else parse_time(moved.value)
        if not self.mission.timezone:
            raise _Skip(Reason.BROKEN, f"{self.mission.id} has no time zone in the network")
        owner = self.situation.campaign.owner if moved is None else moved.owner
        return at.instant(self.mission.timezone), Origin(TIME, owner, ANY, ANY)

    def _texts(self) -> list[tuple[str, Variant]]:
        """Return the slots that the account fills with this post, each with its text."""
        languages = self.situation.network.languages_of(self.account)
        found = [(tag, text) for tag in languages if (text := resolve(self.known, TEXT, tag, self.speaker))]
        if not found:
            raise _Skip(Reason.NO_LANGUAGE, f"the post has no text in {' or '.join(languages) or 'any language'}")
        return [(ANY, found[0][1])] if self.account.language_mode is LanguageMode.FIRST else found

    def _planned(self, slot: str, variant: Variant, time: Instant, time_origin: Origin) -> Planned:
        campaign = self.situation.campaign
        this = delivery_id(campaign.id, self.post.id, self.account.id, slot)
        if this not in self.situation.known and time.utc < self.situation.now:
            raise _Skip(Reason.PAST, f"{time.local:%Y-%m-%d %H:%M} in {time.zone} is already past")
        content, origins = self._content(variant)
        earlier = self.situation.said.get(content.words, this)
        if earlier != this and this not in self.situation.known:
            raise _Skip(Reason.ALREADY_SAID, f"the account has said exactly this already, as {earlier}")
        problems, length = self._judged(content)
        if problems:
            raise _Skip(Reason.UNFIT, "; ".join(p.message for p in problems))
        return Planned(
            campaign=campaign.id,
            post=self.post.id,
            account=self.account.id,
            slot=slot,
            content=content,
            time=time,
            expires=time.utc + self.post.expires,
            length=length,
            limit=self.adapter.capabilities.text_limit,
            origins=(*origins, time_origin),
            priority=EMBARGOED if self.post.embargo else 0,
        )

    def _judged(self, content: Content) -> tuple[Sequence[Problem], int]:
        """Return why the platform would refuse the content, and its length there."""
        try:
            return self.adapter.check(content), self.adapter.measure(content)
        except Exception as error:  # a broken adapter harms its own platform alone
            raise _Skip(Reason.ACCOUNT, f"the adapter broke: {type(error).__name__}; see its maintainer") from error

    def _content(self, text: Variant) -> tuple[Content, list[Origin]]:
        origins = [_origin(text)]
        link = resolve(self.known, LINK, ANY, self.speaker)
        if link is not None:
            origins.append(_origin(link))
        media = []
        for medium in self.post.media:
            alt = resolve(self.known, alt_of(medium.sha256), text.language, self.speaker)
            words = ""
            if alt is not None:
                origins.append(_origin(alt))
                words = self._words(alt)
            media.append(ContentMedium(medium.sha256, medium.mime, medium.size, words))
        content = Content(
            account=self.account.id,
            language=text.language,
            text=self._words(text),
            link="" if link is None else link.value,
            media=tuple(media),
        )
        return content, origins

    def _words(self, variant: Variant) -> str:
        try:
            return self.situation.render(variant.value, self.facts, self.mission, variant.language).strip()
        except CrosspostError as error:
            raise _Skip(Reason.BROKEN, str(error)) from error

    def _skipped(self, slot: str, skip: _Skip) -> Skipped:
        return Skipped(self.situation.campaign.id, self.post.id, self.account.id, slot, skip.reason, skip.message)


def _origin(variant: Variant) -> Origin:
    return Origin(variant.field, variant.owner, variant.language, variant.platform)

"""One post seen from one account: which of its fields come from where, and what is said, when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from crosspost.adapter import Problem
from crosspost.domain.campaign import ANY, LINK, OPT_OUT, TEXT, TIME, Post, StalePolicy, Variant, alt_of
from crosspost.domain.content import Content, ContentMedium
from crosspost.domain.delivery import BlockKind, delivery_id
from crosspost.domain.freshness import is_stale
from crosspost.domain.inheritance import Layers, Speaker, resolve
from crosspost.domain.network import Account, LanguageMode
from crosspost.domain.planned import Origin, Planned, Reason, Skipped, Stop
from crosspost.domain.schedule import Instant, parse_time
from crosspost.errors import CrosspostError, PluginError
from crosspost.planning.situation import Situation

#: An embargo is one instant for the whole world: it goes before whatever else is due.
EMBARGOED = 1


class _Skip(Exception):  # noqa: N818 - a turn of the road, not an error
    """Raised inside this module where a post ends for an account or a language."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


class Voice:
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
            time, time_from = self._time()
            texts = self._texts(time)
        except _Skip as skip:
            yield self._skipped("", skip)
            return
        said: set[str] = set()
        for slot, variant in texts:
            try:
                planned = self._planned(slot, variant, time, time_from)
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

    def _time(self) -> tuple[Instant, Variant | None]:
        """Return when the account says it, and the override that moved it there, if any."""
        moved = None if self.post.embargo else resolve(self.known, TIME, ANY, self.speaker)
        at = self.post.at if moved is None else parse_time(moved.value)
        if not self.mission.timezone:
            raise _Skip(Reason.BROKEN, f"{self.mission.id} has no time zone in the network")
        return at.instant(self.mission.timezone), moved

    def _texts(self, time: Instant) -> list[tuple[str, Variant]]:
        """Return the slots that the account fills with this post, each with its text.

        Where one post speaks for all, and the campaign wants it so, a fresh text in a later language goes before a
        stale one; an account that speaks each of its languages says the later one anyway.
        """
        languages = self.situation.network.languages_of(self.account)
        found = [(tag, text) for tag in languages if (text := resolve(self.known, TEXT, tag, self.speaker))]
        if not found:
            raise _Skip(Reason.NO_LANGUAGE, f"the post has no text in {' or '.join(languages) or 'any language'}")
        if self.account.language_mode is LanguageMode.EACH:
            return found
        fresh = [text for _, text in found if not self._is_stale(text, time)]
        falls_back = self.situation.campaign.stale is StalePolicy.FALLBACK and fresh
        return [(ANY, fresh[0] if falls_back else found[0][1])]

    def _is_stale(self, variant: Variant, time: Instant) -> bool:
        return is_stale(variant, self.post, self.situation.campaign.source, time.utc)

    def _planned(self, slot: str, variant: Variant, time: Instant, time_from: Variant | None) -> Planned:
        campaign = self.situation.campaign
        this = delivery_id(campaign.id, self.post.id, self.account.id, slot)
        if this not in self.situation.known and time.utc < self.situation.now:
            raise _Skip(Reason.PAST, f"{time.local:%Y-%m-%d %H:%M} in {time.zone} is already past")
        content, used = self._content(variant)
        origins = [_origin(one) for one in used]
        origins.append(Origin(TIME, time_from.owner if time_from else campaign.owner, ANY, ANY))
        stale = [one for one in (*used, time_from) if one is not None and self._is_stale(one, time)]
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
            origins=tuple(origins),
            priority=EMBARGOED if self.post.embargo else 0,
            stops=tuple(Stop(BlockKind.STALE, _told(one)) for one in stale),
        )

    def _judged(self, content: Content) -> tuple[Sequence[Problem], int]:
        """Return why the platform would refuse the content, and its length there."""
        try:
            return self.adapter.check(content), self.adapter.measure(content)
        except Exception as error:  # a broken adapter harms its own platform alone
            raise _Skip(Reason.ACCOUNT, f"the adapter broke: {type(error).__name__}; see its maintainer") from error

    def _content(self, text: Variant) -> tuple[Content, list[Variant]]:
        """Return what is said, and every value that it is made of."""
        used = [text]
        link = resolve(self.known, LINK, ANY, self.speaker)
        if link is not None:
            used.append(link)
        media = []
        for medium in self.post.media:
            alt = resolve(self.known, alt_of(medium.sha256), text.language, self.speaker)
            words = ""
            if alt is not None:
                used.append(alt)
                words = self._words(alt)
            media.append(ContentMedium(medium.sha256, medium.mime, medium.size, words))
        content = Content(
            account=self.account.id,
            language=text.language,
            text=self._words(text),
            link="" if link is None else link.value,
            media=tuple(media),
        )
        return content, used

    def _words(self, variant: Variant) -> str:
        try:
            return self.situation.render(variant.value, self.facts, self.mission, variant.language).strip()
        except CrosspostError as error:
            raise _Skip(Reason.BROKEN, str(error)) from error

    def _skipped(self, slot: str, skip: _Skip) -> Skipped:
        return Skipped(self.situation.campaign.id, self.post.id, self.account.id, slot, skip.reason, skip.message)


def _origin(variant: Variant) -> Origin:
    return Origin(variant.field, variant.owner, variant.language, variant.platform)


def _told(stale: Variant) -> str:
    """Return which value is stale, and whose it is: `the ja text of amb-jp-tokyo was made from an older source`."""
    field = "alt text" if stale.field.startswith("alt:") else stale.field
    named = field if stale.language == ANY else f"{stale.language} {field}"
    return f"the {named} of {stale.owner or 'the centre'} was made from an older source"

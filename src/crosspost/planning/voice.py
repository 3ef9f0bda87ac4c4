"""One post seen from one account: which of its fields come from where, and what is said, when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crosspost.adapter import Problem
from crosspost.domain.bidi import beneath, misuse, readable
from crosspost.domain.campaign import ANY, LINK, OPT_OUT, TEXT, TIME, Medium, Post, StalePolicy, Variant, alt_of
from crosspost.domain.content import BETWEEN_PARTS, Content, ContentMedium, ContentPart
from crosspost.domain.delivery import BlockKind, delivery_id, occasion
from crosspost.domain.freshness import is_stale, stands_until
from crosspost.domain.hours import ClosedPolicy
from crosspost.domain.inheritance import Layers, Speaker, resolve
from crosspost.domain.network import Account, LanguageMode
from crosspost.domain.planned import Origin, Planned, Reason, Skipped, Stop, words_on, would_repeat
from crosspost.domain.schedule import Instant
from crosspost.domain.text import canonical
from crosspost.domain.timing import AfterOriginal, NextWorking, Slot, Timing, on_the_day_of, parse_timing
from crosspost.errors import CrosspostError, PluginError
from crosspost.planning.diary import ClosedError, Diary, Original, Settled, said_time
from crosspost.planning.following import original_of, retimed
from crosspost.planning.situation import Situation

#: An embargo is one instant for the whole world: it goes before whatever else is due.
EMBARGOED = 1

#: The turn of what comes after others: see `Voice.turn`.
AFTER_OTHERS = 2

#: What is so on one day of a post that comes back, and may be otherwise on another.
_OF_A_DAY = frozenset({Reason.CLOSED, Reason.NO_ORIGINAL, Reason.ALREADY_SAID})


class _Skip(Exception):  # noqa: N818 - a turn of the road, not an error
    """Raised inside this module where a post ends for an account or a language."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


@dataclass(frozen=True, slots=True)
class Occasion:
    """A post at one of its times, and the values that its fields may have.

    `occurrence` is "" where the post is said once.
    """

    post: Post
    occurrence: str
    known: Layers
    facts: Mapping[str, object]


class Voice:
    """One post, at one of its times, seen from one account."""

    def __init__(self, situation: Situation, said: Occasion, account: Account, diary: Diary) -> None:
        self.situation, self.account, self.diary = situation, account, diary
        self.post, self.occurrence = said.post, said.occurrence
        #: Who says it first on the platform, if anybody; told before the outcomes of what comes after are asked for.
        self.original: Planned | None = None
        self.known, self.facts = said.known, said.facts
        self.mission = situation.network.missions[account.mission]
        self.speaker = Speaker(situation.network.owners(account.mission), account.platform)

    @property
    def turn(self) -> int:
        """What goes first, for its time to be known: set times, then slots round them, then what comes after others."""
        try:
            at, _ = self._timing()
        except _Skip:
            return 0
        return AFTER_OTHERS if isinstance(at, AfterOriginal) else int(isinstance(at, Slot))

    @property
    def occasion(self) -> str:
        """The time at which its post is said: the post, or one occurrence of it."""
        return occasion(self.post.id, self.occurrence)

    @property
    def heard_at(self) -> tuple[str, str, str]:
        """The occasion, and the platform on which it is said."""
        return self.post.id, self.occurrence, self.account.platform

    def later(self, planned: Planned, instant: Instant, why: str) -> Planned | Skipped:
        """Return what the account has planned as it is said from another instant on, in its mission's hours.

        What goes by the mission's working days goes by them then too. `why` says in words why it is not said before.
        """
        at, _ = self._timing()
        by_working_days = isinstance(at, NextWorking | Slot)
        post = replace(self.post, closed=ClosedPolicy.NEXT_WORKING) if by_working_days else self.post
        try:
            settled = self.diary.at(instant, post)
        except ClosedError as error:
            return next(self._skipped(planned.slot, _Skip(Reason.CLOSED, str(error))))
        moved = "; ".join(filter(None, (planned.moved, settled.moved)))
        if planned.moved and not settled.moved:  # which names another time than this
            moved = f"{planned.moved}; {why}: {said_time(instant.local)}"
        return retimed(planned, replace(settled, moved=moved), planned.expires - planned.time.utc)

    def outcomes(self) -> Iterator[Planned | Skipped]:
        """Yield what is planned and what is skipped, language by language."""
        try:
            self._refuse_closed_or_opted_out()
            at, time_from = self._timing()
            texts = self._texts(self._settled(at).instant)
        except _Skip as skip:
            yield from self._skipped("", skip)
            return
        said: set[str] = set()
        for slot, variants in texts:
            try:
                planned = self._planned(slot, variants, self._settled(at, slot), time_from)
            except _Skip as skip:
                yield from self._skipped(slot, skip)
                continue
            if planned.content.words in said:
                same = _Skip(
                    Reason.SAME_TEXT, f"another of its languages says the same words ({planned.content.language})"
                )
                yield from self._skipped(slot, same)
                continue
            said.add(planned.content.words)
            self.diary.take(planned.time)
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

    def _timing(self) -> tuple[Timing, Variant | None]:
        """Return when the account is to say it, and the override that says so, if any.

        Of a post that comes back an override moves the hour: the days are its rule's.
        """
        moved = None if self.post.embargo else resolve(self.known, TIME, ANY, self.speaker)
        at = self.post.at if moved is None else parse_timing(moved.value)
        if not self.mission.timezone:
            raise _Skip(Reason.BROKEN, f"{self.mission.id} has no time zone in the network")
        if self.occurrence and isinstance(at, NextWorking | Slot):  # set while the post was said once
            raise _Skip(Reason.BROKEN, f"{at} is one time, and the post comes back: only its hour can be moved")
        return on_the_day_of(self.post.at, at) if self.occurrence else at, moved

    def _settled(self, at: Timing, slot: str = "") -> Settled:
        """Return when the account says it, in a language of its own where it speaks each."""
        this = self._id(slot) if slot else ""
        try:
            if isinstance(at, AfterOriginal):
                return self.diary.follow(at, self._its_original(at), self.post)
            return self.diary.settle(at, self.post, this)
        except ClosedError as error:
            raise _Skip(Reason.CLOSED, str(error)) from error

    def _its_original(self, at: AfterOriginal) -> Original:
        if self.original is None:
            why = "nobody before it in the tree says it there, so there is nothing to come after: give it a time"
            raise _Skip(Reason.NO_ORIGINAL, f"{at}: {why}")
        return original_of(self.original, self.situation)

    def _id(self, slot: str) -> str:
        return delivery_id(self.situation.campaign.id, self.post.id, self.account.id, slot, self.occurrence)

    def _texts(self, time: Instant) -> list[tuple[str, tuple[Variant, ...]]]:
        """Return the slots that the account fills with this post, each with its texts: several where they are joined.

        Where one post speaks for all, and the campaign wants it so, fresh texts go before stale ones: the first fresh
        one is said, or all that are fresh are joined. An account that speaks each of its languages says them anyway.
        """
        languages = self.situation.network.languages_of(self.account)
        found = [(tag, text) for tag in languages if (text := resolve(self.known, TEXT, tag, self.speaker))]
        if not found:
            raise _Skip(Reason.NO_LANGUAGE, f"the post has no text in {' or '.join(languages) or 'any language'}")
        if self.account.language_mode is LanguageMode.EACH:
            return [(tag, (text,)) for tag, text in found]
        texts = tuple(text for _, text in found)
        if self.situation.campaign.stale is StalePolicy.FALLBACK:
            texts = tuple(text for text in texts if not self._is_stale(text, time)) or texts
        return [(ANY, texts if self.account.language_mode is LanguageMode.JOINED else texts[:1])]

    def _is_stale(self, variant: Variant, time: Instant) -> bool:
        return is_stale(variant, self.post, self.situation.campaign.source, time.utc)

    def _planned(self, slot: str, texts: tuple[Variant, ...], settled: Settled, time_from: Variant | None) -> Planned:
        campaign, time, this = self.situation.campaign, settled.instant, self._id(slot)
        if this not in self.situation.known and time.utc < self.situation.now:
            raise _Skip(Reason.PAST, f"{time.local:%Y-%m-%d %H:%M} in {time.zone} is already past")
        content, used = self._content(texts)
        origins = [_origin(one) for one in used]
        origins.append(_origin(time_from) if time_from else Origin(TIME, campaign.owner, ANY, ANY))
        stale = [one for one in (*used, time_from) if one is not None and self._is_stale(one, time)]
        if this not in self.situation.known:
            self._refuse_said(this, slot, content)
        problems, length = self._judged(content)
        if problems:
            why = "; ".join(p.message for p in problems)
            raise _Skip(Reason.UNFIT, f"{why}; {self._what_fits(texts)}" if content.parts else why)
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
            stops=(*(Stop(BlockKind.STALE, _told(one)) for one in stale), *settled.stops),
            occurrence=self.occurrence,
            moved=settled.moved,
            after=settled.after,
            delay=settled.delay,
            until=None if stale else self._until((*used, time_from)),
        )

    def _until(self, values: Iterable[Variant | None]) -> datetime | None:
        """Return the end of the pin by which alone these values may be said, None where they need none."""
        ends = (stands_until(v, self.post, self.situation.campaign.source) for v in values if v is not None)
        return min((end for end in ends if end is not None), default=None)

    def _refuse_said(self, this: str, slot: str, content: Content) -> None:
        said = self.situation.said
        on = self.occasion
        for name in would_repeat(on, slot, content):
            if said.get(name, this) == this:
                continue
            if name == words_on(on, content):
                raise _Skip(Reason.ALREADY_SAID, f"the account has said exactly this already, as {said[name]}")
            why = f"the account has said this post already, as {said[name]}: another language mode does not repeat it"
            raise _Skip(Reason.ALREADY_SAID, why)

    def _what_fits(self, texts: tuple[Variant, ...]) -> str:
        """Return which of the texts that are too much as one post would fit: in their order, as many as there may."""
        fitting: tuple[Variant, ...] = ()
        for text in texts:
            if not self._judged(self._content((*fitting, text))[0])[0]:
                fitting = (*fitting, text)
        tags = [text.language for text in fitting]
        if not tags:
            return "none of its languages would fit even alone"
        return f"joined, {' and '.join(tags)} would fit" if len(tags) > 1 else f"only {tags[0]} would fit, alone"

    def _judged(self, content: Content) -> tuple[Sequence[Problem], int]:
        """Return why the platform would refuse the content, and its length there."""
        try:
            return self.adapter.check(content), self.adapter.measure(content)
        except Exception as error:  # a broken adapter harms its own platform alone
            raise _Skip(Reason.ACCOUNT, f"the adapter broke: {type(error).__name__}; see its maintainer") from error

    def _content(self, texts: tuple[Variant, ...]) -> tuple[Content, list[Variant]]:
        """Return what is said, and every value that it is made of. Texts that say the same are said once."""
        spoken = _distinct((text, self._words(text)) for text in texts)
        first = spoken[0][0].language
        parts = tuple(ContentPart(text.language, beneath(words, text.language, first)) for text, words in spoken)
        used = [text for text, _ in spoken]
        link = resolve(self.known, LINK, ANY, self.speaker)
        if link is not None:
            used.append(link)
        media = []
        for medium in self.post.media:
            alts = self._alts(medium, [part.language for part in parts])
            used += [alt for alt, _ in alts]
            described = "\n".join(words for _, words in alts)
            media.append(ContentMedium(medium.sha256, medium.mime, medium.size, described))
        content = Content(
            account=self.account.id,
            language=first,
            text=BETWEEN_PARTS.join(part.text for part in parts),
            link="" if link is None else link.value,
            media=tuple(media),
            parts=parts if len(parts) > 1 else (),
        )
        return content, used

    def _alts(self, medium: Medium, languages: Iterable[str]) -> list[tuple[Variant, str]]:
        """Return the descriptions of an image in these languages, each with its words."""
        found = (resolve(self.known, alt_of(medium.sha256), language, self.speaker) for language in languages)
        return _distinct((alt, self._words(alt)) for alt in found if alt is not None)

    def _words(self, variant: Variant) -> str:
        """Return the words with their placeholders filled, and with the controls of direction that readers need."""
        try:
            words = self.situation.render(variant.value, self.facts, self.mission, variant.language).strip()
        except CrosspostError as error:
            raise _Skip(Reason.BROKEN, str(error)) from error
        misused = misuse(words)
        if misused and not misuse(variant.value):  # a text is judged where it is written, what fills it in here
            raise _Skip(Reason.BROKEN, f"what fills its placeholders: {misused}")
        return readable(words, variant.language)

    def _skipped(self, slot: str, skip: _Skip) -> Iterator[Skipped]:
        """Yield what is not said; the days gone by of a post that comes back need no word."""
        if self.occurrence and skip.reason is Reason.PAST:
            return
        occurrence = self.occurrence if skip.reason in _OF_A_DAY else ""
        campaign, post, account = self.situation.campaign.id, self.post.id, self.account.id
        yield Skipped(campaign, post, account, slot, skip.reason, skip.message, occurrence)


def _origin(variant: Variant) -> Origin:
    return Origin(variant.field, variant.owner, variant.language, variant.platform)


def _told(stale: Variant) -> str:
    """Return which value is stale, and whose it is: `the ja text of amb-jp-tokyo was made from an older source`."""
    field = "alt text" if stale.field.startswith("alt:") else stale.field
    named = field if stale.language == ANY else f"{stale.language} {field}"
    return f"the {named} of {stale.owner or 'the centre'} was made from an older source"


def _distinct(said: Iterable[tuple[Variant, str]]) -> list[tuple[Variant, str]]:
    """Return the values whose words differ from those before them; what is empty only where all are."""
    by_words: dict[str, tuple[Variant, str]] = {}
    for variant, words in said:
        by_words.setdefault(canonical(words), (variant, words))
    return [one for words, one in by_words.items() if words or len(by_words) == 1]

"""What a mission may localise in the time ahead: each text to come, with what a translator must know."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from crosspost.desk import replan
from crosspost.desk.desk import Desk
from crosspost.desk.hours import hours, said_at
from crosspost.desk.replan import Snapshot
from crosspost.desk.staleness import origin_of
from crosspost.desk.worksheet.critical import stop_of, stopped
from crosspost.desk.worksheet.lenient import lenient_plan
from crosspost.domain.campaign import ANY, OPT_OUT, TEXT, TIME, Campaign, Medium, Post, Variant, alt_of
from crosspost.domain.freshness import Change, is_stale
from crosspost.domain.glossary import Words, used
from crosspost.domain.inheritance import Layers, Speaker, layers, resolve
from crosspost.domain.network import Account, LanguageMode, Network
from crosspost.domain.planned import Plan, Planned
from crosspost.domain.schedule import Instant
from crosspost.domain.selection import Selection
from crosspost.domain.timing import Timing, on_the_day_of, parse_timing
from crosspost.domain.word_diff import word_diff
from crosspost.errors import PluginError, UsageError
from crosspost.files.worksheet import FIGURES, Budget, Notes, Sheet, Stale, Task, mark_of
from crosspost.planning import Hours
from crosspost.planning.occurrences import occurrences
from crosspost.store import campaigns
from crosspost.store.campaigns import Version
from crosspost.store.deliveries import Listed

#: How far ahead a worksheet looks.
HORIZON = timedelta(days=30)


def sheet(desk: Desk, mission: str, chosen: Selection | None = None, ahead: timedelta = HORIZON) -> Sheet:
    """Return what the mission may localise within that time, in the order in which it goes out.

    Of `chosen`, the campaigns (or posts) and the languages count.

    Raises:
        UsageError: for a mission that is none.
    """
    now, chosen = desk.clock(), chosen or Selection()
    with desk.store.read() as tx:
        seen = [replan.snapshot(tx, campaign_id) for campaign_id in replan.active_campaigns(tx)]
        active = [(s, s.campaign) for s in seen if s.campaign]
        history = [_History(campaigns.versions(tx, c.id), stopped(tx, c.id, s.network)) for s, c in active]
    known = desk.network()
    if mission not in known.missions:
        raise UsageError(f"there is no mission {mission!r}: see `crosspost network show`")
    window = (now, now + ahead)
    works = [_Work(desk, s, c, mission, window, h) for (s, c), h in zip(active, history, strict=True)]
    found = [task for work in works if work.is_below for task in work.tasks(chosen)]
    ordered = sorted(found, key=lambda pair: (pair[0], pair[1].campaign))
    return Sheet(mission, known.root, now, tuple(task for _, task in ordered))


@dataclass
class _Slot:
    """A text that the mission may set: what counts there now, who says it, and when it goes out first."""

    variant: Variant | None
    due: Instant
    accounts: list[Account] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _History:
    """How a campaign came to be as it is: its versions, and what a critical one of them stops."""

    versions: Sequence[Version]
    stopped: Sequence[Listed]


@dataclass(frozen=True)
class _Work:
    """A campaign seen from a mission; `window` is from when to when."""

    desk: Desk
    seen: Snapshot
    campaign: Campaign
    mission: str
    window: tuple[datetime, datetime]
    history: _History

    @property
    def network(self) -> Network:
        return self.seen.network

    @property
    def is_below(self) -> bool:
        """Whether the campaign is another's, above the mission: to its own file the owner has no override."""
        return self.mission != self.campaign.owner and self.network.is_within(self.mission, self.campaign.owner)

    @cached_property
    def plan(self) -> Plan:
        return lenient_plan(self.desk, self.seen, self.window[0])

    @cached_property
    def _planned_at(self) -> Mapping[tuple[str, str], Instant]:
        """When each account says each post next, as planned: the first time where it says it in several languages."""
        found: dict[tuple[str, str], Instant] = {}
        for one in sorted(self.plan.planned, key=lambda one: one.time.utc):
            if one.time.utc >= self.window[0]:
                found.setdefault((one.post, one.account), one.time)
        return found

    @cached_property
    def _hours(self) -> Hours:
        return hours(self.network, self.seen.own_days, ())

    @cached_property
    def accounts(self) -> Sequence[Account]:
        closed = replan.closed_accounts(self.network, self.seen.operations)
        every = self.campaign.audience.accounts(self.network)
        return [a for a in every if self.network.is_within(a.mission, self.mission) and a.id not in closed]

    def tasks(self, chosen: Selection) -> Iterator[tuple[datetime, Task]]:
        """Yield what is to be localised, and when it goes out."""
        # A post that comes back is localised once, for all its times: one of them means them all.
        names = {name.partition("@")[0] for name in chosen.campaign}
        for post in self.campaign.posts:
            if names and names.isdisjoint({self.campaign.id, f"{self.campaign.id}/{post.id}"}):
                continue
            known = layers((*post.variants, *self.seen.overrides.get(post.id, ())))
            for medium in (None, *post.media):
                slots = self._slots(post, known, TEXT if medium is None else alt_of(medium.sha256))
                for (language, platform), slot in slots.items():
                    if not chosen.lang or language in chosen.lang:
                        yield slot.due.utc, self._task(post, medium, (language, platform), slot)

    def _slots(self, post: Post, known: Layers, name: str) -> Mapping[tuple[str, str], _Slot]:
        """Return what the mission may set of one field, by language and platform."""
        found: dict[str, dict[str, _Slot]] = {}
        for account in self.accounts:
            due = self._due(post, account, known)
            if due is None:
                continue
            for tag in self._languages(account, known):
                theirs = resolve(known, name, tag, Speaker(self.network.owners(account.mission), account.platform))
                if theirs is not None and self._is_below_mission(theirs.owner):
                    continue  # they have said it in their own words
                ours = resolve(known, name, tag, Speaker(self.network.owners(self.mission), account.platform))
                slot = found.setdefault(tag, {}).setdefault(account.platform, _Slot(ours, due))
                slot.due = min(slot.due, due, key=lambda instant: instant.utc)
                slot.accounts.append(account)
        return dict(pair for tag, by_platform in found.items() for pair in self._merged(tag, by_platform))

    def _merged(self, tag: str, by_platform: Mapping[str, _Slot]) -> Iterator[tuple[tuple[str, str], _Slot]]:
        """Yield one slot for all platforms where one text counts on all of them; the mission's own in their places."""
        merged: dict[tuple[str, str], _Slot] = {}
        is_one = all(slot.variant is None or slot.variant.platform == ANY for slot in by_platform.values())
        for platform, slot in by_platform.items():
            place = (tag, ANY if is_one else platform)
            if slot.variant is not None and slot.variant.owner == self.mission:
                place = (slot.variant.language, slot.variant.platform)
            first = merged.setdefault(place, slot)
            if first is not slot:
                first.accounts += slot.accounts
                first.due = min(first.due, slot.due, key=lambda instant: instant.utc)
        yield from merged.items()

    def _is_below_mission(self, owner: str) -> bool:
        return owner != self.mission and self.network.is_within(owner, self.mission)

    def _due(self, post: Post, account: Account, known: Layers) -> Instant | None:
        """Return when the account says the post; None where it does not, or not in the time that was asked for."""
        speaker = Speaker(self.network.owners(account.mission), account.platform)
        zone = self.network.missions[account.mission].timezone
        opted_out = resolve(known, OPT_OUT, ANY, speaker)
        if not zone or (opted_out is not None and opted_out.value):
            return None
        begin, end = self.window
        due = self._planned_at.get((post.id, account.id))
        if due is None:  # nothing is planned where it has no text yet
            moved = None if post.embargo else resolve(known, TIME, ANY, speaker)
            times = (one for _, one in occurrences(post, begin, ()))
            said = (said_at(_at(one, moved), one, account, self.network, self._hours) for one in times)
            due = next((instant for instant in said if instant is not None and instant.utc >= begin), None)
        return due if due is not None and begin <= due.utc <= end else None

    def _languages(self, account: Account, known: Layers) -> Iterator[str]:
        """Yield the languages that the account says the post in, or would if there were a text."""
        speaker = Speaker(self.network.owners(account.mission), account.platform)
        for tag in self.network.languages_of(account):
            yield tag
            if account.language_mode is LanguageMode.FIRST and resolve(known, TEXT, tag, speaker) is not None:
                return

    def _task(self, post: Post, medium: Medium | None, place: tuple[str, str], slot: _Slot) -> Task:
        name = TEXT if medium is None else alt_of(medium.sha256)
        language, platform = place
        words = slot.variant.value.strip() if slot.variant else ""
        return Task(
            campaign=self.campaign.id,
            post=post.id,
            field=TEXT if medium is None else alt_of(medium.sha256[:FIGURES]),
            language=language,
            platform=platform,
            made_from=post.source_digest(name, self.campaign.source, platform)[:FIGURES],
            whose=slot.variant.owner if slot.variant else "",
            was=mark_of(words),
            text=words,
            notes=self._notes(post, medium, place, slot),
        )

    def _notes(self, post: Post, medium: Medium | None, place: tuple[str, str], slot: _Slot) -> Notes:
        language, platform = place
        name = TEXT if medium is None else alt_of(medium.sha256)
        source = post.source_of(name, self.campaign.source, platform) or ""
        terms = used(self.campaign.terms, [Words(self.campaign.source, source)])
        return Notes(
            due=slot.due.local,
            zone=slot.due.zone,
            comes_back=post.recurrence is not None,
            source_language=self.campaign.source,
            source=source,
            image=medium.file or medium.sha256[:FIGURES] if medium else "",
            stale=self._stale(post, slot),
            critical=stop_of(self.history.stopped, post.id, slot.variant),
            terms=tuple((_first(t.forms(self.campaign.source)), t.forms(language)) for t in terms if t.forms(language)),
            budgets=tuple(self._budgets(post, medium, slot)),
        )

    def _stale(self, post: Post, slot: _Slot) -> Stale | None:
        variant, source = slot.variant, self.campaign.source
        if variant is None or not is_stale(variant, post, source, slot.due.utc):
            return None
        old, made_stale = origin_of(variant, post.id, self.history.versions)
        new = post.source_of(variant.field, source, variant.platform) or ""
        return Stale(
            difference=None if old is None else word_diff(old, new),
            change=made_stale.revision.change if made_stale else Change.SUBSTANTIVE,
            note=made_stale.revision.note if made_stale else "",
        )

    def _budgets(self, post: Post, medium: Medium | None, slot: _Slot) -> Iterator[Budget]:
        """Yield the budget on each platform, with the longest of the present texts: placeholders differ in length."""
        for platform in dict.fromkeys(account.platform for account in slot.accounts):
            try:
                takes = self.desk.adapters[platform].capabilities
            except (
                KeyError,
                PluginError,
            ):  # it is said where accounts are listed; the text can be written all the same
                continue
            accounts = {account.id for account in slot.accounts if account.platform == platform}
            planned = [p for p in self.plan.planned if p.post == post.id and p.account in accounts]
            joining = {a.id for a in slot.accounts if a.language_mode is LanguageMode.JOINED}
            lengths = list(_lengths(planned, medium, slot.variant, joining))
            limit, unit = (takes.text_limit, takes.unit) if medium is None else (takes.alt_limit, "characters")
            if limit:
                yield Budget(platform, max(lengths, default=None), limit, unit, bool(joining & accounts))


def _at(post: Post, moved: Variant | None) -> Timing:
    """Return when a post is said at one of its times: an override moves the hour of what comes back, and no day."""
    at = parse_timing(moved.value) if moved else post.at
    return on_the_day_of(post.at, at) if post.recurrence else at


def _first(forms: Sequence[str]) -> str:
    return next(iter(forms), "")


def _lengths(
    planned: Sequence[Planned], medium: Medium | None, variant: Variant | None, joining: Collection[str]
) -> Iterator[int]:
    """Yield how long the text is where it is planned, or the description of the image.

    What joins several languages is as long as all of them; where the text is lacking, as long as the others.
    """
    for p in planned:
        uses = (p.account in joining) if variant is None else _uses(p, variant)
        if uses and medium is None:
            yield p.length
        elif uses:
            yield from (len(shown.alt) for shown in p.content.media if medium and shown.sha256 == medium.sha256)


def _uses(planned: Planned, variant: Variant) -> bool:
    return any((o.owner, o.field, o.language, o.platform) == variant.place for o in planned.origins)

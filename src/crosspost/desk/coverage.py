"""Coverage: what becomes of each text, mission by mission and language by language.

What is asked for is what each account lists: each of its languages where it speaks each, its first where one post
speaks for all, all of them where they are joined. All is read from the queue and the last plan; nothing is planned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from crosspost.desk.campaigns import queued
from crosspost.desk.desk import Desk
from crosspost.desk.hours import hours, said_at
from crosspost.domain.campaign import ANY, Campaign, Post
from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.hours import ClosedPolicy
from crosspost.domain.language import fallbacks
from crosspost.domain.network import Account, LanguageMode, Network
from crosspost.domain.planned import Reason, Skipped
from crosspost.errors import UsageError
from crosspost.planning import Hours
from crosspost.store import Transaction, campaigns, closures, network, plans
from crosspost.store import coverage as store
from crosspost.store.coverage import Standing
from crosspost.store.plans import BY_PERSON
from crosspost.store.tables import CampaignRow, Operation

RETIRED = "retired"


class Mark(StrEnum):
    """What becomes of a text, gravest first: where several meet, the gravest stands for all."""

    CRITICAL = "critical"  # the centre has corrected an error of fact, and nobody has looked at this text since
    STALE = "stale"  # made from an older source
    BLOCKED = "blocked"  # late, in review, to be approved, failed, unknown, unfit; or the account is not enabled
    MISSING = "missing"  # the account lists the language, and nobody has written a text in it
    FALLBACK = "fallback"  # said in a language that stands in for it
    OWN = "own"  # in the mission's own words, or its region's
    CENTRAL = "central"  # in the centre's words
    OPTED_OUT = "opted-out"  # not said on purpose: opted out, closed that day, cancelled by a person, recalled
    OVER = "over"  # its time passed before it could be said
    SENT = "sent"


#: The marks that ask somebody for something.
NEEDS_SOMEBODY = frozenset({Mark.CRITICAL, Mark.STALE, Mark.BLOCKED, Mark.MISSING})

_SKIPPED = {
    Reason.OPTED_OUT: Mark.OPTED_OUT,
    Reason.PAST: Mark.OVER,
    Reason.NO_LANGUAGE: Mark.MISSING,
    Reason.SAME_TEXT: Mark.FALLBACK,
    Reason.ALREADY_SAID: Mark.SENT,
}


@dataclass(frozen=True, slots=True)
class Text:
    """One post on one account in one of its languages. `said_in` is the language of the words, "" where there are none.

    `due` is when it leaves, or would; None where the mission has no time zone. `why` is "" where it needs no words;
    `reason` is the plan's, where the plan left it out.
    """

    post: str
    account: str
    language: str
    mark: Mark
    said_in: str
    due: datetime | None
    delivery: str = ""
    why: str = ""
    reason: Reason | None = None

    @property
    def mission(self) -> str:
        """The mission whose account it is."""
        return self.account.rpartition("/")[0]

    @property
    def needs_somebody(self) -> bool:
        """Whether it goes no further, or is not there, until somebody acts."""
        return self.mark in NEEDS_SOMEBODY


@dataclass(frozen=True, slots=True)
class Cell:
    """The texts of a mission in a language: the gravest mark, how many texts have each, and in what else it is said."""

    mission: str
    language: str
    mark: Mark
    counts: Mapping[Mark, int]
    said_in: tuple[str, ...]
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """A campaign's texts, in tree order. `languages` are the campaign's in its order, then the others asked for."""

    campaign: str
    title: str
    source: str
    revision: int
    languages: tuple[str, ...]
    network: Network
    texts: tuple[Text, ...]

    def cells(self) -> dict[str, dict[str, Cell]]:
        """Return the cells by mission, in tree order, and language."""
        grouped: dict[str, dict[str, list[Text]]] = {}
        for text in self.texts:
            grouped.setdefault(text.mission, {}).setdefault(text.language, []).append(text)
        return {
            mission: {language: _cell(mission, language, texts) for language, texts in row.items()}
            for mission, row in grouped.items()
        }

    def counts(self) -> Counter[Mark]:
        """Return how many texts have each mark."""
        return Counter(text.mark for text in self.texts)

    def totals(self) -> dict[str, Counter[Mark]]:
        """Return how many texts have each mark, by language."""
        found: dict[str, Counter[Mark]] = {language: Counter() for language in self.languages}
        for text in self.texts:
            found[text.language][text.mark] += 1
        return found

    def needing(self) -> list[str]:
        """Return the missions of which a text needs somebody, in tree order."""
        return list(dict.fromkeys(text.mission for text in self.texts if text.needs_somebody))


def _cell(mission: str, language: str, texts: list[Text]) -> Cell:
    counts = Counter(text.mark for text in texts)
    marks = {mark: counts[mark] for mark in Mark if counts[mark]}
    others = dict.fromkeys(t.said_in for t in texts if t.mark is Mark.FALLBACK and t.said_in)
    return Cell(mission, language, next(iter(marks)), marks, tuple(others), tuple(texts))


def coverage(desk: Desk, name: str, mission: str = "") -> Coverage:
    """Return the coverage of a queued campaign, or of one post as `campaign/post`; of one subtree, or of all.

    Raises:
        UsageError: when it was never queued, is withdrawn, or has no such post.
    """
    campaign_id, _, post = name.partition("/")
    row = queued(desk, campaign_id)
    if row.status != campaigns.ACTIVE:
        raise UsageError(f"{campaign_id} is {row.status}: nothing of it will be said, and nobody has to answer")
    with desk.store.read() as tx:
        known, operations = network.load(tx), network.operations(tx)
        found = covered(tx, row, Reach(known, operations, desk.clock(), mission))
        posts = [each.id for each in campaigns.current(tx, row)[0].posts] if post else []
    if post and post not in posts:
        raise UsageError(f"{campaign_id} has no post {post!r}: there is {', '.join(posts)}")
    texts = tuple(text for text in found.texts if text.post == post) if post else found.texts
    return replace(found, texts=texts)


@dataclass(frozen=True, slots=True)
class Reach:
    """The part of the network that is looked at, all of it or one mission's subtree, and when (UTC).

    `hours` say when what is not planned would be said.
    """

    network: Network
    operations: Mapping[str, Operation]
    now: datetime
    mission: str = ""
    hours: Hours = field(default_factory=Hours)

    def accounts(self) -> list[Account]:
        """Return its accounts in tree order; those that are retired say nothing any more."""
        start = self.mission or self.network.root
        listed = (a for mission in self.network.subtree(start) for a in self.network.accounts_of(mission))
        return [account for account in listed if not self._is_retired(account)]

    def ids(self) -> set[str] | None:
        """Return the ids of its accounts; None where it is all of the network."""
        if self.mission in {"", self.network.root}:
            return None
        return {account.id for account in self.accounts()}

    def _is_retired(self, account: Account) -> bool:
        operation = self.operations.get(account.id)
        return operation is not None and operation.state == RETIRED


def covered(tx: Transaction, row: CampaignRow, reach: Reach, standing: Sequence[Standing] | None = None) -> Coverage:
    """Return a campaign's coverage within reach; `standing` are its deliveries where they were read already."""
    campaign, revision = campaigns.current(tx, row)
    rows = store.standing(tx, [row.id], reach.ids()) if standing is None else standing
    reach = replace(reach, hours=hours(reach.network, closures.own_days(tx), ()))
    texts = tuple(_Reading(campaign, reach, rows, plans.skipped(tx, row.id)).texts())
    asked = dict.fromkeys(text.language for text in texts)
    written = dict.fromkeys(tag for post in campaign.posts for tag in post.languages())
    languages = (*(tag for tag in written if tag in asked), *sorted(set(asked) - set(written)))
    return Coverage(row.id, row.title, campaign.source, revision.number, languages, reach.network, texts)


class _Reading:
    """The queue and the last plan of one campaign, read as texts."""

    def __init__(self, campaign: Campaign, reach: Reach, rows: Iterable[Standing], skipped: Iterable[Skipped]) -> None:
        self.campaign, self.reach, self.network, self.now = campaign, reach, reach.network, reach.now
        said: dict[tuple[str, str, str], list[Standing]] = {}
        for row in rows:
            said.setdefault((row.post, row.account, row.slot), []).append(row)
        self.rows = {key: _next(each, self.now) for key, each in said.items()}
        by_day = sorted(skipped, key=lambda skip: skip.occurrence, reverse=True)
        self.skipped = {(skip.post, skip.account, skip.slot): skip for skip in by_day}
        self.due: dict[tuple[str, str], datetime] = {}
        for row in self.rows.values():
            self.due.setdefault((row.post, row.account), row.due)

    def texts(self) -> Iterator[Text]:
        """Yield what becomes of each post in each language of each account that the campaign is for."""
        for account in self.reach.accounts():
            if not self._is_addressed(account):
                continue
            languages = self.network.languages_of(account)
            for post in self.campaign.posts:
                for language in languages[:1] if account.language_mode is LanguageMode.FIRST else languages:
                    yield self._text(post, account, language)

    def _is_addressed(self, account: Account) -> bool:
        owner = self.campaign.owner
        return self.campaign.audience.takes(account, self.network) and (
            not owner or self.network.is_within(account.mission, owner)
        )

    def _text(self, post: Post, account: Account, language: str) -> Text:
        slot = language if account.language_mode is LanguageMode.EACH else ANY
        row = self.rows.get((post.id, account.id, slot))
        if row is None or _is_dropped(row):
            return self._unsaid(post, account, language, slot)
        owner, said_in = _spoken(row, language, account.language_mode)
        if not said_in:
            return self._unsaid(post, account, language, slot)
        mark, why = _mark(row, self._words(owner, said_in, language))
        return Text(post.id, account.id, language, mark, said_in, row.due, row.id, why)

    def _words(self, owner: str, said_in: str, language: str) -> Mark:
        """Return the mark of words by whose they are; those in another language altogether are nobody's own."""
        if owner not in {"", self.campaign.owner} and said_in in fallbacks(language):
            return Mark.OWN
        return Mark.CENTRAL if said_in == language else Mark.FALLBACK

    def _unsaid(self, post: Post, account: Account, language: str, slot: str) -> Text:
        skip = self.skipped.get((post.id, account.id, slot)) or self.skipped.get((post.id, account.id, ""))
        due = self.due.get((post.id, account.id)) or self._due(post, account)
        mark, why = Mark.MISSING, f"there is no text in {language}"
        if skip is not None:
            mark, why = _SKIPPED.get(skip.reason, Mark.BLOCKED), skip.message
            if skip.reason is Reason.CLOSED and post.closed is ClosedPolicy.SKIP:
                mark = Mark.OPTED_OUT
        if mark is Mark.MISSING and due is not None and due <= self.now:
            mark = Mark.OVER
        return Text(post.id, account.id, language, mark, "", due, why=why, reason=skip.reason if skip else None)

    def _due(self, post: Post, account: Account) -> datetime | None:
        due = said_at(post.at, post, account, self.network, self.reach.hours)
        return due.utc if due else None


def _is_dropped(row: Standing) -> bool:
    """Say whether the plan has taken a delivery back."""
    return row.state == State.CANCELLED and row.by != BY_PERSON


def _next(rows: Sequence[Standing], now: datetime) -> Standing:
    """Return which of the times that an account says a post stands for all: the next, or else the last."""
    planned = [row for row in rows if not _is_dropped(row)] or rows
    return min((row for row in planned if row.due > now), key=lambda row: row.due, default=planned[-1])


def _spoken(row: Standing, language: str, mode: LanguageMode) -> tuple[str, str]:
    """Return whose text a delivery says for a language, and in which language; "" twice where it says none for it.

    A post that speaks for all in one language speaks for each; one that joins several only for those that it joins.
    """
    standing_in = fallbacks(language)
    fitting = [(owner, tag) for owner, tag in row.text_from if tag in standing_in]
    if fitting:
        return fitting[0]
    if mode is LanguageMode.JOINED and len(row.text_from) > 1:
        return "", ""
    return row.text_from[0] if row.text_from else ("", row.language)


def _mark(row: Standing, words: Mark) -> tuple[Mark, str]:
    """Return the mark of a delivery whose words have that mark, and why where it needs saying."""
    if row.state == State.QUEUED and row.stops:
        return _stopped(row.stops)
    if row.state == State.UNKNOWN and row.is_looked_for:
        return words, ""
    ends = {
        State.SENT: (Mark.OPTED_OUT, "recalled") if row.is_recalled else (Mark.SENT, ""),
        State.FAILED: (Mark.BLOCKED, f"failed: {row.reason}"),
        State.UNKNOWN: (Mark.BLOCKED, f"may be out: {row.reason}"),
        State.CANCELLED: (Mark.OPTED_OUT, f"cancelled: {row.reason}"),
        State.EXPIRED: (Mark.OVER, row.reason),
    }
    return ends.get(State(row.state), (words, ""))


def _stopped(stops: Sequence[tuple[str, str]]) -> tuple[Mark, str]:
    kinds = {BlockKind.CRITICAL: Mark.CRITICAL, BlockKind.STALE: Mark.STALE}
    known = {kinds.get(BlockKind(kind), Mark.BLOCKED): f"{kind}: {why}" for kind, why in reversed(stops)}
    gravest = next(mark for mark in Mark if mark in known)
    return gravest, known[gravest]

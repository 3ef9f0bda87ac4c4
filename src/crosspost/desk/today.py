"""What a mission has to do today: its inbox. What the centre sees in the morning is in `desk/morning.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crosspost.desk import staleness, summary
from crosspost.desk.coverage import Coverage, Mark, Reach, Text, covered
from crosspost.desk.desk import Desk
from crosspost.desk.staleness import Open
from crosspost.domain.campaign import NO_CAMPAIGN, TEXT
from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.hold import Hold
from crosspost.domain.merge import merged
from crosspost.domain.network import Network
from crosspost.domain.planned import Reason
from crosspost.domain.zones import PARIS, zone
from crosspost.errors import UsageError
from crosspost.store import Transaction, campaigns, holds, network
from crosspost.store import coverage as store
from crosspost.store.coverage import Standing
from crosspost.store.matters import Kind, Matter
from crosspost.store.tables import Operation

#: How far ahead is told what to localise.
DAYS = 7


@dataclass(frozen=True, slots=True)
class ToLocalise:
    """A post that a mission's accounts cannot say in one of their languages, or only in one that stands in for it.

    `said_in` is that other language, "" where nothing is said. `due` is the earliest of them (UTC).
    """

    campaign: str
    post: str
    language: str
    said_in: str
    accounts: tuple[str, ...]
    due: datetime


@dataclass(frozen=True, slots=True)
class Inherited:
    """A post that is said in the centre's words, and in which languages: it may be localised, and need not."""

    campaign: str
    post: str
    languages: tuple[str, ...]
    due: datetime


@dataclass(frozen=True, slots=True)
class Stopped:
    """Something that does not leave, or may be out already: what and why, and what to type. `due` is the earliest.

    `kind` is a block's (`late`, `review`, `critical`, …), or `unknown`, `failed`, `account`, `platform`, `recall`,
    `hold`, `unsaid`; `deliveries` are all that it concerns, `""` aside.
    """

    kind: str
    what: str
    do: str
    deliveries: tuple[str, ...] = ()
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """A post that leaves: when (UTC), on which accounts, in which languages. `held` of them are stopped.

    `last` is when the last of them leaves, where they do not all leave at once.
    """

    campaign: str
    post: str
    due: datetime
    says: tuple[tuple[str, str], ...]
    held: int
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stale:
    """A stale value, whether the mission answers for it, and what is proposed, "" where nobody should propose.

    For what belongs to the centre or its region a mission cannot answer; it may say it in its own words.
    """

    value: Open
    is_ours: bool
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Inbox:
    """A mission's day. `zone` is its clock; `to_localise` and `inherited` look `days` ahead.

    `following` is what leaves first after today; `sent` counts what went out since midnight.
    """

    mission: str
    zone: str
    now: datetime
    days: int
    stopped: list[Stopped]
    stale: list[Stale]
    to_localise: list[ToLocalise]
    leaving: list[Leaving]
    following: Leaving | None
    sent: int
    inherited: list[Inherited]

    @property
    def needs_somebody(self) -> bool:
        """Whether something waits for an answer; what may be localised does not."""
        return bool(self.stopped or self.stale)


def whose(desk: Desk, known: Network, mission: str = "") -> str:
    """Return the mission that is asked about: the one named, or else the one that is acted for.

    Raises:
        UsageError: when nobody says which, or there is no such mission.
    """
    wanted = mission or desk.actor.role
    if not wanted:
        raise UsageError("say for whom: `--mission MISSION`, `--as MISSION`, or `acting_as` in config.toml")
    if wanted not in known.missions:
        raise UsageError(f"there is no mission {wanted!r}: see `crosspost network show`")
    return wanted


def inbox(desk: Desk, mission: str, days: int = DAYS) -> Inbox:
    """Return what a mission, and all below it, has to do; looking so many days ahead for what to localise."""
    matters, stale = summary.matters(desk), staleness.open_answers(desk, mission=mission)
    with desk.store.read() as tx:
        seen = Seen.read(tx, mission, desk.clock())
        found = seen.coverage(tx)
    clock, now = seen.network.missions[mission].timezone or PARIS, seen.now
    midnight = now.astimezone(zone(clock)).replace(hour=0, minute=0, second=0, microsecond=0)
    tonight, coming = midnight + timedelta(days=1), leaving(seen)
    texts = [(each.campaign, text) for each in found for text in each.texts]
    ahead = [(name, t) for name, t in texts if t.due and now < t.due <= now + timedelta(days=days)]
    sources = {each.campaign: each.source for each in found}
    return Inbox(
        mission=mission,
        zone=clock,
        now=now,
        days=days,
        stopped=[*stopped(seen, matters, stale), *_unsaid(texts, mission, now)],
        stale=[_stale(value, seen, sources.get(value.campaign, "")) for value in stale],
        to_localise=_to_localise(ahead),
        leaving=[each for each in coming if each.due < tonight],
        following=next((each for each in coming if each.due >= tonight), None),
        sent=sum(row.sent_at is not None and row.sent_at >= midnight for row in seen.rows),
        inherited=_inherited(ahead),
    )


def _stale(value: Open, seen: Seen, source: str) -> Stale:
    """Return a stale value, with the words that are proposed for an override in the source's own language."""
    mine = value.variant
    if not value.is_override or not seen.network.is_within(mine.owner, seen.reach.mission):
        return Stale(value, is_ours=False)
    if value.old_source is None or mine.field != TEXT or mine.language != source:
        return Stale(value, is_ours=True)
    return Stale(value, is_ours=True, proposal=merged(value.old_source, value.new_source, mine.value, source) or "")


@dataclass(frozen=True)
class Seen:
    """All that is read of a mission's subtree at once: what still runs, or was sent a day ago, and the holds on it.

    `held` maps each queued delivery under a hold to the first such hold.
    """

    reach: Reach
    running: Collection[str]
    rows: Sequence[Standing]
    holds: Sequence[tuple[Hold, Sequence[str]]]
    held: Mapping[str, Hold] = field(default_factory=dict)

    @classmethod
    def read(cls, tx: Transaction, mission: str, now: datetime) -> Seen:
        """Read it."""
        reach = Reach(network.load(tx), network.operations(tx), now, mission)
        running = store.running(tx, now - timedelta(days=1))
        rows = store.standing(tx, running, reach.ids())
        under = [(hold, store.under(tx, hold.scope, reach.network, reach.ids())) for hold in holds.active(tx, now)]
        held = {delivery: hold for hold, ids in reversed(under) for delivery in ids}
        return cls(reach, running, rows, [(hold, ids) for hold, ids in under if ids], held)

    @property
    def now(self) -> datetime:
        """When it was read (UTC)."""
        return self.reach.now

    @property
    def network(self) -> Network:
        """The network."""
        return self.reach.network

    @property
    def operations(self) -> Mapping[str, Operation]:
        """What operation has set, by account."""
        return self.reach.operations

    def coverage(self, tx: Transaction) -> list[Coverage]:
        """Return the coverage of every campaign that still runs."""
        rows: dict[str, list[Standing]] = {name: [] for name in self.running}
        for row in self.rows:
            rows[row.campaign].append(row)
        chosen = (row for row in campaigns.every(tx) if row.status == campaigns.ACTIVE and row.id in rows)
        return [covered(tx, row, self.reach, rows[row.id]) for row in chosen]

    def is_stopped(self, row: Standing) -> bool:
        """Say whether a queued delivery would not leave as things stand."""
        operation = self.operations.get(row.account)
        return bool(row.stops or row.id in self.held or (operation is not None and operation.paused))


def _to_localise(ahead: Iterable[tuple[str, Text]]) -> list[ToLocalise]:
    """Return the posts without a text in the account's own language, by when they are due."""
    grouped: dict[tuple[str, str, str, str], list[Text]] = {}
    for campaign, text in ahead:
        if text.mark in {Mark.MISSING, Mark.FALLBACK}:
            grouped.setdefault((campaign, text.post, text.language, text.said_in), []).append(text)
    found = [
        ToLocalise(*key, tuple(text.account for text in texts), min(text.due for text in texts if text.due))
        for key, texts in grouped.items()
    ]
    return sorted(found, key=lambda each: (each.due, each.campaign, each.post, each.language))


def _inherited(ahead: Iterable[tuple[str, Text]]) -> list[Inherited]:
    """Return the posts that are said in the centre's words, by when they are due."""
    grouped: dict[tuple[str, str], list[Text]] = {}
    for campaign, text in ahead:
        if text.mark is Mark.CENTRAL:
            grouped.setdefault((campaign, text.post), []).append(text)
    found = [
        Inherited(*key, tuple(dict.fromkeys(t.language for t in texts)), min(t.due for t in texts if t.due))
        for key, texts in grouped.items()
    ]
    return sorted(found, key=lambda each: (each.due, each.campaign, each.post))


def stopped(seen: Seen, matters: Iterable[Matter], stale: Iterable[Open]) -> list[Stopped]:
    """Return what does not leave within reach, stale texts that wait for an answer aside; gravest first.

    Deliveries of one post that are stopped for the same reason are one matter.
    """
    told = {delivery for each in stale for delivery in each.deliveries}
    mine = {row.id: row for row in seen.rows}
    alike: dict[tuple[str, ...], list[tuple[Matter, Standing]]] = {}
    whole: list[Stopped] = []
    for matter in matters:
        about, _, kind = matter.about.rstrip(")").partition(" (")
        row = mine.get(about)
        if row is None:
            whole += _of_account(seen, matter)
        elif about not in told or kind not in _ANSWERED_WITH_THE_TEXT:
            why = _IN_QUIET if kind == BlockKind.QUIET else matter.what.removeprefix(about)
            alike.setdefault((kind or matter.kind.value, row.campaign, row.post, why), []).append((matter, row))
    found = [_alike(kind, why, together, seen) for (kind, _, _, why), together in alike.items()]
    return [*found, *whole, *(_held(hold, ids, mine) for hold, ids in seen.holds)]


#: Each mission's quiet hours are its own, and are one matter all the same.
_IN_QUIET = " is held, quiet: in the quiet hours of their missions"

#: What an answer to a stale text closes as well.
_ANSWERED_WITH_THE_TEXT = {BlockKind.STALE, BlockKind.CRITICAL}


def _alike(kind: str, why: str, together: Sequence[tuple[Matter, Standing]], seen: Seen) -> Stopped:
    """Return deliveries of one post that are stopped for one reason as one matter."""
    ids, due = tuple(row.id for _, row in together), min(row.due for _, row in together)
    matter, row = together[0]
    if len(together) == 1:
        return Stopped(kind, matter.what, matter.do, ids, due)
    what = f"{name_of(row.campaign, row.post)}: {len(ids)} deliveries{why.replace(' is held', ' held', 1)}"
    within = f" -m {seen.reach.mission}" if seen.reach.ids() is not None else ""
    for_many = _FOR_MANY.get(kind, "").format(post=f"{row.campaign}/{row.post}", within=within)
    return Stopped(kind, what, for_many or matter.do, ids, due)


#: The commands that answer for many at once.
_FOR_MANY: dict[str, str] = {
    BlockKind.LATE: "crosspost delivery send-late{within} -c {post}",
    BlockKind.QUIET: "crosspost delivery allow{within} -c {post} --why WHY, or cancel",
    BlockKind.BLACKOUT: "crosspost delivery allow{within} -c {post} --why WHY, or cancel",
    BlockKind.CRITICAL: "check what they say, then crosspost campaign confirm {post}{within}",
    Kind.FAILED: "crosspost delivery retry{within} -c {post}",
}


def _of_account(seen: Seen, matter: Matter) -> Iterable[Stopped]:
    """Yield the matter of an account or platform within reach, with what waits for it; or of a delivery long gone."""
    accounts = {account.id: account.platform for account in seen.reach.accounts()}
    if matter.kind in {Kind.ACCOUNT, Kind.PLATFORM} and matter.about in {*accounts, *accounts.values()}:
        waiting = [row for row in seen.rows if row.state == State.QUEUED and _is_of(row.account, matter.about)]
        due = min((row.due for row in waiting), default=None)
        yield Stopped(matter.kind.value, matter.what, matter.do, tuple(row.id for row in waiting), due)
    elif account_of(matter.about) in accounts:
        yield Stopped(matter.kind.value, matter.what, matter.do, (matter.about.partition(" ")[0],))


def _is_of(account: str, scope: str) -> bool:
    """Say whether an account is the one meant, or of the platform meant."""
    return scope in {account, account.rpartition("/")[2]}


def _held(hold: Hold, ids: Sequence[str], mine: Mapping[str, Standing]) -> Stopped:
    until = f" until {hold.until:%a %Y-%m-%d %H:%M} UTC" if hold.until else ""
    what = f"hold {hold.id} on {hold.scope.describe()}{until}: {hold.reason} (by {hold.who})"
    due = min((mine[one].due for one in ids if one in mine), default=None)
    return Stopped("hold", what, f"ask {hold.who}, or crosspost release {hold.id}", tuple(ids), due)


#: What the plan leaves out because something is wrong, which somebody can put right.
_WRONG = {Reason.UNFIT, Reason.BROKEN, Reason.ACCOUNT}


def _unsaid(texts: Iterable[tuple[str, Text]], mission: str, now: datetime) -> Iterable[Stopped]:
    """Yield what is not even queued because the account is not enabled, or a platform would refuse the words."""
    said = set()
    for campaign, text in texts:
        is_over = text.due is not None and text.due <= now
        key = (text.account,) if text.reason is Reason.ACCOUNT else (campaign, text.post, text.account, text.language)
        if text.mark is not Mark.BLOCKED or text.reason not in _WRONG or is_over or key in said:
            continue
        said.add(key)
        if text.reason is Reason.ACCOUNT:
            yield Stopped(
                "unsaid", f"{text.account} says nothing: {text.why}", f"crosspost account check {text.account}"
            )
            continue
        do = f"crosspost override set {campaign}/{text.post} -m {mission} --lang {text.language}"
        yield Stopped("unsaid", f"{campaign}/{text.post} on {text.account}: {text.why}", do, due=text.due)


def leaving(seen: Seen) -> list[Leaving]:
    """Return what is queued and still to come, by time: each post once for each instant."""
    grouped: dict[tuple[str, str, datetime], list[Standing]] = {}
    for row in seen.rows:
        if row.state == State.QUEUED and row.due >= seen.now:
            grouped.setdefault((row.campaign, row.post, row.due), []).append(row)
    return [
        Leaving(
            *key,
            tuple((row.account, _spoken(row)) for row in rows),
            sum(seen.is_stopped(row) for row in rows),
        )
        for key, rows in sorted(grouped.items(), key=lambda item: (item[0][2], item[0]))
    ]


def _spoken(row: Standing) -> str:
    """Return the language of a delivery; where it joins several, all of them: `fr+ar`."""
    return "+".join(dict.fromkeys(language for _, language in row.text_from)) or row.language


def account_of(delivery: str) -> str:
    """Return the account in a delivery's id, `cop31/opening/amb-jp-tokyo/twitter/ja`; "" where it is none."""
    return "/".join(delivery.split("/")[2:4])


def name_of(campaign: str, post: str) -> str:
    """Return what a post is called by its campaign; a single post has none."""
    return "a single post" if campaign == NO_CAMPAIGN else f"{campaign}/{post}"


def platforms(accounts: Collection[str], mission: str) -> str:
    """Return accounts in short: those of the mission itself as platforms, those below it by their whole id."""
    return ", ".join(a.rpartition("/")[2] if a.rpartition("/")[0] == mission else a for a in accounts)

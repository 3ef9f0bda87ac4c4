"""Answers to stale overrides: still right, take the centre's, mine until then, or not here.

An answer is given for the source that somebody looked at. Where the centre queued another version, or a colleague set
other words meanwhile, it is not given: nobody answered for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from crosspost.desk import replan
from crosspost.desk.answered import Answered, let_go
from crosspost.desk.desk import Desk
from crosspost.desk.overrides import Target
from crosspost.desk.replan import Outcome, Snapshot
from crosspost.desk.staleness import Open, stale_values
from crosspost.desk.wording import require_locked
from crosspost.domain.campaign import ANY, OPT_OUT, Campaign, Variant
from crosspost.domain.network import Mission, Network
from crosspost.domain.schedule import LOCAL, parse_time
from crosspost.domain.selection import Selection
from crosspost.errors import ConflictError, UsageError
from crosspost.store import Transaction, campaigns, events
from crosspost.store.campaigns import Kept

#: Nobody stands by words for longer, whatever happens to their source.
LONGEST_PIN = timedelta(days=366)


class Kind(StrEnum):
    """What somebody says to a value whose source has changed."""

    ACCEPT = "accept"  # it is still right: it counts as made from the source as it is now
    TAKE_CENTRAL = "take-central"  # it goes: what is inherited counts again
    PIN = "pin"  # it stays until then, whatever the source says
    OPT_OUT = "opt-out"  # the post is not said here


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to one override as it was `shown`; `source` is the digest of the source that it was looked at with.

    `revision` is the campaign's then. `until` (UTC) is for a pin. A pin and an opt-out want a reason.
    """

    kind: Kind
    post: str
    shown: Variant
    source: str
    revision: int
    reason: str = ""
    until: datetime | None = None

    @property
    def value(self) -> Variant | None:
        """The value that is kept for it; None where the one shown goes."""
        if self.kind is Kind.ACCEPT:
            return replace(self.shown, source=self.source, pinned=None)
        if self.kind is Kind.PIN:
            return replace(self.shown, pinned=self.until)
        if self.kind is Kind.OPT_OUT:
            return Variant(self.shown.owner, OPT_OUT, ANY, self.shown.platform, self.reason)
        return None

    @property
    def state(self) -> str:
        """How the kept value came to fit its source."""
        return {Kind.ACCEPT: "accepted", Kind.PIN: "pinned"}.get(self.kind, "set")

    def put_into(self, values: tuple[Variant, ...]) -> tuple[Variant, ...]:
        """Return a post's overrides with the answer among them."""
        value = self.value
        if value is None:
            return tuple(v for v in values if v.place != self.shown.place)
        return (*(v for v in values if v.place != value.place), value)


def is_standing(answer: Answer, campaign: Campaign | None, overrides: Mapping[str, tuple[Variant, ...]]) -> bool:
    """Say whether the override and its source are still what the answer was given for."""
    post = campaign.post(answer.post) if campaign else None
    if campaign is None or post is None or answer.shown not in overrides.get(answer.post, ()):
        return False
    return post.source_digest(answer.shown.field, campaign.source, answer.shown.platform) == answer.source


def _require_locked(answer: Answer, campaign: Campaign | None) -> None:
    post = campaign.post(answer.post) if campaign else None
    if campaign is not None and post is not None and answer.kind in {Kind.ACCEPT, Kind.PIN}:
        require_locked(campaign, post, answer.shown)


@dataclass(frozen=True)
class GiveAnswers:
    """The change that answers to overrides of one campaign make; those that were overtaken are passed over.

    `given` holds the others, once they are written.
    """

    desk: Desk
    campaign_id: str
    answers: Sequence[Answer]
    now: datetime
    given: list[Answer] = field(default_factory=list)

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation with the answers given.

        Raises:
            ConflictError: when every one of them was overtaken.
            UsageError: when words shall stay that lack a locked phrase.
        """
        standing = [a for a in self.answers if is_standing(a, before.latest, before.overrides)]
        if not standing:
            raise ConflictError(
                f"{self.campaign_id} was changed since this was shown: nothing was answered. Look again: "
                f"`crosspost override list {self.campaign_id} --stale`"
            )
        overrides = dict(before.overrides)
        for answer in standing:
            _require_locked(answer, before.latest)
            overrides[answer.post] = answer.put_into(overrides.get(answer.post, ()))
        return replace(before, overrides=overrides)

    def write(self, tx: Transaction) -> None:
        """Write the answers and the record."""
        row = campaigns.find(tx, self.campaign_id)
        current = campaigns.current(tx, row)[0] if row else None
        overrides = campaigns.overrides(tx, self.campaign_id)
        standing = [a for a in self.answers if is_standing(a, current, overrides)]
        answered = [Answered(a.post, a.value or a.shown, a.revision) for a in standing]
        let_go(tx, self.desk, self.campaign_id, self, answered, self.now)
        for answer in standing:
            self._write(tx, answer)
        self.given[:] = standing

    def _write(self, tx: Transaction, answer: Answer) -> None:
        value, actor = answer.value, self.desk.actor
        if value is None:
            campaigns.drop_override(tx, self.campaign_id, answer.post, answer.shown)
        else:
            kept = Kept(actor.who, self.now, answer.state, answer.reason)
            campaigns.set_override(tx, self.campaign_id, answer.post, value, kept)
        detail = dict(zip(("owner", "field", "language", "platform"), answer.shown.place, strict=True))
        detail |= {"source": answer.source, "reason": answer.reason}
        if answer.until is not None:
            detail["until"] = answer.until.isoformat()
        events.record(tx, actor, f"override {answer.kind}", f"{self.campaign_id}/{answer.post}", self.now, detail)


@dataclass(frozen=True, slots=True)
class Given:
    """What became of answers: the new plan, which were given, and which were overtaken by another change."""

    outcome: Outcome
    done: tuple[Answer, ...]
    overtaken: tuple[Answer, ...]


def give(desk: Desk, campaign_id: str, answers: Sequence[Answer]) -> Given:
    """Give answers to overrides of a campaign, all in one, and bring the queue into line at once.

    Raises:
        ConflictError: when what every one of them is about was changed since it was shown.
        NotPermittedError: when the acting mission may not act for an override's owner; then none is given.
    """
    _require(desk, answers)
    change = GiveAnswers(desk, campaign_id, answers, desk.clock())
    outcome = replan.commit(desk, [campaign_id], change, change.now)[campaign_id]
    done = tuple(change.given)
    return Given(outcome, done, tuple(answer for answer in answers if answer not in done))


def preview(desk: Desk, campaign_id: str, answers: Sequence[Answer]) -> Outcome:
    """Return what the answers would do, and do nothing."""
    _require(desk, answers)
    return replan.preview(desk, campaign_id, GiveAnswers(desk, campaign_id, answers, desk.clock()))


def _require(desk: Desk, answers: Sequence[Answer]) -> None:
    known = desk.network()
    for owner in sorted({answer.shown.owner for answer in answers}):
        desk.require_role(owner, known)
    for answer in answers:
        if answer.kind in {Kind.PIN, Kind.OPT_OUT} and not answer.reason.strip():
            raise UsageError("say why: `--reason REASON`")
        if answer.kind is Kind.PIN:
            _require_end(answer.until, desk.clock())


def _require_end(until: datetime | None, now: datetime) -> None:
    if until is None or until <= now:
        raise UsageError("the pin would be over already: name a later day with `--until`")
    if until - now > LONGEST_PIN:
        raise UsageError("a pin holds for a year at most: name an earlier day with `--until`")


def asked(desk: Desk, name: str, selection: Selection) -> list[Open]:
    """Return the stale overrides of a campaign, or of one post as `campaign/post`, that the filters let through.

    Without a mission among the filters, those that the acting mission may answer for. A language or platform is the
    override's own: one that counts for every platform is not chosen by the name of one.
    """
    campaign_id, _, post = name.partition("/")
    known = desk.network()
    within = selection.mission or ((desk.actor.role,) if desk.actor.role in known.missions else ())
    found = [one for one in stale_values(desk, campaign=campaign_id) if one.is_override and post in {"", one.post}]
    return [one for one in found if _is_chosen(one.variant, replace(selection, mission=within), known)]


def _is_chosen(variant: Variant, selection: Selection, known: Network) -> bool:
    owners = set(known.owners(variant.owner))
    return (
        variant.owner in known.missions
        and (not selection.mission or not owners.isdisjoint(selection.mission))
        and (not selection.country or known.missions[variant.owner].country in selection.country)
        and (not selection.platform or variant.platform in selection.platform)
        and (not selection.lang or variant.language in selection.lang)
        and owners.isdisjoint(selection.except_)
    )


def own(desk: Desk, to: Target, owner: str, field: str, where: tuple[str, str]) -> list[tuple[Variant, str]]:
    """Return an owner's overrides of a field of a post, each with the digest of its source as it is now.

    `where` is language and platform, each "" where any will do.

    Raises:
        UsageError: when there is none.
    """
    with desk.store.read() as tx:
        kept = campaigns.overrides(tx, to.campaign.id).get(to.post.id, ())
    found = [
        variant
        for variant in kept
        if (variant.owner, variant.field.partition(":")[0]) == (owner, field)
        and where[0] in {"", variant.language}
        and where[1] in {"", variant.platform}
    ]
    if not found:
        raise UsageError(f"{owner} has no such override: `crosspost override list {to.campaign.id}`")
    return [(one, to.post.source_digest(one.field, to.campaign.source, one.platform)) for one in found]


def end_of(text: str, mission: Mission) -> datetime:
    """Return the instant at which a pin ends: of a day alone, that day's end on the mission's clock.

    Raises:
        UsageError: when it is neither a day nor a time, or the mission has no clock of its own.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = None
    written = f"{day + timedelta(days=1)} 00:00 local" if day else text
    try:
        end = parse_time(written)
    except ValueError as error:
        raise UsageError(f"{error}; or a day alone, such as 2027-03-01") from error
    if end.clock == LOCAL and not mission.timezone:
        raise UsageError(f"{mission.id} has no clock of its own: write `--until '2027-03-01 18:00 Europe/Paris'`")
    return end.instant(mission.timezone).utc

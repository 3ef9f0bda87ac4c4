"""Writing a plan into the queue, by difference. Nothing that is `sending` or beyond is touched.

What is on its way when its plan changes may yet turn out not to have left. It would go back into the queue with the old
words or time: so it gets a block (`stale`), which the next plan that is written closes. So does what the plan itself
stops, since a text of it is stale.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update

from crosspost.domain.content import REPOST, Content, ContentMedium, ContentPart
from crosspost.domain.delivery import MAY_BE_OUT, MOVES, OF_THE_PLAN, BlockKind, State, occasion
from crosspost.domain.moved import Moved
from crosspost.domain.planned import Plan, Planned, Reason, Skipped, Stop, said_by, would_repeat
from crosspost.domain.schedule import Instant, Shift
from crosspost.store import blocks, in_doubt
from crosspost.store.engine import Transaction
from crosspost.store.tables import Allowed, Block, ContentRow, Delivery, ReceiptRow, SkippedRow, core

_delivery = core(Delivery)
_content = core(ContentRow)
_receipt = core(ReceiptRow)
_skipped = core(SkippedRow)
_block = core(Block)
_allowed = core(Allowed)

BY_PLAN = "plan"
BY_PERSON = "person"

#: What stops something whose plan changed while it was on its way.
_OUTDATED = Stop(BlockKind.STALE, "the plan changed while it was on its way: queue the campaign again, or cancel it")

#: States from which a new plan may bring a delivery back.
_MAY_RETURN = frozenset(state for state, moves in MOVES.items() if State.QUEUED in moves) - MAY_BE_OUT


@dataclass(frozen=True, slots=True)
class Out:
    """A delivery that is out, or may be, with other words than the plan's now; `url` is "" until a receipt is there.

    `is_repost`: what is out is another account's post, passed on.
    """

    id: str
    state: str
    url: str
    is_repost: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """A delivery that the plan stops: the block's kind, and why."""

    delivery: str
    kind: str
    why: str


@dataclass(slots=True)
class Changes:
    """What writing a plan did, as delivery ids, and what was already out with the old words.

    `stopped` are the plan's stops that the plan before did not have and nobody has set aside; `freed` those that the
    plan before had, of what stays queued. They change nothing of what is said, so they alone make it no change.
    """

    queued: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    #: Those of the changed ones that leave at another instant.
    moved: list[Moved] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    unchanged: int = 0
    out: list[Out] = field(default_factory=list)
    stopped: list[Stopped] = field(default_factory=list)
    freed: list[Stopped] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything in the queue is other than before."""
        return bool(self.queued or self.changed or self.cancelled)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the queue holds of a campaign, as planning needs it (see `planning.Situation`)."""

    known: frozenset[str]
    said: dict[str, str]


def standing(tx: Transaction, campaign_id: str) -> Standing:
    """Return which deliveries of the campaign are queued or may be out, and which words may be out."""
    gone = [State.CANCELLED.value, State.EXPIRED.value]
    known = select(_delivery.c.id).where(_delivery.c.campaign == campaign_id, _delivery.c.state.not_in(gone))
    return Standing(frozenset(tx.execute(known).scalars()), _said(tx, campaign_id))


def _said(tx: Transaction, campaign_id: str) -> dict[str, str]:
    """Return what the campaign says that may be out (see `said_by`), each with the delivery that says it."""
    may_be_out = _delivery.c.state.in_([state.value for state in MAY_BE_OUT])
    rows = tx.execute(
        select(_delivery.c.id, _delivery.c.post, _delivery.c.occurrence, _delivery.c.slot, _content.c.value)
        .join(_content, _content.c.digest == _delivery.c.content)
        .where(_delivery.c.campaign == campaign_id, may_be_out)
    )
    return {
        name: row.id
        for row in rows
        for name in said_by(occasion(row.post, row.occurrence), row.slot, as_content(row.value))
    }


def as_content(value: dict[str, Any]) -> Content:
    """Return the content that a row keeps."""
    media = tuple(ContentMedium(**medium) for medium in value["media"])
    parts = tuple(ContentPart(**part) for part in value.get("parts", ()))
    return Content(**(value | {"media": media, "parts": parts}))


def keep_contents(tx: Transaction, contents: Iterable[Content]) -> None:
    """Keep contents, each under its digest, where they are not kept yet."""
    wanted = {content.digest: content for content in contents}
    known = set(tx.execute(select(_content.c.digest)).scalars()) if len(wanted) > 500 else _known(tx, wanted)
    new = [{"digest": d, "value": asdict(content)} for d, content in wanted.items() if d not in known]
    if new:
        tx.execute(insert(_content), new)


def _known(tx: Transaction, wanted: Iterable[str]) -> set[str]:
    return set(tx.execute(select(_content.c.digest).where(_content.c.digest.in_(list(wanted)))).scalars())


def difference(tx: Transaction, campaign_id: str, plan: Plan) -> Changes:
    """Return what writing the plan would change, and change nothing."""
    return _compared(tx, campaign_id, plan).changes


def write(tx: Transaction, campaign_id: str, plan: Plan, now: datetime) -> Changes:
    """Make the queue hold what the plan says, and return what that changed."""
    keep_contents(tx, (p.content for p in plan.planned))
    writer = _compared(tx, campaign_id, plan)
    tx.execute(delete(_block).where(*_of_the_plan(campaign_id)))
    writer.flush(tx, now)
    blocks.spread(tx, BlockKind.CRITICAL, campaign_id, writer.inserted)
    tx.execute(delete(_skipped).where(_skipped.c.campaign == campaign_id))
    if plan.skipped:
        tx.execute(insert(_skipped), [asdict(skipped) for skipped in plan.skipped])
    return writer.changes


def skipped(tx: Transaction, campaign_id: str) -> tuple[Skipped, ...]:
    """Return what the campaign's last plan left out."""
    rows = tx.execute(select(_skipped).where(_skipped.c.campaign == campaign_id))
    return tuple(
        Skipped(r.campaign, r.post, r.account, r.slot, Reason(r.reason), r.message, r.occurrence) for r in rows
    )


def _compared(tx: Transaction, campaign_id: str, plan: Plan) -> _Writer:
    rows = tx.execute(
        select(_delivery, _receipt.c.url, in_doubt.may_be_out().label("may_be_out"))
        .outerjoin(_receipt, _receipt.c.delivery == _delivery.c.id)
        .where(_delivery.c.campaign == campaign_id)
    )
    stops = {
        (row.delivery, row.kind, row.why): row.since
        for row in tx.execute(select(_block).where(*_of_the_plan(campaign_id)))
    }
    writer = _Writer({row.id: row for row in rows}, _said(tx, campaign_id), stops)
    for planned in plan.planned:
        writer.planned(planned)
    reasons = {(s.post, s.occurrence, s.account, s.slot): s.message for s in plan.skipped}
    writer.skipped(reasons, {p.id for p in plan.planned})
    writer.compare_stops(_allowed_of(tx, campaign_id))
    return writer


def _of_the_plan(campaign_id: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the blocks that a campaign's plan has set."""
    of_campaign = select(_delivery.c.id).where(_delivery.c.campaign == campaign_id)
    return _block.c.kind.in_([kind.value for kind in OF_THE_PLAN]), _block.c.delivery.in_(of_campaign)


def queue(tx: Transaction, planned: Iterable[Planned]) -> None:
    """Queue deliveries that no campaign plans."""
    rows = [as_row(p) for p in planned]
    if rows:
        tx.execute(insert(_delivery), rows)


def stop(tx: Transaction, planned: Iterable[Planned], now: datetime) -> None:
    """Block what no campaign plans by what stops it, as it was queued."""
    stops = [(p.id, stop.kind.value, stop.why) for p in planned for stop in joined(p.stops)]
    if stops:
        tx.execute(insert(_block), [_as_block(stop, now) for stop in stops])


def joined(stops: Iterable[Stop]) -> list[Stop]:
    """Return the stops with one of each kind: a delivery has one block of a kind, which gives all its reasons."""
    by_kind: dict[BlockKind, dict[str, None]] = {}
    for stop in stops:
        by_kind.setdefault(stop.kind, {})[stop.why] = None
    return [Stop(kind, "; ".join(why)) for kind, why in by_kind.items()]


def as_row(planned: Planned) -> dict[str, Any]:
    """Return the row of a delivery that is queued as planned."""
    return {
        "id": planned.id,
        "campaign": planned.campaign,
        "post": planned.post,
        "occurrence": planned.occurrence,
        "account": planned.account,
        "platform": planned.content.platform,
        "slot": planned.slot,
        "language": planned.content.language,
        "content": planned.content.digest,
        "action": planned.content.action,
        "wall": planned.time.wall.isoformat(),
        "zone": planned.time.zone,
        "shift": planned.time.shift.value,
        "due": planned.time.utc,
        "expires": planned.expires,
        "state": State.QUEUED.value,
        "priority": planned.priority,
        "after": planned.content.original or planned.after,
        "delay": int(planned.delay.total_seconds()),
        "because": planned.because,
        "moved": planned.moved,
        "reason": "",
        "settled_by": "",
        "attempts": 0,
        "looks": 0,
        "length": planned.length,
        "length_limit": planned.limit,
        "origins": [asdict(origin) for origin in planned.origins],
    }


#: What a plan decides about a delivery that is there already; the rest is the queue's own.
_PLANNED_COLUMNS = (
    *("language", "content", "action", "wall", "zone", "shift", "due", "expires", "length", "length_limit", "origins"),
    *("priority", "after", "delay", "because", "moved", "state", "reason", "settled_by"),
)

#: What says why, and nothing of what is sent.
_WHY = ("priority", "origins", "because", "moved", "wall", "shift")


class _Writer:
    """Collects the difference between a plan and the queue, then writes it in a few statements."""

    def __init__(
        self, existing: dict[str, Any], said: Container[str], before: Mapping[tuple[str, str, str], datetime]
    ) -> None:
        self.existing, self.changes = existing, Changes()
        self._said, self._before = said, before  # since when the plan before has had each stop
        self._inserts: list[dict[str, Any]] = []
        self._updates: list[dict[str, Any]] = []
        self._cancels: list[dict[str, Any]] = []
        self._in_doubt: list[str] = []
        self._stops: dict[tuple[str, str], list[str]] = {}
        self._wanted: list[tuple[str, str, str]] = []
        self._spent: list[tuple[str, str, str]] = []

    def planned(self, planned: Planned) -> None:
        """Take up one row of the plan."""
        row, wanted = self.existing.get(planned.id), as_row(planned)
        if row is None:
            if not self._is_new(planned, wanted):
                return
        elif row.state in MAY_BE_OUT:
            self._already_out(row, planned, wanted)
        elif row.state == State.QUEUED:
            self._queued(row, planned, wanted)
        elif row.state in _MAY_RETURN and self._may_return(row, wanted):
            self._updates.append(wanted)
            self.changes.queued.append(planned.id)
        else:
            self.changes.unchanged += 1
        if row is None or row.state != State.SENT:
            for stop in planned.stops:
                self._stop(planned.id, stop)

    @property
    def inserted(self) -> list[str]:
        """The ids of what the queue has not held before."""
        return [row["id"] for row in self._inserts]

    def _stop(self, delivery: str, stop: Stop) -> None:
        self._stops.setdefault((delivery, stop.kind.value), []).append(stop.why)

    def _is_new(self, planned: Planned, wanted: dict[str, Any]) -> bool:
        repeated = would_repeat(planned.occasion, planned.slot, planned.content)
        if any(name in self._said for name in repeated):  # meanwhile, under another id: never twice by itself
            return False
        self._inserts.append(wanted)
        self.changes.queued.append(wanted["id"])
        return True

    def _already_out(self, row: Any, planned: Planned, wanted: dict[str, Any]) -> None:
        self.changes.unchanged += 1
        if row.content != planned.content.digest:
            self.changes.out.append(Out(row.id, row.state, row.url or "", _is_repost(row._mapping)))
        if row.state != State.SENT and _intent(row._mapping) != _intent(wanted):
            self._stop(row.id, _OUTDATED)

    def _left_in_doubt(self, row: Any) -> None:
        """Leave to a person what may be out as a repost, and is to be said otherwise or not at all."""
        self._in_doubt.append(row.id)
        self.changes.out.append(Out(row.id, State.UNKNOWN.value, "", is_repost=True))
        self._stop(row.id, _OUTDATED)

    def _queued(self, row: Any, planned: Planned, wanted: dict[str, Any]) -> None:
        if row.may_be_out and not _says_as_before(row, wanted):
            self._left_in_doubt(row)
            return
        is_why_same = all(row._mapping[name] == wanted[name] for name in _WHY)
        if _intent(row._mapping) == _intent(wanted) and is_why_same:
            self.changes.unchanged += 1
        else:
            self._updates.append(wanted | {"reason": row.reason})
            self.changes.changed.append(row.id)
            if row.due != planned.time.utc:
                was = Instant(row.due, datetime.fromisoformat(row.wall), row.zone, Shift(row.shift))
                self.changes.moved.append(Moved(row.id, was, planned.time))

    def _may_return(self, row: Any, wanted: dict[str, Any]) -> bool:
        """Say whether a new plan brings the delivery back: never against a person, never just to try again."""
        if row.state == State.CANCELLED:
            return bool(row.settled_by != BY_PERSON)
        return bool(row.content != wanted["content"] or row.due != wanted["due"])

    def skipped(self, reasons: Mapping[tuple[str, str, str, str], str], planned: set[str]) -> None:
        """Cancel what is queued and no longer planned, with the plan's reason."""
        for row in self.existing.values():
            if row.id in planned:
                continue
            if row.state in MAY_BE_OUT - {State.SENT}:
                self._stop(row.id, _OUTDATED)
            if row.may_be_out:
                self._left_in_doubt(row)
            if row.state != State.QUEUED or row.may_be_out:
                continue
            about = product((row.occurrence, ""), (row.slot, ""))  # from what is about it alone to what is about all
            found = (reasons.get((row.post, occurrence, row.account, slot)) for occurrence, slot in about)
            reason = next(filter(None, found), "the campaign no longer says it to this account")
            self._cancels.append({"key": row.id, "why": reason})
            self.changes.cancelled.append(row.id)

    def compare_stops(self, allowed: set[tuple[str, str, str]]) -> None:
        """Compare the plan's stops, save those that a person has set aside, with those of the plan before.

        What was set aside and stops nothing any more is spent: another such stop is asked about anew.
        """
        together = [(delivery, kind, "; ".join(dict.fromkeys(why))) for (delivery, kind), why in self._stops.items()]
        self._wanted = [stop for stop in together if stop not in allowed]
        self._spent = list(allowed.difference(together))
        new = [stop for stop in self._wanted if stop not in self._before]
        stopped = {stop[:2] for stop in self._wanted}
        over = [stop for stop in self._before if stop[:2] not in stopped]
        leaving, gone = set(self.changes.queued), set(self.changes.cancelled)

        def is_queued(delivery: str) -> bool:
            row = self.existing.get(delivery)
            return delivery in leaving or (row is not None and row.state == State.QUEUED and delivery not in gone)

        self.changes.stopped = [Stopped(*stop) for stop in new if is_queued(stop[0])]
        self.changes.freed = [Stopped(*stop) for stop in over if is_queued(stop[0])]

    def flush(self, tx: Transaction, now: datetime) -> None:
        """Write what was collected; a stop that the plan before had as well has been there since then."""
        if self._inserts:
            tx.execute(insert(_delivery), self._inserts)
        if self._updates:
            statement = update(_delivery).where(_delivery.c.id == bindparam("key"))
            values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _PLANNED_COLUMNS}
            rows = [{"key": row["id"]} | {f"new_{n}": row[n] for n in _PLANNED_COLUMNS} for row in self._updates]
            tx.execute(statement.values(values), rows)
            # What was late has other words or another time now: whether it still is, is for the next sweep to say.
            late = (_block.c.delivery == bindparam("key"), _block.c.kind == BlockKind.LATE.value)
            tx.execute(delete(_block).where(*late), [{"key": row["id"]} for row in self._updates])
        if self._cancels:
            cancelled = {"state": State.CANCELLED.value, "settled_by": BY_PLAN, "reason": bindparam("why")}
            tx.execute(update(_delivery).where(_delivery.c.id == bindparam("key")).values(cancelled), self._cancels)
        for delivery in self._in_doubt:
            in_doubt.leave_to_a_person(tx, "the plan has changed", _delivery.c.id == delivery)
        spend(tx, (Stopped(*stop) for stop in self._spent))
        if self._wanted:
            tx.execute(insert(_block), [_as_block(stop, self._before.get(stop, now)) for stop in self._wanted])


def spend(tx: Transaction, stops: Iterable[Stopped]) -> None:
    """Forget what was set aside and stops nothing any more: another such stop is asked about anew."""
    for one in stops:
        its = (_allowed.c.delivery == one.delivery, _allowed.c.kind == one.kind, _allowed.c.why == one.why)
        tx.execute(delete(_allowed).where(*its))


def _says_as_before(row: Any, wanted: Mapping[str, Any]) -> bool:
    """Say whether the plan wants what a queued delivery says already, or a repost of the same post."""
    return bool(row.content == wanted["content"] or (_is_repost(wanted) and row.after == wanted["after"]))


def _is_repost(row: Mapping[str, Any]) -> bool:
    return bool(row["action"] == REPOST)


def _as_block(stop: tuple[str, str, str], since: datetime) -> dict[str, Any]:
    delivery, kind, why = stop
    return {"delivery": delivery, "kind": kind, "why": why, "who": BY_PLAN, "since": since}


def _allowed_of(tx: Transaction, campaign_id: str) -> set[tuple[str, str, str]]:
    """Return the stops of a campaign's deliveries that a person has set aside, by delivery, kind and reason."""
    of_campaign = select(_delivery.c.id).where(_delivery.c.campaign == campaign_id)
    rows = tx.execute(select(_allowed).where(_allowed.c.delivery.in_(of_campaign)))
    return {(row.delivery, row.kind, row.why) for row in rows}


def _intent(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what is said and when: where that differs, the plan wants another delivery than the queue holds."""
    return tuple(row[name] for name in ("content", "due", "expires", "zone", "after", "delay"))

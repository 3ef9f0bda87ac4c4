"""The gate: what keeps a queued delivery from leaving, as conditions and statements.

They depend on the holds in force and on the network, which change a few times a day, and are asked many times a second:
so they are made once for both. Every statement takes the present as `now`; what was due by `late` is late.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, literal_column, not_, or_, select, true

from crosspost.domain.delivery import State
from crosspost.domain.network import Network
from crosspost.domain.selection import Selection
from crosspost.store import holds
from crosspost.store.engine import Transaction
from crosspost.store.plans import BY_PERSON
from crosspost.store.reposts import is_original_out
from crosspost.store.selection import blocked, is_in, under_any
from crosspost.store.tables import Attempt, ContentRow, Delivery, Lease, Operation, Pace, account, core
from crosspost.store.types import UtcDateTime

_delivery = core(Delivery)
_content = core(ContentRow)
_attempt = core(Attempt)
_lease = core(Lease)
_operation = core(Operation)
_pace = core(Pace)

NOW: ColumnElement[datetime] = bindparam("now", type_=UtcDateTime())
LATE: ColumnElement[datetime] = bindparam("late", type_=UtcDateTime())
FROM: ColumnElement[datetime] = bindparam("from", type_=UtcDateTime())
TO: ColumnElement[datetime] = bindparam("to", type_=UtcDateTime())


class Gate:
    """What may leave, for the holds in force and the network as it stands."""

    def __init__(self, scopes: tuple[Selection, ...], network: Network) -> None:
        self.scopes, self.network = scopes, network
        #: Nothing but time and pace keeps a delivery from leaving.
        self.may_leave = _may_leave(scopes, network)
        #: What is due and may leave by accounts that are free: the urgent ones, and the rest by due time.
        due = _due(self.may_leave)
        urgent = _delivery.c.priority > literal_column("0")
        self.urgent = due.where(urgent).order_by(_delivery.c.priority.desc(), _delivery.c.due, _delivery.c.id)
        self.ordinary = due.where(not_(urgent)).order_by(_delivery.c.due, _delivery.c.id)
        #: What is due between `from` and `to` and not prepared; and whatever is due then, save of the accounts `but`.
        between = _between(self.may_leave)
        self.ahead = between.where(_delivery.c.prepared != _delivery.c.content)
        self.about_to_be = between.where(_delivery.c.account.not_in(bindparam("but", expanding=True)))
        #: Which of the accounts `those` have something due by `to`.
        self.soon = (
            select(_delivery.c.account)
            .where(_delivery.c.account.in_(bindparam("those", expanding=True)), _delivery.c.due <= TO, self.may_leave)
            .distinct()
        )
        #: Which of `these`, whose accounts are leased, may leave at this moment.
        these = _delivery.c.id.in_(bindparam("these", expanding=True))
        self.free = select(_delivery.c.id).where(
            these, _delivery.c.due <= NOW, self.may_leave, not_(is_paced()), not_(_is_in_doubt())
        )


def current(tx: Transaction, network: Network, now: datetime, before: Gate | None = None) -> Gate:
    """Return the gate as it stands; the one before serves on while holds and network are the same."""
    scopes = tuple(hold.scope for hold in holds.active(tx, now))
    if before is not None and before.network is network and before.scopes == scopes:
        return before
    return Gate(scopes, network)


def is_paced() -> ColumnElement[bool]:
    """Return the condition under which a delivery's account or app has to wait."""
    scope = or_(_pace.c.scope == _delivery.c.account, _pace.c.scope == _delivery.c.platform)
    return exists().where(scope, or_(_pace.c.until.is_(None), _pace.c.until > NOW))


def _may_leave(scopes: tuple[Selection, ...], network: Network) -> ColumnElement[bool]:
    # Correlated, not `account IN (…)`: the delivery table is to be walked by its due index and by no other.
    is_open = exists().where(
        _operation.c.account == _delivery.c.account, _operation.c.state == "enabled", _operation.c.paused == ""
    )
    return and_(
        is_in(State.QUEUED),
        _delivery.c.expires > NOW,
        not_(blocked()),
        not_(under_any(list(scopes), network)),
        is_open,
        _is_in_network(),
        is_original_out(),
    )


def _is_in_network() -> ColumnElement[bool]:
    """Return the condition under which the network still has a delivery's account."""
    before_platform = func.length(_delivery.c.account) - func.length(_delivery.c.platform) - 1
    mission = func.substr(_delivery.c.account, 1, before_platform)
    return exists().where(account.c.mission == mission, account.c.platform == _delivery.c.platform)


def is_late() -> ColumnElement[bool]:
    """Return the condition under which a person must decide whether a delivery may still leave, and has not.

    Waiting for a platform's own limit is no lateness: it excuses as long after its end as anything may be late. Nor is
    waiting for an original, as long after it was known to be out.
    """
    has_waited = or_(_was_limited(), _has_waited_for_original())
    return and_(_delivery.c.due <= LATE, _delivery.c.settled_by != BY_PERSON, not_(has_waited))


def _was_limited() -> ColumnElement[bool]:
    """Return the condition under which nothing but a platform's limit has kept a delivery waiting, until lately."""
    scope = or_(_pace.c.scope == _delivery.c.account, _pace.c.scope == _delivery.c.platform)
    is_excused = _delivery.c.due > _pace.c.excuses
    return exists().where(scope, _pace.c.is_limit.is_(true()), _pace.c.until > LATE, is_excused)


def _has_waited_for_original() -> ColumnElement[bool]:
    """Return the condition under which a repost's original is not out, or was not known to be until lately."""
    original, attempt = _delivery.alias("its_original"), _attempt.alias("its_attempt")
    is_last = and_(attempt.c.delivery == original.c.id, attempt.c.number == original.c.attempts)
    is_out = (original.c.id == _delivery.c.after, is_in(State.SENT, original))
    was_known = exists().where(*is_out, original.c.sent_at <= LATE, not_(exists().where(is_last, attempt.c.end > LATE)))
    return and_(_delivery.c.after != "", not_(was_known))


def _is_busy() -> ColumnElement[bool]:
    """Return the condition under which a delivery's account is leased, or has a post on the wire or looked for."""
    return or_(
        exists().where(_lease.c.account == _delivery.c.account, _lease.c.owner != "", _lease.c.until > NOW),
        _is_in_doubt(),
    )


def _is_in_doubt() -> ColumnElement[bool]:
    """Return the condition under which a delivery's account has a post on the wire or looked for."""
    other = _delivery.alias("other")
    same = other.c.account == _delivery.c.account
    return or_(
        exists().where(same, is_in(State.SENDING, other)),
        exists().where(same, is_in(State.UNKNOWN, other), other.c.look_at.is_not(None)),
    )


def _due(may_leave: ColumnElement[bool]) -> Select[Any]:
    return _claimable(may_leave).where(
        _delivery.c.due <= NOW,
        not_(is_late()),
        _delivery.c.platform.not_in(bindparam("shut", expanding=True)),
    )


def _between(may_leave: ColumnElement[bool]) -> Select[Any]:
    verified_at = select(_operation.c.verified_at).where(_operation.c.account == _delivery.c.account)
    return (
        _claimable(may_leave)
        .add_columns(verified_at.scalar_subquery().label("verified_at"))
        .where(_delivery.c.due > FROM, _delivery.c.due <= TO)
        .order_by(_delivery.c.due, _delivery.c.id)
    )


def _claimable(may_leave: ColumnElement[bool]) -> Select[Any]:
    """Return the query for up to `most` deliveries that may leave by free accounts, with all that a claim holds."""
    fingerprint = select(_operation.c.fingerprint).where(_operation.c.account == _delivery.c.account)
    value = select(_content.c.value).where(_content.c.digest == _delivery.c.content)
    return (
        select(
            *(_delivery.c[name] for name in ("id", "account", "content", "due", "expires", "attempts")),
            value.scalar_subquery().label("value"),
            fingerprint.scalar_subquery().label("fingerprint"),
        )
        .where(may_leave, not_(is_paced()), not_(_is_busy()))
        .limit(bindparam("most"))
    )

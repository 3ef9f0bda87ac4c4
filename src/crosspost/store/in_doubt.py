"""Reposts that were asked for, were not found, and are queued again: they may be out all the same.

They are asked for again since that makes no second repost, not since the first is known to have come to nothing. The
platform's answer then settles each. Where it is not to be asked (it is cancelled, expires, or its account has other
words by now) nobody may say that it is not out: it becomes `unknown`, and a person looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, exists, select, update

from crosspost.domain.delivery import State
from crosspost.store.engine import Transaction
from crosspost.store.parts import in_parts
from crosspost.store.selection import is_in, is_repost
from crosspost.store.tables import Attempt, Delivery, core

_delivery = core(Delivery)
_attempt = core(Attempt)

#: How an attempt ended that a look-up has not found, and that may be made again.
ABSENT = "absent"

#: How it ended where a person has looked as well, and has not seen it.
_NOT_SEEN = "not-seen"

_A_PERSON_LOOKS = "it was asked for before and may be out: look at the account, then `crosspost delivery resolve`"


def may_be_out() -> ColumnElement[bool]:
    """Return the condition under which a queued delivery is a repost that may be out."""
    asked = _attempt.alias("asked")
    is_asked = exists().where(asked.c.delivery == _delivery.c.id, asked.c.outcome == ABSENT)
    return and_(is_in(State.QUEUED), is_repost(), is_asked)


def among(tx: Transaction, deliveries: Sequence[str]) -> set[str]:
    """Return which of the deliveries are queued reposts that may be out."""
    found: set[str] = set()
    for some in in_parts(deliveries):
        these = _delivery.c.id.in_(some)
        found.update(tx.execute(select(_delivery.c.id).where(these, may_be_out())).scalars())
    return found


def leave_to_a_person(tx: Transaction, why: str, *which: ColumnElement[bool]) -> int:
    """Make those within the conditions that may be out `unknown`; return how many there were."""
    values = {"state": State.UNKNOWN.value, "reason": f"{why}; {_A_PERSON_LOOKS}", "look_at": None}
    return int(tx.execute(update(_delivery).where(may_be_out(), *which).values(values)).rowcount)


def are_not_out(tx: Transaction, deliveries: Iterable[str]) -> None:
    """Take a person's word that reposts which were not found are not out: nothing is in doubt about them any more."""
    for delivery in deliveries:
        absent = (_attempt.c.delivery == delivery, _attempt.c.outcome == ABSENT)
        tx.execute(update(_attempt).where(*absent).values(outcome=_NOT_SEEN))

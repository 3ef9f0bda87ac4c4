"""The queue in numbers, for those who watch it: read at each scrape, so nothing walks the rows themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, not_, select

from crosspost.domain.delivery import State
from crosspost.store import budgets, holds, workers
from crosspost.store.budgets import Budgets, Used
from crosspost.store.engine import Transaction
from crosspost.store.gate import Gate, is_paced
from crosspost.store.selection import is_in
from crosspost.store.tables import Delivery, Operation, Pace, core

_delivery = core(Delivery)
_operation = core(Operation)
_pace = core(Pace)


@dataclass(frozen=True, slots=True)
class Gauges:
    """How much of what there is now.

    `deliveries` by platform and state; `unknown` by who settles it (`look`, `person`); `paused` by scope (`account`,
    `app`); `slowed` are accounts and apps that wait for an instant; `budgets` how much of each is used up; `daemons`
    those that were seen just now.
    """

    deliveries: dict[tuple[str, str], int]
    unknown: dict[str, int]
    paused: dict[str, int]
    slowed: int
    holds: int
    daemons: int
    budgets: list[Used]


def read(tx: Transaction, now: datetime, known: Budgets) -> Gauges:
    """Return the numbers as they are; `known` are the budgets of each platform."""
    # By account, as the index on account and state has them; the account names its platform.
    counted: Counter[tuple[str, str]] = Counter()
    by_account = select(_delivery.c.account, _delivery.c.state, func.count()).group_by(
        _delivery.c.account, _delivery.c.state
    )
    for account, state, number in tx.execute(by_account):
        counted[account.rpartition("/")[2], state] += number
    in_doubt = select(func.count()).select_from(_delivery).where(is_in(State.UNKNOWN))
    stopped = select(func.count()).select_from(_operation)
    paces = select(func.count()).select_from(_pace)
    return Gauges(
        deliveries=dict(counted),
        unknown={
            "look": tx.execute(in_doubt.where(_delivery.c.look_at.is_not(None))).scalar_one(),
            "person": tx.execute(in_doubt.where(_delivery.c.look_at.is_(None))).scalar_one(),
        },
        paused={
            "account": tx.execute(
                stopped.where(_operation.c.state == "enabled", _operation.c.paused != "")
            ).scalar_one(),
            "app": tx.execute(paces.where(_pace.c.until.is_(None))).scalar_one(),
        },
        slowed=tx.execute(paces.where(_pace.c.until > now)).scalar_one(),
        holds=len(holds.active(tx, now)),
        daemons=len(workers.running(tx, now)),
        budgets=budgets.used(tx, known, now),
    )


def overdue(tx: Transaction, gate: Gate, now: datetime, by: datetime) -> int:
    """Return how many deliveries were due by then, have nothing that stops them, and have not left."""
    waiting = (_delivery.c.due <= by, gate.may_leave, not_(is_paced()))
    return int(tx.execute(select(func.count()).select_from(_delivery).where(*waiting), {"now": now}).scalar_one())

"""Not before when, for an account or an app."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, delete, false, or_, select, true
from sqlalchemy.dialects.postgresql import insert  # with ON CONFLICT, which SQLite's compiler knows as well

from crosspost.store.engine import Transaction
from crosspost.store.tables import Pace, core

_pace = core(Pace)

#: For how long after its end a limit's row is kept: it says why what waited for it is not late.
_REMEMBERED = timedelta(days=1)


def every(tx: Transaction) -> list[Pace]:
    """Return all paces, also those whose time has come."""
    return [Pace(**row._mapping) for row in tx.execute(select(_pace).order_by(_pace.c.scope))]


def find(tx: Transaction, scope: str) -> Pace | None:
    """Return the pace of an account or an app, if one was set."""
    row = tx.execute(select(_pace).where(_pace.c.scope == scope)).first()
    return Pace(**row._mapping) if row else None


_NEW = insert(_pace)
#: The new pace takes over where it ends later, or where only a person ends it.
_IS_LATER = or_(_NEW.excluded.until.is_(None), _NEW.excluded.until > _pace.c.until)
#: One limit after another is one wait, which began with the first.
_GOES_ON = and_(_pace.c.is_limit.is_(true()), _pace.c.until >= _NEW.excluded.excuses)
_SLOW = _NEW.on_conflict_do_update(
    index_elements=[_pace.c.scope],
    set_={
        "until": case((_IS_LATER, _NEW.excluded.until), else_=_pace.c.until),
        "why": case((_IS_LATER, _NEW.excluded.why), else_=_pace.c.why),
        "is_limit": case((_IS_LATER, _NEW.excluded.is_limit), else_=_pace.c.is_limit),
        "excuses": case((_GOES_ON, _pace.c.excuses), else_=_NEW.excluded.excuses),
        "strikes": case((_NEW.excluded.strikes > 0, _NEW.excluded.strikes), else_=_pace.c.strikes),
    },
    where=_pace.c.until.is_not(None),
).returning(_pace.c.scope)


def slow(tx: Transaction, pace: Pace) -> bool:
    """Set a pace, whatever other daemons set at this moment: the later end holds, and what only a person may end stays.

    A pace without strikes leaves those counted as they are. Return False where a person must end the one that is there.
    """
    return tx.execute(_SLOW, pace.model_dump()).first() is not None


_CLEAR = delete(_pace).where(_pace.c.scope == bindparam("whose"))
_RECOVER = delete(_pace).where(_pace.c.scope.in_(bindparam("those", expanding=True)), _pace.c.is_limit.is_(false()))


def clear(tx: Transaction, scope: str) -> bool:
    """Let an account or an app go on at once; say whether it had been slowed."""
    return tx.execute(_CLEAR, {"whose": scope}).rowcount > 0


def recover(tx: Transaction, accounts: Collection[str]) -> None:
    """Forget the failures of accounts that have just posted; what a limit says of them stays."""
    tx.execute(_RECOVER, {"those": list(accounts)})


def forget(tx: Transaction, now: datetime) -> None:
    """Remove the paces whose end is long past."""
    tx.execute(delete(_pace).where(_pace.c.until < now - _REMEMBERED))

"""Budgets as config.toml writes them: `app 300 per 3h`, `account 50 per 24h`."""

from __future__ import annotations

import re

from crosspost.adapter import Budget, Scope
from crosspost.domain.schedule import parse_duration

_BUDGET = re.compile(r"(account|app)\s+(\d{1,9})\s+per\s+(\S.*)")

#: What to write instead of what is no budget.
REMEDY = 'Write "app 300 per 3h" or "account 50 per 24h": whose, how many posts, in how long.'


def parse_budgets(value: object) -> tuple[Budget, ...]:
    """Return the budgets that a list of texts writes; an empty list is none at all.

    Raises:
        ValueError: when it is no such list, or two of them are of one length and one owner.
    """
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError("`budgets` is a list of texts")
    budgets = tuple(parse_budget(text) for text in value)
    if len({(budget.scope, budget.per) for budget in budgets}) < len(budgets):
        raise ValueError("two budgets are for the same time: keep the smaller one")
    return budgets


def parse_budget(text: str) -> Budget:
    """Return the budget that a text writes.

    Raises:
        ValueError: when it is none.
    """
    match = _BUDGET.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no budget")
    scope, most, per = match.groups()
    if not int(most):
        raise ValueError(f"{text!r} would let nothing leave: to stop a platform, use `crosspost hold --platform`")
    return Budget(Scope(scope), parse_duration(per), int(most))

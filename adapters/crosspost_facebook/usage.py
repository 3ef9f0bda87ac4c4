"""What the Graph API says of how much of its limits is used, in headers of every answer.

`X-Business-Use-Case-Usage` speaks of a page, `X-App-Usage` of the whole app; both in percent of a window that slides.
Meta says: slow down before 100. From 80 per cent on, each post is followed by a rest that grows with the use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from crosspost.adapter import Rest, Scope

_PAGE, _APP = "x-business-use-case-usage", "x-app-usage"

#: What is counted, each in percent of its limit.
_COUNTS = ("call_count", "total_cputime", "total_time")

#: From how many per cent on to slow down, and the rest after a post just below 100, for a page and for the app.
_SLOW_FROM = 80
_LONGEST = {Scope.ACCOUNT: timedelta(minutes=10), Scope.APP: timedelta(minutes=1)}

#: How long the rest is where a limit is used up and nobody says until when.
_USED_UP = timedelta(hours=1)

#: Longer estimates than a day are taken for nonsense.
_LONGEST_ESTIMATE = 24 * 60


def wanted_rest(headers: Mapping[str, str]) -> Rest | None:
    """Return the rest that the headers of a success ask for; None below 80 per cent. The app's counts first."""
    for scope, name, whose in ((Scope.APP, _APP, "the app"), (Scope.ACCOUNT, _PAGE, "the page")):
        percent = max((_percent(entry) for entry in _entries(headers, name)), default=0)
        if percent >= _SLOW_FROM:
            why = f"{whose} has used {percent} % of what Facebook allows"
            return Rest(scope, datetime.now(UTC) + _rest(headers, name, scope, percent), why)
    return None


def regained_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long until access is regained, as the page's usage header estimates; None where it does not."""
    waits = [_estimate(entry) for entry in _entries(headers, _PAGE)]
    return max((wait for wait in waits if wait), default=None)


def _rest(headers: Mapping[str, str], name: str, scope: Scope, percent: int) -> timedelta:
    estimates = [_estimate(entry) for entry in _entries(headers, name)]
    if any(estimates):
        return max(wait for wait in estimates if wait)
    if percent >= 100:
        return _USED_UP
    return _LONGEST[scope] * ((percent - _SLOW_FROM + 1) / (100 - _SLOW_FROM))


def _entries(headers: Mapping[str, str], name: str) -> Iterator[Mapping[str, Any]]:
    """Yield what a usage header counts: itself (the app), or lists of such counts by the business (pages)."""
    try:
        usage = json.loads(headers.get(name, "{}"))
    except ValueError:
        return
    if not isinstance(usage, dict):
        return
    yield usage
    for entries in usage.values():
        yield from (entry for entry in (entries if isinstance(entries, list) else ()) if isinstance(entry, dict))


def _percent(entry: Mapping[str, Any]) -> int:
    return max(_number(entry.get(name)) for name in _COUNTS)


def _estimate(entry: Mapping[str, Any]) -> timedelta | None:
    minutes = _number(entry.get("estimated_time_to_regain_access"))
    return timedelta(minutes=minutes) if 0 < minutes <= _LONGEST_ESTIMATE else None


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0

"""What the headers of a post that X has taken say of the next one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crosspost.adapter import Scope
from crosspost_twitter.refusals import wanted_rest

SOON = datetime.now(UTC) + timedelta(hours=6)  # later than any run of the tests lasts
LATER = SOON + timedelta(hours=2)


def window(name: str, remaining: int, reset: datetime) -> dict[str, str]:
    return {f"{name}-remaining": str(remaining), f"{name}-reset": str(int(reset.timestamp()))}


@pytest.mark.parametrize("headers", [{}, window("x-rate-limit", 1, SOON), {"x-rate-limit-remaining": "0"}])
def test_while_something_is_left_or_nobody_says_until_when_no_rest_is_wanted(headers: dict[str, str]) -> None:
    assert wanted_rest(headers) is None


@pytest.mark.parametrize(
    ("name", "scope"),
    [("x-rate-limit", Scope.ACCOUNT), ("x-user-limit-24hour", Scope.ACCOUNT), ("x-app-limit-24hour", Scope.APP)],
)
def test_the_last_post_of_a_window_is_followed_by_a_rest_until_the_next(name: str, scope: Scope) -> None:
    rest = wanted_rest(window(name, 0, SOON))
    assert rest is not None
    assert rest.scope is scope
    assert timedelta(0) <= rest.until - SOON.replace(microsecond=0) <= timedelta(seconds=2)


def test_of_several_the_apps_counts_and_then_the_latest() -> None:
    both = window("x-rate-limit", 0, LATER) | window("x-app-limit-24hour", 0, SOON)
    rest = wanted_rest(both)
    assert rest is not None
    assert rest.scope is Scope.APP
    own = wanted_rest(window("x-rate-limit", 0, SOON) | window("x-user-limit-24hour", 0, LATER))
    assert own is not None
    assert own.until > SOON + timedelta(hours=1)

"""What Facebook's usage headers ask for."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from crosspost.adapter import Scope
from crosspost_facebook.usage import regained_after, wanted_rest


def app(percent: int) -> dict[str, str]:
    return {"x-app-usage": json.dumps({"call_count": percent, "total_cputime": 1, "total_time": 2})}


def page(percent: int, minutes: int = 0) -> dict[str, str]:
    counts = {"type": "pages", "call_count": 1, "total_cputime": percent, "total_time": 2}
    return {"x-business-use-case-usage": json.dumps({"1": [counts | {"estimated_time_to_regain_access": minutes}]})}


def length(headers: dict[str, str]) -> timedelta:
    rest = wanted_rest(headers)
    assert rest is not None
    return rest.until - datetime.now(UTC)


@pytest.mark.parametrize("headers", [{}, app(79), page(79), {"x-app-usage": "<html>"}, {"x-app-usage": "[1]"}])
def test_below_eighty_per_cent_nothing_is_asked_for(headers: dict[str, str]) -> None:
    assert wanted_rest(headers) is None


def test_the_rest_grows_with_the_use_and_a_page_rests_longer_than_the_app() -> None:
    assert timedelta(0) < length(page(80)) < length(page(95)) <= timedelta(minutes=10)
    assert timedelta(0) < length(app(80)) < length(app(99)) <= timedelta(minutes=1)
    assert length(page(100)) > timedelta(minutes=50)


def test_the_apps_trouble_is_told_before_a_pages() -> None:
    rest = wanted_rest(app(85) | page(99))
    assert rest is not None
    assert (rest.scope, rest.why) == (Scope.APP, "the app has used 85 % of what Facebook allows")


def test_facebooks_own_estimate_is_taken() -> None:
    assert timedelta(minutes=29) < length(page(90, minutes=30)) <= timedelta(minutes=30)
    assert regained_after(page(100, minutes=30)) == timedelta(minutes=30)
    assert regained_after(page(100, minutes=100_000)) is None

"""From the Graph API's codes to failures: the table of README.md, line by line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crosspost.adapter import (
    AccountBlocked,
    AppBlocked,
    Content,
    CredentialRefused,
    DeliveryFailure,
    Duplicate,
    NotSent,
    RateLimited,
    Rejected,
    Scope,
    Uncertain,
)
from crosspost.adapter.http import Answer, Step
from crosspost_facebook import FacebookAdapter
from crosspost_facebook.refusals import GraphError, refusal


def answered(
    code: int, step: Step = Step.CREATE, status: int = 400, headers: dict[str, str] | None = None, **more: Any
) -> DeliveryFailure:
    body = {"error": {"message": f"(#{code}) no", "code": code, **more}}
    return refusal(Answer(status, headers or {}, json.dumps(body).encode()), step, str)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1, Uncertain),
        (2, Uncertain),
        (3, CredentialRefused),
        (10, CredentialRefused),
        (200, CredentialRefused),
        (299, CredentialRefused),
        (102, CredentialRefused),
        (190, CredentialRefused),
        (4, RateLimited),
        (17, RateLimited),
        (32, RateLimited),
        (341, RateLimited),
        (613, RateLimited),
        (80001, RateLimited),
        (1390008, RateLimited),
        (368, AccountBlocked),
        (1404006, AccountBlocked),
        (1404078, AccountBlocked),
        (506, Duplicate),
        (100, Rejected),
        (197, Rejected),
        (324, Rejected),
        (1346003, Rejected),
        (1366046, Rejected),
        (1609005, Rejected),
        (2635, AppBlocked),
        (99999, Rejected),
    ],
)
def test_each_code_to_a_creating_request_has_its_failure(code: int, kind: type) -> None:
    failure = answered(code)

    assert type(failure) is kind
    assert failure.code == str(code)


@pytest.mark.parametrize("code", [1, 2])
@pytest.mark.parametrize("step", [Step.ASK, Step.UPLOAD])
def test_downtime_during_a_question_changed_nothing(code: int, step: Step) -> None:
    assert type(answered(code, step)) is NotSent


def test_what_is_transient_may_have_taken_effect() -> None:
    assert type(answered(99999, is_transient=True)) is Uncertain
    assert type(answered(99999, Step.ASK, is_transient=True)) is NotSent


def test_a_subcode_says_more_than_its_code() -> None:
    assert type(answered(368, error_subcode=1390008)) is RateLimited
    assert answered(100, error_subcode=33).code == "100/33"


@pytest.mark.parametrize("subcode", [459, 464])
def test_a_checkpoint_says_where_to_log_in(subcode: int) -> None:
    assert "log in at facebook.com" in str(answered(190, error_subcode=subcode))


def test_the_apps_limits_stop_the_app_and_the_pages_limits_the_page() -> None:
    assert answered(4).scope is Scope.APP
    assert answered(341).scope is Scope.APP
    assert answered(32).scope is Scope.ACCOUNT


@pytest.mark.parametrize(
    ("header", "minutes"),
    [
        ('{"1": [{"type": "pages", "estimated_time_to_regain_access": 25}]}', 25),
        ('{"1": [{"estimated_time_to_regain_access": 5}, {"estimated_time_to_regain_access": 40}]}', 40),
        ('{"1": [{"estimated_time_to_regain_access": 0}]}', 60),
        ("no JSON", 60),
        ("[1]", 60),
        ('{"1": [null]}', 60),
    ],
)
def test_a_limit_lasts_as_long_as_the_header_says_or_an_hour(header: str, minutes: int) -> None:
    failure = answered(32, headers={"x-business-use-case-usage": header})

    assert failure.retry_at
    wait = failure.retry_at - datetime.now(UTC)
    assert abs(wait - timedelta(minutes=minutes)) < timedelta(seconds=30)


def test_an_error_keeps_what_metas_support_asks_for() -> None:
    body = {"error": {"message": "no", "code": 190, "error_subcode": 463, "is_transient": False, "fbtrace_id": "Trace"}}

    assert GraphError.of(Answer(400, {}, json.dumps(body).encode())) == GraphError(190, 463, "no", False, "Trace")
    assert "Trace" in str(answered(190, fbtrace_id="Trace"))


@pytest.mark.parametrize("error", [None, "no", 7, [], {"code": "190"}, {"code": None, "message": None}])
def test_an_error_of_any_form_is_borne(error: Any) -> None:
    answer = Answer(400, {}, json.dumps({"error": error}).encode())

    assert type(refusal(answer, Step.CREATE, str)) is Rejected


def test_an_emoji_counts_as_utf_16_does() -> None:
    adapter = FacebookAdapter()

    assert adapter.measure(Content("a/facebook", "fr", "é🇫🇷")) == 5
    assert [p.rule for p in adapter.check(Content("a/facebook", "fr", "x" * 63_207))] == ["text-length"]

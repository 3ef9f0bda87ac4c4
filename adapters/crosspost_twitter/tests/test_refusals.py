"""From X's answers to failures: the table of README.md, line by line."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from crosspost.adapter import (
    AccountBlocked,
    AppBlocked,
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
from crosspost_twitter.refusals import refusal

PROBLEMS = "https://api.twitter.com/2/problems/"


def answered(status: int, body: Any, step: Step = Step.CREATE, **headers: str) -> DeliveryFailure:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal(Answer(status, named, json.dumps(body).encode()), step, str)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"errors": [{"message": "Your Tweet text is too long."}]}, Rejected),
        (401, {"title": "Unauthorized"}, CredentialRefused),
        (402, {"title": "CreditsDepleted", "type": f"{PROBLEMS}credits"}, AppBlocked),
        (402, {}, AppBlocked),
        (403, {"detail": "You are not allowed to create a Tweet with duplicate content."}, Duplicate),
        (403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}, Duplicate),
        (403, {"type": f"{PROBLEMS}client-forbidden", "reason": "client-not-enrolled"}, AppBlocked),
        (403, {"type": f"{PROBLEMS}oauth1-permissions"}, CredentialRefused),
        (403, {"type": f"{PROBLEMS}unsupported-authentication"}, CredentialRefused),
        (403, {"detail": "Your account is suspended and is not permitted to access this feature."}, AccountBlocked),
        (403, {"detail": "To protect our users, this account is temporarily locked. Log in."}, AccountBlocked),
        (403, {"detail": "You are not permitted to perform this action."}, AccountBlocked),
        (403, {"detail": "Your Tweet text is too long."}, Rejected),
        (403, {"detail": "Reply to this conversation is not allowed because you have not been mentioned"}, Rejected),
        (403, {"errors": [{"code": 185, "message": "User is over daily status update limit."}]}, RateLimited),
        (404, {"title": "Not Found"}, Rejected),
        (429, {"title": "UsageCapExceeded", "type": f"{PROBLEMS}usage-capped", "period": "Monthly"}, AppBlocked),
        (500, {}, Uncertain),
        (503, {}, Uncertain),
    ],
)
def test_each_answer_to_a_creating_request_has_its_failure(status: int, body: Any, kind: type) -> None:
    failure = answered(status, body)

    assert type(failure) is kind
    assert failure.status == status


def test_a_broken_answer_to_a_question_changed_nothing() -> None:
    assert type(answered(503, {}, Step.ASK)) is NotSent
    assert type(answered(503, {}, Step.UPLOAD)) is NotSent


def test_a_question_that_is_forbidden_is_the_accounts_trouble_not_the_words() -> None:
    assert type(answered(404, {}, Step.ASK)) is AccountBlocked


def test_of_several_exhausted_windows_the_last_end_counts() -> None:
    now = int(time.time())

    failure = answered(
        429,
        {},
        x_rate_limit_remaining="0",
        x_rate_limit_reset=str(now + 60),
        x_user_limit_24hour_remaining="0",
        x_user_limit_24hour_reset=str(now + 7200),
        x_app_limit_24hour_remaining="900",
        x_app_limit_24hour_reset=str(now + 9000),
    )

    assert failure.retry_at
    assert abs(failure.retry_at.timestamp() - (now + 7200)) < 5
    assert failure.scope is Scope.ACCOUNT


def test_an_exhausted_app_stops_the_whole_app() -> None:
    reset = str(int(time.time()) + 9000)

    failure = answered(429, {}, x_app_limit_24hour_remaining="0", x_app_limit_24hour_reset=reset)

    assert failure.scope is Scope.APP
    assert failure.retry_at


@pytest.mark.parametrize("reset", ["", "soon", "-5", "12", "99999999999999999999", "¹²"])
def test_a_reset_that_makes_no_sense_is_none(reset: str) -> None:
    failure = answered(429, {}, x_rate_limit_remaining="0", x_rate_limit_reset=reset)

    assert isinstance(failure, RateLimited)
    assert failure.retry_at is None


@pytest.mark.parametrize("body", [None, [], "no", 7, {"errors": "no"}, {"errors": [None, 3, "no"]}, {"errors": {}}])
def test_a_body_of_any_form_is_borne(body: Any) -> None:
    assert type(answered(400, body)) is Rejected


def test_the_code_names_the_kind_of_problem() -> None:
    assert answered(403, {"type": f"{PROBLEMS}oauth1-permissions"}).code == "oauth1-permissions"
    assert answered(403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}).code == "187"

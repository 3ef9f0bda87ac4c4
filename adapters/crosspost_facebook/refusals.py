"""From what the Graph API answers to a failure of ours. Codes as Meta documents them, or as its callers report them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from crosspost.adapter import (
    AccountBlocked,
    AppBlocked,
    CredentialRefused,
    DeliveryFailure,
    Duplicate,
    Gone,
    NotSent,
    RateLimited,
    Refused,
    Rejected,
    Scope,
    Uncertain,
    UploadLost,
)
from crosspost.adapter.http import Answer, Step, failure_by_status, in_future, retry_after
from crosspost_facebook.usage import regained_after

_APP_LIMITS, _PAGE_LIMITS = frozenset({4, 341}), frozenset({17, 32, 613, 80001, 1390008})
_PERHAPS_DONE = frozenset({1, 2})
_REFUSED: Mapping[int, type[Refused]] = {
    3: CredentialRefused,  # the app lacks a capability
    10: CredentialRefused,  # a permission is missing
    **dict.fromkeys(range(200, 300), CredentialRefused),
    102: CredentialRefused,
    104: CredentialRefused,
    190: CredentialRefused,
    368: AccountBlocked,  # "wait and retry", says Meta; for a ministry a person decides
    1404006: AccountBlocked,  # security check
    1404078: AccountBlocked,  # page publishing authorization
    506: Duplicate,
    100: Rejected,
    197: Rejected,
    324: Rejected,
    1346003: Rejected,
    1366046: Rejected,
    1609005: Rejected,
    2635: AppBlocked,  # the version is dead
}

#: The subcode of 100 for what does not exist, or is not this page's.
_NOT_THERE = 33

#: The subcodes for an address that leads to nothing that can be shared.
_NO_ORIGINAL = frozenset({_NOT_THERE, 1609005})

#: Subcodes of 190 for which the person behind the token must log in at facebook.com.
_LOG_IN = frozenset({459, 464})

#: How long a limit lasts where no header says so: limits count by the hour; posting too fast is forgiven sooner.
_HOUR, _TOO_FAST = timedelta(hours=1), timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class GraphError:
    """An error as the Graph API states it; 0 and "" where it does not. `trace` is what Meta's support asks for."""

    code: int = 0
    subcode: int = 0
    message: str = ""
    is_transient: bool = False
    trace: str = ""

    @classmethod
    def of(cls, answer: Answer) -> GraphError:
        """Return the error that an answer states."""
        error = answer.fields.get("error")
        if not isinstance(error, dict):
            return cls()
        said = error.get("error_user_msg") or error.get("message") or error.get("type") or ""
        return cls(
            _number(error.get("code")),
            _number(error.get("error_subcode")),
            str(said),
            error.get("is_transient") is True,
            str(error.get("fbtrace_id") or ""),
        )


def refusal(answer: Answer, step: Step, redact: Callable[[object], str]) -> DeliveryFailure:
    """Return the failure that an answer with an error stands for."""
    error = GraphError.of(answer)
    message = f"Facebook answered {answer.status} while {step}: {redact(error.message) or 'no reason given'}"
    if error.trace:
        message += f" (trace {redact(error.trace)})"
    about: dict[str, Any] = {"code": _shown(error), "status": answer.status}
    if error.code == 100 and (missing := _missing(error.subcode, step, message, about)):
        return missing
    # A subcode says more than its code, where it is known.
    for code in (error.subcode, error.code):
        if code in _APP_LIMITS | _PAGE_LIMITS:
            return _too_many(answer, code, message, about)
        if code in _REFUSED:
            return _refused(_REFUSED[code], error, step, message, about)
    if error.code in _PERHAPS_DONE or error.is_transient:
        return Uncertain(message, **about) if step.leaves_a_trace else NotSent(message, **about)
    return failure_by_status(answer, step, message, about["code"])


def _missing(subcode: int, step: Step, message: str, about: Mapping[str, Any]) -> DeliveryFailure | None:
    """Return the failure for what is not there; the page is: `whoami` has said so. None where nothing is missing."""
    if step is Step.REPOST and subcode in _NO_ORIGINAL:
        return Rejected(f"{message}; the original cannot be seen: deleted, perhaps", **about)
    if subcode == _NOT_THERE and step is Step.DELETE:
        return Gone(message, **about)
    return UploadLost(message, **about) if subcode == _NOT_THERE and step is Step.CREATE else None


def _refused(
    kind: type[Refused], error: GraphError, step: Step, message: str, about: Mapping[str, Any]
) -> DeliveryFailure:
    if kind is CredentialRefused and error.subcode in _LOG_IN:
        message += "; the person behind the token must log in at facebook.com"
    if issubclass(kind, Rejected) and step is Step.ASK:
        # Nobody can edit a question: the page, or the token's right to it, is at fault.
        kind = AccountBlocked
    return kind(message, **about)


def _too_many(answer: Answer, code: int, message: str, about: Mapping[str, Any]) -> RateLimited:
    scope = Scope.APP if code in _APP_LIMITS else Scope.ACCOUNT
    said = regained_after(answer.headers)
    wait = said or (_TOO_FAST if code == 1390008 else _HOUR)
    when = retry_after(answer.headers) or in_future(datetime.now(UTC) + wait)
    return RateLimited(message, retry_at=when, scope=scope, **about)


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _shown(error: GraphError) -> str:
    parts = [str(code) for code in (error.code, error.subcode) if code]
    return "/".join(parts)

"""From Weibo's error codes to a failure of ours. Codes as mirrors of its documentation list them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from crosspost.adapter import (
    AccountBlocked,
    AppBlocked,
    CredentialRefused,
    DeliveryFailure,
    Duplicate,
    NotSent,
    RateLimited,
    Refused,
    Rejected,
    Scope,
    Uncertain,
)
from crosspost.adapter.http import Answer, Step, failure_by_status

#: "Published, but the data may lag for a minute or two": it is out, and under what id is not said.
PUBLISHED_LATER = 20032

_PERHAPS_DONE = frozenset({10001, 10002, 10003, 10009, 10010, 10011, PUBLISHED_LATER})
_LIMITS: Mapping[int, Scope] = {
    10022: Scope.APP,  # all requests from this machine's address
    10023: Scope.ACCOUNT,
    10024: Scope.ACCOUNT,
    20016: Scope.ACCOUNT,
}
_REFUSED: Mapping[int, type[Refused]] = {
    **dict.fromkeys((10008, 10016, 10017, 10018, 20005, 20006, 20008, 20012), Rejected),
    **dict.fromkeys((20017, 20019, 20111), Duplicate),
    **dict.fromkeys((10014, 20031, 20033), AccountBlocked),
    **dict.fromkeys(range(21301, 21333), CredentialRefused),
}
_NO_DOMAIN = "not bind domain"


def refusal(answer: Answer, step: Step, redact: Callable[[object], str]) -> DeliveryFailure:
    """Return the failure that an answer with an error stands for."""
    code = error_code(answer)
    said = redact(answer.fields.get("error") or "") or "no reason given"
    message = f"Weibo answered {answer.status} while {step}: {said}"
    about: dict[str, Any] = {"code": str(code or ""), "status": answer.status}
    if code in _PERHAPS_DONE:
        return Uncertain(message, **about) if step.leaves_a_trace else NotSent(message, **about)
    if code in _LIMITS:
        return RateLimited(message, retry_at=_next_hour(), scope=_LIMITS[code], **about)
    if _NO_DOMAIN in said:
        return AppBlocked(message, **about)
    kind = _REFUSED.get(code)
    if kind is None:
        return failure_by_status(answer, step, message, about["code"])
    # Nobody can edit a question: where asking is refused, the account is at fault.
    return (
        AccountBlocked(message, **about) if issubclass(kind, Rejected) and step is Step.ASK else kind(message, **about)
    )


def error_code(answer: Answer) -> int:
    """Return the error's code, which Weibo gives as a string here and as a number there; 0 without one."""
    said = str(answer.fields.get("error_code", ""))
    return int(said) if said.isdecimal() else 0


def _next_hour() -> datetime:
    """Return the next full hour, in which Weibo begins to count anew."""
    now = datetime.now(UTC)
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1, seconds=1)

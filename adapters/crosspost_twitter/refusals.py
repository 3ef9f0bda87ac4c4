"""From what X answers to a failure of ours. Words and types as X documents them, or as its callers report them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from crosspost.adapter import (
    AccountBlocked,
    AppBlocked,
    CredentialRefused,
    DeliveryFailure,
    Duplicate,
    RateLimited,
    Refused,
    Rest,
    Scope,
    UploadLost,
)
from crosspost.adapter.http import Answer, Step, failure_by_status, in_future, retry_after

#: What a 403 says, in the order in which it is looked for; any other is a rejection of the words.
_FORBIDDEN: tuple[tuple[str, type[Refused]], ...] = (
    ("duplicate content", Duplicate),
    ("status is a duplicate", Duplicate),
    ("client-not-enrolled", AppBlocked),
    ("client-forbidden", AppBlocked),
    ("application is suspended", AppBlocked),
    ("oauth1-permissions", CredentialRefused),
    ("oauth2-permissions", CredentialRefused),
    ("unsupported-authentication", CredentialRefused),
    ("suspended", AccountBlocked),
    ("temporarily locked", AccountBlocked),
    ("might be automated", AccountBlocked),
    ("not permitted to perform this action", AccountBlocked),
)
_UPLOAD_LOST = "media ids are invalid"
_DAILY_LIMIT = "daily status update limit"
_USED_UP = ("usage-capped", "usagecapexceeded", "creditsdepleted")

#: The windows that X counts in, by the names of their headers, and whose they are.
_WINDOWS = (
    ("x-rate-limit", Scope.ACCOUNT),
    ("x-user-limit-24hour", Scope.ACCOUNT),
    ("x-app-limit-24hour", Scope.APP),
)


def refusal(answer: Answer, step: Step, redact: Callable[[object], str]) -> DeliveryFailure:
    """Return the failure that an answer without success stands for."""
    said = redact(_message(answer.fields)) or "no reason given"
    message = f"X answered {answer.status} while {step}: {said}"
    code = _code(answer.fields)
    about: dict[str, Any] = {"code": code, "status": answer.status}
    everything = f"{answer.fields} {code}".casefold()
    if answer.status in {402, 429} and any(words in everything for words in _USED_UP):
        return AppBlocked(message, **about)
    if answer.status == 429:
        return _too_many(answer, message, about)
    if answer.status == 400 and step is Step.CREATE and _UPLOAD_LOST in everything:
        return UploadLost(message, **about)
    if answer.status == 403:
        if _DAILY_LIMIT in everything:
            return RateLimited(message, **about)
        for words, kind in _FORBIDDEN:
            if words in everything:
                return kind(message, **about)
    return failure_by_status(answer, step, message, code)


def _too_many(answer: Answer, message: str, about: Mapping[str, Any]) -> RateLimited:
    """Return when the last of the exhausted windows ends, and for whom it is exhausted."""
    windows = [(_number(answer.headers, f"{name}-remaining"), name, scope) for name, scope in _WINDOWS]
    exhausted = [(name, scope) for left, name, scope in windows if left == 0] or [_WINDOWS[0]]
    ends = [end for name, _ in exhausted if (end := _reset(answer.headers, name))]
    scope = Scope.APP if any(scope is Scope.APP for _, scope in exhausted) else Scope.ACCOUNT
    return RateLimited(message, retry_at=max(ends, default=retry_after(answer.headers)), scope=scope, **about)


def wanted_rest(headers: Mapping[str, str]) -> Rest | None:
    """Return the rest that the headers of a success ask for, where the post was the last of its window; else None.

    Of several exhausted windows the app's counts before an account's, and then the one that ends last.
    """
    wanted = [
        (scope is Scope.APP, end, scope)
        for name, scope in _WINDOWS
        if _number(headers, f"{name}-remaining") == 0 and (end := _reset(headers, name))
    ]
    if not wanted:
        return None
    _, end, scope = max(wanted, key=lambda one: one[:2])
    return Rest(scope, end, "X says that nothing is left in this window")


def _reset(headers: Mapping[str, str], window: str) -> datetime | None:
    seconds = _number(headers, f"{window}-reset")
    try:
        return in_future(datetime.fromtimestamp(seconds, UTC)) if seconds else None
    except (OverflowError, ValueError, OSError):
        return None


def _number(headers: Mapping[str, str], name: str) -> int | None:
    said = headers.get(name, "").strip()
    return int(said) if said.isdecimal() else None


def _message(fields: Mapping[str, Any]) -> str:
    """Return what X says: each error's message, else the detail, else the title."""
    messages = list(dict.fromkeys(_messages(fields.get("errors"))))
    return "; ".join(messages) or str(fields.get("detail") or fields.get("title") or "")


def _messages(errors: Any) -> Iterator[str]:
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict):
            said = error.get("message") or error.get("detail") or error.get("title")
            if said:
                yield str(said)
        else:
            yield str(error)


def _code(fields: Mapping[str, Any]) -> str:
    """Return the name of the problem's type (`usage-capped`), or the number of the first error."""
    kind = str(fields.get("type") or "")
    if "/problems/" in kind:
        return kind.rpartition("/")[2]
    errors = fields.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else {}
    return str(first.get("code", "")) if isinstance(first, dict) else ""

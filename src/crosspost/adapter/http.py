"""HTTP for adapters: a session bound to one platform, and the reading of what became of a request.

A client library may raise what it likes, or choke on an answer: the session under it has seen the answer, or knows
whether the request left. Both are read here, outside of any `except` block, so that no exception of a library, which
may hold a token, hangs on a failure of ours. Imports `requests`: adapters import this module when they connect.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.util import Timeout

from crosspost.adapter import wire
from crosspost.adapter.failures import (
    AccountBlocked,
    AppBlocked,
    CredentialRefused,
    DeliveryFailure,
    NotSent,
    RateLimited,
    Rejected,
    Uncertain,
)

AGENT = "crosspost"

#: Seconds that a connection may take to open, and that an idle one is trusted to be still open: what lies between
#: (NAT, balancers) forgets it sooner or later without a word, and a request on it would be uncertain for nothing.
CONNECT, IDLE = 5.0, 30.0


class Step(StrEnum):
    """What a request is for; the value completes "while …"."""

    ASK = "asking"
    UPLOAD = "uploading"
    CREATE = "publishing"
    REPOST = "reposting"
    DELETE = "taking back"

    @property
    def leaves_a_trace(self) -> bool:
        """Whether the request changes what the public sees."""
        return self in {Step.CREATE, Step.REPOST, Step.DELETE}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answered. Header names are in small letters; the body may hold anything, so no repr shows it."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def document(self) -> Any:
        """The body as JSON, whatever the headers call it; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body as a JSON object; empty where it is none."""
        document = self.document
        return document if isinstance(document, dict) else {}


class PlatformSession(requests.Session):
    """A session whose every request goes to `base_url` (scheme, host and path put before the path asked for).

    Each request ends within `timeout` seconds, follows no redirect and is sent once. `answer` is the last one's, None
    where there was none, and then `left` says whether a byte of it may have left. For one thread at a time.
    """

    def __init__(self, base_url: str, timeout: float) -> None:
        super().__init__()
        self._base, self._timeout = base_url.rstrip("/"), timeout
        self._used = time.monotonic()
        self.answer: Answer | None = None
        self.left = False
        self._wires = wire.WireAdapter()
        self.mount("http://", self._wires)
        self.mount("https://", self._wires)
        # A proxy of the environment serves for the world, not for this machine; ~/.netrc serves nobody here.
        self.trust_env = not is_loopback(base_url)
        self.auth = _as_it_is
        self.headers["User-Agent"] = AGENT

    def forget(self) -> None:
        """Forget the last request."""
        self.answer, self.left = None, False

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        """Send a request; host, timeout and redirects are this session's own, whatever the caller says of them."""
        parts = urlsplit(str(url))
        target = self._base + parts.path + (f"?{parts.query}" if parts.query else "")
        options |= {"timeout": self._deadline(), "allow_redirects": False}
        self.forget()
        self._distrust_idle()
        wire.begin()
        try:
            response = super().request(method, target, *args, **options)
        finally:
            self.left = wire.has_left()
            self._used = time.monotonic()
        headers = {name.lower(): value for name, value in response.headers.items()}
        self.answer = Answer(response.status_code, headers, response.content)
        return response

    def open(self) -> None:
        """Open the connection that the next request will use, unless it is open: name, TCP and TLS, and no request.

        Raises whatever goes wrong: it is no loss, since the next request opens its own.
        """
        self._distrust_idle()
        asked = requests.Request("HEAD", self._base).prepare()
        how = self.merge_environment_settings(self._base, {}, None, None, None)
        pool: Any = self._wires.get_connection_with_tls_context(asked, how["verify"], how["proxies"])
        if pool.proxy is not None:
            return  # a proxy opens the way to the platform only for a request
        connection = pool._get_conn()  # noqa: SLF001 - urllib3 has no public way to connect ahead
        try:
            if not connection.is_connected:
                connection.timeout = min(self._timeout, CONNECT)
                connection.connect()
                self._used = time.monotonic()
        finally:
            pool._put_conn(connection)  # noqa: SLF001

    def _deadline(self) -> Timeout:
        return Timeout(total=self._timeout, connect=min(self._timeout, CONNECT))

    def _distrust_idle(self) -> None:
        if time.monotonic() - self._used > IDLE:
            self._wires.close()


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def is_loopback(base_url: str) -> bool:
    """Say whether an address is this machine's own."""
    host = urlsplit(base_url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def answer_of(session: PlatformSession, step: Step, call: Callable[[], object]) -> Answer:
    """Let a client library make one request, and return what the platform answered, good or bad.

    Raises:
        NotSent: no answer came, and the request certainly had no effect.
        Uncertain: no answer came, and it may have had one.
    """
    session.forget()
    reason = ""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - the session knows what happened, the library's words may hold a token
        reason = _reason(error)
    if session.answer is not None:
        return session.answer
    raise _unanswered(step, reason or "no request was made", left=session.left)


def _unanswered(step: Step, reason: str, *, left: bool) -> DeliveryFailure:
    if left and step.leaves_a_trace:
        return Uncertain(f"{reason} while {step}; the request had left")
    return NotSent(f"{reason} while {step}; nothing was changed")


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "the platform's name is not known"),
    (ConnectionRefusedError, "the connection was refused"),
    (ssl.SSLCertVerificationError, "the platform's certificate is not to be trusted"),
    (ssl.SSLError, "the encrypted connection failed"),
    (requests.exceptions.ProxyError, "the proxy failed"),
    (TimeoutError, "no answer in time"),
    (requests.exceptions.Timeout, "no answer in time"),
    (requests.exceptions.ConnectionError, "the connection broke"),
    (requests.exceptions.ChunkedEncodingError, "the answer broke off"),
)


def _reason(error: BaseException) -> str:
    """Return why no answer came, in words of our own."""
    causes = tuple(_causes(error))
    for kind, words in _REASONS:
        if any(isinstance(cause, kind) for cause in causes):
            return words
    return f"the client library broke ({type(error).__name__})"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what led to it, wherever requests and urllib3 keep it; twenty at most."""
    waiting, seen = [error], 0
    while waiting and seen < 20:
        cause, seen = waiting.pop(0), seen + 1
        yield cause
        nested = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        waiting += [one for one in nested if isinstance(one, BaseException)]


def failure_by_status(answer: Answer, step: Step, message: str, code: str = "") -> DeliveryFailure:
    """Return what an answer's status alone says of it, for what a platform's own words leave open."""
    status = answer.status
    about: dict[str, Any] = {"code": code, "status": status}
    if status == 401:
        return CredentialRefused(message, **about)
    if status == 402:
        return AppBlocked(message, **about)
    if status == 429:
        return RateLimited(message, retry_at=retry_after(answer.headers), **about)
    if 400 <= status < 500 and status != 408:
        # Nobody can edit a question: where the platform refuses to be asked, a person must see to the account.
        return AccountBlocked(message, **about) if step is Step.ASK else Rejected(message, **about)
    if step.leaves_a_trace:
        return Uncertain(f"{message}; whether it took effect is not known", **about)
    return NotSent(message, retry_at=retry_after(answer.headers), **about)


def not_understood(answer: Answer, step: Step) -> DeliveryFailure:
    """Return the failure for an answer that claims success and does not say what was asked for."""
    message = f"the platform's answer while {step} makes no sense (status {answer.status})"
    about: dict[str, Any] = {"status": answer.status}
    return Uncertain(message, **about) if step.leaves_a_trace else NotSent(message, **about)


def retry_after(headers: Mapping[str, str]) -> datetime | None:
    """Return when a `Retry-After` header (seconds or a date, RFC 9110 10.2.3) says to come back, None without one."""
    said = headers.get("retry-after", "").strip()
    if said.isdecimal():
        return in_future(datetime.now(UTC) + timedelta(seconds=min(int(said), 86_400)))
    try:
        when = parsedate_to_datetime(said)
    except ValueError:
        return None
    return in_future(when if when.tzinfo else when.replace(tzinfo=UTC))


def in_future(when: datetime) -> datetime | None:
    """Return the moment in UTC and a second later, so as not to be early; None where it is past."""
    later = when.astimezone(UTC) + timedelta(seconds=1)
    return later if later > datetime.now(UTC) else None

"""Telling people: when something needs a person, a command is run or an address is posted to, once for each matter.

It has a thread of its own and never disturbs sending. What cannot be told is tried again, with growing waits.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from crosspost.dispatch.log import logger
from crosspost.errors import CrosspostError
from crosspost.store import Store, notices
from crosspost.store.matters import Kind, Matter

log = logger()

#: How often it is looked whether something needs a person, in seconds.
EVERY = 5.0

#: How long a command or an address may take, in seconds.
TIMEOUT = 30.0

#: The first wait after a failure; it doubles with each, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(minutes=15)


class NotToldError(CrosspostError):
    """Raised when nobody could be told; the message names no address, which may itself be a secret."""


class Way(Protocol):
    """A way by which people are told."""

    @property
    def name(self) -> str:
        """What it is called, in the log and in the table of who was told."""
        ...

    def tell(self, message: bytes) -> None:
        """Tell; raises a `NotToldError`."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """Runs a program, without a shell, with the message on its standard input."""

    words: Sequence[str]
    folder: Path
    timeout: float = TIMEOUT
    name: str = "command"

    def tell(self, message: bytes) -> None:
        """Run it to its end, or to the end of its time.

        Raises:
            NotToldError: when it cannot be run, fails, or takes too long.
        """
        try:
            # In a session of its own: what it starts is ended with it.
            process = subprocess.Popen(  # noqa: S603 - the operator's own program, named in config.toml
                self.words,
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise NotToldError(f"{self.words[0]} cannot be run: {error.strerror}") from error
        try:
            process.communicate(message, self.timeout)
        except subprocess.TimeoutExpired:
            raise NotToldError(f"{self.words[0]} took longer than {self.timeout:.0f} s") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if process.returncode:
            raise NotToldError(f"{self.words[0]} ended with exit code {process.returncode}")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts the message to an address, which the configuration has checked against the mode."""

    url: str
    timeout: float = TIMEOUT
    name: str = "webhook"

    def tell(self, message: bytes) -> None:
        """Post it; follows no redirect.

        Raises:
            NotToldError: when it cannot be reached, or does not answer that it has taken the message.
        """
        from crosspost.adapter.http import PlatformSession

        parts = urlsplit(self.url)
        problem = ""
        with PlatformSession(f"{parts.scheme}://{parts.netloc}", self.timeout) as session:
            try:
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                answer = session.post(path, data=message, headers={"Content-Type": "application/json"})
                problem = "" if answer.ok else f"the webhook answered {answer.status_code}"
            except OSError as error:  # as those of requests are
                problem = f"the webhook cannot be reached: {type(error).__name__}"
        if problem:  # raised out here: the exception of the library holds the address
            raise NotToldError(problem)


def message(matters: Sequence[Matter], mode: str, now: datetime) -> bytes:
    """Return what people are told, as JSON."""
    first = matters[0].what if matters else ""
    more = f" (and {len(matters) - 1} more)" if len(matters) > 1 else ""
    said: dict[str, Any] = {
        "subject": f"crosspost needs a person: {first}{more}",
        "mode": mode,
        "host": socket.gethostname(),
        "at": _rfc3339(now),
        "matters": [
            {"kind": m.kind.value, "about": m.about, "what": m.what, "do": m.do, "since": _rfc3339(m.since)}
            for m in matters
        ],
    }
    return json.dumps(said, ensure_ascii=False).encode()


def _rfc3339(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def trial(mode: str, now: datetime) -> bytes:
    """Return a message that says that it is only a trial."""
    what = "this is only a test: nothing needs you"
    return message([Matter(Kind.ALARM, "test", what, "nothing: `crosspost notify test` sent it", now)], mode, now)


class Notifier:
    """Looks every few seconds whether something needs a person, and tells it; use it in a `with` block."""

    def __init__(self, store: Store, ways: Sequence[Way], mode: str, clock: Callable[[], datetime]) -> None:
        self._store, self._ways, self._mode, self._clock = store, ways, mode, clock
        self._seen: dict[str, int] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)

    def __enter__(self) -> Self:
        """Start to look."""
        if self._ways:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Look a last time, tell what there is, and stop; for no longer than telling takes."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(TIMEOUT * 2)

    def _run(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._stopped.wait(EVERY)
            try:
                self.round()
            except CrosspostError as error:
                log.warning("nobody could be told", why=str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, sending goes on, and the next round tries again
                log.error("defect", error=type(error).__name__)  # noqa: TRY400 - its text may hold an address

    def round(self) -> int:
        """Tell what is to be told now; return how many matters were."""
        return sum(self._by(way) for way in self._ways)

    def _by(self, way: Way) -> int:
        claimed, self._seen[way.name] = notices.to_tell(
            self._store, way.name, self._clock(), self._seen.get(way.name, 0)
        )
        if not claimed:
            return 0
        try:
            way.tell(message([each.matter for each in claimed], self._mode, self._clock()))
        except NotToldError as error:
            wait = min(FIRST_WAIT * 2 ** min(max(each.tries for each in claimed), 10), LONGEST_WAIT)
            notices.not_told(self._store, way.name, claimed, self._clock() + wait)
            log.warning("nobody could be told", way=way.name, matters=len(claimed), why=str(error))
            return 0
        notices.told(self._store, way.name, claimed, self._clock())
        log.info("told", way=way.name, matters=len(claimed))
        return len(claimed)

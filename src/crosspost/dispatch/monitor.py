"""The daemon's own small server: `/metrics` for Prometheus, and `/healthz` for whoever restarts what is stuck."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from crosspost.dispatch.messages import Message
from crosspost.dispatch.metrics import Metrics
from crosspost.errors import ConfigurationError, StoreError
from crosspost.store import Store
from crosspost.store.budgets import Budgets

#: Seconds without a turn of the loop after which the daemon is not well: it turns for each sweep, every five.
LONGEST_TURN = 60.0

#: Seconds that one who asks may take over it.
_PATIENCE = 10.0


class Health:
    """Whether the daemon's loop turns and the database answers."""

    def __init__(self, store: Store, seconds: Callable[[], float] = time.monotonic) -> None:
        self._store, self._seconds = store, seconds
        self._started, self._turned = seconds(), False
        self._last = self._started

    def turned(self) -> None:
        """Note that the loop has turned."""
        self._last, self._turned = self._seconds(), True

    def reasons(self) -> list[str]:
        """Return why the daemon is not well; nothing where it is."""
        found = []
        silent = self._seconds() - self._last
        if not self._turned:
            found.append("the loop has not turned yet")
        elif silent > LONGEST_TURN:
            found.append(f"the loop has not turned for {silent:.0f} s: the database may be locked, or its disk full")
        try:
            with self._store.read():
                pass
        except StoreError as error:
            found.append(str(error))
        return found


class Monitor:
    """An observer that serves what it sees, in threads of its own; use it in a `with` block.

    Raises:
        ConfigurationError: when the address cannot be listened on.
    """

    def __init__(self, store: Store, host: str, port: int, budgets: Budgets) -> None:
        self._metrics, self._health = Metrics(store, budgets), Health(store)
        try:
            self._server = ThreadingHTTPServer((host, port), _handler(self._metrics, self._health))
        except OSError as error:
            raise ConfigurationError(
                f"[metrics] nothing can listen on {host}:{port}: {error.strerror or error}; does another daemon?"
            ) from error
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def turned(self, messages: Sequence[Message]) -> None:
        """Take note of a turn of the daemon's loop."""
        self._health.turned()
        self._metrics.turned(messages)

    def __enter__(self) -> Self:
        """Start to answer."""
        threading.Thread(target=self._server.serve_forever, name="monitor", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


def _handler(metrics: Metrics, health: Health) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _PATIENCE
        server_version, sys_version = "crosspost", ""

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._answer(HTTPStatus.OK, Metrics.CONTENT_TYPE, metrics.text())
            elif path == "/healthz":
                reasons = health.reasons()
                status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
                said = {"status": "failing" if reasons else "ok", "reasons": reasons}
                self._answer(status, "application/json", json.dumps(said).encode())
            else:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"/metrics, /healthz\n")

        do_HEAD = do_GET  # noqa: N815 - http.server's name

        def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            """Say nothing: a scrape is no event."""

    return Handler

"""Connections that know two things about a request: whether its first byte left, and when its time is up.

`requests` tells neither. Its timeout bounds each wait for a byte, so that an answer which trickles never ends; and its
exceptions leave it to guesses whether anything was sent. Here both are settled where bytes pass, by the standard
library's own hooks (`http.client`: `connect`, `send`, `response_class`).
"""

from __future__ import annotations

import http.client
import io
import threading
import time
from socket import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

#: Whether bytes of this thread's present request may have left. A request is made by one thread, to its end.
_mine = threading.local()

#: Seconds for a socket that has no timeout, which is none of ours.
_LONGEST = 60.0


def begin() -> None:
    """Say that this thread begins a request."""
    _mine.left = False


def has_left() -> bool:
    """Say whether a byte of the request that this thread began last may have left."""
    return bool(getattr(_mine, "left", False))


class _Bounded(io.RawIOBase):
    """Reads from a socket until a moment, however many reads that takes."""

    def __init__(self, sock: socket) -> None:
        self._sock = sock
        self._raw: Any = sock.makefile("rb", buffering=0)
        self._seconds = sock.gettimeout() or _LONGEST
        self._end = time.monotonic() + self._seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        rest = self._end - time.monotonic()
        if rest <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(rest)
        try:
            got: int | None = self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(self._seconds)
        return got

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer that is read within the time that was left when it began."""

    def __init__(self, sock: socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_Bounded(sock))


class _Plain(HTTPConnection):
    """Notes when the first byte of a request goes out. What a proxy or TLS exchange before that does not count."""

    response_class = _Response

    def connect(self) -> None:
        try:
            super().connect()
        finally:
            _mine.left = False

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _mine.left = True
        super().send(data)


class _Secure(_Plain, HTTPSConnection):
    """The same over TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class WireAdapter(HTTPAdapter):
    """Carries a `requests` session over such connections: one kept open for each address, nothing ever retried."""

    def __init__(self) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools; `requests` calls it."""
        super().init_poolmanager(*args, **options)
        _prepare(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """Make the pools of a proxy; `requests` calls it."""
        manager = super().proxy_manager_for(*args, **options)
        _prepare(manager)
        return manager


def _prepare(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

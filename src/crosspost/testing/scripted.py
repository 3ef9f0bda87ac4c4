"""A platform on this machine that answers what it was told beforehand: any status, any bytes, or nothing at all.

Plain sockets and the standard library, so that an answer can be broken in ways that no web server would allow.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

HOST = "127.0.0.1"

#: Seconds between two bytes of a drip, and those that waiting for the server takes at most.
_DROP_OF_TIME, _PATIENCE = 0.02, 20.0


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request as it arrived: the path without its query, header names in small letters."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def form(self) -> dict[str, str]:
        """The body as a form, in one part or in several; files count by their bytes, decoded as Latin-1."""
        kind = self.headers.get("content-type", "")
        if kind.startswith("multipart/form-data"):
            return dict(_parts(self.body, kind.partition("boundary=")[2].encode()))
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. A `length` that is not the body's own is a lie, and the connection ends after the body."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json; charset=utf-8"),)
    length: int | None = None

    @classmethod
    def of(cls, value: object, status: int = 200, **headers: str) -> Reply:
        """Return a JSON answer; `_` in the name of a header stands for `-`."""
        kind = ("content-type", "application/json; charset=utf-8")
        more = tuple((name.replace("_", "-"), said) for name, said in headers.items())
        return cls(status, json.dumps(value, ensure_ascii=False).encode(), (kind, *more))


@dataclass(frozen=True, slots=True)
class Drop:
    """The request is read, and the connection closed without a byte."""


@dataclass(frozen=True, slots=True)
class Hang:
    """The request is read, and nothing comes until the caller leaves or the server stops."""


@dataclass(frozen=True, slots=True)
class Drip:
    """An answer that trickles and never ends: each wait for a byte is short, all of them together are not."""


Behaviour = Reply | Drop | Hang | Drip


class ScriptedServer:
    """Answers its script in order, one behaviour a request; what comes after its end is answered with 599.

    Used in a `with` block. `arrived` holds the requests, `connections` counts those that were opened.
    """

    def __init__(self, script: Iterable[Behaviour] = ()) -> None:
        self.script = list(script)
        self.arrived: list[Arrived] = []
        self.connections = 0
        self._open: set[socket.socket] = set()
        self._lock = threading.Condition()
        self._stopping = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)

    @property
    def url(self) -> str:
        """The address, without a `/` at the end."""
        return f"http://{HOST}:{self._server.server_address[1]}"

    def then(self, *behaviours: Behaviour) -> None:
        """Add to the script."""
        with self._lock:
            self.script += behaviours

    def until_idle(self) -> bool:
        """Wait until every connection is closed; say whether that came about."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._open, _PATIENCE)

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.until_idle()
        self._thread.join(_PATIENCE)

    def opened(self, connection: socket.socket) -> None:
        """Note a connection; the handler calls it."""
        with self._lock:
            self.connections += 1
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection; the handler calls it."""
        with self._lock:
            self._open.discard(connection)
            self._lock.notify_all()

    def next(self, request: Arrived) -> Behaviour:
        """Note a request and return how it is answered; the handler calls it."""
        with self._lock:
            self.arrived.append(request)
            return self.script.pop(0) if self.script else Reply.of({"error": "the script has ended"}, 599)

    def stopping(self, seconds: float) -> bool:
        """Wait that long at most for the server to stop, and say whether it does; the handler calls it."""
        return self._stopping.wait(seconds)


@contextmanager
def unreachable() -> Iterator[str]:
    """Give an address at which every connection is refused: its port is taken, and nobody listens there."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        yield f"http://{HOST}:{taken.getsockname()[1]}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, owner: ScriptedServer) -> None:
        super().__init__((HOST, 0), _Handler)
        self.owner = owner


class _Handler(BaseHTTPRequestHandler):
    """One connection, and the requests on it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        self.server.owner.opened(self.request)
        super().setup()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        with suppress(OSError):
            self.request.shutdown(socket.SHUT_RDWR)
        self.server.owner.closed(self.request)

    def handle(self) -> None:
        with suppress(OSError):  # the caller has left, as callers do whose patience ends
            super().handle()

    def __getattr__(self, name: str) -> Any:
        """Answer every method alike: the base class calls `do_GET`, `do_POST` and so on."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        behaviour = self.server.owner.next(Arrived(self.command, parts.path, query, headers, body))
        if isinstance(behaviour, Reply):
            self.wfile.write(_bytes(behaviour))
            self.close_connection = behaviour.length is not None
            return
        self.close_connection = True
        if isinstance(behaviour, Hang):
            self.connection.recv(1)
        elif isinstance(behaviour, Drip):
            _drip(self.wfile.write, self.server.owner)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def _bytes(reply: Reply) -> bytes:
    length = len(reply.body) if reply.length is None else reply.length
    lines = [f"HTTP/1.1 {reply.status} Scripted", *(f"{name}: {said}" for name, said in reply.headers)]
    head = "\r\n".join([*lines, f"content-length: {length}", "", ""])
    return head.encode("latin-1") + reply.body


def _drip(write: Any, server: ScriptedServer) -> None:
    write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n")
    while not server.stopping(_DROP_OF_TIME):
        write(b" ")


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[str, str]]:
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        said = head.decode("utf-8", "replace")
        name = said.partition('name="')[2].partition('"')[0]
        raw = data.removesuffix(b"\r\n")
        yield name, raw.decode("latin-1") if "filename=" in said else raw.decode("utf-8", "replace")

"""The sandbox as a server on this machine: for the command line, blocking; for tests, in a thread."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from crosspost.errors import ConfigurationError, UsageError
from crosspost.sandbox.state import Sandbox

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

    from crosspost.sandbox.faults import Faults
    from crosspost.sandbox.state import Request
    from crosspost.sandbox.town import Town

HOST, PORT = "127.0.0.1", 8400

#: Seconds that an idle connection is kept: longer than a daemon rests, so that none is closed in its face.
_KEEP_ALIVE = 600
#: Seconds that a server which is told to stop waits for requests under way.
_GRACE = 1
#: Seconds that a thread may take to start or stop.
_PATIENCE = 20.0


def create_app(sandbox: Sandbox) -> Starlette:
    """Return the application: the platforms, the pages, and what scripts use."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from crosspost.sandbox.control import control_routes
    from crosspost.sandbox.views import page_routes, platform_routes

    # A page elsewhere that calls this machine by a name of its own (DNS rebinding) is not served.
    guard = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])
    return Starlette(
        routes=[*page_routes(sandbox), *control_routes(sandbox), *platform_routes(sandbox)], middleware=[guard]
    )


def serve(
    town: Town,
    host: str = HOST,
    port: int = PORT,
    *,
    ready: Callable[[str], None] | None = None,
    **options: Any,
) -> None:
    """Serve until Ctrl-C or SIGTERM; `ready` is called with the root address once requests are taken.

    Further arguments by name are those of `Sandbox`.

    Raises:
        UsageError: the host is not this machine.
        ConfigurationError: the port is taken, or the journal cannot be read.
    """
    with _listen(host, port) as listener:
        sandbox = Sandbox(town, **options)
        try:
            _server(sandbox, lambda: ready and ready(_address(listener))).run(sockets=[listener])
        except KeyboardInterrupt:
            pass  # Ctrl-C is how one stops it; uvicorn has finished what was under way
        finally:
            sandbox.close()


class SandboxThread:
    """A sandbox on a free port for as long as a `with` block lasts. Arguments by name are those of `Sandbox`."""

    def __init__(self, town: Town, **options: Any) -> None:
        self.sandbox = Sandbox(town, **options)
        self.url = ""
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self._started = threading.Event()

    @property
    def faults(self) -> Faults:
        """How its platforms misbehave."""
        return self.sandbox.faults

    def posts(self, platform: str = "", account: str = "") -> list[dict[str, Any]]:
        """Return what was published, in the order of acceptance; of a platform, of an account, or all of it."""
        return self.sandbox.posts(self.url, platform, account)

    def requests(self, method: str = "*", path: str = "*") -> list[Request]:
        """Return the requests that the platforms received, oldest first, by method and path (`*` as in shells)."""
        from fnmatch import fnmatchcase

        seen = list(self.sandbox.requests)
        return [one for one in seen if fnmatchcase(one.method, method) and fnmatchcase(one.path, path)]

    def __enter__(self) -> SandboxThread:
        self._listener = _listen(HOST, 0)
        self.url = _address(self._listener)
        self._server = _server(self.sandbox, self._started.set)
        self._thread.start()
        if not self._started.wait(_PATIENCE):
            raise ConfigurationError("the sandbox did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        self._listener.close()
        self.sandbox.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._listener])


def _listen(host: str, port: int) -> socket.socket:
    address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else _checked(host))
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((str(address), port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"the sandbox cannot have port {port}: {error.strerror}; is another running?"
        ) from error
    return listener


def _checked(host: str) -> str:
    try:
        if ipaddress.ip_address(host).is_loopback:
            return host
    except ValueError:
        pass  # a name: it could be anybody's
    raise UsageError(f"the sandbox serves this machine alone: 127.0.0.1, ::1 or localhost, not {host!r}")


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _server(sandbox: Sandbox, ready: Callable[[], object]) -> uvicorn.Server:
    import uvicorn

    from crosspost.sandbox.protocol import SandboxProtocol

    class Server(uvicorn.Server):
        """Says when it takes requests."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

    return Server(
        uvicorn.Config(
            create_app(sandbox),
            http=SandboxProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=_GRACE,
        )
    )

"""uvicorn's HTTP protocol, with the connection handed on: so that a fault can close it without an answer."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from crosspost.sandbox.door import TRANSPORT


class SandboxProtocol(HttpToolsProtocol):
    """Adds the transport to each request's scope, as an ASGI extension of our own."""

    def on_message_begin(self) -> None:
        """Prepare for a request."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: {"transport": self.transport}}

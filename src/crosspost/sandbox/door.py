"""The door of the platforms: reads a request, asks the faults, lets the platform answer, and sends or withholds it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.responses import Response, StreamingResponse

from crosspost.sandbox.answers import Answer, Refusal, bad_gateway
from crosspost.sandbox.calls import Call, read_call
from crosspost.sandbox.faults import Fault, How
from crosspost.sandbox.state import Request as Seen

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from crosspost.sandbox.routes import Platform, Route
    from crosspost.sandbox.state import Sandbox

#: Where the server's protocol leaves its connection in a request's scope, see `crosspost.sandbox.protocol`.
TRANSPORT = "crosspost.transport"
#: Seconds after which a request that hangs is cut off, should its caller never leave.
LONGEST_HANG = 600.0


def endpoint(sandbox: Sandbox, platform: Platform, route: Route | None) -> Callable[[Request], Awaitable[Response]]:
    """Return what serves a route of a platform; without a route, what serves all paths that it does not have."""

    async def serve(request: Request) -> Response:
        try:
            call = await read_call(request, platform.name, sandbox.clock())
        except Refusal as refusal:
            return _response(refusal.answer)
        resident = platform.caller(call)
        account = resident.account_id if resident else ""
        sandbox.requests.append(Seen(platform.name, call.method, call.path, account))
        fault = sandbox.faults.strike(platform.name, call.method, call.path, account)
        if fault is None:
            return _response(_answer(platform, call, route))
        return await _faulty(fault, platform, call, route)

    return serve


def _answer(platform: Platform, call: Call, route: Route | None) -> Answer:
    return platform.answer(call, route) if route else platform.no_route(call)


async def _faulty(fault: Fault, platform: Platform, call: Call, route: Route | None) -> Response:
    call.lag = timedelta(seconds=fault.lag)
    # What is accepted is accepted before the delay: an answer that comes late tells of a post that is there already.
    accepted = _answer(platform, call, route) if fault.accepts else None
    if fault.how is How.DRIP:
        return _dripping(accepted or platform.broken(call), fault.delay)
    if fault.delay:
        await asyncio.sleep(min(fault.delay, LONGEST_HANG))
    if fault.how in {How.DROP, How.HANG}:
        return Silence(hang=fault.how is How.HANG)
    if fault.how is How.TRUE:
        return _response(accepted or _answer(platform, call, route))
    return _response(_instead(fault, platform, call))


def _instead(fault: Fault, platform: Platform, call: Call) -> Answer:
    """Return what is said in place of the truth."""
    if fault.how is How.HTML:
        return bad_gateway()
    if fault.how is How.RATE_LIMIT:
        return platform.too_many(call, fault.reset)
    if fault.how is How.ERROR:
        return platform.broken(call)
    return Answer(fault.status, fault.body.encode(), tuple(fault.headers.items()))


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers))


def _dripping(answer: Answer, pause: float) -> Response:
    """Return an answer that comes byte by byte: each in time, the whole perhaps not."""

    async def drops() -> AsyncIterator[bytes]:
        for at in range(len(answer.body)):
            await asyncio.sleep(pause)
            yield answer.body[at : at + 1]

    length = {"content-length": str(len(answer.body))}
    return StreamingResponse(drops(), answer.status, dict(answer.headers) | length)


class Silence(Response):
    """No answer at all: the connection is closed without a byte, at once or when the caller has left."""

    def __init__(self, *, hang: bool) -> None:
        super().__init__()
        self._hang = hang

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent
        """Keep silent."""
        if self._hang:
            with suppress(TimeoutError):
                await asyncio.wait_for(_gone(receive), LONGEST_HANG)
        scope["extensions"][TRANSPORT]["transport"].close()
        await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Wait until the connection is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass

"""What scripts and tests use: what was published as JSON, images by digest, faults, a new beginning."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from crosspost.errors import UsageError
from crosspost.sandbox.faults import Fault

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.sandbox.state import Sandbox

#: An image may be looked at and nothing else, whatever its bytes claim.
_IMAGE_HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cache-control": "private, max-age=86400, immutable",
}


class Control:
    """Serves scripts."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def posts(self, request: Request) -> Response:
        """List what was published, in the order of acceptance; `?platform=` and `?account=` narrow it."""
        query = request.query_params
        return JSONResponse(self._sandbox.posts(_root(request), query.get("platform", ""), query.get("account", "")))

    async def medium(self, request: Request) -> Response:
        """Serve an image by its SHA-256."""
        data = self._sandbox.shelf.data(request.path_params["sha256"])
        image = self._sandbox.shelf.keep(data) if data is not None else None
        if data is None or image is None:
            return PlainTextResponse("no such image", 404)
        return Response(data, media_type=image.mime, headers=_IMAGE_HEADERS)

    async def faults(self, request: Request) -> Response:  # noqa: ARG002 - the same for all
        """List the faults in force and how many requests each has struck."""
        return JSONResponse([{**asdict(fault), "struck": struck} for fault, struck in self._sandbox.faults.struck()])

    async def set_faults(self, request: Request) -> Response:
        """Put the faults of a JSON list in place of all others; an empty list ends all trouble."""
        if _is_foreign(request):
            return _foreign()
        try:
            self._sandbox.faults.set(_read(await request.body()))
        except UsageError as error:
            return JSONResponse({"error": str(error)}, 400)
        return await self.faults(request)

    async def reset(self, request: Request) -> Response:
        """Begin anew."""
        if _is_foreign(request):
            return _foreign()
        self._sandbox.reset()
        return JSONResponse({"reset": True})


def control_routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes."""
    control = Control(sandbox)
    return [
        Route("/posts.json", control.posts),
        Route("/media/{sha256}", control.medium),
        Route("/faults", control.faults, methods=["GET"]),
        Route("/faults", control.set_faults, methods=["POST"]),
        Route("/reset", control.reset, methods=["POST"]),
    ]


def _read(body: bytes) -> list[Fault]:
    try:
        rules: Any = json.loads(body)
    except ValueError:
        raise UsageError("faults are a JSON list of objects") from None
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise UsageError("faults are a JSON list of objects")
    return [Fault.read(rule) for rule in rules]


def _root(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _is_foreign(request: Request) -> bool:
    """Say whether a page of another site sent this: browsers always say where such a request comes from."""
    origin = request.headers.get("origin")
    return origin is not None and origin != _root(request)


def _foreign() -> Response:
    return JSONResponse({"error": "not from another site"}, 403)

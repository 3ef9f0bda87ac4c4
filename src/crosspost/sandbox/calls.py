"""One request to a platform, read whole before anything is done with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from crosspost.sandbox.answers import Refusal, as_json

if TYPE_CHECKING:
    from starlette.requests import Request

#: Bytes that one request may carry: more than any platform takes in one piece, less than would hurt the machine.
LARGEST_REQUEST = 40 * 1024 * 1024


@dataclass(slots=True)
class Call:
    """A request: method, path below the platform's root, and all its parameters.

    `root` is the sandbox's own address, `url` the full one without its query. `document` is a JSON body, None where
    there is none. `lag` is how far the platform's listings are behind just now.
    """

    method: str
    path: str
    root: str
    url: str
    now: datetime
    headers: Mapping[str, str]
    params: Mapping[str, str]
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    document: Any = None
    lag: timedelta = timedelta()

    @property
    def signed_form(self) -> Mapping[str, str]:
        """The form as far as an OAuth 1.0a signature covers it: not in several parts (RFC 5849, 3.4.1.3)."""
        return self.form if "x-www-form-urlencoded" in self.headers.get("content-type", "") else {}

    def parameter(self, name: str) -> str:
        """Return a parameter from the body or else the query; "" where there is none."""
        return self.form.get(name) or self.query.get(name, "")

    def authorization(self, scheme: str) -> str:
        """Return what follows the scheme (`Bearer`, `OAuth`) in the Authorization header; "" under any other."""
        said, _, value = self.headers.get("authorization", "").partition(" ")
        return value.strip() if said.casefold() == scheme.casefold() else ""


async def read_call(request: Request, platform: str, now: datetime) -> Call:
    """Read the request to its last byte.

    Raises:
        Refusal: the body is too large, has no stated length, or is no JSON where it claims to be.
    """
    _measure(request)
    call = Call(
        method=request.method,
        path=request.url.path.removeprefix(f"/{platform}"),
        root=f"{request.url.scheme}://{request.url.netloc}",
        url=str(request.url.replace(query="", fragment="")),
        now=now,
        headers=request.headers,
        params=request.path_params,
        query=dict(parse_qsl(request.url.query, keep_blank_values=True)),
    )
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        await _read_parts(request, call)
    else:
        _read_body(await request.body(), kind, call)
    return call


def _measure(request: Request) -> None:
    if "transfer-encoding" in request.headers:
        raise Refusal(as_json({"error": "this sandbox wants a Content-Length"}, 411))
    if int(request.headers.get("content-length", "0")) > LARGEST_REQUEST:
        raise Refusal(as_json({"error": f"this sandbox takes {LARGEST_REQUEST} bytes at most"}, 413))


async def _read_parts(request: Request, call: Call) -> None:
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                call.form[name] = value
            else:
                call.files[name] = await value.read()


def _read_body(body: bytes, kind: str, call: Call) -> None:
    if "json" in kind and body:
        try:
            call.document = json.loads(body)
        except ValueError:
            raise Refusal(
                as_json({"title": "Invalid Request", "detail": "the body is no JSON", "status": 400}, 400)
            ) from None
    elif "x-www-form-urlencoded" in kind:
        call.form.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))

"""facebook-sdk, made fit for a live Graph API.

facebook-sdk 3.1.0 (2018) cannot name a living version, waits for ever, and puts the token into addresses, and thereby
into the text of exceptions. Its methods for objects, connections and photos serve; what is under them is replaced.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import facebook

from crosspost.adapter.http import PlatformSession


class PageGraph(facebook.GraphAPI):  # type: ignore[misc] # facebook-sdk has no types
    """A page's Graph API: the token in a header alone, nested values as JSON, the session's own deadline."""

    def __init__(self, token: str, session: PlatformSession, version: str, app_secret: str = "") -> None:
        # Without a version: the base class knows only those from 2.8 to 3.1, and refuses all others.
        super().__init__(token, session=session)
        self.version = version
        self._proof = _proof(app_secret, token) if app_secret else ""

    def request(
        self,
        path: str,
        args: Mapping[str, Any] | None = None,
        post_args: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        method: str | None = None,
    ) -> Any:
        """Send one request and return the answer's JSON; what an error means is read from the session's answer."""
        method = method or ("GET" if post_args is None else "POST")
        query, body = _encoded(args), _encoded(post_args)
        if self._proof:
            (body if method == "POST" else query)["appsecret_proof"] = self._proof
        response = self.session.request(
            method,
            f"/{path}",
            params=query,
            data=body or None,
            files=files,
            headers={"Authorization": f"Bearer {self.access_token}"},
        )
        return response.json()


def _encoded(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return values as the Graph API reads them: `requests` would send a list of objects as its keys, and `False`."""
    return {
        name: json.dumps(value) if isinstance(value, dict | list | bool) else value
        for name, value in (values or {}).items()
        if value is not None
    }


def _proof(app_secret: str, token: str) -> str:
    """Return the `appsecret_proof`, by which a stolen token is of no use without the app's secret."""
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()

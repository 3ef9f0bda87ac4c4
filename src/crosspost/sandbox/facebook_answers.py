"""What the Graph API says when it says no: one form for all errors, with code, subcode and a trace id."""

from __future__ import annotations

import secrets
from typing import Any

from crosspost.sandbox.answers import Answer, as_json

#: The two kinds of error that the Graph API distinguishes.
OAUTH, METHOD = "OAuthException", "GraphMethodException"

DUPLICATE = (
    "This status update is identical to the last one you posted. "
    "Try posting something different, or delete your previous update."
)
BAD_LINK = "The URL you supplied is invalid: nothing that can be shared is there."
NO_PERMISSION = (
    "(#200) If posting to a page, requires both pages_read_engagement and pages_manage_posts as an admin with "
    "sufficient administrative permission"
)


def error(code: int, message: str, *, kind: str = OAUTH, status: int = 400, **more: Any) -> Answer:
    """Return an error. `more` holds what only some have: `error_subcode`, `is_transient`, `error_user_msg`."""
    told = {"message": message, "type": kind, "code": code, **more, "fbtrace_id": f"A{secrets.token_urlsafe(16)}"}
    answer = as_json({"error": told}, status)
    if code == 190:
        return answer.with_headers(("www-authenticate", f'OAuth "Facebook Platform" "invalid_token" "{message}"'))
    return answer


def unknown_object(verb: str, object_id: str) -> Answer:
    """Return that an object does not exist, or may not be seen; `verb` is `get`, `post` or `delete`."""
    message = (
        f"Unsupported {verb} request. Object with ID '{object_id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"
    )
    return error(100, message, kind=METHOD, error_subcode=33)

"""What X says when it says no, in its own words and forms."""

from __future__ import annotations

from typing import Any

from crosspost.sandbox.answers import Answer, as_json

DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
REPOSTED_ALREADY = "You cannot retweet a Tweet that you have already retweeted."
#: What X says to what it takes for automation, as it takes the same words on several accounts to be.
AUTOMATED = (
    "This request looks like it might be automated. To protect our users from spam and other malicious activity, we "
    "can't complete this action right now. Please try again later."
)
TOO_LONG = (
    "Your Tweet text is too long. For more information on how Twitter determines text length see "
    "https://github.com/twitter/twitter-text."
)


def problem(status: int, title: str, detail: str) -> Answer:
    """Return a refusal in the form of RFC 7807, which is X's for all but malformed requests."""
    return as_json({"title": title, "type": "about:blank", "status": status, "detail": detail}, status)


def too_many() -> Answer:
    """Return the answer to one request too many."""
    return problem(429, "Too Many Requests", "Too Many Requests")


def invalid(message: str, **parameters: str) -> Answer:
    """Return the 400 for a request that is malformed; `parameters` are those at fault, by name."""
    error: dict[str, Any] = {"message": message}
    if parameters:
        error = {"parameters": {name: [value] for name, value in parameters.items()}, **error}
    return as_json(
        {
            "errors": [error],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": "https://api.twitter.com/2/problems/invalid-request",
        },
        400,
    )


def undefined(key: str) -> str:
    """Return the message about a key that X does not know."""
    return f"$.{key}: is not defined in the schema and the schema does not allow additional properties"


def not_found(kind: str, value: str, status: int) -> Answer:
    """Return that there is no such `tweet` or `user`; X says so with status 200 where it looked something up."""
    error = {
        "value": value,
        "detail": f"Could not find {kind} with id: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": "id",
        "resource_id": value,
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }
    return as_json({"errors": [error]}, status)

"""How the imitated platforms misbehave while daemons are killed: every kind of trouble, by chance, from one seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: The request by which each platform makes a post, lists an account's posts, takes an image, says whose token it is.
_CREATE = {"twitter": "/2/tweets", "facebook": "/*/feed", "weibo": "*/share.json"}
_REPOST = {"twitter": "/2/users/*/retweets"}
_LIST = {"twitter": "/2/users/*/tweets", "facebook": "/*/published_posts", "weibo": "*/user_timeline.json"}
_UPLOAD = {"twitter": "/2/media/*", "facebook": "/*/photos"}
_WHOAMI = {"twitter": "/2/users/me", "facebook": "/*/me", "weibo": "*/get_uid.json"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of trouble: its name in the report, the requests it strikes, how often, and the sandbox's rule for it."""

    name: str
    where: dict[str, str]
    method: str
    probability: float
    rule: dict[str, Any]


def _create(name: str, probability: float, **rule: Any) -> Kind:
    return Kind(name, _CREATE, "POST", probability, rule)


_NO = {"how": "status", "status": 400, "body": '{"title":"Invalid Request"}'}

#: Seconds that a request may take in the run's configuration; a hang is longer, a slow answer shorter.
REQUEST_TIMEOUT = 2

KINDS = (
    _create("answer lost after acceptance", 0.02, how="drop", accept=True),
    _create("connection dropped before acceptance", 0.006, how="drop"),
    _create("500 after acceptance", 0.015, how="error", accept=True),
    _create("500 before acceptance", 0.006, how="error"),
    _create("503 after acceptance", 0.015, how="status", status=503, accept=True),
    _create("503 before acceptance", 0.006, how="status", status=503),
    _create("HTML 502 after acceptance", 0.015, how="html", accept=True),
    _create("HTML 502 before acceptance", 0.006, how="html"),
    _create("hang past the deadline, accepted", 0.01, how="hang", accept=True),
    _create("hang past the deadline, not accepted", 0.004, how="hang"),
    _create("slow drip past the deadline, accepted", 0.01, how="drip", delay=0.2),
    _create("slow answer, in time", 0.06, how="true", delay=0.6),
    _create("429 that says until when", 0.015, how="rate-limit", reset=2),
    _create("429 that does not say", 0.004, how="rate-limit"),
    _create("a definite no (400)", 0.006, **_NO),
    Kind("repost's answer lost after acceptance", _REPOST, "POST", 0.04, {"how": "drop", "accept": True}),
    Kind("repost dropped before acceptance", _REPOST, "POST", 0.01, {"how": "drop"}),
    Kind("500 after a repost's acceptance", _REPOST, "POST", 0.03, {"how": "error", "accept": True}),
    Kind("repost: hang past the deadline, accepted", _REPOST, "POST", 0.01, {"how": "hang", "accept": True}),
    Kind("repost: 429 that says until when", _REPOST, "POST", 0.01, {"how": "rate-limit", "reset": 2}),
    Kind("repost: a definite no (400)", _REPOST, "POST", 0.006, _NO),
    Kind("listing that lags 3 s", _LIST, "GET", 0.5, {"how": "true", "lag": 3}),
    Kind("listing broken (500)", _LIST, "GET", 0.1, {"how": "error"}),
    Kind("listing dropped", _LIST, "GET", 0.05, {"how": "drop"}),
    Kind("upload failed (500)", _UPLOAD, "POST", 0.05, {"how": "error"}),
    Kind("upload dropped", _UPLOAD, "POST", 0.03, {"how": "drop"}),
    Kind("identity not told (503)", _WHOAMI, "GET", 0.03, {"how": "status", "status": 503}),
)

#: The platforms' day ends well: nothing but lists that lag.
_QUIET = frozenset({"listing that lags 3 s"})


def rules(seed: int, *, only: frozenset[str] | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Return the sandbox's rules, each with the name of its kind."""
    found: list[tuple[str, dict[str, Any]]] = []
    for kind in KINDS:
        if only is not None and kind.name not in only:
            continue
        for platform, path in kind.where.items():
            about = {"platform": platform, "path": path, "method": kind.method, "probability": kind.probability}
            found.append((kind.name, {**about, **kind.rule, "seed": seed * 1000 + len(found)}))
    return found


def quiet(seed: int) -> list[tuple[str, dict[str, Any]]]:
    """Return the rules of the end: listings still lag, all else behaves."""
    return rules(seed, only=_QUIET)

"""What a platform of the sandbox is: a table of routes, each a function from a request to an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from crosspost.sandbox.answers import Answer
from crosspost.sandbox.calls import Call
from crosspost.sandbox.ledger import Ledger
from crosspost.sandbox.shelf import Shelf
from crosspost.sandbox.town import Resident, Town

#: Answers a request of the account that it came from; raises `Refusal` for a no.
Handler = Callable[[Call, Resident], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path below the platform's root; `limit` is how many requests an account has in a window, 0 all."""

    method: str
    path: str
    handler: Handler
    limit: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """What all platforms share: who lives here, what was published, the images; and how strict they are.

    `limits`: rate limits bite. `repeats`: the same words are taken twice. `one_voice`: X does not take the same words
    from two accounts.
    """

    town: Town
    ledger: Ledger
    shelf: Shelf
    limits: bool = True
    repeats: bool = False
    one_voice: bool = False


class Platform(Protocol):
    """An imitated platform. Nothing in it waits, so each request is handled as one indivisible step."""

    name: str
    routes: tuple[Route, ...]

    def caller(self, call: Call) -> Resident | None:
        """Return whose credential the request carries, without judging whether it is right."""
        ...

    def answer(self, call: Call, route: Route) -> Answer:
        """Do what is asked, or refuse it as the platform would."""
        ...

    def no_route(self, call: Call) -> Answer:
        """Return what the platform says to a path that it does not have."""
        ...

    def broken(self, call: Call) -> Answer:
        """Return the platform's own "internal error", as JSON."""
        ...

    def too_many(self, call: Call, reset: float | None) -> Answer:
        """Return the platform's own "too many requests", which may promise an end in `reset` seconds."""
        ...

    def clear(self) -> None:
        """Forget what it counted."""
        ...

"""How the platforms of the sandbox misbehave, on demand: one rule a fault, explicit and repeatable.

A fault says two things that must not be confused: whether the platform *accepts* the request (the post exists
afterwards), and how it *answers*. A post that exists while its answer is lost is the case this project is about.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from crosspost.errors import UsageError


class How(StrEnum):
    """How a request that a fault strikes is answered."""

    TRUE = "true"  # what the platform says anyway: for `delay` and `lag`
    DRIP = "drip"  # the same, a byte every `delay` seconds
    DROP = "drop"  # the connection is closed without a byte
    HANG = "hang"  # nothing comes, until the caller leaves
    HTML = "html"  # 502 with a page of HTML, as from a load balancer
    ERROR = "error"  # 500 with JSON, in the platform's own form
    RATE_LIMIT = "rate-limit"  # the platform's own "too many", with `reset` or without
    STATUS = "status"  # `status`, `body` and `headers` as given


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule. It matches by platform, method, path below the platform's root, and account id (`*` as in shells).

    Of those that match it strikes all; or those in `nth` (counted from 1); or each with `probability`, the same ones
    for the same `seed`; and no more than `times` in all, where that is set. `accept` is true by default for
    `How.TRUE` and `How.DRIP`, false for the others. `delay` (seconds) passes before the answer, and after acceptance;
    `lag` (seconds) is how far listings are behind; `reset` (seconds) is what a rate limit promises, None when it says
    nothing.
    """

    how: How
    accept: bool | None = None
    platform: str = "*"
    method: str = "*"
    path: str = "*"
    account: str = "*"
    nth: tuple[int, ...] = ()
    probability: float = 1.0
    seed: int = 0
    times: int = 0
    delay: float = 0.0
    lag: float = 0.0
    reset: float | None = None
    status: int = 500
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def accepts(self) -> bool:
        """Whether the platform does what was asked."""
        return self.how in {How.TRUE, How.DRIP} if self.accept is None else self.accept

    def matches(self, platform: str, method: str, path: str, account: str) -> bool:
        """Say whether the rule is about this request."""
        pairs = ((platform, self.platform), (method, self.method), (path, self.path), (account, self.account))
        return all(fnmatchcase(said, pattern) for said, pattern in pairs)

    @classmethod
    def read(cls, rule: Mapping[str, Any]) -> Fault:
        """Return the rule that a JSON object describes, its keys named as the fields are.

        Raises:
            UsageError: a key or a value makes no sense.
        """
        unknown = set(rule) - {f.name for f in fields(cls)}
        if unknown:
            raise UsageError(
                f"a fault has no {', '.join(sorted(unknown))}; it has {', '.join(f.name for f in fields(cls))}"
            )
        for name in ("probability", "seed", "times", "delay", "lag", "reset", "status"):
            if not isinstance(rule.get(name, 0), int | float | None):
                raise UsageError(f"{name} of a fault must be a number")
        try:
            return cls(**{**rule, "how": How(rule.get("how", "")), "nth": tuple(rule.get("nth", ()))})
        except (ValueError, TypeError):
            raise UsageError(f"how of a fault must be one of {', '.join(How)}, and nth a list of numbers") from None


class _Rule:
    """A fault at work: how many requests matched it, and how many it struck."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.matched = 0
        self.struck = 0
        self._dice = random.Random(fault.seed)  # noqa: S311 - chance that can be repeated, not secrecy

    def strikes(self) -> bool:
        """Count one more matching request, and say whether the fault strikes it."""
        self.matched += 1
        chance = self._dice.random() < self.fault.probability
        due = self.matched in self.fault.nth if self.fault.nth else chance
        return due and not (self.fault.times and self.struck >= self.fault.times)


class Faults:
    """The rules in force, in order; the first that strikes a request has it. May be set from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []

    def set(self, faults: Iterable[Fault]) -> None:
        """Put these rules in place of all others; their counting begins anew."""
        rules = [_Rule(fault) for fault in faults]
        with self._lock:
            self._rules = rules

    def add(self, fault: Fault) -> None:
        """Add a rule after the others."""
        with self._lock:
            self._rules.append(_Rule(fault))

    def clear(self) -> None:
        """Behave well again."""
        self.set(())

    def struck(self) -> list[tuple[Fault, int]]:
        """Return each rule with how many requests it has struck."""
        with self._lock:
            return [(rule.fault, rule.struck) for rule in self._rules]

    def strike(self, platform: str, method: str, path: str, account: str) -> Fault | None:
        """Return the fault that strikes this request, if any. Every rule that matches counts the request."""
        with self._lock:
            matching = [rule for rule in self._rules if rule.fault.matches(platform, method, path, account)]
            due = [rule for rule in matching if rule.strikes()]
            if not due:
                return None
            due[0].struck += 1
            return due[0].fault

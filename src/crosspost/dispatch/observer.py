"""Who watches a daemon at work, such as its metrics: told what is durable, and never able to disturb it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crosspost.dispatch.messages import Message


class Observer(Protocol):
    """What a daemon tells. Called by the daemon's own thread: be quick, and raise nothing."""

    def turned(self, messages: Sequence[Message]) -> None:
        """The loop has turned: the database has taken these messages, or has answered that there are none."""
        ...


class Nobody:
    """Watches nothing."""

    def turned(self, messages: Sequence[Message]) -> None:
        """Do nothing."""

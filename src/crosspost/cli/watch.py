"""Who watches a daemon at work: its monitor, where the configuration gives it a port, and the one who tells people."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crosspost.cli.context import Session
    from crosspost.dispatch.notify import Way
    from crosspost.dispatch.observer import Observer


@contextmanager
def watched(run: Session) -> Iterator[Observer | None]:
    """Start what the configuration asks for, and give what the daemon tells."""
    own = run.config.metrics
    with ExitStack() as stack:
        observer: Observer | None = None
        if own.port:
            from crosspost.dispatch.monitor import Monitor
            from crosspost.plugins.limits import known_budgets

            budgets = known_budgets() | dict(run.config.budgets)
            observer = stack.enter_context(Monitor(run.store, own.host, own.port, budgets))
        if found := ways(run):
            from crosspost.dispatch.notify import Notifier

            stack.enter_context(Notifier(run.store, found, run.config.mode, run.store.clock))
        yield observer


def ways(run: Session) -> list[Way]:
    """Return the ways by which people are told, as the configuration says."""
    from crosspost.dispatch.notify import Command, Webhook

    own = run.config.notify
    found: list[Way] = []
    if own.command:
        found.append(Command(own.command, run.config.folder))
    if own.webhook:
        found.append(Webhook(own.webhook))
    return found

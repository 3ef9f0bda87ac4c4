"""What Prometheus reads: counters that the daemon feeds after each commit, and gauges from the store at each scrape.

The counters are this process's own and begin at nought with it, as Prometheus expects; the gauges are the database's,
and the same from whichever daemon they are read.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from crosspost import __version__
from crosspost.adapter import Scope
from crosspost.dispatch.log import logger
from crosspost.dispatch.messages import Failed, LookedFor, Message, Sent
from crosspost.errors import StoreError
from crosspost.store import Store, gauges
from crosspost.store.budgets import Budgets
from crosspost.store.gauges import Gauges

log = logger()

#: How late a post left, in seconds: from "nobody sees it" to "a person must decide" and beyond.
LATENESS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900)

#: How long a platform took over a post, in seconds.
TOOK = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)


class Metrics:
    """An observer of the daemon, and the text that Prometheus reads."""

    #: The content type of that text.
    CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, store: Store, budgets: Budgets) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # a series of its own for each counter, which nobody reads
        self._registry = CollectorRegistry()
        self._attempts = Counter(
            "crosspost_attempts",
            "Attempts at a delivery that are over.",
            ["platform", "outcome"],
            registry=self._registry,
        )
        self._lookups = Counter(
            "crosspost_lookups", "Look-ups for a post that may be out.", ["platform", "result"], registry=self._registry
        )
        self._lateness = Histogram(
            "crosspost_lateness_seconds",
            "From the due instant to the start of the request that was answered with a receipt.",
            ["platform"],
            buckets=LATENESS,
            registry=self._registry,
        )
        self._took = Histogram(
            "crosspost_request_duration_seconds",
            "How long the platform took over a post.",
            ["platform"],
            buckets=TOOK,
            registry=self._registry,
        )
        self._turn = Gauge(
            "crosspost_last_turn_timestamp_seconds", "When the daemon's loop turned last.", registry=self._registry
        )
        about = Gauge("crosspost_build_info", "The version that runs.", ["version"], registry=self._registry)
        about.labels(__version__).set(1)
        self._registry.register(_Stored(store, budgets))

    def turned(self, messages: Sequence[Message]) -> None:
        """Count what is durable now."""
        self._turn.set(time.time())
        for message in messages:
            if isinstance(message, Sent):
                self._sent(message)
            elif isinstance(message, Failed):
                self._attempts.labels(message.claim.platform, message.outcome).inc()
            elif isinstance(message, LookedFor):
                platform = message.doubt.tried.account.rpartition("/")[2]
                self._lookups.labels(platform, _RESULTS.get(type(message.result).__name__, "unknown")).inc()

    def _sent(self, message: Sent) -> None:
        platform = message.claim.platform
        self._attempts.labels(platform, "sent").inc()
        self._lateness.labels(platform).observe(max(message.timing.late.total_seconds(), 0))
        self._took.labels(platform).observe(message.timing.took.total_seconds())

    def text(self) -> bytes:
        """Return all metrics, as Prometheus reads them."""
        return generate_latest(self._registry)


_RESULTS = {"Found": "found", "Absent": "absent", "CannotTell": "cannot-tell"}


class _Stored:
    """The database's own numbers, read at each scrape; `crosspost_store_up` says whether that went well."""

    def __init__(self, store: Store, budgets: Budgets) -> None:
        self._store, self._budgets = store, budgets

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges."""
        up = GaugeMetricFamily("crosspost_store_up", "Whether the database answered this scrape.")
        try:
            with self._store.read() as tx:
                found = gauges.read(tx, self._store.now(tx, lambda: datetime.now(UTC)), self._budgets)
        except StoreError as error:
            log.warning("the database did not answer a scrape", why=str(error))
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from _families(found)

    def describe(self) -> Iterator[Metric]:
        """Name nothing beforehand: the registry would ask the database for it."""
        return iter(())


def _families(found: Gauges) -> Iterator[Metric]:
    numbers = [
        ("crosspost_slowed", "Accounts and apps that wait for an instant.", found.slowed),
        ("crosspost_holds", "Holds in force.", found.holds),
        ("crosspost_daemons", "Daemons that were seen just now.", found.daemons),
    ]
    by_one = [
        ("crosspost_unknown", "Deliveries that may be out, by who settles it.", "waits_for", found.unknown),
        ("crosspost_paused", "Accounts and apps that wait for a person.", "scope", found.paused),
    ]
    for name, said, number in numbers:
        yield GaugeMetricFamily(name, said, value=number)
    for name, said, label, values in by_one:
        family = GaugeMetricFamily(name, said, labels=[label])
        for value, number in sorted(values.items()):
            family.add_metric([value], number)
        yield family
    queue = GaugeMetricFamily("crosspost_deliveries", "Deliveries by state.", labels=["platform", "state"])
    for (platform, state), number in sorted(found.deliveries.items()):
        queue.add_metric([platform, state], number)
    yield queue
    # Of apps alone: a series for each account and budget would be many hundreds.
    budgets = GaugeMetricFamily(
        "crosspost_budget_used", "Posts begun within a budget's length of now.", labels=["app", "seconds"]
    )
    limits = GaugeMetricFamily("crosspost_budget_limit", "Posts that a budget allows.", labels=["app", "seconds"])
    for used in found.budgets:
        if used.budget.scope is Scope.APP:
            labels = [used.scope, str(int(used.budget.per.total_seconds()))]
            budgets.add_metric(labels, used.used)
            limits.add_metric(labels, used.budget.most)
    yield from (budgets, limits)

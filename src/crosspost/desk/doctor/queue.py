"""The doctor on the work itself: does a daemon turn, does the queue move, what waits for a person?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from crosspost.desk.doctor.patient import Diagnosis, Patient, error, ok, warning
from crosspost.domain import zones
from crosspost.domain.schedule import format_duration
from crosspost.errors import StoreError
from crosspost.plugins.limits import known_budgets
from crosspost.store import budgets as store_budgets
from crosspost.store import gate, gauges, soundness, workers
from crosspost.store import instants as store_instants
from crosspost.store import matters as store
from crosspost.store.matters import Kind

#: What should have left so long ago, and could, is overdue.
PATIENCE = timedelta(minutes=2)

#: For how long a second receipt is said: nothing in the database tells whether somebody has seen to it.
ALARMS_MATTER = timedelta(days=7)

#: The share of a budget from which on it is nearly used up.
NEARLY = 0.9

#: How many matters of one kind are said one by one.
_NAMED = 5


def daemon(patient: Patient) -> Iterator[Diagnosis]:
    """A daemon turns, and none has died without a word."""
    with patient.store.read() as tx:
        now = patient.now()
        running, last = workers.running(tx, now), workers.last(tx)
        silent = workers.silent(tx, now, now - store.SILENCE_MATTERS)
    for row in running:
        ago = max((now - row.seen).total_seconds(), 0)
        yield ok("daemon", f"{row.name} turned {ago:.0f} s ago, version {row.version}")
    for row in silent:
        said = f"{row.name} was last seen at {row.seen:%Y-%m-%d %H:%M:%S} UTC and never said that it stopped"
        yield warning("daemon", said, "see its log: it was killed, or its host is down")
    if not running:
        seen = f"the last one was seen at {last.seen:%Y-%m-%d %H:%M:%S} UTC" if last else "none has ever run here"
        yield warning("daemon", f"no daemon runs; {seen}", "start one: `crosspost daemon`, or the systemd unit")


def overdue(patient: Patient) -> Iterator[Diagnosis]:
    """Nothing that could leave has been waiting for long."""
    with patient.store.read() as tx:
        now = patient.now()
        waiting = gauges.overdue(tx, gate.current(tx, patient.network, now), now, now - PATIENCE)
    if waiting:
        do = "is a daemon running, and does it keep up? Its log says what it waits for"
        said = "1 delivery was" if waiting == 1 else f"{waiting} deliveries were"
        since = PATIENCE.seconds // 60
        yield error("queue", f"{said} due {since} minutes ago or more, and should have left since", do)
    else:
        yield ok("queue", "nothing is overdue")


def instants(patient: Patient) -> Iterator[Diagnosis]:
    """What is queued leaves when its wall time says, by the zone data in use."""
    with patient.store.read() as tx:
        found = store_instants.differing(tx, patient.now())
    version = zones.data_version()
    if not found:
        yield ok("times", f"what is queued leaves when its wall time says, with tzdata {version}")
        return
    number = sum(one.deliveries for one in found)
    are = "1 queued delivery is" if number == 1 else f"{number} queued deliveries are"
    said = f"{are} due at another instant than the wall time gives with tzdata {version}"
    where = sorted({one.was.zone for one in found})
    yield warning("times", f"{said}: {_few(where)}", "crosspost schedule recheck; a daemon does it when it starts")


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def matters(patient: Patient) -> Iterator[Diagnosis]:
    """Nothing waits for a person."""
    with patient.store.read() as tx:
        now = patient.now()
        alarms = [alarm for alarm in store.alarms(tx)[0] if alarm.since and alarm.since > now - ALARMS_MATTER]
        found = [*alarms, *(m for m in store.every(tx, now) if m.kind is not Kind.DAEMON)]
    said: Counter[Kind] = Counter()
    for matter in found:
        said[matter.kind] += 1
        if said[matter.kind] <= _NAMED:
            yield error("person", matter.what, matter.do)
    for kind, number in said.items():
        if number > _NAMED:
            yield error("person", f"and {number - _NAMED} more: {kind}", "crosspost status lists them")
    if not found:
        yield ok("person", "nothing waits for a person")


def budgets(patient: Patient) -> Iterator[Diagnosis]:
    """No app's budget is nearly used up."""
    with patient.store.read() as tx:
        used = store_budgets.used(tx, known_budgets() | dict(patient.config.budgets), patient.now())
    near = [each for each in used if each.used >= each.budget.most * NEARLY]
    for each in near[:_NAMED]:
        said = f"{each.scope} has begun {each.used} of {each.budget.most} posts in {format_duration(each.budget.per)}"
        yield warning("budgets", said, "what is due waits until the budget has room; what is urgent goes first")
    if not near:
        yield ok("budgets", "none is nearly used up")


def media(patient: Patient) -> Iterator[Diagnosis]:
    """The images of what is still to be sent are there, and are what they were."""
    with patient.store.read() as tx:
        wanted = soundness.images_in_queue(tx)
    lost = 0
    for sha256, posts in wanted.items():
        try:
            patient.media.read(sha256)
        except StoreError as failure:
            lost += 1
            yield error("media", f"{failure} (for {posts} queued)")
    if not lost:
        yield ok("media", f"the {len(wanted)} images of what is queued are there and sound")

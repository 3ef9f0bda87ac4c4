"""Daemons, and everything that happens to them: killed at each step in turn, killed at random, stopped, cut off."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.e2e.conftest import Folder
from tests.postgres import PostgresServer
from tests.torture.scene import Key, Scene, Waves

_DOOMED = Path(__file__).with_name("doomed.py")

#: Bounds a wait for something that may never come, in seconds: then the next thing happens.
_AT_MOST = 30.0

#: The exit code of a daemon that could not reach its database when it started.
_COULD_NOT = 3

#: How few queued deliveries are little left to do.
_LITTLE = 200

#: How many posts on the wire fill it.
_FULL = 20


@dataclass(slots=True)
class Kill:
    """A daemon that was killed: which process, at which step ("" at random), and when one was started in its place."""

    pid: int
    step: str
    at: datetime
    restarted: datetime | None = None


@dataclass(slots=True)
class Slot:
    """The place of one daemon: the process that has it now, the step it is doomed to die at, its last death."""

    process: subprocess.Popen[bytes]
    step: str = ""
    death: Kill | None = None


def start_daemon(folder: Folder, dooms: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start a daemon: as it is, or one that dies at a step, or one after the other that do."""
    program = [str(_DOOMED), *dooms] if dooms else ["-m", "crosspost"]
    with (folder.path / f"daemon-{len(folder.running)}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *program, "daemon"], cwd=folder.path, stdout=log, stderr=log)
    folder.running.append(process)
    return process


def log_of(folder: Folder) -> str:
    """Return what the daemon that was started last has said."""
    return (folder.path / f"daemon-{len(folder.running) - 1}.log").read_text("utf-8", "replace")


class Chaos:
    """Keeps `daemons` daemons at work on the waves of a scene, and torments them."""

    def __init__(
        self, scene: Scene, daemons: int, deliveries: int, dice: random.Random, say: Callable[[str], None]
    ) -> None:
        self._scene, self._dice, self._say = scene, dice, say
        self._waves, self._wanted, self._is_over = Waves(scene), deliveries, False
        self.kills: list[Kill] = []
        self.counted: Counter[str] = Counter()
        #: What was recalled, and whether what had not left was to stay.
        self._recalls: dict[str, list[str]] = {}
        self.feed()
        self._slots = [Slot(start_daemon(scene.folder)) for _ in range(daemons)]

    def feed(self) -> None:
        """Queue the next waves while little is left to do: as long as things happen, and until there were enough."""
        while self._is_hungry() and self._scene.count("state = 'queued'") < _LITTLE:
            self._waves.queue_next()

    def _is_hungry(self) -> bool:
        return not self._is_over or len(self.expected) < self._wanted

    @property
    def expected(self) -> set[Key]:
        """What the queue is to hold."""
        return self._waves.expected

    def _restart(self, slot: Slot, doom: str = "") -> None:
        dooms = [doom] if doom else []
        slot.process, slot.step = start_daemon(self._scene.folder, dooms), doom.rpartition(":")[0]
        if slot.death is not None:
            slot.death.restarted = datetime.now(UTC)
            slot.death = None

    def _died(self, slot: Slot) -> None:
        slot.death = Kill(slot.process.pid, slot.step, datetime.now(UTC))
        self.kills.append(slot.death)
        slot.step = ""

    def kill(self, slot: Slot) -> None:
        """Kill a daemon at this moment."""
        if slot.process.poll() is None:
            os.kill(slot.process.pid, signal.SIGKILL)
        slot.process.wait()
        slot.step = ""
        self._died(slot)

    def kill_at(self, step: str) -> None:
        """Let a daemon die at a step, the first few times it comes to it; what never comes to it is noted."""
        slot = self._dice.choice(self._slots)
        self.kill(slot)
        self._restart(slot, f"{step}:{self._dice.randint(1, 3)}")
        if self._waited(lambda: slot.process.poll() is not None):
            self._require_killed(slot)
            self._died(slot)
        else:
            self.kill(slot)
        self._restart(slot)

    def kill_at_random(self) -> None:
        """Kill a daemon somewhere between its start and its full stride."""
        slot = self._dice.choice(self._slots)
        time.sleep(self._dice.uniform(0.1, 4.0))
        self.kill(slot)
        self._restart(slot)

    def kill_for_the_last_time(self) -> None:
        """Kill all daemons with the wire full, and start them again: how soon they find what was on it is measured."""
        self._waited(lambda: self._scene.count("state = 'sending'") >= _FULL)
        for slot in self._slots:
            self.kill(slot)
        for slot in self._slots:
            self._restart(slot)

    def stop_past_the_lease(self) -> None:
        """Stop a daemon until others have taken what it had, and let it go on."""
        slot = self._dice.choice(self._slots)
        self._waited(lambda: self._scene.count("state = 'sending'") > 0)
        os.kill(slot.process.pid, signal.SIGSTOP)
        self.counted["stopped past the lease"] += 1
        end = time.monotonic() + self._dice.uniform(8.0, 12.0)
        while time.monotonic() < end:
            self.feed()
            time.sleep(0.5)
        os.kill(slot.process.pid, signal.SIGCONT)

    def platforms_away(self) -> None:
        """Let all platforms refuse connections for a moment."""
        named = self._scene.named
        self._scene.close_platforms()
        self.counted["all platforms away"] += 1
        time.sleep(self._dice.uniform(0.5, 2.0))
        self._scene.open_platforms()
        self._scene.misbehave(named)

    def recall_original(self) -> None:
        """Take back an original that reposts follow or are to follow; sometimes another account is to say it."""
        out = self._originals("sent")
        if out:
            name, keep = self._dice.choice(out), self._dice.choice([[], ["--keep-unsent"]])
            self._recalls[name] = keep
            self._recall(name, keep)
            self.counted["originals recalled"] += 1

    def cancel_original(self) -> None:
        """Cancel an original that is still queued: the next in order is to say it."""
        self._waves.queue_next()
        queued = self._originals("queued")
        if queued:
            # It may have left since; then it is not cancelled.
            self._scene.folder.crosspost(
                *("delivery", "cancel", self._dice.choice(queued), "--reason", "not we", "--yes"), expect=None
            )
        self.counted["originals cancelled"] = len(self._cancelled())

    def _originals(self, state: str) -> list[str]:
        """Return the originals in a state, but for those recalled already."""
        query = 'SELECT id FROM delivery WHERE state = :state AND id IN (SELECT "after" FROM delivery) ORDER BY id'
        return [row["id"] for row in self._scene.rows(query, state=state) if row["id"] not in self._recalls]

    def _cancelled(self) -> list[str]:
        query = "SELECT id FROM delivery WHERE state = 'cancelled' AND reason = 'not we'"
        return [row["id"] for row in self._scene.rows(query)]

    def recall_again(self) -> None:
        """Recall what was recalled once more: what may have been out then is known by now."""
        for name, keep in self._recalls.items():
            self._recall(name, keep)

    def _recall(self, name: str, keep: Sequence[str]) -> None:
        # Exit code 1: something may still be visible, as long as the platforms misbehave.
        done = self._scene.folder.crosspost("recall", name, "--reason", "a wrong date", "--yes", *keep, expect=None)
        assert done.returncode in {0, 1}, done.stderr

    def cut(self, server: PostgresServer) -> None:
        """Cut every connection to the database."""
        self.counted["connections cut"] += server.cut_connections(self._scene.database)

    def restart_database(self, server: PostgresServer) -> None:
        """Crash the database server and start it again."""
        server.restart("immediate")
        self.counted["database crashed"] += 1

    def run(self, events: list[tuple[str, Callable[[], None]]]) -> None:
        """Let everything happen, in this order."""
        for number, (name, event) in enumerate(events, 1):
            self.feed()
            self._require_alive()
            self._say(f"{number:3} of {len(events)}  {name}")
            event()

    def finish(self) -> None:
        """Let the daemons do what is left, and stop them as an operator does."""
        self._is_over = True
        while self._is_hungry():
            self.feed()
            self._require_alive()
            time.sleep(0.2)
        end = time.monotonic() + 20 * _AT_MOST
        while self._is_at_work() and time.monotonic() < end:
            self._require_alive()
            time.sleep(0.5)
        for slot in self._slots:
            slot.process.terminate()
        for slot in self._slots:
            code = slot.process.wait(timeout=120)
            # One that was told before it had begun to listen is simply ended.
            assert code in {0, -signal.SIGTERM}, f"a daemon that was told to stop left with exit code {code}"

    def _is_at_work(self) -> bool:
        """Say whether anything is on the wire, looked for, or queued on an account that need not wait for a limit.

        A repost waits where its original does, for a limit or for a person who looks for it.
        """
        looked_for = "state = 'unknown' AND look_at IS NOT NULL"
        original = f"o.state = 'unknown' OR (o.state = 'queued' AND {_paced('o')})"
        waits = f'EXISTS (SELECT 1 FROM delivery AS o WHERE o.id = delivery."after" AND ({original}))'
        leaves = f"state = 'queued' AND NOT {_paced('delivery')} AND NOT {waits}"
        return self._scene.count(f"state = 'sending' OR ({looked_for}) OR ({leaves})") > 0

    def _require_alive(self) -> None:
        """Start a daemon again that found no database at its start, as systemd does; no other may leave by itself."""
        for slot in self._slots:
            code = slot.process.poll()
            if code == _COULD_NOT and self.counted["database crashed"]:
                self.counted["started again by its supervisor"] += 1
                self._restart(slot)
            else:
                assert code is None, f"a daemon left by itself with exit code {code}"

    def _require_killed(self, slot: Slot) -> None:
        code = slot.process.wait()
        assert code == -signal.SIGKILL, f"a daemon that was to die at {slot.step!r} left with exit code {code}"

    def _waited(self, holds: Callable[[], bool]) -> bool:
        end = time.monotonic() + _AT_MOST
        while time.monotonic() < end:
            if holds():
                return True
            self.feed()
            time.sleep(0.05)
        return False


def _paced(table: str) -> str:
    """Return the condition under which a delivery's account or app waits for a limit."""
    return f"EXISTS (SELECT 1 FROM pace WHERE pace.scope IN ({table}.account, {table}.platform))"


def schedule(
    chaos: Chaos, dice: random.Random, steps: Sequence[str], random_kills: int, server: PostgresServer | None
) -> list[tuple[str, Callable[[], None]]]:
    """Return what happens: a kill at every step, random kills, and the trouble that a database on a server brings.

    The credential is only asked for early on, so a kill at that step comes first.
    """

    def at(step: str) -> tuple[str, Callable[[], None]]:
        return f"killed at {step!r}", lambda: chaos.kill_at(step)

    first = [at(step) for step in steps[:2]]
    rest = [at(step) for step in steps[2:]]
    rest += [("killed at random", chaos.kill_at_random)] * random_kills
    rest += [("all platforms away for a moment", chaos.platforms_away)] * 2
    rest += [("stopped past its lease, continued", chaos.stop_past_the_lease)] * 2
    rest += [("an original recalled", chaos.recall_original)] * 4
    rest += [("an original cancelled", chaos.cancel_original)] * 4
    if server is not None:
        rest += [("connections cut", lambda: chaos.cut(server))] * 3
        rest += [("database crashed and started again", lambda: chaos.restart_database(server))] * 2
    dice.shuffle(rest)
    return [*first, *rest, ("all killed for the last time", chaos.kill_for_the_last_time)]

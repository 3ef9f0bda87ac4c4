"""One run of the torture test: a scene, its torments, and what they came to."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres import PostgresServer
from tests.torture import doomed, faults
from tests.torture.chaos import Chaos, log_of, schedule, start_daemon
from tests.torture.scene import HASTILY, Scene, Waves
from tests.torture.verdict import Figures, Verdict, figures, judge, leaks

from crosspost.dispatch import steps

#: States in which a delivery may be left once the daemons are done, and once a person has seen to the rest.
LEFT_BY_PEOPLE = ("sent", "failed", "expired", "cancelled", "recalled")
LEFT_BY_DAEMONS = (*LEFT_BY_PEOPLE, "unknown")

#: Steps that a repost does not pass: it shows the images of its original.
_OF_IMAGES = frozenset({steps.UPLOADED, steps.DESCRIBED, steps.UPLOAD, steps.UPLOAD_DURABLE})

#: Waves that last until a daemon has died at every step: one prepared ahead, and one without an image.
_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is to be: how many deliveries at least, daemons at once, kills at random moments, and its seed."""

    deliveries: int
    daemons: int
    random_kills: int
    seed: int
    steps: tuple[str, ...] = doomed.EVERY


@dataclass(slots=True)
class Result:
    """What a run came to. `settled_by_hand` is how many `unknown` a person settled after the verdict on the daemons."""

    engine: str
    wanted: Wanted
    deliveries: int
    seconds: float
    verdict: Verdict
    figures: Figures
    steps_met: set[str]
    kills: Counter[str]
    troubles: Counter[str]
    faults: dict[str, int]
    settled_by_hand: int
    verdict_by_hand: Verdict
    secrets: int
    searched: int
    leaks: list[str] = field(default_factory=list)

    @property
    def unmet(self) -> list[str]:
        """The steps at which no daemon died."""
        return [step for step in self.wanted.steps if step not in self.steps_met]

    @property
    def is_good(self) -> bool:
        """Whether the promise held, and everything was tried."""
        return self.verdict.is_good and self.verdict_by_hand.is_good and not self.leaks and not self.unmet


def torture(
    path: Path, wanted: Wanted, server: PostgresServer | None = None, say: Callable[[str], None] = lambda _: None
) -> Result:
    """Do it, in a folder of its own; with a server on PostgreSQL, else on SQLite."""
    began, dice = time.monotonic(), random.Random(wanted.seed)
    with ExitStack() as stack:
        scene = Scene(path, server.new_database() if server else "")
        stack.callback(scene.close)
        secrets = scene.secrets()
        scene.misbehave(faults.rules(wanted.seed))
        chaos = Chaos(scene, wanted.daemons, wanted.deliveries, dice, say)
        chaos.run(schedule(chaos, dice, wanted.steps, wanted.random_kills, server))
        say("no more kills: the daemons do what is left")
        chaos.finish()
        _settle(scene, wanted.seed)
        chaos.recall_again()
        verdict, told = judge(scene, chaos.expected, LEFT_BY_DAEMONS), figures(scene, chaos.kills)
        by_hand = _as_a_person(scene)
        chaos.recall_again()
        afterwards = judge(scene, chaos.expected, LEFT_BY_PEOPLE)
        scene.count_faults()
        found, searched = leaks(scene, secrets, [Path(server.socket)] if server else [])
        return Result(
            engine="PostgreSQL" if server else "SQLite",
            wanted=wanted,
            deliveries=len(chaos.expected),
            seconds=time.monotonic() - began,
            verdict=verdict,
            figures=told,
            steps_met={kill.step for kill in chaos.kills if kill.step},
            kills=Counter("by step" if kill.step else "random" for kill in chaos.kills),
            troubles=chaos.counted,
            faults=scene.struck,
            settled_by_hand=by_hand,
            verdict_by_hand=afterwards,
            secrets=len(secrets),
            searched=searched,
            leaks=found,
        )


def die_in_turn(path: Path, seed: int, server: PostgresServer | None = None) -> tuple[str, Verdict]:
    """Let one daemon die at every step in turn, and a last one do what is left: the short form.

    Return where one did not die as it was to ("" where all did), and how queue and platforms agree in the end.
    """
    dice = random.Random(seed)
    with ExitStack() as stack:
        scene = Scene(path, server.new_database() if server else "", HASTILY)
        stack.callback(scene.close)
        waves = Waves(scene)
        scene.misbehave(faults.rules(seed))
        for _ in range(_ENOUGH):
            waves.queue_next()
        dooms = [f"{step}:{dice.randint(1, 3)}" for step in doomed.EVERY]
        code = start_daemon(scene.folder, dooms).wait()
        wrong = log_of(scene.folder)[-2000:] if code else ""
        _settle(scene, seed)
        return wrong, judge(scene, waves.expected, LEFT_BY_DAEMONS)


def reposts_die_in_turn(path: Path, seed: int, server: PostgresServer | None = None) -> tuple[str, Verdict]:
    """Let all be sent but reposts, and then one daemon die at every step of a repost's way in turn; else as above."""
    dice = random.Random(seed)
    with ExitStack() as stack:
        scene = Scene(path, server.new_database() if server else "", HASTILY)
        stack.callback(scene.close)
        waves = Waves(scene)
        waves.queue_next(at_once=True)
        queue = scene.folder.json("queue")
        speaking = {one["account"] for one in queue if not one["reposts"]}
        reposting = sorted({one["account"] for one in queue} - speaking)
        scene.folder.crosspost("account", "pause", *reposting, "--reason", "the others first")
        scene.folder.crosspost("daemon", "--until-idle", "--linger", "1", expect=None)
        scene.misbehave(faults.rules(seed))
        scene.folder.crosspost("account", "resume", *reposting)
        dooms = [f"{step}:{dice.randint(1, 3)}" for step in doomed.EVERY if step not in _OF_IMAGES]
        code = start_daemon(scene.folder, dooms).wait()
        wrong = log_of(scene.folder)[-2000:] if code else ""
        _settle(scene, seed)
        return wrong, judge(scene, waves.expected, LEFT_BY_DAEMONS)


def _settle(scene: Scene, seed: int) -> None:
    """Let limits that last longer than a run end, and let a last daemon see to what had waited for them.

    It waits for what is due soon: reposts follow their originals by a minute.
    """
    scene.misbehave(faults.quiet(seed))
    scene.folder.crosspost("account", "resume", "--mission", "ministry")
    done = subprocess.run(
        [sys.executable, "-m", "crosspost", "daemon", "--until-idle", "--linger", "75"],
        cwd=scene.folder.path,
        capture_output=True,
        timeout=900,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr.decode()


def _as_a_person(scene: Scene) -> int:
    """Look at the accounts for what is unknown, say what is there and what is not, and return how many that were."""
    out = {(post["account"], post["text"]): post["url"] for post in scene.folder.published()}
    unknown = [d for d in scene.folder.json("queue") if d["state"] == "unknown"]
    absent = []
    for delivery in unknown:
        url = next((url for (account, text), url in out.items() if _is_of(delivery, account, text)), "")
        if url:
            scene.folder.crosspost("delivery", "resolve", delivery["delivery"], "--sent", url)
        else:
            absent.append(delivery["delivery"])
    if absent:
        scene.folder.crosspost("delivery", "resolve", *absent, "--not-sent", "--yes")
    _settle(scene, 0)
    return len(unknown)


def _is_of(delivery: dict[str, str], account: str, text: str) -> bool:
    return account == delivery["account"] and text.startswith(f"{delivery['campaign']} [{delivery['language']}]")

"""Run crosspost as it is, but dead of SIGKILL where it reaches a step for the nth time.

    python tests/torture/doomed.py "intent written:3" daemon

With several steps, one process after the other does the same and dies at the next step. They are forked from one that
has loaded everything, so that a start costs next to nothing.

Steps are those of `crosspost.dispatch.steps`, and two more that only the wire knows: part of the creating request has
left ("head out"), all of it has and no answer was read ("request out").
"""

from __future__ import annotations

import importlib
import itertools
import os
import signal
import sys
import threading
from typing import Any

from crosspost.adapter import wire
from crosspost.cli.main import run
from crosspost.dispatch import steps

#: What a daemon loads.
_LOADED = ("crosspost.dispatch.daemon", "crosspost.cli.daemon", "crosspost_twitter.connection", "tweepy", "facebook")

#: Seconds in which one of several is to reach its step.
_AT_MOST = 60

HEAD_OUT, REQUEST_OUT = "head out", "request out"

#: Every step at which a daemon can be killed.
_UNTIL_ANSWER = steps.EVERY.index(steps.ANSWER)
EVERY = (*steps.EVERY[:_UNTIL_ANSWER], HEAD_OUT, REQUEST_OUT, *steps.EVERY[_UNTIL_ANSWER:])


class Doom:
    """Kills this process at a step."""

    def __init__(self, step: str, nth: int) -> None:
        self._step, self._nth = step, nth
        self._count = itertools.count(1)  # its next() is one step of the interpreter: no lock is needed
        self._mine = threading.local()

    def reached(self, step: str) -> None:
        """Kill, if this is it."""
        self._mine.is_publishing = step == steps.REQUEST
        self._mine.pieces = 0
        self._meet(step)

    def left(self) -> None:
        """Hear that a piece of a request has left: of the post itself, the first is its head, the second its body."""
        if getattr(self._mine, "is_publishing", False):
            self._mine.pieces += 1
            self._meet(HEAD_OUT if self._mine.pieces == 1 else REQUEST_OUT)

    def _meet(self, step: str) -> None:
        if step == self._step and next(self._count) == self._nth:
            os.kill(os.getpid(), signal.SIGKILL)


def _listen_to_the_wire(doom: Doom) -> None:
    send = wire._Plain.send

    def sent(self: Any, data: Any) -> None:
        send(self, data)
        doom.left()

    wire._Plain.send = sent  # type: ignore[method-assign]


def _run_doomed(where: str) -> None:
    step, _, nth = where.rpartition(":")
    doom = Doom(step, int(nth))
    steps.reached = doom.reached
    _listen_to_the_wire(doom)
    run()


def _die_in_turn(places: list[str]) -> None:
    """Run one doomed process after the other.

    Raises:
        SystemExit: one of them ended otherwise than by its doom.
    """
    for name in _LOADED:
        importlib.import_module(name)
    for where in places:
        child = os.fork()
        if not child:
            signal.alarm(_AT_MOST)
            _run_doomed(where)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status != -signal.SIGKILL:
            sys.exit(f"{where}: the daemon was to die there, and left with {status}")


def main() -> None:
    """Run crosspost with the arguments that follow the steps."""
    count = next(at for at, word in enumerate(sys.argv) if at and ":" not in word)
    places, sys.argv[1:count] = sys.argv[1:count], []
    if len(places) == 1:
        _run_doomed(places[0])
    else:
        _die_in_turn(places)


if __name__ == "__main__":
    main()

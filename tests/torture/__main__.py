"""`make torture`: thousands of deliveries under every fault, and the platforms' own list beside the queue.

The real daemon publishes through the real tweepy and facebook-sdk to the sandbox, whose platforms lose answers, fail
before and after, hang, drip, refuse and lag, while daemons are killed with SIGKILL at every step of a post's way out
and at random moments. Exit code 0 only if no post is out twice, none is lost, and queue and platforms agree.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.postgres import running
from tests.torture.report import as_json, as_markdown
from tests.torture.run import Result, Wanted, torture


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make torture", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--deliveries", type=int, default=3000, help="at least so many in each run (%(default)s)")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--daemons", type=int, default=0, help="at once; default: SQLite 1, then 2; PostgreSQL 3")
    parser.add_argument("--kills", type=int, default=30, help="at random moments, beside those by step (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the faults and the moments (%(default)s)")
    parser.add_argument("--keep", type=Path, help="leave the folders of the runs in this one, to look at")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of a table")
    return parser.parse_args()


def _runs(database: str, daemons: int) -> list[tuple[str, int]]:
    runs = [("sqlite", 1), ("sqlite", 2), ("postgresql", 3)]
    chosen = [(engine, usual) for engine, usual in runs if database in {engine, "both"}]
    return sorted({(engine, daemons or usual) for engine, usual in chosen}, reverse=True)


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def main() -> int:
    """Do all runs, print what they came to, and return the exit code."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no process of the run outlives it
    results: list[Result] = []
    with ExitStack() as stack:
        home = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crosspost-torture-")))
        for engine, daemons in _runs(asked.database, asked.daemons):
            _say(f"» {engine}, {daemons} daemon(s)")
            with ExitStack() as of_run:
                server = of_run.enter_context(running()) if engine == "postgresql" else None
                wanted = Wanted(asked.deliveries, daemons, asked.kills, asked.seed)
                results.append(torture(home / f"{engine}-{daemons}", wanted, server, _say))
    sys.stdout.write(json.dumps(as_json(results), indent=2) if asked.json else as_markdown(results))
    sys.stdout.write("\n")
    return 0 if all(result.is_good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())

"""What the queue costs: the daemon's rate beside that of the same clients without any queue.

Run by `make bench`, or `.venv/bin/python bench/delivery.py [--rounds 3]`. Both publish the national day on the 129 X
accounts of the demo network, through the real tweepy, against the sandbox in a process of its own, with 32 threads.
The rate is counted by the sandbox's own clock, from the first post to the last; the two take turns, and the ratio is
taken round by round. It reports and judges nothing: exit code 0.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from crosspost.adapter import Access, Content
from crosspost_twitter import TwitterAdapter

THREADS = 32


class Bench:
    """A demo folder with its sandbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.crosspost("init", "demo")
        config = folder / "config.toml"
        config.write_text(config.read_text("utf-8").replace("8400", str(self.port)), "utf-8")
        self.crosspost("network", "import", "network.csv")
        self.crosspost("sandbox", "credentials")

    def crosspost(self, *arguments: str) -> str:
        """Run a command and return what it prints."""
        command = [sys.executable, "-m", "crosspost", *arguments]
        return subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def ask(self, path: str, data: bytes | None = None) -> bytes:
        """Ask the sandbox."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", data=data, timeout=60) as answer:
            return answer.read()

    def rate(self, posts: int) -> float:
        """Return posts a second, from the first that the sandbox took to the last."""
        times = sorted(datetime.fromisoformat(p["created_at"]) for p in json.loads(self.ask("/posts.json")))
        if len(times) != posts:
            sys.exit(f"{len(times)} of {posts} posts arrived")
        return (posts - 1) / (times[-1] - times[0]).total_seconds()

    def bare(self, contents: list[Content]) -> float:
        """Publish with clients alone."""
        secrets = tomllib.loads((self.folder / "credentials.toml").read_text("utf-8"))
        base, adapter = f"http://127.0.0.1:{self.port}/twitter", TwitterAdapter()
        open_accounts = {
            account: adapter.connect(Access(base, secrets["twitter"], secrets[account]))
            for account in {content.account for content in contents}
        }
        by_account: dict[str, list[Content]] = {}
        for content in contents:
            by_account.setdefault(content.account, []).append(content)

        def speak(account: str) -> None:
            open_accounts[account].whoami()
            for content in by_account[account]:
                open_accounts[account].publish(content, ())

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(speak, by_account))
        return self.rate(len(contents))

    def queued(self, posts: int) -> float:
        """Publish through the queue."""
        for file in self.folder.glob("crosspost.db*"):
            file.unlink()
        self.crosspost("init", "demo")
        self.crosspost("network", "import", "network.csv")
        self.crosspost("hold", "--platform", "facebook", "--platform", "weibo", "--reason", "only X is measured")
        self.crosspost("campaign", "queue", "national-day", "--now")
        self.crosspost("daemon", "--until-idle", "--linger", "0")
        return self.rate(posts)


def main() -> None:
    """Measure, and print."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--rounds", type=int, default=3)
    rounds = arguments.parse_args().rounds
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        sandbox = subprocess.Popen(
            [sys.executable, "-m", "crosspost", "sandbox"], cwd=folder, stdout=subprocess.DEVNULL
        )
        try:
            _wait(bench)
            plan = json.loads(bench.crosspost("campaign", "plan", "national-day", "--json"))["planned"]
            rows = [row for row in plan if row["account"].endswith("/twitter")]
            contents = [Content(r["account"], r["language"], r["text"], r["link"]) for r in rows]
            bare, queued = [], []
            for _ in range(rounds):
                bench.ask("/reset", b"")
                bare.append(bench.bare(contents))
                bench.ask("/reset", b"")
                queued.append(bench.queued(len(contents)))
        finally:
            sandbox.terminate()
            sandbox.wait()
    ratios = [q / b for q, b in zip(queued, bare, strict=True)]
    print(f"{len(contents)} posts on X a round, {THREADS} threads, {rounds} rounds")
    print(f"clients alone       median {statistics.median(bare):4.0f} a second")
    print(f"through the queue   median {statistics.median(queued):4.0f} a second")
    print(f"ratio               median {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")


def _wait(bench: Bench) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            bench.ask("/posts.json")
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("the sandbox did not start")


if __name__ == "__main__":
    main()

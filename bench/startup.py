"""How long `crosspost --help` takes, beside the smallest program that typer can make.

Run by `make bench`, or `.venv/bin/python bench/startup.py [--pairs 25]`. The two programs take turns, so that whatever
else the machine is doing slows both, and the ratio is taken pair by pair. It reports and judges nothing: exit code 0.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEAVY = ("tweepy", "facebook", "requests", "sqlalchemy", "apscheduler", "jinja2")
SMALLEST = """
import typer

app = typer.Typer()


@app.command()
def greet(name: str = "world") -> None:
    print(f"Hello {name}")


if __name__ == "__main__":
    app()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the start of crosspost.")
    parser.add_argument("--pairs", type=int, default=25, help="how often each program is started (25)")
    pairs = parser.parse_args().pairs
    crosspost = Path(sys.executable).with_name("crosspost")
    if not crosspost.exists():
        print(f"{crosspost.name} is not installed beside {Path(sys.executable).name}: run make bench")
        return

    with tempfile.TemporaryDirectory() as folder:
        smallest = Path(folder, "smallest.py")
        smallest.write_text(SMALLEST, "utf-8")
        commands = [[sys.executable, str(program), "--help"] for program in (smallest, crosspost)]
        if all(starts(command) for command in commands):
            measure(*commands, pairs)
            tell_what_is_loaded(crosspost)


def measure(smallest: list[str], crosspost: list[str], pairs: int) -> None:
    """Start the two in turn, and print both medians and the ratios."""
    times = [(seconds(smallest), seconds(crosspost)) for _ in range(pairs)]
    for name, column in zip(("smallest typer program", "crosspost --help"), zip(*times, strict=True), strict=True):
        print(f"{name:24} median {statistics.median(column) * 1000:4.0f} ms, best {min(column) * 1000:4.0f} ms")
    ratios = sorted(theirs / least for least, theirs in times)
    print(
        f"{'ratio, pair by pair':24} median {statistics.median(ratios):4.2f},"
        f" from {ratios[0]:.2f} to {ratios[-1]:.2f} in {pairs} pairs"
    )


def starts(command: list[str]) -> bool:
    """Run once unmeasured, which also compiles whatever was not compiled yet."""
    run = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    if run.returncode:
        print(f"{' '.join(command)} failed ({run.returncode}):\n{run.stderr}")
    return run.returncode == 0


def seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, env=environment(), check=True)
    return time.perf_counter() - began


def tell_what_is_loaded(crosspost: Path) -> None:
    """Name the heavy libraries that a mere --help imports: there should be none."""
    command = [sys.executable, "-X", "importtime", str(crosspost), "--help"]
    run = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    rows = [line.removeprefix("import time:").split("|") for line in run.stderr.splitlines() if "|" in line]
    modules = {row[-1].strip() for row in rows}
    loaded = [name for name in HEAVY if name in modules]
    print(f"loaded by --help: {len(modules)} modules; of {', '.join(HEAVY)}: {', '.join(loaded) or 'none'}")


def environment() -> dict[str, str]:
    """The caller's environment, in which Python may keep what it has compiled."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


if __name__ == "__main__":
    if "PYTHONDONTWRITEBYTECODE" in os.environ:
        print("PYTHONDONTWRITEBYTECODE is set: the programs measured run without it, or each start would compile")
    main()

"""The demo: from an empty folder to three campaigns published on 282 invented accounts of the sandbox.

Every step is a command that a person could type; it is shown before it runs. Nothing leaves this machine.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = Path("demo")

#: How far ahead the embargoed statement is set, in seconds: long enough for the steps before the daemon.
EMBARGO_IN = 14

CAMPAIGNS = ("national-day", "consular-register", "joint-statement")

CROSSPOST = [sys.executable, "-m", "crosspost"]


def step(why: str, *arguments: str, folder: Path = FOLDER, expect: tuple[int, ...] = (0,)) -> None:
    """Show one command and run it; a surprise ends the demo with the command's own exit code."""
    print(f"\n# {why}\n$ crosspost {' '.join(_quoted(a) for a in arguments)}", flush=True)
    done = subprocess.run([*CROSSPOST, *arguments], cwd=folder, check=False)
    if done.returncode not in expect:
        sys.exit(done.returncode or 1)


def _quoted(argument: str) -> str:
    return argument if re.fullmatch(r"[\w./=-]+", argument) else f"'{argument}'"


def set_embargo() -> None:
    """Move the statement's one instant to a few seconds from now, as its author would: by editing the file."""
    moment = datetime.now(UTC) + timedelta(seconds=EMBARGO_IN)
    file = FOLDER / "campaigns" / "joint-statement" / "campaign.toml"
    text = re.sub(r'^at( *)= "[^"]*"', f'at\\1= "{moment:%Y-%m-%d %H:%M:%S} UTC"', file.read_text("utf-8"), flags=re.M)
    file.write_text(text, "utf-8")
    print(f"\n# The joint statement is under embargo until {moment:%H:%M:%S} UTC, one instant everywhere (file edited)")


def write_reports() -> None:
    """Write one page for each campaign, all at once."""
    print("\n# What was said, where and when: one page for each campaign", flush=True)
    pages = [[*CROSSPOST, "report", campaign, "-o", f"{campaign}.html"] for campaign in CAMPAIGNS]
    for page in pages:
        print("$ crosspost " + " ".join(page[len(CROSSPOST) :]), flush=True)
    running = [subprocess.Popen(page, cwd=FOLDER, stdout=subprocess.DEVNULL) for page in pages]
    if any(list(map(subprocess.Popen.wait, running))):  # every one is waited for
        sys.exit("a report could not be written")


def main() -> None:
    """Run the demo."""
    started = time.monotonic()
    if FOLDER.exists():
        if not (FOLDER / "sandbox.jsonl").exists() and any(FOLDER.iterdir()):
            sys.exit(f"{FOLDER}/ is there and is not an earlier demo: move it away")
        shutil.rmtree(FOLDER)
    FOLDER.mkdir()
    (FOLDER / "sandbox.jsonl").touch()
    step("Set up a folder that works", "init", "demo")
    step("The network: 189 missions, 282 accounts, 15 languages", "network", "import", "network.csv")
    step("Invented credentials for the sandbox", "sandbox", "credentials")
    step("The national day: 09:00 local everywhere; here at once", "campaign", "queue", "national-day", "--now")
    step("A consular notice with an image and its alt text", "campaign", "queue", "consular-register", "--now")
    set_embargo()
    step("A joint statement, at one instant", "campaign", "queue", "joint-statement")
    step(
        "The press attaché in Tokyo says it in her own words",
        *("--as", "amb-jp-tokyo", "override", "set", "national-day/wishes", "--mission", "amb-jp-tokyo"),
        *("--lang", "ja", "--text", "フランス国祭日を東京の皆様とともにお祝いできることを、大変うれしく思います。"),
    )
    step("Publish, with the sandbox beside it", "daemon", "--sandbox", "--until-idle")
    step("Where everything stands", "status")
    write_reports()
    print(
        f"""
Done in {time.monotonic() - started:.0f} s. Next, in {FOLDER}/ (activate the environment: . ../.venv/bin/activate):
  crosspost sandbox                               then open the address it prints: what each account published
  crosspost queue --mission amb-jp-tokyo          the deliveries of one embassy
  crosspost explain national-day/wishes/amb-jp-tokyo/twitter/ja
  open {FOLDER}/national-day.html                 the report, in a browser"""
    )


if __name__ == "__main__":
    main()

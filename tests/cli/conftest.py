"""The command line, called in this process: as quick as a function, with the outputs and the exit code of a program."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crosspost.adapter import Receipt
from crosspost.cli.main import run
from crosspost.store import Store, home, outcomes
from crosspost.store.outcomes import Tried

#: At no hour do its missions keep quiet, so that its tests run at any hour.
NETWORK = """\
mission_id,parent,kind,city,country,timezone,languages,weekend,quiet,platforms,handle_twitter,handle_facebook
ministry,,ministry,Paris,FR,Europe/Paris,fr;en,sat;sun,00:00-00:00,twitter,@mfa_demo,
region-middle-east,ministry,region,,,,,,,,,
amb-eg-cairo,region-middle-east,embassy,Cairo,EG,Africa/Cairo,fr;ar,fri;sat,00:00-00:00,twitter;facebook,@eg_demo,eg.demo
amb-jp-tokyo,ministry,embassy,Tokyo,JP,Asia/Tokyo,fr;ja,sat;sun,00:00-00:00,twitter,@jp_demo,
"""

CAMPAIGN = """\
title = "COP31"
source = "fr"

[audience]
mission = ["ministry"]

[posts.opening]
at = "2099-11-08 15:00 Europe/Paris"

[posts.opening.text]
fr = '''
La COP31 s'ouvre aujourd'hui.

#COP31
'''
ja = "COP31が本日開幕します。"
ar = "يفتتح اليوم مؤتمر الأطراف."
"""


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Terminal(io.StringIO):
    """An input at which a person sits."""

    def isatty(self) -> bool:
        return True


Crosspost = Callable[..., Said]


@pytest.fixture
def crosspost(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Crosspost:
    """Call the command line in the current folder; `given` is its input, which may be a terminal."""

    def call(*arguments: str, given: str = "", terminal: bool = False) -> Said:
        monkeypatch.setattr(sys, "argv", ["crosspost", *arguments])
        monkeypatch.setattr(sys, "stdin", Terminal(given) if terminal else io.StringIO(given))
        capsys.readouterr()
        code = 0
        try:
            run()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four missions and a queued campaign, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "network.csv").write_text(NETWORK, "utf-8")
    (folder / "campaigns" / "cop31").mkdir(parents=True)
    (folder / "campaigns" / "cop31" / "campaign.toml").write_text(CAMPAIGN, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for words in ("init", "--as ministry network import network.csv", "--as ministry campaign queue cop31"):
            patch.setattr(sys, "argv", ["crosspost", *words.split()])
            with pytest.raises(SystemExit) as end:
                run()
            assert not end.value.code, words
    return folder


def _make_at_home(database: Path) -> None:
    """Let a copied database be at home where it is: the tests take one in turn, and not the same one twice."""
    store = Store.open(f"sqlite:///{database}", "sandbox")
    with store.write() as tx:
        home.settle(tx, home.here(database))
    store.close()


@pytest.fixture
def desk_folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, with `acting_as = "ministry"`, as the current folder."""
    folder = tmp_path / "folder"
    shutil.copytree(made, folder)
    _make_at_home(folder / "crosspost.db")
    config = folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace('acting_as = ""', 'acting_as = "ministry"'), "utf-8")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def out(desk_folder):
    """Let a delivery be out."""

    def send(delivery, url):
        account = delivery.removeprefix("cop31/opening/").rpartition("/")[0]
        store = Store.open(f"sqlite:///{desk_folder / 'crosspost.db'}", "sandbox")
        with store.write() as tx:
            outcomes.sent(tx, Tried(delivery, account, 0), Receipt(url, url, datetime.now(UTC)), datetime.now(UTC))
        store.close()

    return send

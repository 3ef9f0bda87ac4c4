"""`--help`: quick, complete, and true."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from crosspost.cli.lazy import COMMANDS

HEAVY = (
    *("tweepy", "facebook", "requests", "sqlalchemy", "sqlmodel"),
    *("apscheduler", "icalendar", "jinja2", "babel", "pydantic"),
)


def test_help_loads_no_heavy_library():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "crosspost", "--help"], capture_output=True, text=True, check=True
    )
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_help_says_of_a_command_is_what_the_command_says_itself(name):
    command = COMMANDS[name].load(name)
    own = " ".join((command.help or "").split())
    first = COMMANDS[name].help.partition(" (short")[0].partition(" (`")[0]
    words = set(re.findall(r"[a-z]{5,}", first.lower()))
    assert words & set(re.findall(r"[a-z]{5,}", own.lower())), (first, own)


def commands(command: object, path: tuple[str, ...]):
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


ALL = [found for name in COMMANDS for found in commands(COMMANDS[name].load(name), (name,))]


@pytest.mark.parametrize(
    ("path", "command"), ALL, ids=lambda value: "-".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_and_every_option_explains_itself(path, command):
    assert command.help, path
    for parameter in command.params:
        assert getattr(parameter, "help", None), (path, parameter.name)


def test_an_unknown_command_is_refused_with_exit_code_2():
    done = subprocess.run([sys.executable, "-m", "crosspost", "campain"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "campaign" in done.stderr

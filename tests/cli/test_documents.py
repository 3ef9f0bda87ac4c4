"""The manual is true: every command that it names exists, with the options that it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from crosspost.cli.lazy import COMMANDS

TOP = Path(__file__).parents[2]
PAGES = [TOP / "README.md", TOP / "campaigns" / "README.md", *sorted((TOP / "docs").glob("*.md"))]
GLOBAL = {"--config", "--as", "--version", "--help"}


def shown(page: Path) -> list[str]:
    """Return the commands of a page: lines of code blocks, and whole `crosspost …` in the running text."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"```(?:sh)?\n(.*?)```", text, flags=re.S)
    lines = [line for block in blocks for line in block.splitlines() if line.strip().startswith("crosspost ")]
    return [line.partition(" #")[0].strip() for line in lines] + re.findall(r"`(crosspost [^`…]+)`", text)


CASES = [pytest.param(command, id=f"{page.name}: {command}") for page in PAGES for command in shown(page)]


@pytest.mark.parametrize("command", CASES)
def test_every_command_that_the_manual_names_exists_with_its_options(command):
    words = shlex.split(command)[1:]
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in {"--config", "--as"} else words[1:]
    if not words:
        return
    assert words[0] in COMMANDS, command
    found = COMMANDS[words[0]].load(words[0])
    below = words[1:]
    while (commands := getattr(found, "commands", {})) and below and not below[0].startswith("-"):
        assert below[0] in commands, command
        found = commands[below.pop(0)]
    known = {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)} | GLOBAL
    used = {word.partition("=")[0] for word in words if re.fullmatch(r"--?[a-z][\w-]*(=.*)?", word)}
    assert used <= known, command

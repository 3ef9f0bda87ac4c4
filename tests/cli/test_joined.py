"""One account that joins its languages, from the network's file to the preview."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import NETWORK, Crosspost


def join(crosspost: Crosspost, folder: Path) -> None:
    """Let Cairo's page join its languages, by importing the network with one column more."""
    lines = NETWORK.splitlines()
    modes = ["language_mode_facebook", *("joined" if "facebook" in line else "" for line in lines[1:])]
    wider = "\n".join(f"{line},{mode}" for line, mode in zip(lines, modes, strict=True))
    (folder / "joined.csv").write_text(wider, "utf-8")
    imported = crosspost("network", "import", "joined.csv", "--yes")
    assert imported.code == 0
    assert "language_mode each → joined" in imported.out


def test_the_network_says_who_joins_its_languages(crosspost: Crosspost, desk_folder: Path) -> None:
    join(crosspost, desk_folder)

    assert "(joined)" in crosspost("network", "show", "amb-eg-cairo").out
    shown = crosspost("account", "list", "--json", "-m", "amb-eg-cairo").out
    modes = {account["platform"]: account["language_mode"] for account in json.loads(shown)}
    assert modes == {"twitter": "each", "facebook": "joined"}


def test_the_plan_and_the_preview_show_all_languages_of_a_joined_post(crosspost: Crosspost, desk_folder: Path) -> None:
    join(crosspost, desk_folder)

    (line,) = [one for one in crosspost("campaign", "plan", "cop31").out.splitlines() if "amb-eg-cairo/facebook" in one]
    shown = crosspost("preview", "cop31", "-m", "amb-eg-cairo", "-p", "facebook", "-l", "ar").out

    assert "fr ar" in line
    assert "eg.demo · Facebook · French + Arabic" in shown
    assert shown.index("La COP31") < shown.index("يفتتح")


def test_a_new_handle_leaves_the_accounts_language_mode_as_it_is(crosspost: Crosspost, desk_folder: Path) -> None:
    join(crosspost, desk_folder)

    added = crosspost("network", "add", "amb-eg-cairo", "--account", "facebook=eg.new", "--yes")

    assert added.code == 0
    assert "eg.new  fr ar  (joined)" in crosspost("network", "show", "amb-eg-cairo").out

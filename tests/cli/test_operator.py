"""Nadia the operator: accounts, credentials, and outputs for scripts."""

from __future__ import annotations

import pytest

from crosspost.cli.lazy import COMMANDS


@pytest.mark.usefixtures("desk_folder")
@pytest.mark.parametrize(
    "command",
    [
        "status",
        "queue",
        "campaign list",
        "campaign show cop31",
        "campaign plan cop31",
        "campaign check cop31",
        "override list cop31",
        "override show cop31 -m amb-eg-cairo",
        "account list",
        "adapters",
        "hold --list",
        "network show",
        "explain cop31/opening/amb-jp-tokyo/twitter/ja",
    ],
)
def test_json_on_the_output_is_nothing_but_json(crosspost, command):
    said = crosspost(*command.split(), "--json")
    assert said.code == 0
    assert said.json is not None
    assert "\x1b" not in said.err


def test_with_json_the_mistakes_of_a_file_do_not_get_into_the_output(crosspost, desk_folder):
    (desk_folder / "config.toml").write_text('mode = "prod"\n', "utf-8")
    said = crosspost("queue", "--json")
    assert (said.code, said.out) == (3, "")
    assert "no mode" in said.err


def test_credentials_that_nobody_can_use_stop_the_daemon_and_pause_no_account(crosspost, desk_folder):
    for command in (("daemon", "--until-idle"), ("account", "check", "amb-eg-cairo/x")):
        assert crosspost(*command).code == 3
    assert crosspost("sandbox", "credentials").code == 0
    (desk_folder / "credentials.toml").chmod(0o644)
    for command in (("daemon", "--until-idle"), ("account", "check", "amb-eg-cairo/x")):
        said = crosspost(*command)
        assert (said.code, "chmod 600" in said.err) == (3, True), command
    assert {row["state"] for row in crosspost("account", "list", "--json").json} == {"enabled"}


@pytest.mark.usefixtures("desk_folder")
def test_x_is_twitter_for_accounts_and_for_the_app(crosspost):
    assert "1 paused" in crosspost("account", "pause", "amb-eg-cairo/x", "--reason", "holidays").out
    assert "twitter was not stopped" in crosspost("account", "resume", "x").out


@pytest.mark.usefixtures("desk_folder")
@pytest.mark.parametrize("verb", ["enable", "pause --reason holidays", "resume", "retire"])
def test_what_changes_an_account_can_be_tried_first(crosspost, verb):
    before = crosspost("account", "list", "--json").out
    said = crosspost("account", *verb.split(), "--country", "EG", "--dry-run")
    assert said.code == 0
    assert "2 accounts would be" in said.out
    assert crosspost("account", "list", "--json").out == before


@pytest.mark.usefixtures("desk_folder")
def test_groups_offer_no_options_for_the_shell(crosspost):
    said = crosspost("campaign", "--help").out
    assert "completion" not in said


def test_a_folder_in_place_of_a_config_is_refused_in_words(crosspost, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = crosspost("--config", str(tmp_path), "status")
    assert said.code == 3
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "command",
    [
        *(
            "network import",
            "network add",
            "campaign queue",
            "campaign withdraw",
            "override set",
            "override drop",
            "post",
        ),
        *("hold", "release", "recall", "account enable", "account pause", "account resume", "account retire"),
        *("delivery cancel", "delivery send-late", "delivery resolve", "delivery retry"),
    ],
)
def test_what_changes_something_has_a_dry_run(command):
    first, *below = command.split()
    found = COMMANDS[first].load(first)
    for name in below:
        found = found.commands[name]
    assert "--dry-run" in {option for parameter in found.params for option in parameter.opts}


def test_a_narrow_terminal_cuts_the_words_and_never_an_id(monkeypatch, capsys):
    from crosspost.cli import output

    delivery = "cop31/opening/amb-jp-tokyo/twitter/ja"
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    output.table(("delivery", "state", "text"), [(delivery, "queued", "a" * 200)], cut=("text",))
    said = capsys.readouterr().out
    assert delivery in said
    assert "queued" in said
    assert "a" * 20 not in said

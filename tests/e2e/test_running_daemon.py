"""A daemon that runs while people work beside it."""

from __future__ import annotations

import tomllib

from tests.e2e.conftest import wait_until

CAIRO = ("--as", "amb-eg-cairo", "post", "--mission", "amb-eg-cairo", "--lang", "fr", "--platform", "x")


def test_what_another_process_queues_leaves_without_a_restart(folder):
    folder.start_sandbox()
    folder.start("daemon")
    folder.crosspost(*CAIRO, "L'ambassade ouvre à 9 heures.")
    wait_until(lambda: len(folder.published()) == 1)
    assert [p["account"] for p in folder.published()] == ["amb-eg-cairo/twitter"]


def test_the_same_words_within_a_day_are_refused_unless_asked_for(folder):
    folder.crosspost(*CAIRO, "Bonjour")
    assert "--again" in folder.crosspost(*CAIRO, "Bonjour", expect=2).stderr
    folder.crosspost(*CAIRO, "Bonjour", "--again")
    assert len(folder.json("queue", "--mission", "amb-eg-cairo")) == 2


def test_two_daemons_on_one_database_send_each_post_once(folder):
    folder.start_sandbox()
    folder.crosspost("campaign", "queue", "national-day", "--now")
    daemons = [folder.start("daemon", "--until-idle", "--linger", "1") for _ in range(2)]
    for daemon in daemons:
        assert daemon.wait(timeout=180) == 0
    out = [(p["account"], p["text"]) for p in folder.published()]
    assert len(out) == len(set(out)) == len(folder.json("queue"))


def test_a_credential_of_another_account_is_refused_before_its_first_post(folder):
    folder.start_sandbox()
    path = folder.path / "credentials.toml"
    tables = tomllib.loads(path.read_text())
    wrong, right = tables["amb-jp-tokyo/twitter"], tables["amb-eg-cairo/twitter"]
    text = path.read_text()
    for key, value in right.items():
        text = text.replace(f'"{value}"', '"swapped"').replace(f'"{wrong[key]}"', f'"{value}"')
        text = text.replace('"swapped"', f'"{wrong[key]}"')
    path.write_text(text)
    folder.crosspost(*CAIRO, "Au Caire")
    said = folder.crosspost("daemon", "--until-idle", "--linger", "1", expect=1).stdout
    assert folder.published() == []
    assert "ambafr_demo_jp" in said
    (account,) = [a for a in folder.json("account", "list", "-m", "amb-eg-cairo") if a["platform"] == "twitter"]
    assert account["state"] == "paused"
    assert folder.crosspost("account", "check", "amb-eg-cairo/twitter", expect=1).stdout.count("WRONG") == 1


def test_a_config_whose_addresses_its_mode_forbids_is_refused(folder):
    config = folder.path / "config.toml"
    before = config.read_text()
    config.write_text(before + '\n[platforms.twitter]\nbase_url = "https://api.x.com"\n')
    assert "this machine" in folder.crosspost("status", expect=3).stdout
    config.write_text(
        before.replace('mode = "sandbox"', 'mode = "live"')
        + '\n[platforms.twitter]\nbase_url = "http://127.0.0.1:8400"\n'
    )
    assert "live mode" in folder.crosspost("status", expect=3).stdout


def test_without_a_config_it_says_how_to_make_one_and_makes_nothing(tmp_path):
    from tests.e2e.conftest import Folder

    said = Folder(tmp_path, 0).crosspost("queue", expect=3).stderr
    assert "crosspost init" in said
    assert list(tmp_path.iterdir()) == []

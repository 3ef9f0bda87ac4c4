"""`backup`, `restore` and a copied folder, as the operator sees them."""

from __future__ import annotations

import shutil

import pytest


def test_a_backup_says_what_is_in_it_and_is_checked_and_put_back(crosspost, desk_folder, tmp_path):
    made = crosspost("backup", str(tmp_path), "--json").json
    assert (made["problems"], made["mode"]) == ([], "sandbox")
    assert sum(made["deliveries"].values()) > 0
    assert "is sound" in crosspost("restore", made["file"], "--verify").out
    assert crosspost("restore", made["file"]).code == 2  # nobody can be asked
    said = crosspost("restore", made["file"], "--yes", "--json").json
    assert said["before"].startswith(str(desk_folder / "crosspost.db.before-"))
    assert {d["state"] for d in crosspost("queue", "--json").json} == {"queued"}


def test_a_broken_backup_is_told_with_exit_code_1_and_what_is_none_with_3(crosspost, desk_folder, tmp_path):
    file = tmp_path / "backup.tar"
    crosspost("backup", str(file))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)
    said = crosspost("restore", str(file), "--verify")
    assert said.code == 1
    assert "not what the manifest says" in said.err
    file.write_text("Dear Sir or Madam")
    assert crosspost("restore", str(file), "--verify").code == 3


@pytest.mark.usefixtures("desk_folder")
@pytest.mark.parametrize("arguments", [[], ["backup.tar", "--mark"], ["nowhere.tar"], ["--mark", "--verify"]])
def test_what_makes_no_sense_is_a_usage_error(crosspost, arguments):
    assert crosspost("restore", *arguments).code == 2


@pytest.mark.usefixtures("desk_folder")
def test_a_database_put_back_by_other_means_can_be_marked(crosspost):
    said = crosspost("restore", "--mark")
    assert "0 deliveries that were due" in said.out


def test_commands_in_a_copied_folder_work_and_say_that_it_is_a_copy(crosspost, desk_folder, tmp_path, monkeypatch):
    assert "is a copy" not in crosspost("queue", "--json").err
    second = shutil.copytree(desk_folder, tmp_path / "second")
    monkeypatch.chdir(second)
    said = crosspost("queue", "--json")
    assert (said.code, "nothing is sent from here" in said.err) == (0, True)
    assert said.json
    crosspost("sandbox", "credentials")
    refused = crosspost("daemon", "--until-idle")
    assert (refused.code, refused.err.count("is a copy"), "--adopt" in refused.err) == (3, 1, True)

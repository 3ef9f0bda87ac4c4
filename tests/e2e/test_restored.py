"""Yesterday's copy of the database put back, or a second copy of it: nothing goes out twice."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest
from tests.e2e.conftest import Folder, kill, wait_until

TOKYO, SEOUL, CAIRO = "amb-jp-tokyo", "amb-kr-seoul", "amb-eg-cairo"


def say(folder: Folder, mission: str, text: str, *more: str) -> None:
    folder.crosspost("post", "--mission", mission, "--lang", "fr", *more, text)


def queued(folder: Folder) -> Folder:
    """A folder in which three embassies have something to say now, and one of them something in a far year."""
    folder.start_sandbox()
    for mission in (TOKYO, SEOUL, CAIRO):
        say(folder, mission, f"Bonjour de {mission}.")
    say(folder, TOKYO, "Plus tard.", "--at", "2099-01-01 09:00 local")
    return folder


def run(folder: Folder, *more: str, expect: int | None = 0) -> str:
    return folder.crosspost("daemon", "--until-idle", "--linger", "1", *more, expect=expect).stderr


def by_text(folder: Folder) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for delivery in folder.json("queue"):
        found.setdefault(delivery["text"], set()).add(delivery["state"])
    return found


def is_out_once(folder: Folder) -> bool:
    """Whether every post on the platforms is there once, and the queue has its receipt."""
    out = folder.published()
    receipts = {(d["account"], d["remote_id"]) for d in folder.json("queue") if d["state"] == "sent"}
    said = Counter((p["account"], p["text"]) for p in out)
    return set(said.values()) == {1} and receipts == {(p["account"], p["id"]) for p in out}


def plain(backup: Path, to: Path) -> Path:
    shutil.unpack_archive(backup, to, filter="data")
    return to / "crosspost.db"


def put_back_by_cp(folder: Folder, copy: Path) -> None:
    for end in ("", "-wal", "-shm"):
        (folder.path / f"crosspost.db{end}").unlink(missing_ok=True)
    shutil.copyfile(copy, folder.path / "crosspost.db")


@pytest.mark.parametrize("how", ["restore", "restore a plain copy", "cp"])
def test_what_was_sent_since_a_copy_that_is_put_back_is_found_and_not_sent_again(folder, how, tmp_path):
    queued(folder)
    backup = tmp_path / "backup.tar"
    folder.crosspost("backup", str(backup))
    run(folder)
    out = folder.published()
    assert len(out) == 6
    if how == "cp":
        put_back_by_cp(folder, plain(backup, tmp_path / "plain"))
    else:
        given = backup if how == "restore" else plain(backup, tmp_path / "plain")
        folder.crosspost("restore", str(given), "--yes")
    assert {d["state"] for d in folder.json("queue")} == {"queued"}
    assert "may be behind what was sent" in run(folder)
    assert folder.published() == out
    assert is_out_once(folder)
    assert by_text(folder)["Plus tard."] == {"queued"}
    assert "may be behind" not in run(folder)


def test_what_had_not_gone_out_waits_for_a_person_whose_word_sends_it_once(folder, tmp_path):
    queued(folder)
    folder.crosspost("hold", "--mission", CAIRO, "--reason", "a test")
    folder.crosspost("backup", str(tmp_path / "backup.tar"))
    run(folder, expect=None)
    folder.crosspost("restore", str(tmp_path / "backup.tar"), "--yes")
    folder.crosspost("release", "1")
    run(folder, expect=1)
    text = f"Bonjour de {CAIRO}."
    waiting = [d for d in folder.json("queue") if d["text"] == text]
    assert {d["state"] for d in waiting} == {"held"}
    assert all("looked for 2 times among the account's posts" in d["reason"] for d in waiting)
    assert len(folder.published()) == 4
    [first, second] = sorted(d["delivery"] for d in waiting)
    folder.crosspost("delivery", "send-late", first, "--yes")
    folder.crosspost("delivery", "cancel", second, "--yes")
    run(folder)
    assert [d["state"] for d in sorted(folder.json("queue"), key=lambda d: d["delivery"]) if d["text"] == text] == [
        "sent",
        "cancelled",
    ]
    assert len(folder.published()) == 5
    assert is_out_once(folder)


def test_a_person_who_sees_the_post_settles_it_by_its_address(folder, tmp_path):
    queued(folder)
    folder.crosspost("backup", str(tmp_path / "backup.tar"))
    run(folder)
    out = folder.published()
    folder.crosspost("restore", str(tmp_path / "backup.tar"), "--yes")
    folder.faults({"how": "status", "status": 503, "platform": "twitter", "method": "GET", "times": 100})
    run(folder, expect=1)
    folder.faults()
    held = [d for d in folder.json("queue") if d["state"] == "held"]
    assert {d["platform"] for d in held} == {"twitter"}
    for delivery in held:
        [post] = [p for p in out if (p["account"], p["text"]) == (delivery["account"], delivery["text"])]
        folder.crosspost("delivery", "resolve", delivery["delivery"], "--sent", f"https://x.example/i/{post['id']}")
    run(folder)
    assert folder.published() == out
    assert is_out_once(folder)


def test_a_copy_put_back_after_a_daemon_was_killed_doubles_nothing(folder, tmp_path):
    queued(folder)
    folder.crosspost("backup", str(tmp_path / "backup.tar"))
    daemon = folder.start("daemon")
    wait_until(lambda: len(folder.published()) == 6)
    kill(daemon)
    folder.crosspost("restore", str(tmp_path / "backup.tar"), "--yes")
    run(folder)
    assert len(folder.published()) == 6
    assert is_out_once(folder)


def test_a_copied_folder_refuses_to_send_until_it_is_adopted(folder, tmp_path):
    queued(folder)
    second = Folder(Path(shutil.copytree(folder.path, tmp_path / "second")), folder.port)
    run(folder)
    out = folder.published()
    refused = run(second, expect=3)
    assert "is a copy" in refused
    assert "--adopt" in refused
    assert "nothing is sent from here" in second.crosspost("status", expect=None).stderr
    assert {d["state"] for d in second.json("queue")} == {"queued"}
    assert folder.published() == out
    assert "its home is here now" in run(second, "--adopt")
    assert folder.published() == out
    assert is_out_once(second)
    assert "is a copy" not in run(second)
    say(second, CAIRO, "Encore.")
    run(second)
    assert {p["text"] for p in folder.published()[len(out) :]} == {"Encore."}


def test_no_backup_is_put_back_under_a_running_daemon(folder, tmp_path):
    queued(folder)
    folder.crosspost("backup", str(tmp_path / "backup.tar"))
    daemon = folder.start("daemon")
    wait_until(lambda: len(folder.published()) == 6)
    refused = folder.crosspost("restore", str(tmp_path / "backup.tar"), "--yes", expect=3)
    assert "a daemon is at work" in refused.stderr
    folder.crosspost("backup", str(tmp_path / "while-it-runs.tar"))
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=60) == 0
    folder.crosspost("restore", str(tmp_path / "while-it-runs.tar"), "--yes")
    assert len([d for d in folder.json("queue") if d["state"] == "sent"]) == 6


def test_a_snapshot_of_the_whole_folder_is_reviewed_when_a_person_says_so(folder, tmp_path):
    queued(folder)
    for end in ("", "-wal", "-shm"):
        if (source := folder.path / f"crosspost.db{end}").exists():
            shutil.copyfile(source, tmp_path / f"crosspost.db{end}")
    run(folder)
    out = folder.published()
    (folder.path / "crosspost.db.mark").unlink()  # the snapshot is from before there was one
    put_back_by_cp(folder, tmp_path / "crosspost.db")
    assert "a person says that it was put back" in run(folder, "--restored")
    assert folder.published() == out
    assert is_out_once(folder)

"""Images are uploaded ahead of the due instant, through the real tweepy; a kill in between repeats no step."""

from __future__ import annotations

import json
import sqlite3
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.e2e.conftest import PATIENCE, Folder, kill, wait_until

ALT = "Un globe bleu"


def ask(folder: Folder, statement: str, *values: str) -> list[tuple]:
    with closing(sqlite3.connect(folder.path / "crosspost.db", timeout=PATIENCE)) as connection, connection:
        return connection.execute(statement, values).fetchall()


def struck(folder: Folder) -> dict[str, int]:
    """Return how many requests came to each path that a fault watches."""
    with urllib.request.urlopen(f"http://127.0.0.1:{folder.port}/faults", timeout=PATIENCE) as answer:
        return {rule["path"]: rule["struck"] for rule in json.load(answer)}


def test_an_image_is_uploaded_once_ahead_though_the_daemon_is_killed_and_one_post_leaves_when_due(folder):
    folder.start_sandbox()
    folder.faults(
        {"how": "hang", "path": "/2/media/metadata", "times": 1},
        {"how": "true", "path": "/2/media/upload"},
        {"how": "true", "path": "/2/tweets"},
    )
    folder.crosspost("network", "add", "amb-eg-cairo", "--quiet", "00:00-00:00", "--yes")  # at whatever hour this runs
    soon = datetime.now(ZoneInfo("Africa/Cairo")) + timedelta(minutes=10)
    (image,) = folder.path.glob("campaigns/consular-register/**/register.jpg")
    folder.crosspost(
        *("--as", "amb-eg-cairo", "post", "--mission", "amb-eg-cairo", "--lang", "fr", "--platform", "x"),
        *("--at", f"{soon:%Y-%m-%d %H:%M} local", "--image", str(image), "--alt", ALT, "Le registre consulaire"),
    )

    first = folder.start("daemon")
    wait_until(lambda: struck(folder)["/2/media/metadata"] == 1)
    assert [(row[0], row[1]) for row in ask(folder, "SELECT position, described FROM uploaded")] == [(0, 0)]
    kill(first)

    folder.start("daemon")
    wait_until(lambda: ask(folder, "SELECT count(*) FROM delivery WHERE prepared = content") == [(1,)])
    assert struck(folder)["/2/media/upload"] == 1, "the image was there already"
    assert folder.published() == []

    due = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    ask(folder, "UPDATE delivery SET due = ?", due)
    wait_until(lambda: len(folder.published()) == 1)
    assert [medium["alt"] for medium in folder.published()[0]["media"]] == [ALT]
    wait_until(lambda: ask(folder, "SELECT state FROM delivery") == [("sent",)])
    assert struck(folder) == {"/2/media/metadata": 1, "/2/media/upload": 1, "/2/tweets": 1}
    assert ask(folder, "SELECT count(*) FROM uploaded") == [(0,)], "what is out is remembered by its receipt alone"


@pytest.mark.parametrize("platform", ["x", "facebook"])
def test_an_upload_that_the_platform_has_forgotten_is_made_again_and_the_post_leaves(folder, platform):
    sandbox = folder.start_sandbox()
    folder.crosspost("network", "add", "amb-eg-cairo", "--quiet", "00:00-00:00", "--yes")  # at whatever hour this runs
    soon = datetime.now(ZoneInfo("Africa/Cairo")) + timedelta(minutes=10)
    (image,) = folder.path.glob("campaigns/consular-register/**/register.jpg")
    folder.crosspost(
        *("--as", "amb-eg-cairo", "post", "--mission", "amb-eg-cairo", "--lang", "fr", "--platform", platform),
        *("--at", f"{soon:%Y-%m-%d %H:%M} local", "--image", str(image), "--alt", ALT, "Le registre consulaire"),
    )
    folder.start("daemon")
    wait_until(lambda: ask(folder, "SELECT count(*) FROM delivery WHERE prepared = content") == [(1,)])

    kill(sandbox)  # it keeps uploads in memory
    folder.start_sandbox()
    ask(folder, "UPDATE delivery SET due = ?", datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"))

    wait_until(lambda: ask(folder, "SELECT state FROM delivery") == [("sent",)])
    assert [medium["alt"] for medium in folder.published()[0]["media"]] == [ALT]
    assert ask(folder, "SELECT outcome FROM attempt ORDER BY number")[0] == ("not-sent",)

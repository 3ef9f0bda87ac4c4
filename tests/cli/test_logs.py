"""The daemon's log: one line for each event, in either form, from libraries too, and no secret in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from crosspost.cli import logs
from crosspost.dispatch.log import logger
from crosspost.errors import ConfigurationError

SECRET = 'EAAB"s/ecret+token'


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Callable[..., list[str]]]:
    """Set up logging to a file in a style, let something be said, and return the lines."""
    root, before = logging.getLogger(), logging.getLogger().level
    file = tmp_path / "daemon.log"

    def lines(style: str, say: Callable[[], None], level: int = logging.INFO) -> list[str]:
        logs.set_up(logs.Style(style, file, level, {"worker": "me"}, lambda: {SECRET, "short"}))
        say()
        return file.read_text("utf-8").splitlines()

    yield lines
    for handler in [own for own in root.handlers if getattr(own, "baseFilename", "") == str(file)]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(before)
    logging.getLogger(logs.OWN).setLevel(logging.NOTSET)
    logging.captureWarnings(capture=False)


def test_an_event_is_one_line_of_text(log):
    [line] = log("text", lambda: logger().info("attempt", outcome="sent", late_ms=7, why="", said="two words\nhere"))
    at, level, rest = line.split(" ", 2)
    assert at.endswith("Z")
    assert level == "INFO"
    assert rest == r'attempt outcome=sent late_ms=7 said="two words\nhere" worker=me'


def test_an_event_is_one_object_of_json(log):
    [line] = log("json", lambda: logger().warning("attempt", outcome="uncertain", status=503, why="était\nlà"))
    found = json.loads(line)
    assert list(found)[:3] == ["at", "level", "event"]
    assert (found["level"], found["status"], found["why"], found["worker"]) == ("warning", 503, "était\nlà", "me")


def test_libraries_are_heard_from_warnings_on_through_the_same_handler(log):
    def say() -> None:
        library = logging.getLogger("urllib3.connectionpool")
        library.setLevel(logging.INFO)  # as one that thinks itself important
        library.info("chatter")
        library.warning("Failed to parse headers (url=%s)", "http://127.0.0.1/x")

    [line] = log("json", say)
    assert json.loads(line)["event"] == "Failed to parse headers (url=http://127.0.0.1/x)"
    assert json.loads(line)["logger"] == "urllib3.connectionpool"


@pytest.mark.parametrize("style", ["text", "json"])
def test_no_secret_is_written_whoever_says_it_and_however_it_is_escaped(log, style):
    def say() -> None:
        logger().error("defect", why=f"access_token={SECRET}")
        logging.getLogger("urllib3").warning("GET /me?access_token=%s", quote(SECRET, safe=""))
        try:
            int(SECRET)
        except ValueError:
            logging.getLogger("apscheduler").exception("a job raised")

    said = "\n".join(log(style, say))
    assert "ValueError" in said
    assert said.count("[secret]") >= 3
    for form in (SECRET, quote(SECRET, safe=""), json.dumps(SECRET)[1:-1]):
        assert form not in said


def test_below_the_level_nothing_is_said(log):
    assert log("text", lambda: logger().info("attempt", outcome="sent"), logging.ERROR) == []


def test_a_file_that_was_moved_away_is_opened_anew(log, tmp_path):
    def say() -> None:
        logger().info("before")
        (tmp_path / "daemon.log").rename(tmp_path / "daemon.log.1")
        logger().info("after")

    [line] = log("text", say)
    assert " after " in line
    assert " before " in (tmp_path / "daemon.log.1").read_text("utf-8")


def test_a_file_that_cannot_be_written_is_said_with_its_key(tmp_path):
    with pytest.raises(ConfigurationError, match=r"\[log\] file"):
        logs.set_up(logs.Style("text", tmp_path / "nowhere" / "daemon.log"))

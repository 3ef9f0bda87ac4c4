"""The sandbox as a server: only this machine, one port, what scripts read, what a journal remembers."""

from __future__ import annotations

import http.client
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from tests.sandbox.conftest import people

from crosspost.errors import ConfigurationError, UsageError
from crosspost.sandbox import Resident, SandboxThread, Town, serve

BEARER = {"Authorization": "Bearer tok"}
ACCOUNT = Resident("amb-fr/twitter", "twitter", "@fr", "Demo", {"bearer_token": "tok"})


def _town(*residents: Resident) -> Town:
    return Town(lambda: residents or (ACCOUNT,), dict)


def _post(url: str, text: str, **more: object) -> requests.Response:
    return requests.post(f"{url}/twitter/2/tweets", json={"text": text, **more}, headers=BEARER, timeout=10)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "example.org", ""])
def test_a_host_that_is_not_this_machine_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match="this machine alone"):
        serve(_town(), host)


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(ConfigurationError, match="port"):
        serve(_town(), port=other.getsockname()[1])


def test_a_request_by_another_name_is_not_served() -> None:
    with SandboxThread(_town()) as sandbox:
        answer = requests.get(f"{sandbox.url}/posts.json", headers={"Host": "rebound.example.org"}, timeout=10)

    assert answer.status_code == 400


def test_posts_are_listed_as_json_and_can_be_narrowed() -> None:
    with SandboxThread(_town()) as sandbox:
        post_id = _post(sandbox.url, "Bonjour").json()["data"]["id"]

        [told] = requests.get(f"{sandbox.url}/posts.json", params={"platform": "twitter"}, timeout=10).json()
        others = requests.get(f"{sandbox.url}/posts.json", params={"account": "amb-de/twitter"}, timeout=10).json()

    assert told == {
        "platform": "twitter",
        "account": "amb-fr/twitter",
        "handle": "fr",
        "id": post_id,
        "text": "Bonjour",
        "link": "",
        "media": [],
        "created_at": told["created_at"],
        "url": f"{sandbox.url}/twitter/fr/status/{post_id}",
        "listed": True,
        "deleted": False,
        "repost_of": "",
    }
    assert others == []


def test_a_reset_forgets_everything() -> None:
    with SandboxThread(_town()) as sandbox:
        _post(sandbox.url, "Bonjour")
        assert requests.post(f"{sandbox.url}/reset", timeout=10).json() == {"reset": True}

        assert sandbox.posts() == []
        assert sandbox.requests() == []
        assert _post(sandbox.url, "Bonjour").status_code == 201


@pytest.mark.parametrize("path", ["/twitter/3/x", "/facebook/v25.0/me/videos", "/weibo/2/statuses/update.json"])
def test_a_path_that_leads_nowhere_is_answered_in_the_platforms_form(path: str) -> None:
    with SandboxThread(_town()) as sandbox:
        answer = requests.post(f"{sandbox.url}{path}", timeout=10)

    assert answer.status_code in {400, 404}
    assert answer.headers["content-type"].startswith("application/json")


def test_a_request_without_end_or_measure_is_not_read() -> None:
    with SandboxThread(_town()) as sandbox:
        answer = requests.post(f"{sandbox.url}/twitter/2/tweets", data=iter([b"{}"]), headers=BEARER, timeout=10)
        connection = http.client.HTTPConnection("127.0.0.1", int(sandbox.url.rpartition(":")[2]), timeout=10)
        connection.putrequest("POST", "/twitter/2/tweets")
        connection.putheader("Content-Length", str(10**9))
        connection.endheaders()
        huge = connection.getresponse()
        huge.read()
        connection.close()

    assert answer.status_code == 411
    assert huge.status == 413


def test_a_body_that_is_no_json_is_a_bad_request() -> None:
    headers = {**BEARER, "Content-Type": "application/json"}
    with SandboxThread(_town()) as sandbox:
        answer = requests.post(f"{sandbox.url}/twitter/2/tweets", data="{", headers=headers, timeout=10)

    assert answer.status_code == 400


def test_a_changed_town_is_seen_when_an_unknown_token_comes() -> None:
    people: list[Resident] = []
    with SandboxThread(Town(lambda: people, dict)) as sandbox:
        assert _post(sandbox.url, "Too early").status_code == 401
        people.append(ACCOUNT)

        assert _post(sandbox.url, "Now").status_code == 201


def test_no_repr_shows_a_secret() -> None:
    assert "tok" not in repr(ACCOUNT)


def test_a_journal_remembers_posts_images_and_deletions(tmp_path: Path, png: bytes) -> None:
    journal = tmp_path / "deep" / "sandbox.jsonl"
    with SandboxThread(_town(), journal=journal) as sandbox:
        upload = f"{sandbox.url}/twitter/2/media/upload"
        media_id = requests.post(upload, files={"media": png}, headers=BEARER, timeout=10).json()["data"]["id"]
        _post(sandbox.url, "Avec image", media={"media_ids": [media_id]})
        gone = _post(sandbox.url, "Supprimé").json()["data"]["id"]
        requests.delete(f"{sandbox.url}/twitter/2/tweets/{gone}", headers=BEARER, timeout=10)
        before = sandbox.posts()

    with SandboxThread(_town(), journal=journal) as sandbox:
        after = sandbox.posts()
        sha256 = after[0]["media"][0]["sha256"]
        assert requests.get(f"{sandbox.url}/media/{sha256}", timeout=10).content == png
        assert _post(sandbox.url, "Avec image").status_code == 403
        assert _post(sandbox.url, "Supprimé").status_code == 201

    assert [{**post, "url": ""} for post in after] == [{**post, "url": ""} for post in before]
    assert [post["deleted"] for post in after] == [False, True]


def test_a_journal_cut_short_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    journal = tmp_path / "sandbox.jsonl"
    with SandboxThread(_town(), journal=journal) as sandbox:
        _post(sandbox.url, "Entier")
    with journal.open("a", encoding="utf-8") as file:
        file.write('{"published": {"platf')

    with SandboxThread(_town(), journal=journal) as sandbox:
        assert [post["text"] for post in sandbox.posts()] == ["Entier"]
        _post(sandbox.url, "Suite")
    with SandboxThread(_town(), journal=journal) as sandbox:
        assert [post["text"] for post in sandbox.posts()] == ["Entier", "Suite"]


def test_a_file_that_is_no_journal_is_refused_by_line(tmp_path: Path) -> None:
    journal = tmp_path / "sandbox.jsonl"
    journal.write_text('{"something": "else"}\n', encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"sandbox\.jsonl:1"):
        SandboxThread(_town(), journal=journal)


@contextmanager
def _serving(arguments: str = "") -> Iterator[str]:
    """A sandbox in a process of its own, as the command line serves it; ended with Ctrl-C's signal."""
    code = (
        "from crosspost.sandbox import Town, serve\n"
        f"serve(Town(tuple, dict), {arguments}{', ' if arguments else ''}port=0,"
        " ready=lambda url: print(url, flush=True))\n"
        "print('ended', flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert (rest.strip(), process.returncode) == ("ended", 0)


def test_serving_says_where_and_ends_with_a_signal() -> None:
    with _serving() as url:
        assert requests.get(f"{url}/posts.json", timeout=10).json() == []


def test_the_same_post_sent_by_many_at_once_is_accepted_once() -> None:
    answers: queue.Queue[int] = queue.Queue()
    with SandboxThread(_town()) as sandbox:
        threads = [
            threading.Thread(target=lambda: answers.put(_post(sandbox.url, "Once").status_code)) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(sandbox.posts()) == 1
    assert sorted(answers.get() for _ in range(8)) == [201] + [403] * 7


def test_starting_the_command_line_does_not_load_the_server() -> None:
    code = "import sys, crosspost.sandbox; print({'starlette', 'uvicorn', 'jinja2', 'PIL'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_every_name_of_this_machine_serves(host: str) -> None:
    with _serving(f"host={host!r}") as url:
        assert requests.get(f"{url}/posts.json", timeout=10).json() == []


def test_a_sandbox_that_takes_repeats_shows_a_double_post_and_does_not_hide_it() -> None:
    with SandboxThread(Town(people, dict), repeats=True) as running:
        for _ in range(2):
            tweet = requests.post(
                f"{running.url}/twitter/2/tweets",
                json={"text": "Twice"},
                headers={"Authorization": "Bearer bear-seoul"},
                timeout=10,
            )
            post = requests.post(
                f"{running.url}/facebook/v25.0/100200300400500/feed",
                data={"message": "Twice", "access_token": "fb-tokyo"},
                timeout=10,
            )
            assert (tweet.status_code, post.status_code) == (201, 200)
        assert [len(running.posts("twitter")), len(running.posts("facebook"))] == [2, 2]

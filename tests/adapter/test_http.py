"""What becomes of a request, over real sockets: did it leave, did it end in time, was it sent once?"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from crosspost.adapter import AccountBlocked, AppBlocked, CredentialRefused, NotSent, RateLimited, Rejected, Uncertain
from crosspost.adapter.http import (
    Answer,
    PlatformSession,
    Step,
    answer_of,
    failure_by_status,
    is_loopback,
    not_understood,
    retry_after,
)
from crosspost.adapter.wire import _Bounded
from crosspost.testing import Drip, Drop, Hang, Reply, ScriptedServer, unreachable

Opener = Callable[..., PlatformSession]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def opened() -> Iterator[Opener]:
    sessions: list[PlatformSession] = []

    def opened(url: str, timeout: float = 10.0) -> PlatformSession:
        sessions.append(PlatformSession(url, timeout))
        return sessions[-1]

    yield opened
    for session in sessions:
        session.close()


def ask(session: PlatformSession, step: Step = Step.CREATE, url: str = "https://real.example/2/posts?a=1") -> Answer:
    return answer_of(session, step, lambda: session.request("POST", url, data={"text": "é"}))


def test_every_request_goes_to_the_base_url_with_its_path_and_query(server: ScriptedServer, opened: Opener) -> None:
    server.then(Reply.of({"id": 1}))

    answer = ask(opened(f"{server.url}/twitter/"))

    (arrived,) = server.arrived
    assert (arrived.path, arrived.query, arrived.form) == ("/twitter/2/posts", {"a": "1"}, {"text": "é"})
    assert answer.fields == {"id": 1}


def test_a_refused_connection_has_not_left(opened: Opener) -> None:
    with unreachable() as url, pytest.raises(NotSent, match="refused") as failed:
        ask(opened(url))

    assert failed.value.__context__ is None
    assert failed.value.__cause__ is None


@pytest.mark.parametrize("behaviour", [Drop(), Hang(), Drip(), Reply(200, b"{", length=50)])
def test_what_left_without_an_answer_is_uncertain_or_harmless(
    server: ScriptedServer, opened: Opener, behaviour: Drop | Hang | Drip | Reply
) -> None:
    server.then(behaviour, behaviour)
    session = opened(server.url, 0.4)

    began = time.monotonic()
    with pytest.raises(Uncertain):
        ask(session)
    with pytest.raises(NotSent):
        ask(session, Step.ASK)

    assert time.monotonic() - began < 5
    assert len(server.arrived) == 2


def test_headers_that_trickle_end_at_the_deadline_too(opened: Opener) -> None:
    """A server of our own: the scripted one sends its headers at once."""
    stop = threading.Event()

    def trickle(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nx-slow: ")
            while not stop.wait(0.02):
                try:
                    connection.sendall(b"a")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=trickle, args=(listener,), daemon=True)
        thread.start()
        began = time.monotonic()
        with pytest.raises(Uncertain, match="in time"):
            ask(opened(f"http://127.0.0.1:{listener.getsockname()[1]}", 0.4))
        assert time.monotonic() - began < 5
        stop.set()
        thread.join(10)


def test_a_handshake_that_fails_has_not_left(server: ScriptedServer, opened: Opener) -> None:
    with pytest.raises(NotSent, match="encrypted"):
        ask(opened(server.url.replace("http://", "https://"), 5.0))

    assert not server.arrived


def test_a_proxy_that_refuses_has_not_let_it_leave(server: ScriptedServer, opened: Opener) -> None:
    server.then(Reply(407, b"", ()))
    session = opened("https://real.example")
    session.proxies = {"https": server.url}

    with pytest.raises(NotSent, match="proxy"):
        ask(session)

    assert [arrived.method for arrived in server.arrived] == ["CONNECT"]


def test_an_https_address_behind_a_closed_port_is_refused_like_any_other(opened: Opener) -> None:
    with unreachable() as url, pytest.raises(NotSent, match="refused"):
        ask(opened(url.replace("http://", "https://")))


def test_a_redirect_is_not_followed(server: ScriptedServer, opened: Opener) -> None:
    server.then(Reply(307, b"", (("location", f"{server.url}/elsewhere"),)), Reply.of({}))

    assert ask(opened(server.url)).status == 307
    assert len(server.arrived) == 1


def test_one_connection_serves_until_it_has_been_idle_too_long(server: ScriptedServer, opened: Opener) -> None:
    server.then(*[Reply.of({"id": 1})] * 4)
    session = opened(server.url)

    ask(session)
    ask(session)
    assert server.connections == 1
    session._used -= 60
    ask(session)
    assert server.connections == 2


def test_a_late_answer_does_not_shorten_the_next_request() -> None:
    mine, theirs = socket.socketpair()
    with mine, theirs:
        mine.settimeout(5.0)
        reader = _Bounded(mine)
        theirs.sendall(b"late")
        assert reader.readinto(bytearray(10)) == 4
        assert mine.gettimeout() == 5.0
        reader.close()


def test_a_netrc_never_speaks_for_an_account(
    server: ScriptedServer, opened: Opener, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else", "ascii")
    monkeypatch.setenv("NETRC", str(netrc))
    server.then(Reply.of({}))
    session = opened(server.url)
    session.trust_env = True
    session.headers["Authorization"] = "Bearer mine"

    ask(session)

    assert server.arrived[0].headers["authorization"] == "Bearer mine"


def test_a_library_that_chokes_on_an_answer_does_not_hide_it(server: ScriptedServer, opened: Opener) -> None:
    server.then(Reply.of([1], 400))
    session = opened(server.url)

    def choke() -> None:
        session.request("GET", "/")
        raise AttributeError("'list' object has no attribute 'get'")

    assert answer_of(session, Step.CREATE, choke).status == 400


def test_a_library_that_breaks_before_it_asks_has_sent_nothing(opened: Opener) -> None:
    def broken() -> None:
        raise TypeError("secret-token")

    with pytest.raises(NotSent) as failed:
        answer_of(opened("http://127.0.0.1:9"), Step.CREATE, broken)

    assert "secret" not in str(failed.value)
    assert failed.value.__context__ is None


@pytest.mark.parametrize(
    ("status", "create", "asked"),
    [
        (400, Rejected, AccountBlocked),
        (401, CredentialRefused, CredentialRefused),
        (402, AppBlocked, AppBlocked),
        (403, Rejected, AccountBlocked),
        (404, Rejected, AccountBlocked),
        (408, Uncertain, NotSent),
        (429, RateLimited, RateLimited),
        (302, Uncertain, NotSent),
        (500, Uncertain, NotSent),
        (503, Uncertain, NotSent),
    ],
)
def test_a_status_alone_says_so_much(status: int, create: type, asked: type) -> None:
    answer = Answer(status, {}, b"")

    assert type(failure_by_status(answer, Step.CREATE, "no")) is create
    assert type(failure_by_status(answer, Step.ASK, "no")) is asked


def test_a_success_that_says_nothing_is_uncertain_or_harmless() -> None:
    answer = Answer(200, {}, b"{}")

    assert isinstance(not_understood(answer, Step.CREATE), Uncertain)
    assert isinstance(not_understood(answer, Step.DELETE), Uncertain)
    assert isinstance(not_understood(answer, Step.UPLOAD), NotSent)


@pytest.mark.parametrize("said", ["", "soon", "-3", "0x10", "Mon, 01 Jan 1990 00:00:00 GMT", "99 99 99"])
def test_a_retry_after_that_makes_no_sense_is_none(said: str) -> None:
    assert retry_after({"retry-after": said}) is None


def test_a_retry_after_is_seconds_or_a_date() -> None:
    later = datetime.now(UTC) + timedelta(minutes=10)
    for said in ("600", later.strftime("%a, %d %b %Y %H:%M:%S GMT")):
        when = retry_after({"retry-after": said})
        assert when
        assert abs(when - later) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("url", "is_mine"),
    [
        ("http://127.0.0.1:8400/twitter", True),
        ("http://localhost:1", True),
        ("http://[::1]:1/x", True),
        ("https://api.x.com", False),
        ("https://127.0.0.1.example", False),
        ("https://localhost.example", False),
        ("", False),
    ],
)
def test_this_machine_is_known_by_its_address(url: str, is_mine: bool) -> None:
    assert is_loopback(url) is is_mine


def test_a_deeply_nested_answer_is_borne() -> None:
    assert Answer(200, {}, b"[" * 200_000).fields == {}

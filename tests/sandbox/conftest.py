"""A small town, and the platforms' real client libraries pointed at it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import facebook
import pytest
import requests
import tweepy
from PIL import Image

from crosspost.sandbox import Resident, SandboxThread, Town

APPS = {
    "twitter": {"consumer_key": "ck", "consumer_secret": "cs"},
    "facebook": {"app_secret": "fb-app-secret"},
    "weibo": {"client_id": "id", "client_secret": "secret"},
}
TOKYO = {"access_token": "tok-tokyo", "access_token_secret": "sec-tokyo"}
PAGE = "100200300400500"


def people() -> list[Resident]:
    return [
        Resident("amb-jp-tokyo/twitter", "twitter", "@jp_demo", "Tokyo", TOKYO),
        Resident("amb-kr-seoul/twitter", "twitter", "@kr_demo", "Seoul", {"bearer_token": "bear-seoul"}),
        Resident(
            "amb-jp-tokyo/facebook", "facebook", "jp.demo", "Tokyo", {"page_id": PAGE, "access_token": "fb-tokyo"}
        ),
        Resident(
            "amb-kr-seoul/facebook", "facebook", "kr.demo", "Seoul", {"page_id": "777", "access_token": "fb-seoul"}
        ),
        Resident("amb-cn-beijing/weibo", "weibo", "法国驻华", "Beijing", {"access_token": "wb-beijing"}),
        Resident("cons-cn-wuhan/weibo", "weibo", "法国武汉", "Wuhan", {"access_token": "wb-wuhan"}),
    ]


class Clock:
    """The sandbox's time, which stands still unless moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def apps() -> dict[str, dict[str, str]]:
    """The apps' secrets; a test may renew them."""
    return dict(APPS)


@pytest.fixture
def sandbox(clock: Clock, apps: dict[str, dict[str, str]]) -> Iterator[SandboxThread]:
    with SandboxThread(Town(people, lambda: dict(apps)), clock=clock) as running:
        yield running


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def png() -> bytes:
    return picture("PNG")


def picture(form: str, colour: str = "navy", size: tuple[int, int] = (8, 6)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, form)
    return file.getvalue()


class _Elsewhere(requests.Session):
    """A session that sends to the sandbox what a library means for the platform."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.trust_env = False
        self.base = base

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        parts = urlsplit(url)
        more.setdefault("timeout", 10)
        return super().request(method, f"{self.base}{parts.path}" + (f"?{parts.query}" if parts.query else ""), **more)


@pytest.fixture
def tokyo(sandbox: SandboxThread) -> Iterator[tweepy.Client]:
    """tweepy, as Tokyo's account, by OAuth 1.0a."""
    client = tweepy.Client(
        consumer_key="ck",
        consumer_secret="cs",
        access_token="tok-tokyo",
        access_token_secret="sec-tokyo",
        return_type=dict,
    )
    with _Elsewhere(f"{sandbox.url}/twitter") as client.session:
        yield client


@pytest.fixture
def seoul(sandbox: SandboxThread) -> Iterator[tweepy.Client]:
    """tweepy, as Seoul's account, by a bearer user token."""
    client = tweepy.Client(bearer_token="bear-seoul", return_type=dict)
    with _Elsewhere(f"{sandbox.url}/twitter") as client.session:
        yield client


class Page(facebook.GraphAPI):
    """facebook-sdk with a version that lives, sent to the sandbox."""

    def __init__(self, token: str, session: requests.Session) -> None:
        super().__init__(token, session=session, timeout=10)
        self.version = "v25.0"


@pytest.fixture
def page(sandbox: SandboxThread) -> Iterator[Page]:
    with _Elsewhere(f"{sandbox.url}/facebook") as session:
        yield Page("fb-tokyo", session)


@pytest.fixture
def graph(sandbox: SandboxThread, http: requests.Session) -> Callable[..., requests.Response]:
    """Call the Graph API plainly, as Tokyo's page, and return the whole answer."""

    def call(method: str, path: str, token: str = "fb-tokyo", **more: Any) -> requests.Response:
        more.setdefault("headers", {"Authorization": f"Bearer {token}"})
        return http.request(method, f"{sandbox.url}/facebook{path}", timeout=10, **more)

    return call


@pytest.fixture
def weibo(sandbox: SandboxThread, http: requests.Session) -> Callable[..., requests.Response]:
    """Call Weibo plainly, as Beijing's account, and return the whole answer."""

    def call(method: str, path: str, token: str = "wb-beijing", **more: Any) -> requests.Response:
        where = "params" if method == "GET" else "data"
        more[where] = {"access_token": token, **more.get(where, {})}
        return http.request(method, f"{sandbox.url}/weibo/2{path}", timeout=10, **more)

    return call

"""A page on Facebook, in the sandbox, and the adapter's connection to it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from PIL import Image

from crosspost.adapter import Access, Connection, ContentMedium
from crosspost.domain.text import digest_of_bytes
from crosspost.sandbox import Resident, SandboxThread, Town
from crosspost_facebook import FacebookAdapter

APP = {"app_secret": "sandbox-app-secret"}
TOKYO = {"page_id": "100200300400500", "access_token": "EAAB-token-of-tokyo"}
SEOUL = {"page_id": "100200300400777", "access_token": "EAAB-token-of-seoul"}


def _people() -> list[Resident]:
    return [
        Resident("amb-jp-tokyo/facebook", "facebook", "ambafrance.jp", "Tokyo", TOKYO),
        Resident("amb-kr-seoul/facebook", "facebook", "ambafrance.kr", "Seoul", SEOUL),
    ]


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(Town(_people, lambda: {"facebook": APP})) as running:
        yield running


@pytest.fixture
def connect(sandbox: SandboxThread) -> Iterator[Callable[..., Connection]]:
    """Connect with Tokyo's credential, or parts of it exchanged."""
    made: list[Connection] = []

    def connect(version: str = "v25.0", app: dict[str, str] = APP, **account: str) -> Connection:
        access = Access(f"{sandbox.url}/facebook", app, TOKYO | account, 10.0)
        made.append(FacebookAdapter(version).connect(access))
        return made[-1]

    yield connect
    for connection in made:
        connection.close()


@pytest.fixture
def tokyo(connect: Callable[..., Connection]) -> Connection:
    return connect()


@pytest.fixture
def seoul(connect: Callable[..., Connection]) -> Connection:
    return connect(**SEOUL)


def picture(colour: str, alt: str = "") -> tuple[ContentMedium, bytes]:
    file = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(file, "PNG")
    data = file.getvalue()
    return ContentMedium(digest_of_bytes(data), "image/png", len(data), alt), data


@pytest.fixture
def pictures() -> list[tuple[ContentMedium, bytes]]:
    return [picture("navy", "Un carré bleu"), picture("white", "白い四角"), picture("red", "مربع أحمر")]

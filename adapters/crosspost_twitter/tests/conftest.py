"""A small town on X, in the sandbox, and the adapter's connections to it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from crosspost.adapter import Access, Connection, ContentMedium
from crosspost.domain.text import digest_of_bytes
from crosspost.sandbox import Resident, SandboxThread, Town
from crosspost_twitter import TwitterAdapter

APP = {"consumer_key": "sandbox-key", "consumer_secret": "sandbox-secret"}
TOKYO = {"access_token": "token-of-tokyo", "access_token_secret": "secret-of-tokyo"}
SEOUL = {"bearer_token": "bearer-of-seoul"}


def _people() -> list[Resident]:
    return [
        Resident("amb-jp-tokyo/twitter", "twitter", "@FranceauJapon", "Tokyo", TOKYO),
        Resident("amb-kr-seoul/twitter", "twitter", "@FranceenCoree", "Seoul", SEOUL),
    ]


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(Town(_people, lambda: {"twitter": APP})) as running:
        yield running


@pytest.fixture
def tokyo(sandbox: SandboxThread) -> Iterator[Connection]:
    yield from _connected(sandbox, TOKYO)


@pytest.fixture
def seoul(sandbox: SandboxThread) -> Iterator[Connection]:
    yield from _connected(sandbox, SEOUL)


def _connected(sandbox: SandboxThread, account: dict[str, str]) -> Iterator[Connection]:
    connection = TwitterAdapter().connect(Access(f"{sandbox.url}/twitter", APP, account, 10.0))
    yield connection
    connection.close()


@pytest.fixture
def picture() -> tuple[ContentMedium, bytes]:
    file = io.BytesIO()
    Image.new("RGB", (8, 6), "navy").save(file, "PNG")
    data = file.getvalue()
    return ContentMedium(digest_of_bytes(data), "image/png", len(data), "Un carré bleu nuit"), data

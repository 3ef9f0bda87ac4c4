"""Two accounts on Weibo, in the sandbox, and the stub's connection to the first."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from crosspost.adapter import Access, Connection, ContentMedium
from crosspost.domain.text import digest_of_bytes
from crosspost.sandbox import Resident, SandboxThread, Town
from crosspost_weibo import WeiboAdapter

BEIJING = {"access_token": "2.00token-of-beijing"}


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    people = [Resident("amb-cn-beijing/weibo", "weibo", "法国驻华大使馆", "Beijing", BEIJING)]
    with SandboxThread(Town(lambda: people, lambda: {"weibo": {}})) as running:
        yield running


@pytest.fixture
def beijing(sandbox: SandboxThread) -> Iterator[Connection]:
    connection = WeiboAdapter().connect(Access(f"{sandbox.url}/weibo", {}, BEIJING, 10.0))
    yield connection
    connection.close()


@pytest.fixture
def picture() -> tuple[ContentMedium, bytes]:
    file = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(file, "PNG")
    data = file.getvalue()
    return ContentMedium(digest_of_bytes(data), "image/png", len(data)), data

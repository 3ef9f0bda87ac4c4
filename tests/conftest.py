"""What all tests share: a small network, and a store in a real SQLite file."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from tests.postgres import PostgresServer, running

from crosspost.domain.network import Account, LanguageMode, Mission, Network
from crosspost.store import Store, network

#: A loaded machine is slow, and no test is about speed.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


#: Tests above the store, which does the same on both kinds of database: each runs on one of them, by its name.
_ABOVE_THE_STORE = ("tests/desk/", "tests/report/", "tests/dispatch/")

#: What takes longest is begun first, so that no worker is left alone with it at the end.
_LONGEST = ("tests/torture/", "tests/e2e/test_restored", "tests/e2e/test_working_day", "tests/e2e/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest, and leave out one of the two databases of each test above the store.

    CROSSPOST_DATABASES=both runs all of them on both.
    """
    items.sort(key=_how_long)
    if os.environ.get("CROSSPOST_DATABASES") == "both":
        return
    left_out = [item for item in items if item.nodeid.startswith(_ABOVE_THE_STORE) and _is_other_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def _how_long(item: pytest.Item) -> int:
    return next((at for at, long in enumerate(_LONGEST) if item.nodeid.startswith(long)), len(_LONGEST))


def _is_other_database(item: pytest.Item) -> bool:
    name = getattr(item, "originalname", item.name)
    its_own = ("sqlite", "postgresql")[zlib.crc32(name.encode()) % 2]
    return getattr(item, "callspec", None) is not None and item.callspec.params.get("database_url", its_own) != its_own


def _mission(name: str, parent: str, country: str, zone: str, languages: str) -> Mission:
    return Mission(name, parent, "embassy", name.title(), country, zone, tuple(languages.split()), ("sat", "sun"))


#: Quiet hours that are none.
_NEVER = "00:00-00:00"


@pytest.fixture
def small_network() -> Network:
    """A ministry, two regions, and four embassies on a platform made of paper. At no hour do they keep quiet.

    Tests that say something now, or in an hour, are run at any hour. Those about quiet hours give them to a mission.
    """
    missions = [
        Mission("ministry", "", "ministry", "Paris", "FR", "Europe/Paris", ("fr", "en"), ("sat", "sun")),
        Mission("asia", "ministry", "region"),
        Mission("africa", "ministry", "region"),
        _mission("tokyo", "asia", "JP", "Asia/Tokyo", "fr ja"),
        _mission("seoul", "asia", "KR", "Asia/Seoul", "fr ko"),
        _mission("cairo", "africa", "EG", "Africa/Cairo", "fr ar"),
        _mission("praia", "africa", "CV", "Atlantic/Cape_Verde", "pt-BR"),
    ]
    speakers = ["ministry", "tokyo", "seoul", "cairo", "praia"]
    accounts = [Account(name, "paper", f"@{name}") for name in speakers]
    accounts.append(Account("cairo", "board", "cairo.board", (), LanguageMode.FIRST))
    return Network({m.id: replace(m, quiet=_NEVER) for m in missions}, {a.id: a for a in accounts})


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started by the first test that wants it."""
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database in sandbox mode that is not there yet (SQLite), or that holds only its tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'crosspost.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.with_schema()


@pytest.fixture
def store(database_url: str, small_network: Network) -> Iterator[Store]:
    """A store in sandbox mode that holds the small network, all accounts enabled; once on each kind of database."""
    made = Store.create(database_url, "sandbox")
    with made.write() as tx:
        network.save(tx, small_network)
        network.join(tx, small_network.accounts, "enabled")
    yield made
    made.close()

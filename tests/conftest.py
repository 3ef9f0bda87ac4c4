"""What all tests share: a small network, and a store in a real SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.domain.network import Account, LanguageMode, Mission, Network
from crosspost.store import Store, network


def _mission(name: str, parent: str, country: str, zone: str, languages: str) -> Mission:
    return Mission(name, parent, "embassy", name.title(), country, zone, tuple(languages.split()), ("sat", "sun"))


@pytest.fixture
def small_network() -> Network:
    """A ministry, two regions, and four embassies on a platform made of paper."""
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
    return Network({m.id: m for m in missions}, {a.id: a for a in accounts})


@pytest.fixture
def store(tmp_path: Path, small_network: Network) -> Iterator[Store]:
    """A store in sandbox mode that holds the small network, all accounts enabled."""
    made = Store.create(f"sqlite:///{tmp_path / 'crosspost.db'}", "sandbox")
    with made.write() as tx:
        network.save(tx, small_network)
        network.join(tx, small_network.accounts, "enabled")
    yield made
    made.close()

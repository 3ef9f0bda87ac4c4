"""A daemon on paper: real threads, a real database, and a platform whose troubles are written beforehand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.desk import replan
from crosspost.desk.desk import Desk
from crosspost.dispatch.daemon import Daemon
from crosspost.dispatch.settings import Settings
from crosspost.domain.content import Content
from crosspost.domain.network import Network
from crosspost.domain.planned import Origin, Planned
from crosspost.domain.schedule import Instant
from crosspost.domain.selection import Selection
from crosspost.files.config import Config
from crosspost.store import Store, deliveries, plans
from crosspost.store.deliveries import Listed
from crosspost.store.events import Actor
from crosspost.store.media import MediaStore
from crosspost.testing.paper import PaperAdapter, PaperDoors, PaperPlatform

QUICK = Settings(
    workers=4,
    lease=timedelta(seconds=30),
    margin=timedelta(0),
    linger=timedelta(seconds=2),
    look_after=(timedelta(milliseconds=10), timedelta(milliseconds=20)),
)


def utc_now() -> datetime:
    return datetime.now(UTC)


def planned(
    account: str, text: str, *, due_in: float = -1.0, expires_in: float = 3600.0, post: str = "post", priority: int = 0
) -> Planned:
    due = utc_now() + timedelta(seconds=due_in)
    return Planned(
        campaign="test",
        post=post,
        account=account,
        slot="fr",
        content=Content(account, "fr", text),
        time=Instant(due, due.replace(tzinfo=None), "UTC"),
        expires=utc_now() + timedelta(seconds=expires_in),
        length=len(text),
        limit=280,
        origins=(Origin("text", "ministry", "fr", "*"),),
        priority=priority,
    )


@pytest.fixture
def platform(small_network: Network) -> PaperPlatform:
    return PaperPlatform({a.id: a.handle for a in small_network.accounts.values()})


@pytest.fixture
def enqueue(store: Store) -> Callable[..., str]:
    def put(account: str, text: str, **when: Any) -> str:
        one = planned(account, text, post=f"post-{abs(hash(text))}", **when)
        with store.write() as tx:
            plans.keep_contents(tx, [one.content])
            plans.queue(tx, [one])
        return one.id

    return put


@pytest.fixture
def daemon(store: Store, platform: PaperPlatform, tmp_path: Path) -> Daemon:
    return Daemon(store, PaperDoors(platform), MediaStore(tmp_path / "media"), QUICK, utc_now)


def desk_of(store: Store, platform: PaperPlatform, folder: Path, *, one_voice: bool) -> Desk:
    """A desk whose accounts speak on the platform of paper, on which each may have to find words of its own."""
    return Desk(
        config=Config(path=folder / "config.toml", campaigns=folder / "campaigns"),
        store=store,
        media=MediaStore(folder / "media"),
        actor=Actor("claire", "ministry"),
        clock=utc_now,
        adapters={"paper": PaperAdapter(platform=platform, one_voice=one_voice)},
    )


@pytest.fixture
def desk(store: Store, platform: PaperPlatform, tmp_path: Path) -> Desk:
    return desk_of(store, platform, tmp_path, one_voice=True)


@pytest.fixture
def run(store: Store, platform: PaperPlatform, tmp_path: Path, desk: Desk) -> Callable[[], None]:
    """Run a daemon that plans anew, until it is idle."""

    def go() -> None:
        daemon = Daemon(store, PaperDoors(platform), MediaStore(tmp_path / "media"), QUICK, utc_now)
        daemon.replan_with(lambda campaign: replan.follow(desk, [campaign]))
        daemon.run(until_idle=True)

    return go


@pytest.fixture
def look(store: Store, small_network: Network) -> Callable[[str], Listed]:
    def find(delivery_id: str) -> Listed:
        with store.read() as tx:
            found = deliveries.find(tx, delivery_id)
        assert found is not None
        return found

    return find


@pytest.fixture
def everything(store: Store, small_network: Network) -> Callable[[], list[Listed]]:
    def every() -> list[Listed]:
        with store.read() as tx:
            return deliveries.every(tx, Selection(), small_network)

    return every

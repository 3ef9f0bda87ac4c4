"""A desk over the small network, and a campaign to queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosspost.desk import replan
from crosspost.desk.campaigns import Edit, QueueCampaign
from crosspost.desk.desk import Desk
from crosspost.desk.replan import Outcome, Snapshot
from crosspost.domain.campaign import ANY, TEXT, Campaign, Post, Variant
from crosspost.domain.schedule import at_instant
from crosspost.domain.selection import Selection
from crosspost.files.config import Config
from crosspost.store import Store, Transaction
from crosspost.store.events import Actor
from crosspost.store.media import MediaStore
from crosspost.testing.paper import PaperAdapter


def centre(language: str, value: str) -> Variant:
    return Variant("ministry", TEXT, language, ANY, value)


@pytest.fixture
def campaign() -> Campaign:
    """A campaign of one post, an hour from now."""
    texts = (centre("fr", "Bonjour"), centre("ja", "こんにちは"), centre("ar", "مرحبا"), centre("pt", "Bom dia"))
    post = Post("opening", at_instant(datetime.now(UTC) + timedelta(hours=1)), texts)
    return Campaign("cop", "COP", "fr", Selection(mission=("ministry",)), (post,), owner="ministry")


@pytest.fixture
def desk_of(store: Store, tmp_path: Path) -> Callable[[str], Desk]:
    """Return a desk at which somebody acts for a mission."""

    def make(role: str) -> Desk:
        return Desk(
            config=Config(path=tmp_path / "config.toml", campaigns=tmp_path / "campaigns"),
            store=store,
            media=MediaStore(tmp_path / "media"),
            actor=Actor("somebody", role),
            clock=lambda: datetime.now(UTC),
            adapters={name: PaperAdapter(name, text_limit=60) for name in ("paper", "board")},
        )

    return make


@pytest.fixture
def queue(desk_of: Callable[[str], Desk]) -> Callable[[Campaign], Outcome]:
    """Queue a campaign as the ministry."""

    def put(campaign: Campaign) -> Outcome:
        change = QueueCampaign(desk_of("ministry"), campaign, Edit(), is_new_revision=True, now=datetime.now(UTC))
        return replan.commit(desk_of("ministry"), [campaign.id], change)[campaign.id]

    return put


@pytest.fixture
def translated(queue: Callable[[Campaign], Outcome], campaign: Campaign) -> Campaign:
    """The campaign as a file makes it: each translation knows the source that it was made from; queued."""
    [post] = campaign.posts
    source = post.source_digest(TEXT, campaign.source)
    variants = tuple(v if v.language == "fr" else replace(v, source=source) for v in post.variants)
    made = replace(campaign, posts=(replace(post, variants=variants),))
    queue(made)
    return made


def with_text(campaign: Campaign, language: str, words: str) -> Campaign:
    """Return the campaign with another text in one language."""
    post = campaign.posts[0]
    variants = tuple(replace(v, value=words) if v.language == language else v for v in post.variants)
    return replace(campaign, posts=(replace(post, variants=variants),))


@dataclass(frozen=True, slots=True)
class Nothing:
    """No change: plans are only brought up to date."""

    def see(self, before: Snapshot) -> Snapshot:
        """Return it as it is."""
        return before

    def write(self, tx: Transaction) -> None:
        """Write nothing."""

"""A campaign in five scripts on the small network, planned by the real planning, at a desk with a real store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from crosspost.desk.desk import Desk
from crosspost.desk.report import Entry, ReportData, entry_of_plan, platforms
from crosspost.domain.campaign import ANY, LINK, OPT_OUT, TEXT, Campaign, Medium, Post, Variant, alt_of
from crosspost.domain.network import Network
from crosspost.domain.schedule import parse_time
from crosspost.domain.selection import Selection
from crosspost.domain.text import digest_of_bytes
from crosspost.files.config import Config
from crosspost.planning import Situation, plan
from crosspost.store import Store
from crosspost.store.events import Actor
from crosspost.store.media import MediaStore
from crosspost.templating import render
from crosspost.testing.paper import PaperAdapter

NOW = datetime(2027, 7, 13, 12, tzinfo=UTC)


class Board(PaperAdapter):
    """A second platform, told apart by its title."""

    title = "Board"


ADAPTERS = {"paper": PaperAdapter("paper"), "board": Board("board")}

TEXTS = {
    "fr": "14 Juillet – belle fête nationale à toutes et à tous !",
    "ja": "7月14日は、フランスの国民の祝日です。",
    "ko": "7월 14일은 프랑스 국경일입니다.",
    "ar": "تحتفل فرنسا في 14 تموز/يوليو بعيدها الوطني.",
    "pt": "14 de julho – um feliz Dia Nacional!",
}
ALTS = {
    "fr": "Un drapeau tricolore.",
    "ja": "三色旗。",
    "ko": "삼색기.",
    "ar": "علم ثلاثي الألوان.",
    "pt": "Uma bandeira tricolor.",
}


def drawn(width: int = 1200, height: int = 675, mode: str = "RGB", kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new(mode, (width, height), (0, 0, 145) if mode == "RGB" else (0, 0, 145, 0)).save(out, kind)
    return out.getvalue()


IMAGE = drawn()


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Draw an image: width, height, mode and file format."""
    return drawn


@pytest.fixture
def campaign() -> Campaign:
    medium = Medium(digest_of_bytes(IMAGE), "image/png", len(IMAGE), 1200, 675, "flag.png")
    variants = [Variant("ministry", TEXT, tag, ANY, words) for tag, words in TEXTS.items()]
    variants += [Variant("ministry", alt_of(medium.sha256), tag, ANY, words) for tag, words in ALTS.items()]
    variants.append(Variant("ministry", LINK, ANY, ANY, "https://france.example/fete"))
    post = Post("wishes", parse_time("2027-07-14 09:00 local"), tuple(variants), media=(medium,))
    return Campaign("fete", "Fête nationale", "fr", Selection(mission=("ministry",)), (post,), owner="ministry")


@pytest.fixture
def prospective(campaign: Campaign, small_network: Network) -> Callable[..., ReportData]:
    """What queuing would send, with the overrides given; `change` alters each entry."""

    def make(*overrides: Variant, change: Callable[[Entry], Entry] = lambda entry: entry) -> ReportData:
        situation = Situation(campaign, small_network, NOW, ADAPTERS, render, overrides={"wishes": overrides})
        made = plan(situation)
        entries = tuple(change(entry_of_plan(planned, ADAPTERS)) for planned in made.planned)
        accounts = [*(e.account for e in entries), *(s.account for s in made.skipped)]
        return ReportData(
            campaign=campaign,
            queued=None,
            mode="sandbox",
            at=NOW,
            network=small_network,
            platforms=platforms(accounts, ADAPTERS),
            entries=entries,
            skipped=made.skipped,
            images={digest_of_bytes(IMAGE): IMAGE},
        )

    return make


@pytest.fixture
def data(prospective: Callable[..., ReportData]) -> ReportData:
    """A report with an override, an opt-out and every state: the entries take turns."""
    states = iter(["sent", "queued", "failed", "unknown", "held", "sending", "expired", "cancelled", "sent"])

    def change(entry: Entry) -> Entry:
        state = next(states, "queued")
        if state == "sent":
            return replace(entry, state=state, url=f"https://paper.example/{entry.id}", sent_at=entry.time.utc)
        reason = f"because of {state}" if state in {"failed", "unknown", "held"} else ""
        return replace(entry, state=state, reason=reason, needs_somebody=bool(reason))

    return prospective(
        Variant("tokyo", TEXT, "ja", ANY, "東京より、お祝い申し上げます。"),
        Variant("seoul", OPT_OUT, ANY, ANY, "we say this in September"),
        change=change,
    )


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(
        config=Config(path=tmp_path / "config.toml", campaigns=tmp_path / "campaigns"),
        store=store,
        media=MediaStore(tmp_path / "media"),
        actor=Actor("claire", "ministry"),
        clock=lambda: NOW,
        adapters=ADAPTERS,
    )

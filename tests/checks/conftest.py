"""What tests of checks share: a campaign's folder, read and planned on a small network of paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from crosspost.checks import Subject, check
from crosspost.domain.findings import Finding
from crosspost.domain.network import Network
from crosspost.files.campaign import load_campaign
from crosspost.planning import Situation, plan
from crosspost.templating import render
from crosspost.testing.paper import PaperAdapter

NOW = datetime(2027, 1, 1, tzinfo=UTC)

Check = Callable[[str], list[Finding]]


@pytest.fixture
def found(tmp_path: Path, small_network: Network) -> Check:
    """Write a campaign.toml, plan it on paper (280 characters) and boards (40), and return what the checks find."""
    folder = tmp_path / "cop31"
    folder.mkdir()
    Image.new("RGB", (40, 30), "navy").save(folder / "poster.png")

    def read(text: str) -> list[Finding]:
        (folder / "campaign.toml").write_text(text, "utf-8")
        file = load_campaign(folder, owner="ministry")
        assert file.campaign is not None
        situation = Situation(
            campaign=file.campaign,
            network=small_network,
            now=NOW,
            adapters={"paper": PaperAdapter(), "board": PaperAdapter("board", text_limit=40)},
            render=render,
        )
        return list(check(Subject(file.campaign, small_network, plan(situation), file.place)))

    return read

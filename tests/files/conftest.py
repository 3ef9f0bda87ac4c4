"""What tests of files share: a campaign's folder, and an image."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from crosspost.files.campaign import CampaignFile, Known, load_campaign

VALID = """\
title = "Fête"
source = "fr"

[audience]
mission = ["ministry"]

[posts.opening]
at = "2027-03-01 09:00 local"

[posts.opening.text]
fr = "Bonjour"
en = "Hello"
"""


@pytest.fixture
def known() -> Known:
    """The names of a small network."""
    return Known(
        missions={"ministry", "tokyo", "cairo", "cairo/twitter"},
        platforms={"twitter", "facebook"},
        languages={"fr", "en", "ja", "ar", "zh-Hans", "pt-BR"},
        countries={"FR", "JP", "EG"},
    )


@pytest.fixture
def picture() -> bytes:
    """A small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a campaign called `cop31`, with nothing wrong in it."""
    made = tmp_path / "cop31"
    made.mkdir()
    (made / "campaign.toml").write_text(VALID, "utf-8")
    return made


@pytest.fixture
def load(folder: Path, known: Known) -> Callable[[str], CampaignFile]:
    """Write a campaign.toml into the folder and read it."""

    def read(text: str) -> CampaignFile:
        (folder / "campaign.toml").write_text(text, "utf-8")
        return load_campaign(folder, owner="ministry", known=known)

    return read

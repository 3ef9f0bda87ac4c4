"""Whatever happens to a file on its way through editors and mail programs: findings, never a crash."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.files.campaign import Known, load_campaign
from crosspost.files.network import read_network

ROOT = Path(__file__).parents[2]
CAMPAIGN = (ROOT / "campaigns" / "consular-register" / "campaign.toml").read_bytes()[:7000]
NETWORK = (ROOT / "src" / "crosspost" / "shipped" / "network.csv").read_bytes()[:4000]
KNOWN = Known({"ministry"}, {"twitter"}, {"fr", "en"}, {"FR"})


@st.composite
def mutations(draw: st.DrawFn, whole: bytes) -> bytes:
    """Bytes of a good file, with pieces taken out, doubled, overwritten, or put in."""
    data = whole
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 80)))
        piece = draw(st.one_of(st.just(b""), st.just(2 * data[start:end]), st.binary(max_size=8), _SIGNS))
        data = data[:start] + piece + data[end:]
    return data


_SIGNS = st.text("\"'[]{}=#\n.,;“”\u200f\u00a0\\\r", max_size=6).map(str.encode)


@given(mutations(CAMPAIGN))
@settings(max_examples=60, deadline=None)
def test_a_campaign_that_was_damaged_anyhow_never_raises(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "cop31"
        folder.mkdir()
        (folder / "campaign.toml").write_bytes(data)

        file = load_campaign(folder, owner="ministry", known=KNOWN)

    assert file.campaign is not None or file.findings


@given(mutations(NETWORK))
@settings(max_examples=60, deadline=None)
def test_a_network_that_was_damaged_anyhow_never_raises(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "network.csv"
        path.write_bytes(data)

        file = read_network(path)

    assert file.network is not None or file.findings

"""Right-to-left text on Facebook, alone and below another language, is found again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crosspost.adapter import Connection, Content, Found
from crosspost.domain.bidi import bare, beneath, readable
from crosspost.sandbox import SandboxThread
from crosspost_facebook.shown import shows

SAID = readable("עקבו אחרי @francediplo. ראו (https://france.example/a/). 2024–2027, #COP31 !", "he")
JOINED = f"Bonjour, @francediplo.\n\n{beneath(SAID, 'he', 'fr')}"


def post(text: str) -> Content:
    return Content("amb-jp-tokyo/facebook", "he", text)


@pytest.mark.parametrize("text", [SAID, JOINED])
def test_a_post_with_isolates_is_found_again(sandbox: SandboxThread, tokyo: Connection, text: str) -> None:
    receipt = tokyo.publish(post(text), ())

    found = tokyo.find_recent(post(text), datetime.now(UTC) - timedelta(minutes=1), frozenset())

    assert text != bare(text)
    assert sandbox.posts("facebook")[0]["text"] == text
    assert isinstance(found, Found)
    assert found.receipt.remote_id == receipt.remote_id


def test_a_platform_that_drops_controls_shows_the_same_words() -> None:
    assert shows({"message": bare(JOINED)}, JOINED, post(JOINED))

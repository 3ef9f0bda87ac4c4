"""Right-to-left text on X: what it weighs, what X finds in it, and that it is found again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import twitter_text

from crosspost.adapter import Connection, Content, Found
from crosspost.domain.bidi import bare, beneath, readable
from crosspost.sandbox import SandboxThread
from crosspost_twitter import TwitterAdapter
from crosspost_twitter.shown import shows

WRITTEN = "تابعوا @francediplo. انظر (https://diplomatie.gouv.fr/a/). قمة #COP31 #المناخ، هاتف +33 1 43 17 53 53!"
SAID = readable(WRITTEN, "ar")
JOINED = f"Bonjour, @francediplo.\n\n{beneath(SAID, 'ar', 'fr')}"


def post(text: str, link: str = "") -> Content:
    return Content("amb-jp-tokyo/twitter", "ar", text, link)


def test_each_control_weighs_two() -> None:
    added = len(SAID) - len(WRITTEN)

    assert added >= 8
    assert TwitterAdapter().measure(post(SAID)) == TwitterAdapter().measure(post(WRITTEN)) + 2 * added


@pytest.mark.parametrize("text", [SAID, JOINED])
def test_x_finds_the_address_within_its_isolate_and_takes_every_character(text: str) -> None:
    assert "\u2068https://diplomatie.gouv.fr/a/\u2069" in text
    assert twitter_text.extract_urls(text) == ["https://diplomatie.gouv.fr/a/"]
    assert twitter_text.parse_tweet(text).valid


@pytest.mark.parametrize("text", [SAID, JOINED])
def test_a_post_with_isolates_is_found_again(sandbox: SandboxThread, tokyo: Connection, text: str) -> None:
    receipt = tokyo.publish(post(text, "https://x.example/b"), ())

    found = tokyo.find_recent(post(text, "https://x.example/b"), datetime.now(UTC) - timedelta(minutes=1), frozenset())

    assert sandbox.posts("twitter")[0]["text"] == f"{text}\nhttps://x.example/b"
    assert isinstance(found, Found)
    assert found.receipt.remote_id == receipt.remote_id


@pytest.mark.parametrize(("sent", "kept"), [(SAID, WRITTEN), (WRITTEN, SAID), (JOINED, bare(JOINED))])
def test_a_platform_that_drops_or_adds_controls_shows_the_same_words(sent: str, kept: str) -> None:
    assert shows({"text": kept}, sent, post(sent))

"""Pages for people: honest, safe, and readable in every script."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
import requests
import tweepy

from crosspost.sandbox import Resident, SandboxThread, Town, script

PAGE = "100200300400500"


def _get(sandbox: SandboxThread, path: str) -> str:
    answer = requests.get(f"{sandbox.url}{path}", timeout=10)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


class _References(HTMLParser):
    """Collects every address that a browser would load or a person could follow, and every element by name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.elements: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.found += [value or "" for name, value in attrs if name in {"href", "src", "action"}]


def _references(page: str) -> _References:
    parser = _References()
    parser.feed(page)
    return parser


@pytest.fixture
def lively(
    sandbox: SandboxThread, tokyo: tweepy.Client, graph: Callable[..., requests.Response], png: bytes
) -> SandboxThread:
    """A sandbox where something was said on every platform that has a picture, a link, or another direction."""
    tokyo.create_tweet(text="<b>Gras & https://example.org/?a=1&b=2 <script>alert(1)</script>")
    tokyo.create_tweet(text="الذكرى السنوية لاتفاق باريس")
    photo = {"caption": "Photo", "published": "true", "alt_text_custom": 'Un "drapeau"'}
    graph("POST", f"/v25.0/{PAGE}/photos", files={"source": png}, data=photo)
    return sandbox


@pytest.mark.parametrize("path", ["/", "/?q=jp", "/accounts/amb-jp-tokyo/twitter", "/accounts/nobody/twitter"])
def test_every_page_says_that_it_is_an_imitation_and_leads_nowhere_else(lively: SandboxThread, path: str) -> None:
    page = _get(lively, path)

    assert "Imitation." in page
    assert "Nothing shown here has left this machine" in page
    assert all(re.match(r"[/?](?!/)", reference) for reference in _references(page).found)


def test_every_page_comes_with_a_strict_policy_and_without_scripts(lively: SandboxThread) -> None:
    answer = requests.get(lively.url, timeout=10)

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script" not in _references(answer.text).elements
    assert "style=" not in answer.text


def test_what_was_published_is_text_and_never_markup(lively: SandboxThread) -> None:
    page = _get(lively, "/accounts/amb-jp-tokyo/twitter")

    assert "&lt;b&gt;Gras &amp; " in page
    assert '<bdi class="url">https://example.org/?a=1&amp;b=2</bdi>' in page
    assert "<script>" not in page


def test_text_from_right_to_left_is_shown_so(lively: SandboxThread) -> None:
    assert '<p class="text" dir="rtl" lang="ar">الذكرى' in _get(lively, "/")


def test_each_language_of_a_joined_post_runs_its_own_way(sandbox: SandboxThread, tokyo: tweepy.Client) -> None:
    tokyo.create_tweet(
        text="Bonjour.\n\n\u200f\u2067COP31 تبدأ: \u2068https://diplomatie.gouv.fr/a/\u2069.\u2069\n\nこんにちは。"
    )

    page = _get(sandbox, "/")

    assert '<p class="text" dir="ltr" lang="">Bonjour.</p>' in page
    assert '<p class="text" dir="rtl" lang="ar">\u200f\u2067COP31' in page
    assert '<bdi class="url">https://diplomatie.gouv.fr/a/</bdi>' in page
    assert '<p class="text" dir="ltr" lang="ja">こんにちは。</p>' in page


def test_an_image_is_shown_with_its_alt_text_for_all_to_read(lively: SandboxThread) -> None:
    page = _get(lively, "/accounts/amb-jp-tokyo/facebook")

    assert page.count("Un &#34;drapeau&#34;") == 2


def test_a_post_has_a_page_at_the_address_that_its_receipt_names(lively: SandboxThread) -> None:
    for post in lively.posts():
        answer = requests.get(post["url"], timeout=10)
        assert (answer.status_code, post["id"] in answer.text) == (200, True)
    facebook_id = lively.posts("facebook")[0]["id"]
    assert facebook_id in _get(lively, f"/facebook/{facebook_id}")


def test_a_post_that_is_deleted_is_shown_as_deleted(lively: SandboxThread, tokyo: tweepy.Client) -> None:
    tokyo.delete_tweet(lively.posts("twitter")[0]["id"])

    assert '<p class="state">Deleted</p>' in _get(lively, "/accounts/amb-jp-tokyo/twitter")


@pytest.mark.parametrize(
    ("query", "found", "missed"),
    [
        ("jp", "jp_demo", "kr_demo"),
        ("amb-jp", "jp_demo", "kr_demo"),
        ("seoul", "kr_demo", "jp_demo"),
        ("@kr_", "kr_demo", "jp_demo"),
        ("法国武", "法国武汉", "法国驻华"),
    ],
)
def test_a_search_finds_accounts_by_the_beginning_of_a_word(
    sandbox: SandboxThread, query: str, found: str, missed: str
) -> None:
    page = _get(sandbox, f"/?q={query}")

    assert found in page
    assert missed not in page


def test_a_search_in_vain_says_how_to_search(sandbox: SandboxThread) -> None:
    assert "No account matches" in _get(sandbox, '/?q="><i>')
    assert "<i>" not in _get(sandbox, '/?q="><i>')


def test_many_posts_come_in_pages(sandbox: SandboxThread, tokyo: tweepy.Client) -> None:
    for n in range(51):
        tokyo.create_tweet(text=f"Post number {n:02}")

    first, second = (_get(sandbox, f"/accounts/amb-jp-tokyo/twitter?page={n}") for n in (1, 2))

    assert "Page 1 of 2" in first
    assert "Post number 50" in first
    assert "Post number 00" in second
    assert "Post number 01" not in second
    assert _get(sandbox, "/accounts/amb-jp-tokyo/twitter?page=99") == second


def test_the_posts_of_an_account_that_was_withdrawn_are_still_shown() -> None:
    people: list[Resident] = [Resident("amb-x/twitter", "twitter", "@x", "X", {"bearer_token": "t"})]
    with SandboxThread(Town(lambda: people, dict)) as sandbox:
        headers = {"Authorization": "Bearer t"}
        requests.post(f"{sandbox.url}/twitter/2/tweets", json={"text": "Was here"}, headers=headers, timeout=10)
        people.clear()

        assert "Was here" in _get(sandbox, "/")
        assert "Was here" in _get(sandbox, "/accounts/amb-x/twitter")


@pytest.mark.parametrize(
    ("text", "direction", "language"),
    [
        ("«السلام»", "rtl", "ar"),
        ("پیام تبریک", "rtl", "fa"),
        ("שלום France", "rtl", "he"),
        ("#COP31 パリ協定", "ltr", "ja"),
        ("巴黎协定 https://example.org/ы", "ltr", "zh"),
        ("Її слова", "ltr", "uk"),
        ("Мы здесь", "ltr", "ru"),
        ("파리", "ltr", "ko"),
        ("Bonjour", "ltr", ""),
        ("12 — 34", "ltr", ""),
        ("\u200fCOP31 تبدأ", "rtl", "ar"),
        ("\u2068COP31\u2069 تبدأ", "ltr", "ar"),
        ("\u2067تبدأ\u2069", "rtl", "ar"),
    ],
)
def test_direction_and_language_come_from_the_letters_alone(text: str, direction: str, language: str) -> None:
    assert (script.direction(text), script.language(text)) == (direction, language)

"""Links: what may be published, and what is said of the rest."""

from __future__ import annotations

import pytest

from crosspost.domain.links import is_publishable, why_not


@pytest.mark.parametrize(
    "link",
    ["https://x.example/fr?a=1#b", "https://x.example:8443/", "https://x.example/مرحبا", "https://例え.jp/"],
)
def test_a_whole_https_address_may_be_published(link: str) -> None:
    assert is_publishable(link)
    assert why_not(link) == ""


@pytest.mark.parametrize(
    "link",
    [
        *("", "https://", "https://x", "http://x.example/", "www.x.example", "https://x.example:0/", "https://[x"),
        *("https://x.example/a b", "https://x.example/{{ a }}", "https://x.example/a\x00b", "https://x.example/\u3000"),
    ],
)
def test_anything_else_may_not_and_the_right_form_is_shown(link: str) -> None:
    assert not is_publishable(link)
    assert "https://www.example.org/page" in why_not(link)


@pytest.mark.parametrize("control", [*"\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])
def test_a_link_with_a_hidden_control_is_refused_and_the_control_named(control: str) -> None:
    link = f"https://x.example/{control}a"

    assert not is_publishable(link)
    assert f"U+{ord(control):04X}" in why_not(link)

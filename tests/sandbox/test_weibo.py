"""Weibo's share endpoint and its rules."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from crosspost.sandbox.weibo import half_width_length

if TYPE_CHECKING:
    from crosspost.sandbox import SandboxThread

Weibo = Callable[..., requests.Response]
LINK = "https://www.diplomatie.gouv.fr/zh"


def _share(weibo: Weibo, status: str, token: str = "wb-beijing", **more: Any) -> requests.Response:
    return weibo("POST", "/statuses/share.json", token, data={"status": status, "rip": "192.0.2.1"}, **more)


def test_a_post_is_shared_found_and_destroyed(sandbox: SandboxThread, weibo: Weibo) -> None:
    told = _share(weibo, f"法国与中国 {LINK}").json()

    assert told["text"] == f"法国与中国 {LINK}"
    assert re.fullmatch(r"\d{16}", told["idstr"])
    assert re.fullmatch(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \+0800 \d{4}", told["created_at"])
    [listed] = weibo("GET", "/statuses/user_timeline.json").json()["statuses"]
    assert listed["id"] == told["id"]
    assert sandbox.posts("weibo", "amb-cn-beijing/weibo")[0]["id"] == told["idstr"]
    assert weibo("POST", "/statuses/destroy.json", data={"id": told["id"]}).json()["id"] == told["id"]
    assert weibo("GET", "/statuses/user_timeline.json").json()["statuses"] == []


def test_a_caller_is_told_who_it_is(weibo: Weibo) -> None:
    uid = weibo("GET", "/account/get_uid.json").json()["uid"]

    assert weibo("GET", "/users/show.json", params={"uid": uid}).json()["screen_name"] == "法国驻华"
    stranger = weibo("GET", "/users/show.json", params={"uid": 1})
    assert stranger.json()["error_code"] == 20003


def test_a_picture_arrives(sandbox: SandboxThread, weibo: Weibo, png: bytes) -> None:
    told = _share(weibo, f"图片 {LINK}", files={"pic": ("p.png", png, "image/png")}).json()

    assert requests.get(told["original_pic"], timeout=10).content == png
    assert sandbox.posts()[0]["media"][0]["mime"] == "image/png"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("没有链接", "10017"),
        ("别处 https://example.org/x", "10017"),
        ("欺骗 https://www.diplomatie.gouv.fr.example.org/", "10017"),
        (f"#法国# {LINK}", "10017"),
        ("  ", "20008"),
        (f"{'中' * 130} {LINK}", "20012"),
    ],
)
def test_a_text_against_the_rules_is_refused(sandbox: SandboxThread, weibo: Weibo, status: str, code: str) -> None:
    answer = _share(weibo, status)

    assert (answer.status_code, answer.json()["error_code"]) == (400, code)
    assert answer.json()["request"] == "/2/statuses/share.json"
    assert sandbox.posts() == []


def test_one_hash_sign_is_no_topic_nor_is_one_in_a_link(weibo: Weibo) -> None:
    assert _share(weibo, f"第#1名 {LINK}#x").ok


def test_a_link_may_be_followed_by_chinese_punctuation(weibo: Weibo) -> None:
    assert _share(weibo, f"请看{LINK}。谢谢").ok


def test_the_address_of_the_user_is_required(weibo: Weibo) -> None:
    answer = weibo("POST", "/statuses/share.json", data={"status": f"你好 {LINK}"})

    assert answer.json()["error_code"] == "10016"


def test_the_same_text_again_is_repeated_content(weibo: Weibo) -> None:
    assert _share(weibo, f"一次 {LINK}").ok
    assert _share(weibo, f"一次 {LINK}").json()["error_code"] == "20019"
    assert _share(weibo, f"一次 {LINK}", "wb-wuhan").ok


def test_a_picture_of_a_type_that_weibo_does_not_take_is_refused(weibo: Weibo) -> None:
    answer = _share(weibo, f"图片 {LINK}", files={"pic": ("p.svg", b"<svg/>", "image/svg+xml")})

    assert answer.json()["error_code"] == "20005"


def test_a_wrong_token_is_refused_and_the_code_is_a_number_elsewhere(weibo: Weibo) -> None:
    answer = weibo("GET", "/account/get_uid.json", "wrong")

    assert (answer.status_code, answer.json()["error_code"]) == (403, 21332)


def test_a_post_of_another_cannot_be_destroyed(weibo: Weibo) -> None:
    theirs = _share(weibo, f"武汉 {LINK}", "wb-wuhan").json()["id"]

    assert weibo("POST", "/statuses/destroy.json", data={"id": theirs}).json()["error_code"] == 20102


@given(st.text(max_size=200))
def test_half_width_characters_count_half(text: str) -> None:
    ascii_count = sum(char.isascii() for char in text)

    assert half_width_length(text) == math.ceil(ascii_count / 2 + len(text) - ascii_count)

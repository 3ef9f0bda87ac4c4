"""X as tweepy meets it."""

from __future__ import annotations

import base64
import html
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
import tweepy
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.sandbox.published import Picture, Published
from crosspost.sandbox.tco import fits, shown_text, weighted_length

if TYPE_CHECKING:
    from crosspost.sandbox import SandboxThread


def _upload(client: tweepy.Client, data: bytes, category: str = "tweet_image", *, user_auth: bool = True) -> str:
    body = {"media": base64.b64encode(data).decode(), "media_category": category}
    answer = client._make_request("POST", "/2/media/upload", json=body, user_auth=user_auth)
    return str(answer["data"]["id"])


def _describe(client: tweepy.Client, media_id: str, alt: str) -> dict[str, Any]:
    body = {"id": media_id, "metadata": {"alt_text": {"text": alt}}}
    answer: dict[str, Any] = client._make_request("POST", "/2/media/metadata", json=body, user_auth=True)
    return answer


def test_a_signed_caller_is_told_who_it_is(tokyo: tweepy.Client) -> None:
    me = tokyo.get_me()["data"]

    assert (me["username"], me["name"]) == ("jp_demo", "Tokyo")
    assert len(me["id"]) == 19


def test_a_bearer_user_token_opens_its_own_account(seoul: tweepy.Client) -> None:
    assert seoul.get_me(user_auth=False)["data"]["username"] == "kr_demo"


@pytest.mark.parametrize("wrong", ["consumer_key", "consumer_secret", "access_token", "access_token_secret"])
def test_a_wrong_secret_of_any_kind_is_unauthorized(tokyo: tweepy.Client, wrong: str) -> None:
    setattr(tokyo, wrong, "wrong")

    with pytest.raises(tweepy.Unauthorized):
        tokyo.create_tweet(text="Hello")


def test_a_signed_account_does_not_open_to_its_token_as_bearer(sandbox: SandboxThread, http: requests.Session) -> None:
    answer = http.get(f"{sandbox.url}/twitter/2/users/me", headers={"Authorization": "Bearer tok-tokyo"}, timeout=10)

    assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")


def test_a_renewed_secret_of_the_app_is_seen_without_a_restart(
    apps: dict[str, dict[str, str]], tokyo: tweepy.Client
) -> None:
    assert tokyo.get_me()
    tokyo.consumer_secret = "new"
    with pytest.raises(tweepy.Unauthorized):
        tokyo.get_me()

    apps["twitter"] = {"consumer_key": "ck", "consumer_secret": "new"}

    assert tokyo.get_me()


def test_a_signature_covers_the_query(tokyo: tweepy.Client) -> None:
    user = tokyo.get_me()["data"]["id"]

    listed = tokyo.get_users_tweets(user, max_results=5, tweet_fields=["created_at", "entities"], user_auth=True)

    assert listed == {"meta": {"result_count": 0}}


def test_an_old_signature_does_not_serve(sandbox: SandboxThread, tokyo: tweepy.Client, clock: Any) -> None:
    clock.pass_(minutes=6)

    with pytest.raises(tweepy.Unauthorized):
        tokyo.get_me()


def test_a_post_is_created_with_a_snowflake_id_and_kept_to_the_letter(
    sandbox: SandboxThread, tokyo: tweepy.Client
) -> None:
    said = "日本とフランス & <peace> 🕊️ https://www.diplomatie.gouv.fr/fr/"

    answer = tokyo.create_tweet(text=said)

    post_id = answer["data"]["id"]
    [kept] = sandbox.posts("twitter")
    assert (kept["text"], kept["id"], kept["account"]) == (said, post_id, "amb-jp-tokyo/twitter")
    assert kept["url"] == f"{sandbox.url}/twitter/jp_demo/status/{post_id}"
    assert len(post_id) == 19
    assert "https://t.co/" in answer["data"]["text"]
    assert "&amp; &lt;peace&gt;" in answer["data"]["text"]


def test_the_same_text_again_is_a_duplicate_until_it_is_deleted(tokyo: tweepy.Client) -> None:
    first = tokyo.create_tweet(text="Café")["data"]["id"]

    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        tokyo.create_tweet(text=unicodedata.normalize("NFD", " Café "))

    assert tokyo.delete_tweet(first)["data"] == {"deleted": True}
    assert tokyo.create_tweet(text="Café")["data"]["id"] > first


def test_another_account_may_say_the_same(tokyo: tweepy.Client, seoul: tweepy.Client) -> None:
    tokyo.create_tweet(text="Same")

    assert seoul.create_tweet(text="Same", user_auth=False)["data"]["id"]


def test_length_is_weighted_as_x_weighs_it(tokyo: tweepy.Client) -> None:
    assert tokyo.create_tweet(text="日" * 140)
    assert tokyo.create_tweet(text="x" * 256 + " https://www.diplomatie.gouv.fr/a/very/long/address/indeed")
    with pytest.raises(tweepy.BadRequest, match="too long"):
        tokyo.create_tweet(text="日" * 141)


def test_a_key_that_x_does_not_know_is_refused(tokyo: tweepy.Client) -> None:
    with pytest.raises(tweepy.BadRequest, match="not defined in the schema"):
        tokyo._make_request("POST", "/2/tweets", json={"text": "x", "idempotency_key": "1"}, user_auth=True)


def test_what_the_sandbox_does_not_imitate_it_refuses(tokyo: tweepy.Client) -> None:
    with pytest.raises(tweepy.BadRequest, match="does not imitate reply"):
        tokyo.create_tweet(text="x", in_reply_to_tweet_id="1")


def test_an_image_arrives_with_its_alt_text(
    sandbox: SandboxThread, tokyo: tweepy.Client, http: requests.Session, png: bytes
) -> None:
    media_id = _upload(tokyo, png)
    _describe(tokyo, media_id, "Un carré bleu")

    tokyo.create_tweet(text="Image", media_ids=[media_id])

    [medium] = sandbox.posts()[0]["media"]
    assert (medium["alt"], medium["mime"]) == ("Un carré bleu", "image/png")
    assert http.get(f"{sandbox.url}/media/{medium['sha256']}", timeout=10).content == png


def test_an_upload_says_what_it_is_and_when_it_expires(tokyo: tweepy.Client, png: bytes) -> None:
    body = {"media": base64.b64encode(png).decode(), "media_category": "tweet_image"}

    told = tokyo._make_request("POST", "/2/media/upload", json=body, user_auth=True)["data"]

    assert told["media_key"] == f"3_{told['id']}"
    assert (told["size"], told["expires_after_secs"]) == (len(png), 86_400)
    assert told["image"] == {"image_type": "image/png", "w": 8, "h": 6}


def test_an_upload_may_come_as_a_part_of_a_form(sandbox: SandboxThread, http: requests.Session, png: bytes) -> None:
    answer = http.post(
        f"{sandbox.url}/twitter/2/media/upload",
        files={"media": ("x.png", png, "image/png")},
        data={"media_category": "tweet_image"},
        headers={"Authorization": "Bearer bear-seoul"},
        timeout=10,
    )

    assert answer.json()["data"]["size"] == len(png)


def test_an_image_of_another_account_is_refused(tokyo: tweepy.Client, seoul: tweepy.Client, png: bytes) -> None:
    media_id = _upload(seoul, png, user_auth=False)

    with pytest.raises(tweepy.BadRequest, match="Your media IDs are invalid"):
        tokyo.create_tweet(text="x", media_ids=[media_id])


def test_an_image_expires_after_a_day(sandbox: SandboxThread, http: requests.Session, clock: Any, png: bytes) -> None:
    headers, root = {"Authorization": "Bearer bear-seoul"}, f"{sandbox.url}/twitter"
    upload = http.post(f"{root}/2/media/upload", files={"media": png}, headers=headers, timeout=10).json()["data"]["id"]
    body = {"text": "x", "media": {"media_ids": [upload]}}
    clock.pass_(hours=25)

    answer = http.post(f"{root}/2/tweets", json=body, headers=headers, timeout=10)

    assert answer.status_code == 400
    assert "media IDs" in answer.json()["errors"][0]["message"]


def test_five_images_are_too_many(tokyo: tweepy.Client, png: bytes) -> None:
    with pytest.raises(tweepy.BadRequest, match="maximum of 4"):
        tokyo.create_tweet(text="x", media_ids=[_upload(tokyo, png) for _ in range(5)])


def test_what_is_no_image_is_refused(tokyo: tweepy.Client) -> None:
    with pytest.raises(tweepy.BadRequest, match="unrecognized"):
        _upload(tokyo, b"%PDF-1.7")


def test_alt_text_beyond_a_thousand_characters_is_refused(tokyo: tweepy.Client, png: bytes) -> None:
    media_id = _upload(tokyo, png)

    assert _describe(tokyo, media_id, "a" * 1000)
    with pytest.raises(tweepy.BadRequest, match="1000"):
        _describe(tokyo, media_id, "a" * 1001)


def test_a_listing_expands_links_and_is_newest_first(sandbox: SandboxThread, tokyo: tweepy.Client, clock: Any) -> None:
    first = tokyo.create_tweet(text="Un https://example.org/1")["data"]["id"]
    second = tokyo.create_tweet(text="Deux")["data"]["id"]
    user = tokyo.get_me()["data"]["id"]

    listed = tokyo.get_users_tweets(user, max_results=5, tweet_fields=["created_at", "entities"], user_auth=True)

    assert [post["id"] for post in listed["data"]] == [second, first]
    [url] = listed["data"][1]["entities"]["urls"]
    assert url["expanded_url"] == "https://example.org/1"
    assert listed["data"][1]["text"][url["start"] : url["end"]] == url["url"]
    assert listed["meta"] == {"result_count": 2, "newest_id": second, "oldest_id": first}
    since = tokyo.get_users_tweets(user, since_id=first, max_results=5, user_auth=True)
    assert [post["id"] for post in since["data"]] == [second]


def test_a_listing_comes_in_pages(tokyo: tweepy.Client) -> None:
    said = [f"Post {n}" for n in range(12)]
    for text in said:
        tokyo.create_tweet(text=text)
    user = tokyo.get_me()["data"]["id"]

    pages = list(tweepy.Paginator(tokyo.get_users_tweets, user, max_results=5, user_auth=True))

    assert [post["text"] for page in pages for post in page["data"]] == said[::-1]
    assert [page["meta"]["result_count"] for page in pages] == [5, 5, 2]


def test_a_listing_can_begin_at_a_time(tokyo: tweepy.Client, clock: Any) -> None:
    tokyo.create_tweet(text="Early")
    clock.pass_(minutes=2)
    tokyo.create_tweet(text="Late")
    user = tokyo.get_me()["data"]["id"]

    listed = tokyo.get_users_tweets(user, start_time=clock.now.replace(microsecond=0), max_results=5, user_auth=True)

    assert [post["text"] for post in listed["data"]] == ["Late"]


def test_fewer_than_five_results_cannot_be_asked_for(tokyo: tweepy.Client) -> None:
    with pytest.raises(tweepy.BadRequest, match="between 5 and 100"):
        tokyo.get_users_tweets(tokyo.get_me()["data"]["id"], max_results=3, user_auth=True)


def test_a_post_of_another_cannot_be_deleted(tokyo: tweepy.Client, seoul: tweepy.Client) -> None:
    theirs = seoul.create_tweet(text="Ours", user_auth=False)["data"]["id"]

    with pytest.raises(tweepy.Forbidden, match="not authorized"):
        tokyo.delete_tweet(theirs)
    with pytest.raises(tweepy.NotFound):
        tokyo.delete_tweet("1")


def test_each_answer_says_what_is_left_and_the_limit_bites(
    sandbox: SandboxThread, http: requests.Session, clock: Any
) -> None:
    def post(n: int) -> requests.Response:
        headers = {"Authorization": "Bearer bear-seoul"}
        return http.post(f"{sandbox.url}/twitter/2/tweets", json={"text": f"{n}"}, headers=headers, timeout=10)

    answers = [post(n) for n in range(101)]

    assert {answer.status_code for answer in answers[:100]} == {201}
    assert [answers[n].headers["x-rate-limit-remaining"] for n in (0, 99, 100)] == ["99", "0", "0"]
    assert answers[0].headers["x-app-limit-24hour-limit"] == "10000"
    assert answers[100].status_code == 429
    assert int(answers[100].headers["x-rate-limit-reset"]) == int(clock.now.timestamp()) + 900
    clock.pass_(minutes=15)
    assert post(101).status_code == 201


_LINKS = st.sampled_from(["https://www.diplomatie.gouv.fr/fr/?a=1&b=2", "example.com", "http://a.fr/é"])


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200), st.lists(_LINKS, max_size=3))
def test_the_quick_look_at_a_length_agrees_with_the_exact_count(words: str, links: list[str]) -> None:
    text = unicodedata.normalize("NFC", " ".join([words, *links]))

    assert fits(text, 140) == (weighted_length(text) <= 140)


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_WORDS, _LINKS), max_size=3), st.integers(0, 2))
def test_the_text_can_be_had_back_from_what_a_listing_shows(parts: list[tuple[str, str]], pictures: int) -> None:
    said = unicodedata.normalize("NFC", " ".join(f"{words} {link}" for words, link in parts))
    media = tuple(Picture(f"{n:064x}", "image/png") for n in range(pictures))
    post = Published("twitter", "a/twitter", "a", "1", said, datetime.now(UTC), "/", media=media)

    shown, urls = shown_text(post)

    plain = html.unescape(shown)
    for url in urls:
        plain = plain.replace(url["url"], "" if "media_key" in url else url["expanded_url"])
    # X writes a scheme before a link that had none.
    assert plain.replace("http://", "").strip() == said.replace("http://", "").strip()
    assert all(len(url["url"]) == 23 for url in urls)

"""Reposts on X as tweepy meets them, shares on Facebook, and how people and scripts see them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import tweepy
from tests.sandbox.conftest import APPS, people

from crosspost.sandbox import SandboxThread, Town
from crosspost.sandbox.secrets import invent_account
from crosspost.sandbox.town import Resident

Call = Callable[..., requests.Response]


def number_of(client: tweepy.Client, *, signed: bool) -> str:
    return str(client.get_me(user_auth=signed)["data"]["id"])


def retweet(client: tweepy.Client, post_id: str, *, signed: bool = False) -> Any:
    path = f"/2/users/{number_of(client, signed=signed)}/retweets"
    return client._make_request("POST", path, json={"tweet_id": post_id}, user_auth=signed)


@pytest.fixture
def said(tokyo: tweepy.Client) -> str:
    return str(tokyo.create_tweet(text="Bonjour à tous & à chacun")["data"]["id"])


def test_tweepys_own_retweet_serves(sandbox: SandboxThread, seoul: tweepy.Client, said: str) -> None:
    assert seoul.retweet(said, user_auth=False)["data"] == {"retweeted": True}
    assert seoul.unretweet(said, user_auth=False)["data"] == {"retweeted": False}
    assert [one["deleted"] for one in sandbox.posts()] == [False, True]


def test_a_listing_shows_a_repost_as_x_does(seoul: tweepy.Client, said: str) -> None:
    retweet(seoul, said)

    me = number_of(seoul, signed=False)
    plain = seoul.get_users_tweets(me, max_results=5)["data"]
    told = seoul.get_users_tweets(me, max_results=5, tweet_fields=["referenced_tweets"])["data"]

    assert [one["text"] for one in plain] == ["RT @jp_demo: Bonjour à tous &amp; à chacun"]
    assert "referenced_tweets" not in plain[0]
    assert told[0]["referenced_tweets"] == [{"type": "retweeted", "id": said}]
    assert told[0]["id"] > said


def test_a_long_original_is_cut_in_a_listing(tokyo: tweepy.Client, seoul: tweepy.Client) -> None:
    retweet(seoul, tokyo.create_tweet(text="x" * 270)["data"]["id"])

    [shown] = seoul.get_users_tweets(number_of(seoul, signed=False), max_results=5)["data"]

    assert (len(shown["text"]), shown["text"][-1]) == (140, "…")


def test_a_second_repost_is_refused_until_the_first_is_undone(seoul: tweepy.Client, said: str) -> None:
    retweet(seoul, said)
    with pytest.raises(tweepy.BadRequest, match="already retweeted"):
        retweet(seoul, said)

    path = f"/2/users/{number_of(seoul, signed=False)}/retweets/{said}"
    assert seoul._make_request("DELETE", path)["data"] == {"retweeted": False}
    assert seoul._make_request("DELETE", path)["data"] == {"retweeted": False}
    assert retweet(seoul, said)["data"] == {"retweeted": True}


def test_the_repost_of_a_repost_is_that_of_its_original(
    sandbox: SandboxThread, tokyo: tweepy.Client, seoul: tweepy.Client, said: str
) -> None:
    retweet(seoul, said)
    repost = sandbox.posts()[-1]["id"]

    retweet(tokyo, repost, signed=True)

    assert [one["repost_of"] for one in sandbox.posts()] == ["", said, said]


def test_nobody_reposts_for_another(tokyo: tweepy.Client, seoul: tweepy.Client, said: str) -> None:
    stranger = number_of(seoul, signed=False)

    with pytest.raises(tweepy.BadRequest, match="must be the same"):
        tokyo._make_request("POST", f"/2/users/{stranger}/retweets", json={"tweet_id": said}, user_auth=True)
    with pytest.raises(tweepy.BadRequest, match="must be the same"):
        tokyo._make_request("DELETE", f"/2/users/{stranger}/retweets/{said}", user_auth=True)


@pytest.mark.parametrize("body", [{}, {"tweet_id": 7}, {"tweet_id": "seven"}, {"tweet_id": "7", "comment": "x"}])
def test_a_malformed_repost_is_refused(seoul: tweepy.Client, body: dict[str, Any]) -> None:
    with pytest.raises(tweepy.BadRequest):
        seoul._make_request("POST", f"/2/users/{number_of(seoul, signed=False)}/retweets", json=body)


def test_a_deleted_post_takes_its_reposts_along_and_gets_none(
    sandbox: SandboxThread, tokyo: tweepy.Client, seoul: tweepy.Client, said: str
) -> None:
    retweet(seoul, said)

    tokyo.delete_tweet(said)

    assert [one["deleted"] for one in sandbox.posts()] == [True, True]
    with pytest.raises(tweepy.NotFound):
        retweet(seoul, said)


def test_who_has_reposted_may_say_the_words_too(seoul: tweepy.Client, said: str) -> None:
    retweet(seoul, said)

    assert seoul.create_tweet(text="Bonjour à tous & à chacun", user_auth=False)["data"]["id"]


def test_a_share_is_listed_without_words_and_with_what_it_shares(sandbox: SandboxThread, graph: Call) -> None:
    original = graph("POST", "/v25.0/me/feed", data={"message": "Bonjour"}).json()["id"]
    address = sandbox.posts()[0]["url"]

    share = graph("POST", "/v25.0/me/feed", token="fb-seoul", data={"link": address}).json()["id"]

    fields = "message,parent_id,status_type,attachments{type,url}"
    [listed] = graph("GET", "/v25.0/me/published_posts", token="fb-seoul", params={"fields": fields}).json()["data"]
    attachment = {"type": "share", "url": address, "unshimmed_url": address}
    assert listed == {
        "id": share,
        "parent_id": original,
        "status_type": "shared_story",
        "attachments": {"data": [attachment]},
    }
    assert sandbox.posts()[-1]["text"] == "Bonjour"


def test_a_link_to_no_post_of_the_sandbox_is_a_link(sandbox: SandboxThread, graph: Call) -> None:
    for address in ("https://www.facebook.com/1/posts/2", f"{sandbox.url}/", "https://www.diplomatie.gouv.fr"):
        assert graph("POST", "/v25.0/me/feed", data={"link": address}).status_code == 200

    assert {one["repost_of"] for one in sandbox.posts()} == {""}


def test_pages_show_a_repost_with_the_words_of_its_original(
    sandbox: SandboxThread, http: requests.Session, seoul: tweepy.Client, said: str
) -> None:
    retweet(seoul, said)

    account = http.get(f"{sandbox.url}/accounts/amb-kr-seoul/twitter", timeout=10).text
    listed = http.get(sandbox.posts()[-1]["url"], timeout=10).text

    assert account.count("Reposted from") == 1
    assert "@jp_demo" in account
    assert "Bonjour à tous &amp; à chacun" in account
    assert "Reposted by 1 account<" in listed
    assert "/accounts/amb-kr-seoul/twitter" in listed
    assert http.get(f"{sandbox.url}/twitter/x/status/1/retweets", timeout=10).status_code == 404


def test_the_page_of_a_share_says_that_its_original_is_gone(
    sandbox: SandboxThread, http: requests.Session, graph: Call
) -> None:
    original = graph("POST", "/v25.0/me/feed", data={"message": "Bonjour"}).json()["id"]
    graph("POST", "/v25.0/me/feed", token="fb-seoul", data={"link": sandbox.posts()[0]["url"]})
    page = f"{sandbox.url}/accounts/amb-kr-seoul/facebook"
    assert "The original is gone" not in http.get(page, timeout=10).text

    graph("DELETE", f"/v25.0/{original}")

    assert "The original is gone" in http.get(page, timeout=10).text


def test_a_journal_remembers_reposts(tmp_path: Path) -> None:
    town = Town(people, lambda: dict(APPS))
    journal = tmp_path / "sandbox.jsonl"
    with SandboxThread(town, journal=journal) as running:
        bearer = {"Authorization": "Bearer bear-seoul"}
        api = f"{running.url}/twitter/2"
        me = requests.get(f"{api}/users/me", headers=bearer, timeout=10).json()["data"]["id"]
        said = requests.post(f"{api}/tweets", headers=bearer, json={"text": "Bonjour"}, timeout=10).json()["data"]["id"]
        body = {"tweet_id": said}
        assert requests.post(f"{api}/users/{me}/retweets", headers=bearer, json=body, timeout=10).status_code == 200

    with SandboxThread(town, journal=journal) as again:
        api = f"{again.url}/twitter/2"
        answer = requests.post(f"{api}/users/{me}/retweets", headers=bearer, json=body, timeout=10)
        assert [one["repost_of"] for one in again.posts()] == ["", said]

    assert answer.status_code == 400


def test_a_line_of_an_older_journal_is_no_repost(tmp_path: Path) -> None:
    journal = tmp_path / "sandbox.jsonl"
    journal.write_text(
        '{"published": {"platform": "twitter", "account": "a/twitter", "handle": "a", "id": "1", "text": "Bonjour", '
        '"created_at": "2026-11-24T17:00:00+00:00", "path": "/twitter/a/status/1", "link": "", "media": [], '
        '"listed": true, "deleted": false}}\n'
    )

    with SandboxThread(Town(people, lambda: dict(APPS)), journal=journal) as running:
        assert [one["repost_of"] for one in running.posts()] == [""]


def test_an_invented_access_token_of_x_begins_with_the_accounts_number() -> None:
    token = invent_account("twitter", "amb-jp-tokyo/twitter")["access_token"]

    assert token.startswith(f"{Resident('amb-jp-tokyo/twitter', 'twitter', '', '').user_id}-")
    assert invent_account("telegraph", "amb-jp-tokyo/telegraph") == {}

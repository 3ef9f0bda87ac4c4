"""The platforms misbehave on demand, and what is accepted is told apart from what is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import requests
import tweepy

from crosspost.sandbox import Fault, How

if TYPE_CHECKING:
    from crosspost.sandbox import SandboxThread

PAGE = "100200300400500"
Graph = Callable[..., requests.Response]
Weibo = Callable[..., requests.Response]


def test_a_post_is_accepted_and_the_connection_dropped(sandbox: SandboxThread, tokyo: tweepy.Client) -> None:
    sandbox.faults.set([Fault(How.DROP, accept=True, method="POST", path="/2/tweets")])

    with pytest.raises(requests.ConnectionError) as caught:
        tokyo.create_tweet(text="Lost answer")

    assert "without response" in str(caught.value)
    assert [post["text"] for post in sandbox.posts()] == ["Lost answer"]


def test_the_connection_is_dropped_before_acceptance(sandbox: SandboxThread, tokyo: tweepy.Client) -> None:
    sandbox.faults.set([Fault(How.DROP, path="/2/tweets")])

    with pytest.raises(requests.ConnectionError):
        tokyo.create_tweet(text="Never arrived")

    assert sandbox.posts() == []
    assert len(sandbox.requests("POST", "/2/tweets")) == 1


@pytest.mark.parametrize("accept", [True, False])
def test_an_answer_never_comes(sandbox: SandboxThread, http: requests.Session, accept: bool) -> None:
    sandbox.faults.set([Fault(How.HANG, accept=accept, platform="facebook", path="/*/feed")])

    with pytest.raises(requests.ReadTimeout):
        http.post(
            f"{sandbox.url}/facebook/v25.0/{PAGE}/feed",
            data={"message": "x", "access_token": "fb-tokyo"},
            timeout=(5, 0.3),
        )

    assert len(sandbox.posts()) == int(accept)


@pytest.mark.parametrize("accept", [True, False])
def test_a_500_may_come_before_or_after_acceptance(sandbox: SandboxThread, tokyo: tweepy.Client, accept: bool) -> None:
    sandbox.faults.set([Fault(How.ERROR, accept=accept)])

    with pytest.raises(tweepy.TwitterServerError):
        tokyo.create_tweet(text="x")

    assert len(sandbox.posts()) == int(accept)


def test_a_gateway_answers_with_html(sandbox: SandboxThread, graph: Graph) -> None:
    sandbox.faults.set([Fault(How.HTML)])

    answer = graph("GET", "/v25.0/me")

    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")


def test_any_answer_can_be_given_instead(sandbox: SandboxThread, tokyo: tweepy.Client) -> None:
    body = '{"title":"CreditsDepleted","detail":"no credit","status":402}'
    sandbox.faults.set([Fault(How.STATUS, status=402, body=body, headers={"content-type": "application/json"})])

    with pytest.raises(tweepy.HTTPException, match="402"):
        tokyo.create_tweet(text="x")


def test_a_rate_limit_says_when_it_ends_or_does_not(
    sandbox: SandboxThread, tokyo: tweepy.Client, graph: Graph, weibo: Weibo, clock: Any
) -> None:
    sandbox.faults.set([Fault(How.RATE_LIMIT, reset=120, nth=(1,)), Fault(How.RATE_LIMIT)])

    with pytest.raises(tweepy.TooManyRequests) as first:
        tokyo.get_me()
    with pytest.raises(tweepy.TooManyRequests) as second:
        tokyo.get_me()

    assert first.value.reset_time == int(clock.now.timestamp() + 120)
    assert second.value.reset_time is None
    assert graph("GET", "/v25.0/me").json()["error"]["code"] == 32
    assert weibo("GET", "/account/get_uid.json").json()["error_code"] == 10023


def test_facebook_says_when_a_limit_ends_in_its_usage_header(sandbox: SandboxThread, graph: Graph) -> None:
    sandbox.faults.set([Fault(How.RATE_LIMIT, reset=300)])

    usage = graph("GET", "/v25.0/me").headers["x-business-use-case-usage"]

    assert '"estimated_time_to_regain_access": 5' in usage


def test_a_listing_lags_behind(sandbox: SandboxThread, tokyo: tweepy.Client, clock: Any) -> None:
    sandbox.faults.set([Fault(How.TRUE, path="/2/users/*/tweets", lag=30)])
    tokyo.create_tweet(text="Just now")
    user = tokyo.get_me()["data"]["id"]

    before = tokyo.get_users_tweets(user, max_results=5, user_auth=True)
    clock.pass_(seconds=31)
    after = tokyo.get_users_tweets(user, max_results=5, user_auth=True)

    assert (before["meta"]["result_count"], after["meta"]["result_count"]) == (0, 1)


def test_a_slow_answer_is_the_true_one(sandbox: SandboxThread, weibo: Weibo) -> None:
    sandbox.faults.set([Fault(How.TRUE, delay=0.05)])

    assert weibo("GET", "/account/get_uid.json").json()["uid"]


def test_a_dripping_answer_is_the_true_one_and_comes_byte_by_byte(sandbox: SandboxThread, weibo: Weibo) -> None:
    sandbox.faults.set([Fault(How.DRIP, delay=0.001)])

    assert weibo("GET", "/account/get_uid.json").json()["uid"]


def test_a_dripping_answer_may_outlast_its_caller_and_the_post_is_there(
    sandbox: SandboxThread, http: requests.Session
) -> None:
    sandbox.faults.set([Fault(How.DRIP, delay=60, platform="facebook", path="/*/feed")])

    with pytest.raises((requests.Timeout, requests.ConnectionError)):
        http.post(
            f"{sandbox.url}/facebook/v25.0/{PAGE}/feed",
            data={"message": "x", "access_token": "fb-tokyo"},
            timeout=(5, 0.3),
        )

    assert [post["text"] for post in sandbox.posts()] == ["x"]


def test_one_account_alone_is_struck(sandbox: SandboxThread, tokyo: tweepy.Client, seoul: tweepy.Client) -> None:
    sandbox.faults.set([Fault(How.ERROR, account="amb-kr-*")])

    with pytest.raises(tweepy.TwitterServerError):
        seoul.create_tweet(text="x", user_auth=False)

    assert tokyo.create_tweet(text="x")


def test_the_nth_request_is_struck_and_no_other(sandbox: SandboxThread, graph: Graph) -> None:
    sandbox.faults.set([Fault(How.ERROR, nth=(2, 4))])

    assert [graph("GET", "/v25.0/me").status_code for _ in range(5)] == [200, 500, 200, 500, 200]


def test_a_fault_wears_off_after_so_many_times(sandbox: SandboxThread, graph: Graph) -> None:
    sandbox.faults.set([Fault(How.ERROR, times=2)])

    assert [graph("GET", "/v25.0/me").status_code for _ in range(4)] == [500, 500, 200, 200]
    assert [struck for _, struck in sandbox.faults.struck()] == [2]


def test_chance_repeats_itself_for_the_same_seed(sandbox: SandboxThread, graph: Graph) -> None:
    def run(seed: int) -> list[int]:
        sandbox.faults.set([Fault(How.ERROR, probability=0.5, seed=seed)])
        return [graph("GET", "/v25.0/me").status_code for _ in range(24)]

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert set(run(1)) == {200, 500}


def test_faults_are_set_and_read_over_http(sandbox: SandboxThread, http: requests.Session, graph: Graph) -> None:
    rules = [{"how": "error", "platform": "facebook", "nth": [1]}]

    assert http.post(f"{sandbox.url}/faults", json=rules, timeout=10).ok
    assert graph("GET", "/v25.0/me").status_code == 500
    [told] = http.get(f"{sandbox.url}/faults", timeout=10).json()

    assert (told["how"], told["platform"], told["struck"]) == ("error", "facebook", 1)


@pytest.mark.parametrize(
    "rules",
    [
        '[{"how": "explode"}]',
        '[{"howl": 1}]',
        '{"how": "drop"}',
        "[",
        '[{"how": "drop", "nth": 1}]',
        '[{"how": "drop", "delay": "long"}]',
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox: SandboxThread, http: requests.Session, rules: str) -> None:
    answer = http.post(f"{sandbox.url}/faults", data=rules, timeout=10)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sandbox.faults.struck() == []


def test_a_page_of_another_site_cannot_set_faults_nor_reset(sandbox: SandboxThread, http: requests.Session) -> None:
    for path in ("/faults", "/reset"):
        answer = http.post(f"{sandbox.url}{path}", data="[]", headers={"Origin": "https://example.org"}, timeout=10)
        assert answer.status_code == 403

"""Reposts on X: the adapter, tweepy, HTTP, and the sandbox's imitation of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from crosspost.adapter import (
    Absent,
    Access,
    AccountBlocked,
    Connection,
    Content,
    Found,
    Original,
    RateLimited,
    Receipt,
    Rejected,
    Uncertain,
)
from crosspost.adapter.http import Answer
from crosspost.sandbox import Fault, How, Resident, SandboxThread, Town
from crosspost_twitter import TwitterAdapter
from crosspost_twitter.reposts import is_done_already, own_number, reposted_post

APP = {"consumer_key": "sandbox-key", "consumer_secret": "sandbox-secret"}
PARIS = "1234567890123456789"
RETWEETS = "/2/users/*/retweets"


def repost_of(receipt: Receipt) -> tuple[Content, Original]:
    content = Content("amb-kr-seoul/twitter", "fr", "Bonjour", action="repost", original="c/p/amb-jp-tokyo/twitter/fr")
    return content, Original(receipt.remote_id, receipt.url)


def ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


@pytest.fixture
def out(tokyo: Connection) -> Receipt:
    """What Tokyo has said."""
    tokyo.whoami()
    return tokyo.publish(Content("amb-jp-tokyo/twitter", "fr", "Bonjour"), ())


def standing(sandbox: SandboxThread) -> list[tuple[str, str]]:
    return [(one["account"], one["repost_of"]) for one in sandbox.posts() if not one["deleted"]]


def test_an_account_reposts_what_another_has_said(sandbox: SandboxThread, seoul: Connection, out: Receipt) -> None:
    receipt = seoul.repost(*repost_of(out))

    original, repost = sandbox.posts()
    assert (repost["account"], repost["repost_of"], repost["text"]) == (
        "amb-kr-seoul/twitter",
        original["id"],
        "Bonjour",
    )
    assert receipt.url == repost["url"]
    assert TwitterAdapter().post_id(repost["url"]) == receipt.remote_id != out.remote_id
    assert len(sandbox.requests("POST", RETWEETS)) == 1


def test_who_has_reposted_before_has_reposted(sandbox: SandboxThread, seoul: Connection, out: Receipt) -> None:
    first = seoul.repost(*repost_of(out))

    again = seoul.repost(*repost_of(out))

    assert (again.remote_id, again.url) == (first.remote_id, first.url)
    assert len(standing(sandbox)) == 2


@pytest.mark.parametrize("how", [How.DROP, How.HTML, How.ERROR])
def test_a_repost_whose_answer_is_lost_is_found_again(
    sandbox: SandboxThread, seoul: Connection, out: Receipt, how: How
) -> None:
    sandbox.faults.set([Fault(how, accept=True, method="POST", path=RETWEETS)])

    with pytest.raises(Uncertain):
        seoul.repost(*repost_of(out))

    found = seoul.find_repost(*repost_of(out), ago(1), frozenset())
    assert isinstance(found, Found)
    assert reposted_post(found.receipt.remote_id) == out.remote_id
    assert len(sandbox.requests("POST", RETWEETS)) == 1


def test_where_a_list_lags_another_request_makes_no_second_repost(
    sandbox: SandboxThread, seoul: Connection, out: Receipt
) -> None:
    sandbox.faults.set(
        [
            Fault(How.DROP, accept=True, method="POST", path=RETWEETS, times=1),
            Fault(How.TRUE, method="GET", path="/2/users/*/tweets", lag=600),
        ]
    )
    with pytest.raises(Uncertain):
        seoul.repost(*repost_of(out))

    absent = seoul.find_repost(*repost_of(out), ago(1), frozenset())
    assert isinstance(absent, Absent)
    assert "developer.x.com" in absent.proof
    seoul.repost(*repost_of(out))

    assert standing(sandbox) == [("amb-jp-tokyo/twitter", ""), ("amb-kr-seoul/twitter", out.remote_id)]


def test_the_words_of_an_original_are_not_mistaken_for_its_repost(seoul: Connection, out: Receipt) -> None:
    seoul.publish(Content("amb-kr-seoul/twitter", "fr", "Bonjour"), ())

    assert isinstance(seoul.find_repost(*repost_of(out), ago(1), frozenset()), Absent)


def test_a_repost_is_not_mistaken_for_the_words(seoul: Connection, out: Receipt) -> None:
    seoul.repost(*repost_of(out))

    own = Content("amb-kr-seoul/twitter", "fr", "Bonjour")
    assert not isinstance(seoul.find_recent(own, ago(1), frozenset()), Found)


def test_a_repost_is_undone_and_the_original_stands(sandbox: SandboxThread, seoul: Connection, out: Receipt) -> None:
    receipt = seoul.repost(*repost_of(out))

    seoul.delete(receipt.remote_id)
    seoul.delete(receipt.remote_id)

    assert standing(sandbox) == [("amb-jp-tokyo/twitter", "")]
    assert seoul.repost(*repost_of(out)).remote_id == receipt.remote_id
    assert len(standing(sandbox)) == 2


def test_an_original_that_is_taken_back_takes_its_reposts_along(
    sandbox: SandboxThread, tokyo: Connection, seoul: Connection, out: Receipt
) -> None:
    receipt = seoul.repost(*repost_of(out))

    tokyo.delete(out.remote_id)

    assert standing(sandbox) == []
    seoul.delete(receipt.remote_id)
    with pytest.raises(Rejected, match="original") as refused:
        seoul.repost(*repost_of(out))
    assert refused.value.status == 404


def test_reposts_have_a_limit_of_their_own(sandbox: SandboxThread, tokyo: Connection, seoul: Connection) -> None:
    originals = [tokyo.publish(Content("amb-jp-tokyo/twitter", "fr", f"Dépêche {n}"), ()) for n in range(51)]
    for original in originals[:49]:
        assert seoul.repost(*repost_of(original)).rest is None
    assert seoul.repost(*repost_of(originals[49])).rest, "it was the last of this window"

    with pytest.raises(RateLimited) as refused:
        seoul.repost(*repost_of(originals[50]))

    assert refused.value.retry_at
    assert len(standing(sandbox)) == 51 + 50


def test_the_accounts_number_is_asked_for_once(sandbox: SandboxThread, seoul: Connection, out: Receipt) -> None:
    receipt = seoul.repost(*repost_of(out))
    seoul.find_repost(*repost_of(out), ago(1), frozenset())
    seoul.delete(receipt.remote_id)

    assert [one.account for one in sandbox.requests("GET", "/2/users/me")] == [
        "amb-jp-tokyo/twitter",
        "amb-kr-seoul/twitter",
    ]


@pytest.fixture
def told_by_its_token(sandbox: SandboxThread, seoul: Connection) -> Iterator[Connection]:
    number = seoul.whoami().id
    account = {"access_token": f"{number}-of-seoul", "access_token_secret": "secret-of-seoul"}
    resident = Resident("amb-kr-seoul/twitter", "twitter", "@FranceenCoree", "Seoul", account)
    people = [*sandbox.sandbox.town.residents()[:1], resident]
    with SandboxThread(Town(lambda: people, lambda: {"twitter": APP})) as running:
        connection = TwitterAdapter().connect(Access(f"{running.url}/twitter", APP, account, 10.0))
        with pytest.raises(Rejected):
            connection.repost(*repost_of(Receipt("1", f"{running.url}/twitter/x/status/1", datetime.now(UTC))))
        assert [one.path for one in running.requests()] == [f"/2/users/{number}/retweets"]
        yield connection
        connection.close()


def test_a_token_that_tells_the_accounts_number_spares_the_question(told_by_its_token: Connection) -> None:
    assert told_by_its_token.whoami().is_called("franceencoree")


@pytest.mark.parametrize(
    ("token", "number"),
    [(f"{PARIS}-AbC-d", PARIS), ("token-of-tokyo", ""), (PARIS, ""), ("", ""), ("-x", ""), ("¹²-x", "")],
)
def test_a_number_is_read_from_a_token_that_begins_with_one(token: str, number: str) -> None:
    assert own_number(token) == number


@pytest.mark.parametrize(("status", "is_done"), [(400, True), (403, True), (200, False), (429, False), (503, False)])
def test_only_a_refusal_can_say_that_it_was_done_before(status: int, is_done: bool) -> None:
    body = b'{"errors": [{"message": "You cannot retweet a Tweet that you have already retweeted."}]}'

    assert is_done_already(Answer(status, {}, body)) is is_done


@pytest.mark.parametrize(
    ("url", "post_id"),
    [
        ("https://x.com/francediplo/status/123", "123"),
        ("https://x.com/francediplo/status/123/photo/1", "123"),
        ("https://x.com/francediplo/status/123/retweets", "repost:123"),
        ("https://x.com/francediplo/status/123/retweets?s=20", "repost:123"),
        ("https://x.com/francediplo/retweets", ""),
    ],
)
def test_the_address_of_a_repost_is_that_of_the_list_of_reposts(url: str, post_id: str) -> None:
    assert TwitterAdapter().post_id(url) == post_id


@pytest.mark.parametrize(
    ("url", "repost"),
    [
        ("https://x.com/francediplo/status/123", "repost:123"),
        ("https://x.com/francediplo/status/123/retweets", "repost:123"),
        ("https://x.com/francediplo/status/456", ""),
        ("https://x.com/francediplo", ""),
    ],
)
@pytest.mark.parametrize("original", ["123", "repost:123"])
def test_who_looks_at_a_repost_may_copy_the_address_of_its_original(url: str, repost: str, original: str) -> None:
    """A browser that shows what an account has reposted has no other address for it."""
    of = Original(original, "https://x.com/francediplo/status/123")

    assert TwitterAdapter().repost_id(url, of) == repost


def test_with_one_voice_what_another_account_has_said_is_taken_for_automation(sandbox: SandboxThread) -> None:
    with SandboxThread(Town(sandbox.sandbox.town.residents, lambda: {"twitter": APP}), one_voice=True) as strict:
        accounts = [one.secrets for one in strict.sandbox.town.residents()]
        tokyo, seoul = (
            TwitterAdapter().connect(Access(f"{strict.url}/twitter", APP, secrets, 10.0)) for secrets in accounts
        )
        out = tokyo.publish(Content("amb-jp-tokyo/twitter", "fr", "Bonjour, Séoul !"), ())

        with pytest.raises(AccountBlocked, match="automated"):
            seoul.publish(Content("amb-kr-seoul/twitter", "fr", "bonjour Séoul", "https://www.diplomatie.gouv.fr"), ())
        seoul.publish(Content("amb-kr-seoul/twitter", "ko", "안녕하세요"), ())
        seoul.repost(*repost_of(out))

        assert [bool(one["repost_of"]) for one in strict.posts()] == [False, False, True]
        for connection in (tokyo, seoul):
            connection.close()

"""The whole way: the adapter, tweepy, HTTP, and the sandbox's imitation of X."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crosspost.adapter import (
    CannotTell,
    Connection,
    Content,
    ContentMedium,
    CredentialRefused,
    Duplicate,
    Found,
    RateLimited,
    Uncertain,
)
from crosspost.sandbox import Fault, How, SandboxThread

LINK = "https://www.diplomatie.gouv.fr/fr/?a=1&b=2"


def post(text: str, link: str = "", media: tuple[ContentMedium, ...] = ()) -> Content:
    return Content("amb-jp-tokyo/twitter", "ja", text, link, media)


def ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


def test_a_signed_post_arrives_to_the_letter(sandbox: SandboxThread, tokyo: Connection) -> None:
    receipt = tokyo.publish(post("外務省からのお知らせ 🇫🇷", LINK), ())

    (published,) = sandbox.posts("twitter")
    assert published["text"] == f"外務省からのお知らせ 🇫🇷\n{LINK}"
    assert published["id"] == receipt.remote_id


def test_the_address_in_the_receipt_shows_the_post(sandbox: SandboxThread, tokyo: Connection) -> None:
    receipt = tokyo.publish(post("Bonjour"), ())

    assert receipt.url.startswith(sandbox.url), "an imitation never points at the real platform"
    assert receipt.url.endswith(receipt.remote_id)


def test_a_bearer_token_serves_as_well(sandbox: SandboxThread, seoul: Connection) -> None:
    assert seoul.whoami().is_called("@franceencoree")

    seoul.publish(post("안녕하세요"), ())

    assert [one["account"] for one in sandbox.posts()] == ["amb-kr-seoul/twitter"]


def test_a_picture_arrives_with_its_alt_text(
    sandbox: SandboxThread, tokyo: Connection, picture: tuple[ContentMedium, bytes]
) -> None:
    medium, data = picture

    handle = tokyo.upload(medium, data)
    tokyo.describe(handle, medium)
    tokyo.publish(post("Avec image", media=(medium,)), [handle])

    (published,) = sandbox.posts()
    assert published["media"] == [{"sha256": medium.sha256, "alt": "Un carré bleu nuit", "mime": "image/png"}]


@pytest.mark.parametrize("how", [How.DROP, How.HTML, How.ERROR])
def test_a_post_whose_answer_is_lost_is_found_again_and_never_sent_twice(
    sandbox: SandboxThread, tokyo: Connection, picture: tuple[ContentMedium, bytes], how: How
) -> None:
    medium, data = picture
    content = post("A < B & C, voir diplomatie.gouv.fr/ja", LINK, (medium,))
    handles = [tokyo.upload(medium, data)]
    sandbox.faults.set([Fault(how, accept=True, method="POST", path="/2/tweets")])

    with pytest.raises(Uncertain):
        tokyo.publish(content, handles)

    found = tokyo.find_recent(content, ago(1), frozenset())
    assert isinstance(found, Found)
    assert [one["id"] for one in sandbox.posts()] == [found.receipt.remote_id]
    assert len(sandbox.requests("POST", "/2/tweets")) == 1


def test_a_lagging_list_proves_nothing(sandbox: SandboxThread, tokyo: Connection) -> None:
    tokyo.publish(post("En retard"), ())
    sandbox.faults.set([Fault(How.TRUE, method="GET", path="/2/users/*/tweets", lag=600)])

    assert isinstance(tokyo.find_recent(post("En retard"), ago(1), frozenset()), CannotTell)


def test_the_second_page_is_read(sandbox: SandboxThread, tokyo: Connection) -> None:
    sandbox.faults.clear()
    for number in range(100):
        tokyo.publish(post(f"Dépêche {number}"), ())

    found = tokyo.find_recent(post("Dépêche 0"), ago(5), frozenset())
    assert isinstance(found, Found)
    # The 101st within a quarter of an hour is one too many, and says until when.
    with pytest.raises(RateLimited) as refused:
        tokyo.publish(post("Dépêche 101"), ())
    assert refused.value.retry_at
    assert refused.value.retry_at > datetime.now(UTC) + timedelta(minutes=10)


def test_the_same_words_again_are_a_duplicate(tokyo: Connection) -> None:
    tokyo.publish(post("Une fois"), ())

    with pytest.raises(Duplicate):
        tokyo.publish(post("Une fois"), ())


def test_a_deleted_post_may_be_deleted_again(sandbox: SandboxThread, tokyo: Connection) -> None:
    receipt = tokyo.publish(post("À retirer"), ())

    tokyo.delete(receipt.remote_id)
    tokyo.delete(receipt.remote_id)

    assert [one["deleted"] for one in sandbox.posts()] == [True]


def test_a_wrong_signature_is_a_refused_credential(sandbox: SandboxThread) -> None:
    from crosspost.adapter import Access
    from crosspost_twitter import TwitterAdapter

    app = {"consumer_key": "sandbox-key", "consumer_secret": "another-secret"}
    account = {"access_token": "token-of-tokyo", "access_token_secret": "secret-of-tokyo"}
    connection = TwitterAdapter().connect(Access(f"{sandbox.url}/twitter", app, account, 10.0))

    with pytest.raises(CredentialRefused):
        connection.whoami()
    connection.close()

"""The whole way: the adapter, facebook-sdk, HTTP, and the sandbox's imitation of the Graph API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from crosspost.adapter import (
    AppBlocked,
    CannotTell,
    Connection,
    Content,
    ContentMedium,
    CredentialRefused,
    Duplicate,
    Found,
    RateLimited,
    Rejected,
    Uncertain,
)
from crosspost.sandbox import Fault, How, SandboxThread

LINK = "https://www.diplomatie.gouv.fr/fr/?a=1&b=2"
Pictures = list[tuple[ContentMedium, bytes]]


def post(text: str, link: str = "", media: tuple[ContentMedium, ...] = ()) -> Content:
    return Content("amb-jp-tokyo/facebook", "ja", text, link, media)


def ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


def test_the_page_is_named_by_its_handle_and_by_its_number(tokyo: Connection) -> None:
    identity = tokyo.whoami()

    assert identity.is_called("@AmbaFrance.jp")
    assert identity.is_called("100200300400500")


def test_a_link_is_a_card_and_stands_not_in_the_words(sandbox: SandboxThread, tokyo: Connection) -> None:
    receipt = tokyo.publish(post("外務省からのお知らせ 🇫🇷", LINK), ())

    (published,) = sandbox.posts("facebook")
    assert (published["text"], published["link"]) == ("外務省からのお知らせ 🇫🇷", LINK)
    assert published["url"] == receipt.url


@pytest.mark.parametrize("count", [0, 1, 3])
def test_any_number_of_photos_makes_one_creating_request(
    sandbox: SandboxThread, tokyo: Connection, pictures: Pictures, count: int
) -> None:
    media = tuple(medium for medium, _ in pictures[:count])
    handles = [tokyo.upload(medium, data) for medium, data in pictures[:count]]

    tokyo.publish(post("Photos", LINK, media), handles)

    (published,) = sandbox.posts()
    assert [one["alt"] for one in published["media"]] == [medium.alt for medium in media]
    assert published["text"] == (f"Photos\n{LINK}" if count else "Photos")
    assert len(sandbox.requests("POST", "*/feed")) == 1
    assert len(sandbox.requests("POST", "*/photos")) == count


@pytest.mark.parametrize("how", [How.DROP, How.HTML, How.ERROR])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_post_whose_answer_is_lost_is_found_again_and_never_sent_twice(
    sandbox: SandboxThread, tokyo: Connection, pictures: Pictures, how: How, count: int
) -> None:
    content = post("Voir <diplomatie> & plus", LINK, tuple(medium for medium, _ in pictures[:count]))
    handles = [tokyo.upload(medium, data) for medium, data in pictures[:count]]
    sandbox.faults.set([Fault(how, accept=True, method="POST", path="*/feed")])

    with pytest.raises(Uncertain):
        tokyo.publish(content, handles)

    found = tokyo.find_recent(content, ago(1), frozenset())
    assert isinstance(found, Found)
    assert [one["id"] for one in sandbox.posts()] == [found.receipt.remote_id]
    assert len(sandbox.requests("POST", "*/feed")) == 1


def test_a_post_of_a_link_alone_is_found_by_its_link(tokyo: Connection) -> None:
    tokyo.publish(post("", LINK), ())

    assert isinstance(tokyo.find_recent(post("", LINK), ago(1), frozenset()), Found)
    assert isinstance(tokyo.find_recent(post("", "https://other.example/"), ago(1), frozenset()), CannotTell)


def test_the_second_page_is_read_and_its_address_never_followed(sandbox: SandboxThread, tokyo: Connection) -> None:
    for number in range(101):
        tokyo.publish(post(f"Dépêche {number}"), ())

    found = tokyo.find_recent(post("Dépêche 0"), ago(5), frozenset())

    assert isinstance(found, Found)
    assert len(sandbox.requests("GET", "*/published_posts")) == 2


def test_a_lagging_list_proves_nothing(sandbox: SandboxThread, tokyo: Connection) -> None:
    tokyo.publish(post("En retard"), ())
    sandbox.faults.set([Fault(How.TRUE, method="GET", lag=600)])

    assert isinstance(tokyo.find_recent(post("En retard"), ago(1), frozenset()), CannotTell)


def test_of_the_same_words_twice_each_look_up_finds_its_own(sandbox: SandboxThread, tokyo: Connection) -> None:
    sandbox.faults.set([Fault(How.DROP, accept=True, method="POST", path="*/feed")])
    for words in ("Deux fois", "Autre chose", "Deux fois"):
        with pytest.raises(Uncertain):
            tokyo.publish(post(words), ())
    first, _, second = (one["id"] for one in sandbox.posts())

    sandbox.faults.set([Fault(How.TRUE, method="GET", lag=600)])
    assert isinstance(tokyo.find_recent(post("Deux fois"), ago(1), frozenset()), CannotTell)
    sandbox.faults.set([])
    earlier = tokyo.find_recent(post("Deux fois"), ago(1), frozenset())
    later = tokyo.find_recent(post("Deux fois"), ago(1), frozenset({first}))
    neither = tokyo.find_recent(post("Deux fois"), ago(1), frozenset({first, second}))

    assert isinstance(earlier, Found)
    assert earlier.receipt.remote_id == first
    assert isinstance(later, Found)
    assert later.receipt.remote_id == second
    assert isinstance(neither, CannotTell)


def test_the_same_words_twice_in_a_row_are_a_duplicate(tokyo: Connection) -> None:
    tokyo.publish(post("Une fois"), ())

    with pytest.raises(Duplicate):
        tokyo.publish(post("Une fois"), ())


def test_the_token_of_another_page_is_refused_before_anything_is_said(connect: Callable[..., Connection]) -> None:
    with pytest.raises(CredentialRefused, match="page's own token"):
        connect(access_token="EAAB-token-of-seoul").whoami()


def test_a_wrong_app_secret_is_no_silent_success(connect: Callable[..., Connection]) -> None:
    with pytest.raises(Rejected):
        connect(app={"app_secret": "not-the-apps-secret"}).publish(post("Bonjour"), ())


def test_a_dead_version_stops_the_app(connect: Callable[..., Connection]) -> None:
    with pytest.raises(AppBlocked) as refused:
        connect("v19.0").publish(post("Bonjour"), ())
    assert refused.value.code == "2635"


def test_a_page_limit_says_until_when(sandbox: SandboxThread, tokyo: Connection) -> None:
    sandbox.faults.set([Fault(How.RATE_LIMIT, reset=1800)])

    with pytest.raises(RateLimited) as refused:
        tokyo.publish(post("Bonjour"), ())

    assert refused.value.retry_at
    assert abs(refused.value.retry_at - datetime.now(UTC) - timedelta(minutes=30)) < timedelta(minutes=2)


def test_a_post_is_deleted(sandbox: SandboxThread, tokyo: Connection) -> None:
    tokyo.delete(tokyo.publish(post("À retirer"), ()).remote_id)

    assert [one["deleted"] for one in sandbox.posts()] == [True]

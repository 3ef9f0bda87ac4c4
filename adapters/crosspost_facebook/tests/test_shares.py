"""Shares on Facebook: the adapter, facebook-sdk, HTTP, and the sandbox's imitation of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crosspost.adapter import CannotTell, Connection, Content, Found, Original, Receipt, Rejected, Uncertain
from crosspost.sandbox import Fault, How, SandboxThread
from crosspost_facebook import FacebookAdapter
from crosspost_facebook.shown import shares

FEED = "/v25.0/*/feed"


def share_of(receipt: Receipt) -> tuple[Content, Original]:
    content = Content(
        "amb-kr-seoul/facebook", "fr", "Bonjour", action="repost", original="c/p/amb-jp-tokyo/facebook/fr"
    )
    return content, Original(receipt.remote_id, receipt.url)


def ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


@pytest.fixture
def out(tokyo: Connection) -> Receipt:
    """What Tokyo has said."""
    return tokyo.publish(Content("amb-jp-tokyo/facebook", "fr", "Bonjour", "https://www.diplomatie.gouv.fr/fr/"), ())


def test_a_page_shares_what_another_has_said(sandbox: SandboxThread, seoul: Connection, out: Receipt) -> None:
    receipt = seoul.repost(*share_of(out))

    original, share = sandbox.posts()
    assert (share["account"], share["repost_of"], share["text"]) == ("amb-kr-seoul/facebook", original["id"], "Bonjour")
    assert (share["id"], share["url"]) == (receipt.remote_id, receipt.url)
    assert FacebookAdapter().post_id(receipt.url) == receipt.remote_id


@pytest.mark.parametrize("how", [How.DROP, How.HTML, How.ERROR])
def test_a_share_whose_answer_is_lost_is_found_again(
    sandbox: SandboxThread, seoul: Connection, out: Receipt, how: How
) -> None:
    sandbox.faults.set([Fault(how, accept=True, method="POST", path=FEED)])

    with pytest.raises(Uncertain):
        seoul.repost(*share_of(out))

    found = seoul.find_repost(*share_of(out), ago(1), frozenset())
    assert isinstance(found, Found)
    assert [one["id"] for one in sandbox.posts() if one["repost_of"]] == [found.receipt.remote_id]


def test_a_lagging_list_proves_nothing_for_facebook_would_share_again(
    sandbox: SandboxThread, seoul: Connection, out: Receipt
) -> None:
    first = seoul.repost(*share_of(out))
    sandbox.faults.set([Fault(How.TRUE, method="GET", lag=600)])

    assert isinstance(seoul.find_repost(*share_of(out), ago(1), frozenset()), CannotTell)
    assert seoul.repost(*share_of(out)).remote_id != first.remote_id


def test_a_post_that_names_the_address_is_no_share(seoul: Connection, out: Receipt) -> None:
    seoul.publish(Content("amb-kr-seoul/facebook", "ko", "안녕하세요", out.url), ())

    assert isinstance(seoul.find_repost(*share_of(out), ago(1), frozenset()), CannotTell)


def test_a_share_is_taken_back_and_the_original_stands(sandbox: SandboxThread, seoul: Connection, out: Receipt) -> None:
    receipt = seoul.repost(*share_of(out))

    seoul.delete(receipt.remote_id)

    assert [one["id"] for one in sandbox.posts() if not one["deleted"]] == [out.remote_id]


def test_an_original_that_is_taken_back_leaves_its_shares_and_takes_no_more(
    sandbox: SandboxThread, tokyo: Connection, seoul: Connection, out: Receipt
) -> None:
    receipt = seoul.repost(*share_of(out))

    tokyo.delete(out.remote_id)

    assert [one["id"] for one in sandbox.posts() if not one["deleted"]] == [receipt.remote_id]
    with pytest.raises(Rejected, match="original"):
        seoul.repost(*share_of(out))


@pytest.mark.parametrize(
    ("post", "is_it"),
    [
        ({"parent_id": "700_55"}, True),
        ({"parent_id": "700_56"}, False),
        ({"parent_id": "700_55", "message": "In words of its own"}, False),
        ({"attachments": {"data": [{"url": "https://www.facebook.com/700/posts/55/"}]}}, True),
        ({"attachments": {"data": [{"url": "https://www.facebook.com/permalink.php?story_fbid=55&id=700"}]}}, True),
        ({"attachments": {"data": [{"url": "https://www.facebook.com/permalink.php?story_fbid=5&id=700"}]}}, False),
        ({"attachments": "none"}, False),
        ({}, False),
    ],
)
def test_a_share_is_known_by_its_original_in_each_form(post: dict[str, object], is_it: bool) -> None:
    assert shares(post, Original("700_55", "https://www.facebook.com/700/posts/55")) is is_it

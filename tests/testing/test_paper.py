"""The paper platform keeps what the contract says of reposts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crosspost.adapter import Absent, Content, Found, Gone, Original, Receipt, Rejected, Uncertain
from crosspost.testing.paper import PaperAdapter, PaperConnection, PaperPlatform

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)


@pytest.fixture
def platform() -> PaperPlatform:
    return PaperPlatform()


@pytest.fixture
def tokyo(platform: PaperPlatform) -> PaperConnection:
    return PaperConnection(platform, "tokyo/paper")


@pytest.fixture
def seoul(platform: PaperPlatform) -> PaperConnection:
    return PaperConnection(platform, "seoul/paper")


def repost_of(receipt: Receipt) -> tuple[Content, Original]:
    content = Content("seoul/paper", "fr", "Bonjour", action="repost", original="c/p/tokyo/paper/fr")
    return content, Original(receipt.remote_id, receipt.url)


@pytest.fixture
def out(tokyo: PaperConnection) -> Receipt:
    return tokyo.publish(Content("tokyo/paper", "fr", "Bonjour"), ())


def test_a_second_repost_is_the_first(platform: PaperPlatform, seoul: PaperConnection, out: Receipt) -> None:
    first = seoul.repost(*repost_of(out))

    assert seoul.repost(*repost_of(out)).remote_id == first.remote_id != out.remote_id
    assert [(one.account, one.action) for one in platform.posts] == [
        ("tokyo/paper", "publish"),
        ("seoul/paper", "repost"),
    ]


def test_a_lost_repost_is_found_and_where_the_list_lags_asking_again_does_no_harm(
    platform: PaperPlatform, seoul: PaperConnection, out: Receipt
) -> None:
    platform.after = lambda _: Uncertain("lost")
    with pytest.raises(Uncertain):
        seoul.repost(*repost_of(out))
    platform.after = lambda _: None

    found = seoul.find_repost(*repost_of(out), NOW, frozenset())
    platform.listing_lags = True
    unseen = seoul.find_repost(*repost_of(out), NOW, frozenset())

    assert isinstance(found, Found)
    assert isinstance(unseen, Absent)
    assert seoul.repost(*repost_of(out)).remote_id == found.receipt.remote_id


def test_a_post_takes_its_reposts_along(
    platform: PaperPlatform, tokyo: PaperConnection, seoul: PaperConnection, out: Receipt
) -> None:
    repost = seoul.repost(*repost_of(out))

    tokyo.delete(out.remote_id)

    assert platform.posts == []
    with pytest.raises(Gone):
        seoul.delete(repost.remote_id)
    with pytest.raises(Rejected):
        seoul.repost(*repost_of(out))


def test_an_undone_repost_leaves_the_original_and_may_be_made_again(
    platform: PaperPlatform, seoul: PaperConnection, out: Receipt
) -> None:
    first = seoul.repost(*repost_of(out))
    seoul.delete(first.remote_id)
    assert [one.account for one in platform.posts] == ["tokyo/paper"]

    assert seoul.repost(*repost_of(out)).remote_id != first.remote_id


def test_a_paper_platform_reposts_unless_told_otherwise() -> None:
    assert PaperAdapter().capabilities.can_repost
    assert not PaperAdapter(can_repost=False).capabilities.can_repost
    assert PaperAdapter(one_voice=True).capabilities.one_voice

"""The whole way: the stub, requests, HTTP, and the sandbox's imitation of Weibo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crosspost.adapter import (
    Access,
    CannotTell,
    Connection,
    Content,
    ContentMedium,
    Duplicate,
    Found,
    NotSent,
    RateLimited,
    Rejected,
    Scope,
    Uncertain,
)
from crosspost.errors import ConfigurationError
from crosspost.sandbox import Fault, How, SandboxThread
from crosspost_weibo import WeiboAdapter

LINK = "https://www.diplomatie.gouv.fr/zh"


def post(text: str, link: str = LINK, media: tuple[ContentMedium, ...] = ()) -> Content:
    return Content("amb-cn-beijing/weibo", "zh-Hans", text, link, media)


def ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


def rules(content: Content) -> list[str]:
    return [problem.rule for problem in WeiboAdapter().check(content)]


def test_words_and_picture_arrive_in_one_request(
    sandbox: SandboxThread, beijing: Connection, picture: tuple[ContentMedium, bytes]
) -> None:
    medium, data = picture

    receipt = beijing.publish(post("外交部：通知", media=(medium,)), [beijing.upload(medium, data)])

    (published,) = sandbox.posts()
    assert published["text"] == f"外交部：通知 {LINK}"
    assert [one["sha256"] for one in published["media"]] == [medium.sha256]
    assert published["url"] == receipt.url
    assert [request.path for request in sandbox.requests()] == ["/2/statuses/share.json"]


def test_a_picture_of_another_connection_is_asked_for_again(
    sandbox: SandboxThread, beijing: Connection, picture: tuple[ContentMedium, bytes]
) -> None:
    medium, _ = picture

    with pytest.raises(NotSent):
        beijing.publish(post("外交部", media=(medium,)), [medium.sha256])

    assert not sandbox.requests()


def test_the_account_is_named_by_its_screen_name(beijing: Connection) -> None:
    assert beijing.whoami().is_called("法国驻华大使馆")


@pytest.mark.parametrize("how", [How.DROP, How.HTML, How.ERROR])
def test_a_post_whose_answer_is_lost_is_found_again(sandbox: SandboxThread, beijing: Connection, how: How) -> None:
    sandbox.faults.set([Fault(how, accept=True, method="POST")])

    with pytest.raises(Uncertain):
        beijing.publish(post("外交部：通知"), ())

    found = beijing.find_recent(post("外交部：通知"), ago(1), frozenset())
    assert isinstance(found, Found)
    assert [one["id"] for one in sandbox.posts()] == [found.receipt.remote_id]


def test_published_but_without_an_id_is_looked_up_later(sandbox: SandboxThread, beijing: Connection) -> None:
    body = '{"request": "/2/statuses/share.json", "error_code": "20032", "error": "update success, data may lag"}'
    sandbox.faults.set([Fault(How.STATUS, accept=True, method="POST", status=400, body=body)])

    with pytest.raises(Uncertain) as uncertain:
        beijing.publish(post("外交部：通知"), ())

    assert uncertain.value.code == "20032"


def test_an_older_post_of_the_same_words_is_not_taken_for_it(sandbox: SandboxThread, beijing: Connection) -> None:
    beijing.publish(post("外交部：通知"), ())

    later = datetime.now(UTC) + timedelta(minutes=5)
    assert isinstance(beijing.find_recent(post("外交部：通知"), later, frozenset()), CannotTell)


def test_a_limit_ends_with_the_hour(sandbox: SandboxThread, beijing: Connection) -> None:
    sandbox.faults.set([Fault(How.RATE_LIMIT)])

    with pytest.raises(RateLimited) as refused:
        beijing.publish(post("外交部"), ())

    assert refused.value.scope is Scope.ACCOUNT
    assert refused.value.retry_at
    assert refused.value.retry_at.minute == 0
    assert datetime.now(UTC) < refused.value.retry_at < datetime.now(UTC) + timedelta(minutes=61)


def test_what_the_check_cannot_know_weibo_refuses(beijing: Connection) -> None:
    foreign = post("外交部", "https://elsewhere.example/")

    assert rules(foreign) == []
    with pytest.raises(Rejected, match="domain"):
        beijing.publish(foreign, ())


def test_the_same_words_again_are_a_duplicate(beijing: Connection) -> None:
    beijing.publish(post("外交部"), ())

    with pytest.raises(Duplicate):
        beijing.publish(post("外交部"), ())


def test_a_deleted_post_may_be_deleted_again(sandbox: SandboxThread, beijing: Connection) -> None:
    receipt = beijing.publish(post("外交部"), ())

    beijing.delete(receipt.remote_id)
    beijing.delete(receipt.remote_id)

    assert [one["deleted"] for one in sandbox.posts()] == [True]


def test_weibos_rules_are_checked_beforehand(picture: tuple[ContentMedium, bytes]) -> None:
    medium, _ = picture
    room = 140 - (len(LINK) + 2) // 2

    assert rules(post("国" * room)) == []
    assert rules(post("国" * (room + 1))) == ["text-length"]
    assert rules(post("今天 #法国# 通知")) == ["topic"]
    assert rules(post(f"{LINK}#a#b", "")) == []
    assert rules(post("没有链接", "")) == ["link-required"]
    assert rules(post("不安全", "http://www.diplomatie.gouv.fr/")) == ["link-required"]
    assert rules(post("两张", media=(medium, medium))) == ["media-count"]


def test_ascii_counts_half_and_rounds_up() -> None:
    measure = WeiboAdapter().measure

    assert measure(post("abc", "")) == 2
    assert measure(post("国abc", "")) == 3
    assert measure(post("é", "")) == 1


def test_the_stub_speaks_to_this_machine_alone() -> None:
    adapter = WeiboAdapter()

    assert adapter.stub
    with pytest.raises(ConfigurationError, match="stub"):
        adapter.connect(Access(adapter.base_url, {}, {"access_token": "2.00token"}, 10.0))

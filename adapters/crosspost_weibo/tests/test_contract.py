"""The stub for Weibo keeps the contract, against the imitation that it is for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from crosspost.adapter import Access, Content, ContentMedium
from crosspost.testing import AdapterContract, Arrived, Reply
from crosspost_weibo import WeiboAdapter

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def error(code: Any, message: str, status: int = 400) -> Reply:
    return Reply.of({"request": "/2/statuses/share.json", "error_code": code, "error": message}, status)


class Weibo:
    """Weibo's open interface."""

    adapter = WeiboAdapter()

    def access(self, base_url: str, timeout: float) -> Access:
        return Access(base_url, {}, {"access_token": "2.00weibo-token-Zq71"}, timeout)

    def content(self, text: str, media: tuple[ContentMedium, ...] = ()) -> Content:
        return Content("amb-cn-beijing/weibo", "zh-Hans", text, "https://www.diplomatie.gouv.fr/zh", media)

    def identity(self, handle: str) -> Sequence[Reply]:
        return [Reply.of({"uid": 1234567890}), Reply.of({"idstr": "1234567890", "screen_name": handle})]

    def uploaded(self) -> Sequence[Reply]:
        return []

    def published(self) -> Reply:
        return Reply.of({"id": 5000, "idstr": "5000", "user": {"idstr": "1234567890"}})

    def deleted(self) -> Reply:
        return self.published()

    def gone(self) -> Reply:
        return Reply.of({"error": "target weibo does not exist!", "error_code": 20101}, 400)

    def listing(self, text: str, at: datetime) -> Sequence[Reply]:
        local = at.astimezone(timezone(timedelta(hours=8)))
        when = f"{DAYS[local.weekday()]} {MONTHS[local.month - 1]} {local:%d %H:%M:%S %z %Y}"
        post = {"idstr": "5001", "text": text, "created_at": when, "user": {"idstr": "1234567890"}}
        return [Reply.of({"statuses": [post]})]

    def empty_listing(self) -> Sequence[Reply]:
        return [Reply.of({"statuses": []})]

    def creates(self, request: Arrived) -> bool:
        return request.path.endswith("/share.json")

    def words(self, request: Arrived) -> str:
        return request.form["status"]

    def refusal(self, message: str) -> Reply:
        return error("10017", message)

    def unauthorized(self, message: str) -> Reply:
        return error(21332, message, 403)

    def duplicate(self) -> Reply:
        return error("20019", "repeat content!")

    def blocked(self) -> Reply:
        return error(20033, "abnormal login", 403)

    def too_many(self, seconds: int | None) -> Reply | None:
        return None if seconds else error("10023", "User requests out of rate limit!", 403)


class TestWeibo(AdapterContract):
    dialect = Weibo()

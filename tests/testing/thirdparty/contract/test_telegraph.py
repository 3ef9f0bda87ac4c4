"""The telegraph keeps the contract."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from crosspost_telegraph import TelegraphAdapter

from crosspost.adapter import Access, Content, ContentMedium, Original
from crosspost.testing import AdapterContract, Arrived, Reply


def no(status: int, code: str, message: str = "no", **headers: str) -> Reply:
    return Reply.of({"code": code, "message": message}, status, **headers)


class Telegraph:
    """How the telegraph talks."""

    adapter = TelegraphAdapter()

    def access(self, base_url: str, timeout: float) -> Access:
        return Access(base_url, {}, {"token": "dot-dash-dot-Zq61"}, timeout)

    def content(self, text: str, media: tuple[ContentMedium, ...] = ()) -> Content:
        return Content("amb-jp-tokyo/telegraph", "fr", text)

    def identity(self, handle: str) -> Sequence[Reply]:
        return [Reply.of({"handle": handle})]

    def uploaded(self) -> Sequence[Reply]:
        return []

    def published(self) -> Reply:
        return Reply.of({"number": 7}, 201)

    def deleted(self) -> Reply:
        return Reply.of({"number": 7})

    def gone(self) -> Reply:
        return Reply.of({}, 404)

    def listing(self, text: str, at: datetime) -> Sequence[Reply]:
        return [Reply.of({"telegrams": [{"number": 8, "words": text, "at": at.isoformat()}]})]

    def empty_listing(self) -> Sequence[Reply]:
        return [Reply.of({"telegrams": []})]

    def creates(self, request: Arrived) -> bool:
        return (request.method, request.path) == ("POST", "/telegrams")

    def words(self, request: Arrived) -> str:
        return str(json.loads(request.body)["words"])

    def refusal(self, message: str) -> Reply:
        return no(422, "words", message)

    def unauthorized(self, message: str) -> Reply:
        return no(401, "unknown-token", message)

    def duplicate(self) -> Reply:
        return no(409, "said-already")

    def blocked(self) -> Reply:
        return no(403, "closed")

    def too_many(self, seconds: int | None) -> Reply | None:
        return no(429, "", retry_after=str(seconds)) if seconds else no(429, "")

    def original(self) -> Original:
        return Original("5", "https://telegraph.example/telegrams/5")

    def before_repost(self) -> Sequence[Reply]:
        return []

    def reposted(self) -> Reply:
        return Reply.of({"number": 9, "forwards": 5}, 201)

    def reposted_already(self) -> Sequence[Reply]:
        return []

    def original_gone(self) -> Sequence[Reply]:
        return [no(404, "words", "the original is not kept any more")]

    def repost_listing(self, original: Original, at: datetime) -> Sequence[Reply]:
        forwarded = {"number": 9, "words": "", "forwards": int(original.remote_id), "at": at.isoformat()}
        return [Reply.of({"telegrams": [forwarded]})]

    def nothing_listed(self) -> Sequence[Reply]:
        return self.empty_listing()

    def undone(self) -> Reply:
        return self.deleted()

    def nothing_to_undo(self) -> Reply:
        return self.gone()

    def reposts(self, request: Arrived) -> bool:
        return (request.method, request.path) == ("POST", "/telegrams/5/forward")


class TestTelegraph(AdapterContract):
    dialect = Telegraph()

"""Facebook through facebook-sdk keeps the contract."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from crosspost.adapter import Access, Content, ContentMedium, Original
from crosspost.testing import AdapterContract, Arrived, Reply
from crosspost_facebook import FacebookAdapter

PAGE = "100200300400500"


def graph_error(
    code: int, message: str, status: int = 400, headers: dict[str, str] | None = None, **more: Any
) -> Reply:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbcTrace", **more}
    return Reply.of({"error": error}, status, **(headers or {}))


class Graph:
    """The Graph API, with the app's proof."""

    adapter = FacebookAdapter()

    def access(self, base_url: str, timeout: float) -> Access:
        account = {"page_id": PAGE, "access_token": "EAAB-page-token-Zq91"}
        return Access(base_url, {"app_secret": "app-secret-Zq92"}, account, timeout)

    def content(self, text: str, media: tuple[ContentMedium, ...] = ()) -> Content:
        return Content("amb-jp-tokyo/facebook", "fr", text, "https://www.diplomatie.gouv.fr/fr/", media)

    def identity(self, handle: str) -> Sequence[Reply]:
        return [Reply.of({"id": PAGE, "name": "Ambassade", "username": handle})]

    def uploaded(self) -> Sequence[Reply]:
        return [Reply.of({"id": "710"})]

    def published(self) -> Reply:
        return Reply.of({"id": f"{PAGE}_122"})

    def deleted(self) -> Reply:
        return Reply.of({"success": True})

    def gone(self) -> Reply:
        error = {"message": "does not exist", "type": "GraphMethodException", "code": 100, "error_subcode": 33}
        return Reply.of({"error": error}, 400)

    def listing(self, text: str, at: datetime) -> Sequence[Reply]:
        moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        post = {"id": f"{PAGE}_123", "message": text, "created_time": moment, "permalink_url": "https://fb.example/123"}
        return [Reply.of({"data": [post]})]

    def empty_listing(self) -> Sequence[Reply]:
        return [Reply.of({"data": []})]

    def creates(self, request: Arrived) -> bool:
        return request.method == "POST" and request.path.endswith("/feed")

    def words(self, request: Arrived) -> str:
        return request.form["message"]

    def refusal(self, message: str) -> Reply:
        return graph_error(100, message)

    def unauthorized(self, message: str) -> Reply:
        return graph_error(190, message, error_subcode=463)

    def duplicate(self) -> Reply:
        return graph_error(506, "(#506) Duplicate status message", error_subcode=1455006)

    def blocked(self) -> Reply:
        return graph_error(368, "The action attempted has been deemed abusive", 403)

    def too_many(self, seconds: int | None) -> Reply | None:
        usage = {PAGE: [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": (seconds or 0) // 60}]}
        headers = {"x_business_use_case_usage": json.dumps(usage)} if seconds else {}
        return graph_error(32, "(#32) Page request limit reached", 403, headers, is_transient=True)

    def original(self) -> Original:
        return Original("700_55", "https://www.facebook.com/700/posts/55")

    def before_repost(self) -> Sequence[Reply]:
        return []

    def reposted(self) -> Reply:
        return self.published()

    def reposted_already(self) -> Sequence[Reply]:
        return []

    def original_gone(self) -> Sequence[Reply]:
        unseen = graph_error(100, "The URL you supplied is invalid", error_subcode=1609005)
        return [unseen, self.gone()]

    def repost_listing(self, original: Original, at: datetime) -> Sequence[Reply]:
        moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        share = {"id": f"{PAGE}_124", "created_time": moment, "permalink_url": f"https://fb.example/{PAGE}/posts/124"}
        attachment = {"type": "share", "url": original.url, "unshimmed_url": original.url}
        told = {**share, "id": f"{PAGE}_125", "message": "In words of its own", "parent_id": self.original().remote_id}
        return [Reply.of({"data": [told, {**share, "attachments": {"data": [attachment]}}]})]

    def nothing_listed(self) -> Sequence[Reply]:
        return self.empty_listing()

    def undone(self) -> Reply:
        return self.deleted()

    def nothing_to_undo(self) -> Reply:
        return self.gone()

    def reposts(self, request: Arrived) -> bool:
        return self.creates(request) and request.form.get("link") == self.original().url


class WithoutProof(Graph):
    """The Graph API, without the app's secret."""

    def access(self, base_url: str, timeout: float) -> Access:
        return Access(base_url, {}, {"page_id": PAGE, "access_token": "EAAB-page-token-Zq91"}, timeout)


class TestWithProof(AdapterContract):
    dialect = Graph()


class TestWithoutProof(AdapterContract):
    dialect = WithoutProof()

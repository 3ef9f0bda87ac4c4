"""X through tweepy keeps the contract."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from crosspost.adapter import Access, Content, ContentMedium, Original
from crosspost.testing import AdapterContract, Arrived, Reply
from crosspost_twitter import TwitterAdapter


def problem(status: int, detail: str, kind: str = "about:blank", **headers: str) -> Reply:
    return Reply.of({"title": "Problem", "type": kind, "status": status, "detail": detail}, status, **headers)


class Signing:
    """X, spoken to with OAuth 1.0a."""

    adapter = TwitterAdapter()

    def access(self, base_url: str, timeout: float) -> Access:
        app = {"consumer_key": "app-key-Zq81", "consumer_secret": "app-secret-Zq82"}
        return Access(base_url, app, {"access_token": "token-Zq83", "access_token_secret": "secret-Zq84"}, timeout)

    def content(self, text: str, media: tuple[ContentMedium, ...] = ()) -> Content:
        return Content("amb-jp-tokyo/twitter", "fr", text, "https://www.diplomatie.gouv.fr/fr/?a=1&b=2", media)

    def identity(self, handle: str) -> Sequence[Reply]:
        return [Reply.of({"data": {"id": "42", "username": handle, "name": "MFA"}})]

    def uploaded(self) -> Sequence[Reply]:
        return [Reply.of({"data": {"id": "710", "media_key": "3_710"}}), Reply.of({"data": {"id": "710"}})]

    def published(self) -> Reply:
        return Reply.of({"data": {"id": "1900000000000000001", "text": "…"}}, 201)

    def deleted(self) -> Reply:
        return Reply.of({"data": {"deleted": True}})

    def gone(self) -> Reply:
        return Reply.of({"title": "Not Found Error", "status": 404}, 404)

    def listing(self, text: str, at: datetime) -> Sequence[Reply]:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        link = "https://www.diplomatie.gouv.fr/fr/?a=1&b=2"
        short = escaped.replace(link.replace("&", "&amp;"), "https://t.co/abcdefghij")
        post = {
            "id": "1900000000000000002",
            "text": short,
            "created_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "entities": {"urls": [{"start": 0, "end": 1, "url": "https://t.co/abcdefghij", "expanded_url": link}]},
        }
        return [*self.identity("mfa"), Reply.of({"data": [post], "meta": {"result_count": 1}})]

    def empty_listing(self) -> Sequence[Reply]:
        return [*self.identity("mfa"), Reply.of({"meta": {"result_count": 0}})]

    def creates(self, request: Arrived) -> bool:
        return (request.method, request.path) == ("POST", "/2/tweets")

    def words(self, request: Arrived) -> str:
        return str(json.loads(request.body)["text"])

    def refusal(self, message: str) -> Reply:
        return Reply.of({"errors": [{"message": message}], "title": "Invalid Request", "detail": "One or more…"}, 400)

    def unauthorized(self, message: str) -> Reply:
        return problem(401, message)

    def duplicate(self) -> Reply:
        return problem(403, "You are not allowed to create a Tweet with duplicate content.")

    def blocked(self) -> Reply:
        return problem(403, "Your account is suspended and is not permitted to access this feature.")

    def too_many(self, seconds: int | None) -> Reply | None:
        if seconds is None:
            return problem(429, "Too Many Requests")
        reset = str(int(time.time()) + seconds)
        return problem(429, "Too Many Requests", x_rate_limit_remaining="0", x_rate_limit_reset=reset)

    def original(self) -> Original:
        return Original("1900000000000000009", "https://x.com/francediplo/status/1900000000000000009")

    def before_repost(self) -> Sequence[Reply]:
        return self.identity("mfa")

    def reposted(self) -> Reply:
        return Reply.of({"data": {"retweeted": True}})

    def reposted_already(self) -> Sequence[Reply]:
        said = "You cannot retweet a Tweet that you have already retweeted."
        return [
            self.refusal(said),
            Reply.of({"errors": [{"code": 327, "message": "You have already retweeted this Tweet."}]}, 403),
            self.reposted(),
        ]

    def original_gone(self) -> Sequence[Reply]:
        kind = "https://api.twitter.com/2/problems/resource-not-found"
        error = {"title": "Not Found Error", "type": kind, "detail": "Could not find tweet with id: [1]."}
        return [Reply.of({"errors": [error]}), Reply.of({"errors": [error]}, 404), self.gone()]

    def repost_listing(self, original: Original, at: datetime) -> Sequence[Reply]:
        reposted = {
            "id": "1900000000000000010",
            "text": "RT @francediplo: Bonjour du ministère…",
            "created_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "referenced_tweets": [{"type": "retweeted", "id": original.remote_id}],
        }
        quoted = {**reposted, "id": "1900000000000000011"}
        quoted["referenced_tweets"] = [{"type": "quoted", "id": self.original().remote_id}]
        return [Reply.of({"data": [quoted, reposted], "meta": {"result_count": 2}})]

    def nothing_listed(self) -> Sequence[Reply]:
        return [Reply.of({"meta": {"result_count": 0}})]

    def undone(self) -> Reply:
        return Reply.of({"data": {"retweeted": False}})

    def nothing_to_undo(self) -> Reply:
        return self.original_gone()[0]

    def reposts(self, request: Arrived) -> bool:
        wanted = {"tweet_id": self.original().remote_id}
        return (request.method, request.path, request.document) == ("POST", "/2/users/42/retweets", wanted)


class Bearing(Signing):
    """X, spoken to with a bearer token of the account."""

    def access(self, base_url: str, timeout: float) -> Access:
        app = {"consumer_key": "app-key-Zq81", "consumer_secret": "app-secret-Zq82"}
        return Access(base_url, app, {"bearer_token": "bearer-Zq85"}, timeout)


class Numbered(Signing):
    """X, with an access token that begins with the account's number, as X gives them out."""

    def access(self, base_url: str, timeout: float) -> Access:
        app = {"consumer_key": "app-key-Zq81", "consumer_secret": "app-secret-Zq82"}
        return Access(base_url, app, {"access_token": "42-Zq86Zq86", "access_token_secret": "secret-Zq84"}, timeout)

    def before_repost(self) -> Sequence[Reply]:
        return []


class TestSigned(AdapterContract):
    dialect = Signing()


class TestBearer(AdapterContract):
    dialect = Bearing()


class TestNumbered(AdapterContract):
    dialect = Numbered()

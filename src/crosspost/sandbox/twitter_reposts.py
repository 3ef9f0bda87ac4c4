"""Reposts on the imitated X: made and undone by the number of the original, once for each account."""

from __future__ import annotations

from typing import Any

from crosspost.sandbox import twitter_answers as says
from crosspost.sandbox.answers import Answer, Refusal, as_json
from crosspost.sandbox.calls import Call
from crosspost.sandbox.ids import Ids
from crosspost.sandbox.ledger import Ledger
from crosspost.sandbox.published import Published
from crosspost.sandbox.town import Resident

#: Characters of an original that a listing shows in a repost.
_SHOWN = 140


class RepostDesk:
    """Answers POST /2/users/{id}/retweets and DELETE /2/users/{id}/retweets/{source}."""

    def __init__(self, ledger: Ledger, ids: Ids) -> None:
        self._ledger = ledger
        self._ids = ids

    def create(self, call: Call, resident: Resident) -> Answer:
        """Repost. A second time is refused; a post that is not there (any more) is not found."""
        _check_own(call, resident)
        wanted = _wanted(call.document)
        original = self._standing(wanted)
        if original is None:
            raise Refusal(says.not_found("tweet", wanted, 404))
        if self._ledger.repost(original, resident.account_id):
            raise Refusal(says.invalid(says.REPOSTED_ALREADY, tweet_id=wanted))
        post_id = str(self._ids.next(call.now))
        self._ledger.publish(
            Published(
                platform=original.platform,
                account=resident.account_id,
                handle=resident.username,
                id=post_id,
                text=original.text,
                created_at=call.now,
                # A repost has no page of its own: it is seen among those of its original.
                path=f"{original.path}/retweets",
                link=original.link,
                media=original.media,
                repost_of=original.id,
            )
        )
        return as_json({"data": {"retweeted": True}})

    def undo(self, call: Call, resident: Resident) -> Answer:
        """Take the account's repost away; where there is none, X lets it pass."""
        _check_own(call, resident)
        original = self._ledger.post("twitter", call.params["source"])
        repost = self._ledger.repost(original, resident.account_id) if original else None
        if repost:
            self._ledger.delete(repost)
        return as_json({"data": {"retweeted": False}})

    def shown(self, repost: Published, text: str) -> dict[str, Any]:
        """Return what a listing shows of a repost besides its id: its text, cut, and the post that it refers to."""
        original = self._ledger.post(repost.platform, repost.repost_of)
        said = f"RT @{original.handle if original else 'i'}: {text}"
        cut = said if len(said) <= _SHOWN else f"{said[: _SHOWN - 1]}…"
        return {"text": cut, "referenced_tweets": [{"type": "retweeted", "id": repost.repost_of}]}

    def _standing(self, post_id: str) -> Published | None:
        """Return the post; the original where it is a repost, as X does; None where it does not stand."""
        post = self._ledger.post("twitter", post_id)
        if post is None or post.deleted:
            return None
        return self._standing(post.repost_of) if post.repost_of else post


def _check_own(call: Call, resident: Resident) -> None:
    said = call.params["id"]
    if said != resident.user_id:
        message = f"The `id` query parameter value [{said}] must be the same as the authenticating user's"
        raise Refusal(says.invalid(message, id=said))


def _wanted(body: Any) -> str:
    if not isinstance(body, dict) or not isinstance(body.get("tweet_id"), str) or not body["tweet_id"].isdecimal():
        raise Refusal(says.invalid("$.tweet_id: a string of digits is required"))
    for key in sorted(set(body) - {"tweet_id"}):
        raise Refusal(says.invalid(says.undefined(key)))
    return str(body["tweet_id"])

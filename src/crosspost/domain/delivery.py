"""The life of a delivery: its id, its states, and the legal moves between them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from crosspost.domain.campaign import ANY, NO_CAMPAIGN, SINGLE


class State(StrEnum):
    """Where a delivery stands. *Held* is not a state but a queued delivery with an open block or under a hold."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


#: Every legal move. `cancelled`, `expired` and `failed` return to `queued` only by a person or a new revision, and only
#: when no attempt may have reached the platform. A repost that was asked for, and is queued to be asked for again,
#: becomes `unknown` where it is not to be. One thing stands beside the table: a platform's receipt makes a delivery
#: `sent` whatever it was before, since evidence is never thrown away.
MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SENDING, State.CANCELLED, State.EXPIRED, State.FAILED, State.UNKNOWN}),
    State.SENDING: frozenset({State.SENT, State.QUEUED, State.UNKNOWN, State.FAILED}),
    State.UNKNOWN: frozenset({State.SENT, State.QUEUED, State.FAILED}),
    State.SENT: frozenset(),
    State.FAILED: frozenset({State.QUEUED}),
    State.CANCELLED: frozenset({State.QUEUED}),
    State.EXPIRED: frozenset({State.QUEUED}),
}

#: States whose post may be out: nothing but the platform's evidence changes what they say.
MAY_BE_OUT = frozenset({State.SENDING, State.SENT, State.UNKNOWN})


class BlockKind(StrEnum):
    """Why a delivery may not leave now. Each is closed only by its own remedy."""

    LATE = "late"
    STALE = "stale"
    REVIEW = "review"
    APPROVAL = "approval"
    CRITICAL = "critical"
    SAME = "same"
    QUIET = "quiet"
    BLACKOUT = "blackout"


#: Blocks that follow from the plan alone: each new plan writes them anew. The others stay until somebody answers.
OF_THE_PLAN = frozenset({BlockKind.STALE, BlockKind.SAME, BlockKind.QUIET, BlockKind.BLACKOUT})

#: Blocks of the plan that a person may set aside: the plan stops it, and somebody has said that it may leave so.
MAY_BE_ALLOWED = frozenset({BlockKind.QUIET, BlockKind.BLACKOUT})


def delivery_id(campaign: str, post: str, account: str, slot: str, occurrence: str = "") -> str:
    """Return the id of a delivery, which can be read: `cop31/opening/amb-jp-tokyo/twitter/ja`."""
    return f"{SINGLE if campaign == NO_CAMPAIGN else campaign}/{occasion(post, occurrence)}/{account}/{slot}"


def occasion(post: str, occurrence: str) -> str:
    """Return what names one time that a post is said: `weekly@2027-03-01`, or the post where it is said once."""
    return f"{post}@{occurrence}" if occurrence else post


def split_occasion(said: str) -> tuple[str, str]:
    """Return the post and the occurrence that an occasion names; "" for the occurrence where it names the post."""
    post, _, occurrence = said.partition("@")
    return post, occurrence


def voices(said: str, account: str, slot: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Return what names that an account says an occasion in each of these languages, in a slot of this kind."""
    kind = ANY if slot == ANY else "each"
    return tuple(f"{said}/{account}/{kind}/{language}" for language in languages)


def repeated_voices(said: str, account: str, slot: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Return the voices that a delivery would repeat: one post for all after one for each language, and the reverse.

    It is a change of an account's language mode that makes two slots say the same post in the same language.
    """
    return voices(said, account, "each" if slot == ANY else ANY, languages)

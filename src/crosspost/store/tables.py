"""The tables, as the design lays them. Rows are read and written with SQLAlchemy Core: batches, not objects.

Missions and accounts are domain values: their tables hold exactly their fields (and the place in the tree's order), so
a row is the value and needs no twin. What operation sets for an account stands apart in `Operation`, which no import
touches.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Enum, Index, Integer, Table, Text, false, text
from sqlmodel import Field, SQLModel

from crosspost.domain.content import PUBLISH
from crosspost.domain.network import LanguageMode
from crosspost.store.types import UtcDateTime, Words

metadata = SQLModel.metadata


def core(model: type[SQLModel]) -> Table:
    """Return the table of a model, for SQLAlchemy Core."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


mission = Table(
    "mission",
    metadata,
    Column("id", Text, primary_key=True),
    Column("parent", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("languages", Words, nullable=False),
    Column("weekend", Words, nullable=False),
    Column("slots", Words, nullable=False, server_default="[]"),
    Column("quiet", Text, nullable=False, server_default=""),
    Column("gap", Text, nullable=False, server_default=""),
    Column("position", Integer, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("mission", Text, primary_key=True),
    Column("platform", Text, primary_key=True),
    Column("handle", Text, nullable=False),
    Column("languages", Words, nullable=False),
    Column(
        "language_mode",
        Enum(LanguageMode, native_enum=False, length=16, values_callable=lambda modes: [m.value for m in modes]),
        nullable=False,
    ),
    Column("position", Integer, nullable=False),
)


class Meta(SQLModel, table=True):
    """What the database knows of itself: the mode it was made for, and the number of the network's last change."""

    name: str = Field(primary_key=True)
    value: str


class Operation(SQLModel, table=True):
    """What operation has set for an account; no import touches it.

    `state` is `new`, `enabled` or `retired`; a pause is a reason, "" while there is none. `fingerprint` names the
    credential that the platform confirmed as this account's.
    """

    account: str = Field(primary_key=True)
    state: str = "new"
    paused: str = ""
    fingerprint: str = ""
    identity: str = ""
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Pace(SQLModel, table=True):
    """Not before when, and why, for an account or an app (its platform's name). `until` absent: until a person says.

    `is_limit`: the platform's own limit set it, so that the wait is no lateness for what was due after `excuses`; what
    was due before was late already when the limit began.
    """

    scope: str = Field(primary_key=True)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    why: str = ""
    strikes: int = 0
    is_limit: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    excuses: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Spent(SQLModel, table=True):
    """What a budget has given out: how many posts an account or an app began within one slice of a budget's window.

    `span` is the budget's length in seconds, `slice` the number of the slice since 1970.
    """

    scope: str = Field(primary_key=True)
    span: int = Field(primary_key=True)
    slice: int = Field(primary_key=True, sa_type=BigInteger)
    used: int = 0


class Uploaded(SQLModel, table=True):
    """A medium that the platform already has for a delivery, so that no step is taken twice.

    `medium` is the digest of its bytes and alt text; `described` says whether the platform has been told the alt text.
    """

    delivery: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    medium: str
    handle: str
    described: bool = False
    at: datetime = Field(sa_type=UtcDateTime)


class WorkerRow(SQLModel, table=True):
    """A daemon: when it started, when it last turned, and when it stopped, if it did."""

    __tablename__ = "worker"
    name: str = Field(primary_key=True)
    version: str
    started: datetime = Field(sa_type=UtcDateTime)
    seen: datetime = Field(sa_type=UtcDateTime)
    stopped: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Notice(SQLModel, table=True):
    """A matter that needs a person: since when, when somebody was told, and when it was over.

    `matter` begins with the way by which somebody is told. `try_at`: until then nobody tries to tell it again.
    """

    matter: str = Field(primary_key=True)
    what: str
    since: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    over_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    try_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Recall(SQLModel, table=True):
    """A person's wish that a post which is out be deleted, and what became of it.

    `outcome` is "" (asked), `deleted`, `refused` or `uncertain`.
    """

    account: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    delivery: str = Field(index=True)
    who: str
    why: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    tries: int = 0
    outcome: str = ""
    detail: str = ""
    at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CampaignRow(SQLModel, table=True):
    """A campaign: who owns it, its status (`active`, `withdrawn`), its current revision, and its plan's number."""

    __tablename__ = "campaign"
    id: str = Field(primary_key=True)
    owner: str
    title: str
    status: str = "active"
    revision: int = 0
    plan_number: int = 0


class Revision(SQLModel, table=True):
    """One queued version of a campaign, whole. `file_digest` names the file as written, before `--now` moved it.

    `change` is its class; `note` says what was wrong with the version before, where that was critical.
    """

    campaign: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    value: dict[str, Any] = Field(sa_type=JSON)
    file_digest: str
    rushed: bool = False
    change: str = "substantive"
    note: str = Field(default="", sa_column_kwargs={"server_default": ""})
    who: str
    at: datetime = Field(sa_type=UtcDateTime)


class Override(SQLModel, table=True):
    """A Variant owned by a mission below the campaign's owner.

    `state` says how it came to fit its source: `set`, `accepted`, `pinned`; `reason` is what its owner said to that.
    """

    campaign: str = Field(primary_key=True)
    post: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    platform: str = Field(primary_key=True)
    value: str
    source: str
    pinned: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: str = "set"
    reason: str = ""
    who: str
    at: datetime = Field(sa_type=UtcDateTime)


class ContentRow(SQLModel, table=True):
    """A content, immutable, by its digest."""

    __tablename__ = "content"
    digest: str = Field(primary_key=True)
    value: dict[str, Any] = Field(sa_type=JSON)


class Media(SQLModel, table=True):
    """A medium whose bytes are in the media store, by their SHA-256."""

    sha256: str = Field(primary_key=True)
    mime: str
    size: int
    width: int
    height: int
    file: str


_QUEUED = text("state = 'queued'")
_URGENT = text("state = 'queued' AND priority > 0")
_LOOKED_FOR = text("look_at IS NOT NULL")
_AFTER = text("after <> ''")


class Delivery(SQLModel, table=True):
    """What the queue holds: one post to one account, once.

    `wall` and `zone` are the intent, `due` is derived from them. `action` is its content's. `after` names a delivery
    that must be out before: the original of a repost, or what this one comes `delay` seconds after; `because` and
    `moved` are as in `domain.planned.Planned`.
    `look_at` is when an `unknown` one, or a `queued` one of a restored database, is looked up next; absent, it waits
    for a person. `settled_by` says whether a `cancelled` one was so by the `plan` (and may come back with it) or by a
    `person`; on any other, `person` says that somebody has let it leave late. `prepared` is the digest of the content
    whose media and credential were seen to ahead of the due instant.
    """

    id: str = Field(primary_key=True)
    campaign: str
    post: str
    occurrence: str = ""
    account: str
    platform: str
    slot: str
    language: str
    content: str
    action: str = Field(default=PUBLISH, sa_column_kwargs={"server_default": PUBLISH})
    wall: str
    zone: str
    shift: str = ""
    due: datetime = Field(sa_type=UtcDateTime)
    expires: datetime = Field(sa_type=UtcDateTime)
    state: str
    priority: int = 0
    after: str = ""
    delay: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    because: str = Field(default="", sa_column_kwargs={"server_default": ""})
    moved: str = Field(default="", sa_column_kwargs={"server_default": ""})
    reason: str = ""
    settled_by: str = ""
    attempts: int = 0
    looks: int = 0
    look_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    prepared: str = Field(default="", sa_column_kwargs={"server_default": ""})
    length: int = 0
    length_limit: int = 0
    origins: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)

    __table_args__ = (
        Index("ux_delivery_key", "campaign", "post", "occurrence", "account", "slot", unique=True),
        Index("ix_delivery_due", "due", "id", sqlite_where=_QUEUED, postgresql_where=_QUEUED),
        Index("ix_delivery_urgent", "priority", "due", sqlite_where=_URGENT, postgresql_where=_URGENT),
        # One account, one sender: the database itself refuses a second post on the wire.
        Index(
            "ux_delivery_sending",
            "account",
            unique=True,
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index(
            "ix_delivery_unknown",
            "account",
            "look_at",
            sqlite_where=text("state = 'unknown'"),
            postgresql_where=text("state = 'unknown'"),
        ),
        Index("ix_delivery_account", "account", "state"),
        Index("ix_delivery_after", "after", sqlite_where=_AFTER, postgresql_where=_AFTER),
        Index("ix_delivery_look", "look_at", sqlite_where=_LOOKED_FOR, postgresql_where=_LOOKED_FOR),
    )


class SkippedRow(SQLModel, table=True):
    """What the campaign's last plan left out, and why; `slot` and `occurrence` are "" where it is about all."""

    __tablename__ = "skipped"
    campaign: str = Field(primary_key=True)
    post: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    occurrence: str = Field(default="", primary_key=True)
    reason: str
    message: str


class Block(SQLModel, table=True):
    """Why a delivery may not leave now; closed only by its own remedy."""

    delivery: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    why: str
    who: str
    since: datetime = Field(sa_type=UtcDateTime)


class Allowed(SQLModel, table=True):
    """That a person lets a delivery leave although the plan stops it, for this reason and no other."""

    delivery: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    why: str
    who: str
    at: datetime = Field(sa_type=UtcDateTime)


class OwnDayRow(SQLModel, table=True):
    """A mission's own word on a day, which counts for all below it: see `calendars.OwnDay`."""

    __tablename__ = "own_day"
    mission: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    is_open: bool
    why: str
    who: str
    at: datetime = Field(sa_type=UtcDateTime)


class BlackoutRow(SQLModel, table=True):
    """Days on which part of the network keeps silent: see `domain.blackout.Blackout`. `ended_by` ended it early."""

    __tablename__ = "blackout"
    id: int | None = Field(default=None, primary_key=True)
    scope: dict[str, Any] = Field(sa_type=JSON)
    first: date
    last: date
    topics: tuple[str, ...] = Field(sa_type=Words)
    why: str
    who: str
    at: datetime = Field(sa_type=UtcDateTime)
    ended_by: str = ""


class Lease(SQLModel, table=True):
    """Who may send for an account, with a fencing number that only grows, and until when."""

    account: str = Field(primary_key=True)
    owner: str = ""
    fence: int = 0
    until: datetime = Field(sa_type=UtcDateTime)


class Attempt(SQLModel, table=True):
    """One step of one try at a delivery. Append-only: the intent before the request, the outcome after."""

    delivery: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    step: str
    content: str
    worker: str
    fence: int = 0
    start: datetime = Field(sa_type=UtcDateTime)
    end: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = ""
    status: int = 0
    code: str = ""
    detail: str = ""


class ReceiptRow(SQLModel, table=True):
    """Evidence from the platform. A second one for a delivery is an alarm, and is kept all the same."""

    __tablename__ = "receipt"
    account: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    delivery: str = Field(index=True)
    url: str
    at: datetime = Field(sa_type=UtcDateTime)


class HoldRow(SQLModel, table=True):
    """A stop on part of the network; released ones stay as history."""

    __tablename__ = "hold"
    id: int | None = Field(default=None, primary_key=True)
    scope: dict[str, Any] = Field(sa_type=JSON)
    reason: str
    who: str
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_by: str = ""


class Event(SQLModel, table=True):
    """What people and the machine did, when, in which role. Append-only."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    role: str
    action: str
    target: str = Field(index=True)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)

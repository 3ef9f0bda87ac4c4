"""What platforms already have of a delivery's media, so that no step of it is taken twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert  # with ON CONFLICT, which SQLite's compiler knows as well

from crosspost.domain.content import ContentMedium
from crosspost.domain.text import digest
from crosspost.store.engine import Transaction
from crosspost.store.tables import Delivery, Uploaded, core

_uploaded = core(Uploaded)
_delivery = core(Delivery)


@dataclass(frozen=True, slots=True)
class Upload:
    """A medium that the platform has: at which place in the post, under which handle, and whether it has its alt text.

    `medium` is what `name` returns.
    """

    position: int
    medium: str
    handle: str
    described: bool


def name(medium: ContentMedium) -> str:
    """Return what names a medium with its alt text."""
    return digest({"sha256": medium.sha256, "mime": medium.mime, "alt": medium.alt})


_NEW = insert(_uploaded)
_KEEP = _NEW.on_conflict_do_update(
    index_elements=[_uploaded.c.delivery, _uploaded.c.position],
    set_={column: _NEW.excluded[column] for column in ("medium", "handle", "described", "at")},
)
_DESCRIBED = (
    update(_uploaded)
    .where(
        _uploaded.c.delivery == bindparam("of"),
        _uploaded.c.position == bindparam("place"),
        _uploaded.c.handle == bindparam("under"),
    )
    .values(described=True)
)


def keep(tx: Transaction, delivery: str, upload: Upload, now: datetime) -> None:
    """Record that a medium is uploaded or, where its handle is known already, that it is described."""
    if upload.described:
        asked = {"of": delivery, "place": upload.position, "under": upload.handle}
        if tx.execute(_DESCRIBED, asked).rowcount:
            return  # how long the handle holds counts from its upload
    tx.execute(
        _KEEP,
        {
            "delivery": delivery,
            "position": upload.position,
            "medium": upload.medium,
            "handle": upload.handle,
            "described": upload.described,
            "at": now,
        },
    )


_OF = (
    select(_uploaded)
    .where(_uploaded.c.delivery.in_(bindparam("those", expanding=True)), _uploaded.c.at > bindparam("since"))
    .order_by(_uploaded.c.delivery, _uploaded.c.position)
)


def of(tx: Transaction, deliveries: Collection[str], since: datetime) -> dict[str, tuple[Upload, ...]]:
    """Return what is uploaded for these deliveries since an instant, by delivery."""
    found: dict[str, tuple[Upload, ...]] = {}
    for row in tx.execute(_OF, {"those": list(deliveries), "since": since}):
        upload = Upload(row.position, row.medium, row.handle, row.described)
        found[row.delivery] = (*found.get(row.delivery, ()), upload)
    return found


_FORGET = delete(_uploaded).where(_uploaded.c.delivery == bindparam("of"))


def forget(tx: Transaction, delivery: str) -> None:
    """Forget what is uploaded for a delivery: it is out, or the platform would not take it."""
    tx.execute(_FORGET, {"of": delivery})


def forget_old(tx: Transaction, keeps: Mapping[str, timedelta], now: datetime) -> None:
    """Forget what no platform keeps any longer; what was prepared with it is prepared anew."""
    old = [(platform, now - kept) for platform, kept in keeps.items()]
    for platform, before in old:
        those = (
            select(_uploaded.c.delivery)
            .join(_delivery, _delivery.c.id == _uploaded.c.delivery)
            .where(_uploaded.c.at <= before, _delivery.c.platform == platform)
        )
        lost = tx.execute(those).scalars().all()
        if lost:
            tx.execute(update(_delivery).where(_delivery.c.id.in_(lost)).values(prepared=""))
            tx.execute(delete(_uploaded).where(_uploaded.c.delivery.in_(lost)))

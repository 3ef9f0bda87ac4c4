"""Selections as SQL: the one place where the filters of the command line, holds and claims meet the delivery table."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, Text, and_, cast, exists, false, literal_column, not_, or_, true

from crosspost.domain.campaign import ANY
from crosspost.domain.content import REPOST
from crosspost.domain.delivery import State, split_occasion
from crosspost.domain.network import Network
from crosspost.domain.selection import Selection
from crosspost.store.tables import Block, Delivery, Recall, ReceiptRow, core

#: Words for people, and no states of the table: queued, and stopped; sent, and deleted since.
HELD, RECALLED = "held", "recalled"


def matching(selection: Selection, network: Network) -> ColumnElement[bool]:
    """Return the condition under which a delivery is within the selection."""
    delivery = core(Delivery).c
    conditions: list[ColumnElement[bool]] = []
    if selection.names_accounts:
        conditions.append(delivery.account.in_([account.id for account in selection.accounts(network)]))
    if selection.lang:
        # The language of the words, or the account's own that they stand in for: `pt` said for `pt-BR` is both.
        spoken = or_(delivery.language.in_(selection.lang), delivery.slot.in_(selection.lang))
        conditions.append(or_(spoken, *(_joins(tag) for tag in selection.lang)))
    if selection.campaign:
        conditions.append(or_(*(_of_campaign(name) for name in selection.campaign)))
    if selection.state:
        conditions.append(or_(*(_in_state(state) for state in selection.state)))
    return and_(true(), *conditions)


_delivery_table = core(Delivery)


def is_in(state: State, table: FromClause = _delivery_table) -> ColumnElement[bool]:
    """Return the condition under which a delivery is in a state.

    The state stands in the statement as a literal: only so does SQLite know that a partial index serves.
    """
    return table.c.state == literal_column(f"'{state.value}'")


def is_repost(table: FromClause = _delivery_table) -> ColumnElement[bool]:
    """Return the condition under which a delivery reposts another."""
    return table.c.action == REPOST


def blocked() -> ColumnElement[bool]:
    """Return the condition under which a delivery has an open block."""
    block = core(Block).alias("open_block")  # by a name of its own, for queries that list blocks themselves
    return exists().where(block.c.delivery == core(Delivery).c.id)


def _joins(language: str) -> ColumnElement[bool]:
    """Return the condition under which a delivery speaks a language beside its first: its words come from there too."""
    delivery = core(Delivery).c
    origin = f'"language": "{language}"'
    return and_(delivery.slot == ANY, cast(delivery.origins, Text).contains(origin, autoescape=True))


def under_any(selections: list[Selection], network: Network) -> ColumnElement[bool]:
    """Return the condition under which a delivery is within one of the selections."""
    return or_(false(), *(matching(selection, network) for selection in selections))


def _of_campaign(name: str) -> ColumnElement[bool]:
    delivery = core(Delivery).c
    campaign, _, said = name.partition("/")
    post, occurrence = split_occasion(said)
    of_post = delivery.post == post if post else true()
    return and_(delivery.campaign == campaign, of_post, delivery.occurrence == occurrence if occurrence else true())


def _in_state(state: str) -> ColumnElement[bool]:
    delivery = core(Delivery).c
    if state == RECALLED:
        return and_(delivery.state == State.SENT.value, recalled())
    return and_(delivery.state == "queued", blocked()) if state == HELD else delivery.state == state


def recalled() -> ColumnElement[bool]:
    """Return the condition under which every post of a delivery that the platform gave a receipt for is deleted."""
    receipt, recall = core(ReceiptRow).alias("its_receipt"), core(Recall).alias("its_recall")
    is_its = (recall.c.account == receipt.c.account, recall.c.remote_id == receipt.c.remote_id)
    is_deleted = exists().where(*is_its, recall.c.outcome == "deleted")
    left = exists().where(receipt.c.delivery == core(Delivery).c.id, not_(is_deleted))
    return and_(exists().where(recall.c.delivery == core(Delivery).c.id), not_(left))

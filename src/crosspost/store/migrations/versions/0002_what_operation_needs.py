"""What operation needs: budgets, steps of a delivery, daemons that were seen, notices, recalls."""

import sqlalchemy as sa
from alembic import op

from crosspost.store.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("over_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("try_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("matter"),
    )
    op.create_table(
        "recall",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("account", "remote_id"),
    )
    op.create_index("ix_recall_delivery", "recall", ["delivery"])
    op.create_table(
        "spent",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("span", sa.Integer(), nullable=False),
        sa.Column("slice", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "span", "slice"),
    )
    op.create_table(
        "uploaded",
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("medium", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("described", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "position"),
    )
    op.create_table(
        "worker",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("started", UtcDateTime(), nullable=False),
        sa.Column("seen", UtcDateTime(), nullable=False),
        sa.Column("stopped", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    looked_for = sa.text("look_at IS NOT NULL")
    op.create_index("ix_delivery_look", "delivery", ["look_at"], sqlite_where=looked_for, postgresql_where=looked_for)
    op.add_column("delivery", sa.Column("prepared", sa.String(), server_default="", nullable=False))
    op.add_column("pace", sa.Column("is_limit", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("pace", sa.Column("excuses", UtcDateTime(), nullable=True))

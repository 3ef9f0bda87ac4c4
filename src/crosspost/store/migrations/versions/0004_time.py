"""Time as missions live it: their hours, days on which they are closed, blackouts, and what moved a delivery."""

import sqlalchemy as sa
from alembic import op

from crosspost.store.types import UtcDateTime, Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mission", sa.Column("slots", Words(), nullable=False, server_default="[]"))
    op.add_column("mission", sa.Column("quiet", sa.Text(), nullable=False, server_default=""))
    op.add_column("mission", sa.Column("gap", sa.Text(), nullable=False, server_default=""))
    op.add_column("delivery", sa.Column("action", sa.String(), nullable=False, server_default="publish"))
    op.execute("UPDATE delivery SET action = 'repost' WHERE after <> ''")
    op.add_column("delivery", sa.Column("delay", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("delivery", sa.Column("moved", sa.String(), nullable=False, server_default=""))
    _skipped_by_occurrence()
    op.create_table(
        "allowed",
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "kind"),
    )
    op.create_table(
        "own_day",
        sa.Column("mission", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("mission", "day"),
    )
    op.create_table(
        "blackout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("topics", Words(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _skipped_by_occurrence() -> None:
    """Make the table anew: its rows are those of the last plan, and none of them was of a post that comes back."""
    op.rename_table("skipped", "skipped_before")
    op.create_table(
        "skipped",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "post", "account", "slot", "occurrence", name="skipped_by_occurrence"),
    )
    columns = "campaign, post, account, slot, reason, message"
    op.execute(f"INSERT INTO skipped ({columns}, occurrence) SELECT {columns}, '' FROM skipped_before")  # noqa: S608
    op.drop_table("skipped_before")

"""Localisation: what was wrong with a version, overrides that their owner stands by until a day, and reposts."""

import sqlalchemy as sa
from alembic import op

from crosspost.store.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("revision", sa.Column("note", sa.String(), nullable=False, server_default=""))
    op.add_column("override", sa.Column("pinned", UtcDateTime(), nullable=True))
    op.execute("UPDATE override SET state = 'set' WHERE state = 'fresh'")
    op.add_column("delivery", sa.Column("because", sa.String(), nullable=False, server_default=""))
    is_repost = sa.text("after <> ''")
    op.create_index("ix_delivery_after", "delivery", ["after"], sqlite_where=is_repost, postgresql_where=is_repost)

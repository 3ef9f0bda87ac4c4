"""Localisation: what was wrong with a version, and overrides that their owner stands by until a day."""

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

"""Draft the next migration from the difference between the tables in the code and the newest schema.

.venv/bin/python scripts/new_migration.py "holds have a reason"
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from crosspost.store.schema import HEAD, alembic_config, upgrade


def main() -> None:
    """Draft it."""
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder, 'newest.db')}")
        with engine.begin() as connection:
            upgrade(connection)
            config = alembic_config()
            config.attributes["connection"] = connection
            command.revision(config, sys.argv[1], autogenerate=True, rev_id=f"{int(HEAD) + 1:04}")
        engine.dispose()


if __name__ == "__main__":
    main()

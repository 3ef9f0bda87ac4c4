"""The schema: migrations make exactly the tables that the code uses, and an unsuitable database is refused in words."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from crosspost.errors import StoreError
from crosspost.store import Store
from crosspost.store.schema import HEAD, alembic_config
from crosspost.store.tables import metadata


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(store):
    with store.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []


def test_the_newest_migration_is_the_one_that_the_code_needs():
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


def test_a_database_that_is_not_there_is_never_made_by_opening_it(tmp_path):
    with pytest.raises(StoreError, match="crosspost init"):
        Store.open(f"sqlite:///{tmp_path / 'elsewhere.db'}", "sandbox")
    assert list(tmp_path.iterdir()) == []


def test_a_sandbox_database_is_refused_in_live_mode(store, database_url):
    with pytest.raises(StoreError, match="made in sandbox mode"):
        Store.open(database_url, "live")


@pytest.mark.parametrize(("found", "advice"), [("0000", "database upgrade"), ("9999", "install a newer crosspost")])
def test_a_database_of_another_schema_is_refused_with_what_to_do(store, database_url, found, advice):
    with store.write() as tx:
        tx.execute(text(f"UPDATE alembic_version SET version_num = '{found}'"))
    with pytest.raises(StoreError, match=advice):
        Store.open(database_url, "sandbox")


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path):
    (tmp_path / "letter.db").write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(StoreError, match="no readable database"):
        Store.open(f"sqlite:///{tmp_path / 'letter.db'}", "sandbox")


def test_what_is_committed_survives_a_power_cut(store, database_url):
    with store.read() as tx:
        if database_url.startswith("sqlite"):
            assert tx.execute(text("PRAGMA synchronous")).scalar() == 2
            assert tx.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        else:
            assert tx.execute(text("SHOW synchronous_commit")).scalar() == "on"

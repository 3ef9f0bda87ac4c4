"""Alembic's door: migrations run on the connection that `crosspost.store.schema.upgrade` opened."""

from alembic import context

from crosspost.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()

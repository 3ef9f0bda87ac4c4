"""Alembic migrations, shipped with the package. How to write one is in CONTRIBUTING."""

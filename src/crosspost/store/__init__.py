"""The store: the only room that knows SQL. Functions take a `Transaction`; rows come back as values."""

from crosspost.store.engine import Store, Transaction

__all__ = ["Store", "Transaction"]

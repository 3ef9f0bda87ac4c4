"""The doors to the platforms: one connection for each account, opened with its credential and kept.

An account is leased by one claim at a time, so its connection is never used by two threads at once.
"""

from __future__ import annotations

import threading

from crosspost.adapter import Access, Connection
from crosspost.files.config import Config
from crosspost.files.credentials import Credentials
from crosspost.plugins import load_adapter


class Doors:
    """Opens accounts, and opens them anew when their credential has changed."""

    def __init__(self, config: Config, credentials: Credentials) -> None:
        self._config = config
        self._credentials = credentials
        self._open: dict[str, tuple[str, Connection]] = {}
        self._lock = threading.Lock()

    def open(self, account: str) -> tuple[Connection, str]:
        """Return the account's connection and the fingerprint of the credential it was opened with.

        Raises:
            ConfigurationError: when the credential is missing, or the mode forbids the platform's address.
            PluginError: when the platform's adapter cannot be loaded.
        """
        fingerprint = self._credentials.fingerprint(account)
        with self._lock:
            known = self._open.get(account)
        if known is not None and known[0] == fingerprint:
            return known[1], fingerprint
        if known is not None:
            known[1].close()
        connection = self._connect(account)
        with self._lock:
            self._open[account] = (fingerprint, connection)
        return connection, fingerprint

    def _connect(self, account: str) -> Connection:
        platform = account.rpartition("/")[2]
        adapter = load_adapter(platform)
        access = Access(
            base_url=self._config.base_url(platform, adapter.base_url),
            app=self._credentials.for_app(platform, adapter.app_keys),
            account=self._credentials.for_account(account, adapter.account_keys),
            timeout=self._config.daemon.request_timeout.total_seconds(),
        )
        return adapter.connect(access)

    def warm(self, platforms: set[str]) -> None:
        """Import the adapters of these platforms now, so that the first post does not wait for it."""
        for platform in sorted(platforms):
            load_adapter(platform)

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for _, connection in self._open.values():
                connection.close()
            self._open.clear()

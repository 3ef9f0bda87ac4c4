"""The doors to the platforms: one connection for each account, opened with its credential and kept.

An account is leased by one claim at a time, so its connection is never used by two threads at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from crosspost.adapter import Access, Capabilities, Connection
from crosspost.errors import PluginError
from crosspost.plugins.registry import load_adapter


class Secrets(Protocol):
    """Where credentials are kept."""

    def for_app(self, platform: str, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the app's secrets by name."""
        ...

    def for_account(self, account: str, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the account's secrets by name."""
        ...

    def fingerprint(self, account: str) -> str:
        """Return what names the account's credential without giving it away."""
        ...


class Doors:
    """Opens accounts, and opens them anew when their credential has changed.

    `address` returns where a platform is, given its name and its real address, and refuses what the mode forbids;
    `timeout` is in seconds for each request.
    """

    def __init__(self, secrets: Secrets, address: Callable[[str, str], str], timeout: float) -> None:
        self._secrets, self._address, self._timeout = secrets, address, timeout
        self._open: dict[str, tuple[str, Connection]] = {}
        self._lock = threading.Lock()

    def open(self, account: str) -> tuple[Connection, str]:
        """Return the account's connection and the fingerprint of the credential it was opened with.

        Raises:
            ConfigurationError: when the credential is missing, or the mode forbids the platform's address.
            PluginError: when the platform's adapter cannot be loaded.
        """
        fingerprint = self._secrets.fingerprint(account)
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
            base_url=self._address(platform, adapter.base_url),
            app=self._secrets.for_app(platform, adapter.app_keys),
            account=self._secrets.for_account(account, adapter.account_keys),
            timeout=self._timeout,
        )
        return adapter.connect(access)

    def warm(self, platforms: Iterable[str]) -> dict[str, Capabilities]:
        """Import the adapters of these platforms now, so that the first post does not wait; return what they take."""
        found = {}
        for platform in platforms:
            with suppress(PluginError):  # it will be told for each account that needs it
                found[platform] = load_adapter(platform).capabilities
        return found

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for _, connection in self._open.values():
                connection.close()
            self._open.clear()

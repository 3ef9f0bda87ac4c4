"""credentials.toml: the secrets, which never leave this room but to open a door."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
import threading
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from crosspost.errors import ConfigurationError
from crosspost.files.words import account_name, platform_name

_FROM_ENVIRONMENT = "env:"


class Credentials:
    """The secrets of apps and accounts, read again whenever the file changes. No repr, error or log shows a value."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, ...] | None = None
        self._tables: Mapping[str, Mapping[str, str]] = {}

    def __repr__(self) -> str:
        """Name the file and nothing in it."""
        return f"Credentials({self._path.name!r})"

    def for_app(self, platform: str, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the app's secrets of a platform; keys with `?` at the end may be absent.

        Raises:
            ConfigurationError: when the file or a key is missing, or others can read the file.
        """
        return self._required(platform, keys)

    def for_account(self, account: str, keys: Sequence[str]) -> Mapping[str, str]:
        """Return an account's secrets; keys with `?` at the end may be absent.

        Raises:
            ConfigurationError: when the file, the account or a key is missing, or others can read the file.
        """
        found = self._required(account, keys)
        if keys and not found:
            names = ", ".join(key.rstrip("?") for key in keys)
            raise ConfigurationError(f'{self._path.name} has no ["{account}"]: add it, with some of {names}')
        return found

    def table(self, name: str) -> Mapping[str, str]:
        """Return all that is kept under a name; empty where there is nothing."""
        return {key: _value(value) for key, value in self._read().get(name, {}).items()}

    def secrets(self) -> frozenset[str]:
        """Return every secret as it stands, for those who must keep it out of a text; none where the file is no use."""
        try:
            tables = self._read()
        except ConfigurationError:
            tables = self._tables
        written = [value for table in tables.values() for value in table.values()]
        return frozenset(
            os.environ.get(value.removeprefix(_FROM_ENVIRONMENT), value) if _is_elsewhere(value) else value
            for value in written
        )

    def fingerprint(self, account: str) -> str:
        """Return a name for the account's credential and its app's, which gives neither away."""
        held = [sorted(self.table(account).items()), sorted(self.table(account.rpartition("/")[2]).items())]
        return hashlib.sha256(json.dumps(held).encode()).hexdigest()[:16]

    def _required(self, name: str, keys: Sequence[str]) -> Mapping[str, str]:
        held = self.table(name)
        missing = [key for key in keys if not key.endswith("?") and not held.get(key)]
        if missing:
            raise ConfigurationError(
                f'{self._path.name} lacks {", ".join(missing)} under ["{name}"]: docs/credentials.md says how to get it'
            )
        return {key.rstrip("?"): held[key.rstrip("?")] for key in keys if held.get(key.rstrip("?"))}

    def _read(self) -> Mapping[str, Mapping[str, str]]:
        with self._lock:
            try:
                seen = self._path.stat()
            except OSError:
                raise ConfigurationError(
                    f"there is no {self._path.name} beside config.toml: in sandbox mode, "
                    "`crosspost sandbox credentials` writes one; docs/credentials.md says how to get real ones"
                ) from None
            stamp = (seen.st_mtime_ns, seen.st_size, seen.st_ino, seen.st_mode)
            if stamp != self._stamp:
                if stat.S_IMODE(seen.st_mode) & 0o077:
                    raise ConfigurationError(f"others can read {self._path.name}: chmod 600 {self._path}")
                self._tables, self._stamp = self._parsed(), stamp
            return self._tables

    def _parsed(self) -> Mapping[str, Mapping[str, str]]:
        try:
            data = tomllib.loads(self._path.read_text("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            where = str(error).rpartition("(")[2].rstrip(")") if "(" in str(error) else "somewhere"
            raise ConfigurationError(f"{self._path.name} is no valid TOML ({where})") from None
        except OSError as error:
            raise ConfigurationError(f"{self._path.name} cannot be read: {error.strerror}") from None
        wrong = [name for name, table in data.items() if not _is_table_of_text(table)]
        if wrong:
            raise ConfigurationError(f'{self._path.name}: under {", ".join(wrong)} only `name = "value"` may stand')
        return {_canonical(name): table for name, table in data.items()}


def _canonical(name: str) -> str:
    """Return the name of an account or platform as the network writes it: `x` is `twitter`."""
    return account_name(name) if "/" in name else platform_name(name)


def _is_table_of_text(table: object) -> bool:
    return isinstance(table, dict) and all(isinstance(value, str) for value in table.values())


def _is_elsewhere(written: str) -> bool:
    return written.startswith(_FROM_ENVIRONMENT)


def _value(written: str) -> str:
    """Return a value as written, or from the environment where it says `env:NAME`."""
    if not _is_elsewhere(written):
        return written
    name = written.removeprefix(_FROM_ENVIRONMENT)
    if name not in os.environ:
        raise ConfigurationError(f"credentials.toml asks for ${name}, which is not set")
    return os.environ[name]


def write_credentials(path: Path, tables: Mapping[str, Mapping[str, str]]) -> None:
    """Write secrets, readable by their owner alone, at once or not at all."""
    lines = ["# Secrets. Never commit, mail or print this file."]
    for name, table in tables.items():
        lines += ["", f"[{_quoted(name)}]", *(f"{key} = {_quoted(value)}" for key, value in table.items())]
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        Path(file.name).replace(path)
    except OSError:
        Path(file.name).unlink()
        raise


def _quoted(text: str) -> str:
    """Return a TOML string: JSON's, but for the one control character that JSON lets pass."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

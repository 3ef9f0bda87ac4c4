"""config.toml: what the program works with, and the mode that decides which addresses it may speak to."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crosspost.adapter import Budget
from crosspost.domain.findings import Finding, Place
from crosspost.domain.schedule import parse_duration
from crosspost.errors import ConfigurationError
from crosspost.files.budgets import REMEDY, parse_budgets
from crosspost.files.keys import nearest
from crosspost.files.toml import Document, read_toml
from crosspost.files.words import platform_name

SANDBOX = "sandbox"
LIVE = "live"

ENVIRONMENT = "CROSSPOST_CONFIG"

#: What a value begins with that stands in the environment: `env:NAME`.
_FROM_ENVIRONMENT = "env:"


@dataclass(frozen=True, slots=True)
class DaemonConfig:
    """How the daemon works: senders at once, when late becomes a decision, one request's bound, a lease's length.

    `look_after` are the waits before each look-up for a post that may be out; after the last, a person decides.
    `prepare_ahead` is how long before it is due a post is prepared; nothing where it is not.
    """

    workers: int = 32
    late_after: timedelta = timedelta(minutes=15)
    request_timeout: timedelta = timedelta(seconds=20)
    lease: timedelta = timedelta(seconds=30)
    look_after: tuple[timedelta, ...] = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
    prepare_ahead: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class LogConfig:
    """How the daemon's log is written: `format` is `text` or `json`; `file` is None for standard error."""

    format: str = "text"
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class MetricsConfig:
    """Where the daemon answers for its health and its metrics; port 0 is nowhere."""

    host: str = "127.0.0.1"
    port: int = 0


@dataclass(frozen=True, slots=True)
class NotifyConfig:
    """Who is told when a person is needed: a command and its arguments, an address, both or neither."""

    command: tuple[str, ...] = ()
    webhook: str = field(default="", repr=False)  # such an address is often itself the secret


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration. Paths are absolute.

    `addresses` holds a platform's base URL where one is given, `budgets` what is to be kept instead of the budgets that
    its adapter knows.
    """

    path: Path
    mode: str = SANDBOX
    acting_as: str = ""
    campaigns: Path = Path("campaigns")
    database_url: str = field(default="sqlite:///crosspost.db", repr=False)  # it may hold a password
    media: Path = Path("media")
    sandbox_port: int = 8400
    daemon: DaemonConfig = field(default_factory=DaemonConfig)
    log: LogConfig = field(default_factory=LogConfig)
    metrics: MetricsConfig = field(default_factory=MetricsConfig)
    notify: NotifyConfig = field(default_factory=NotifyConfig)
    addresses: Mapping[str, str] = field(default_factory=dict)
    budgets: Mapping[str, tuple[Budget, ...]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder that the file is in; relative paths count from it."""
        return self.path.parent

    def base_url(self, platform: str, real: str) -> str:
        """Return where a platform is in this mode, given its real address.

        Raises:
            ConfigurationError: when the mode forbids the address: sandbox allows this machine alone, live real hosts.
        """
        fallback = f"http://127.0.0.1:{self.sandbox_port}/{platform}" if self.mode == SANDBOX else real
        url = self.addresses.get(platform, fallback)
        forbidden = why_forbidden(url, self.mode)
        if forbidden:
            raise ConfigurationError(f"[platforms.{platform}] base_url: {forbidden}")
        return url


def why_forbidden(url: str, mode: str) -> str:
    """Return why a mode forbids an address, "" where it allows it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return f"{url!r} is not an address"
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or "\\" in url:
        return f"{url!r} is not an address such as https://api.example.org"
    if mode == SANDBOX:
        return "" if _is_loopback(host) else f"sandbox mode speaks to this machine alone, not to {host or url!r}"
    if parts.scheme != "https":
        return f"live mode speaks https alone, not {url!r}"
    if (
        _is_loopback(host)
        or "." not in host
        or host.endswith((".local", ".internal", ".localhost"))
        or _is_address(host)
    ):
        return f"live mode speaks to real hosts by name, not to {host!r}"
    return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # What resolvers take for a number too, such as 127.1 or 0x7f.1.
        return re.fullmatch(r"\d+|0x[0-9a-f]*", host.rpartition(".")[2]) is not None
    return True


def find_config(option: Path | None) -> Path:
    """Return the configuration to use: the option's, else $CROSSPOST_CONFIG, else ./config.toml.

    Raises:
        ConfigurationError: when it is not there; nothing is ever made in its place.
    """
    named = option or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)
    path = (named or Path("config.toml")).absolute()
    if not path.is_file():
        here = "there is no config.toml in this folder" if named is None else f"there is no {path}"
        raise ConfigurationError(f"{here}: `crosspost init` makes one, `--config FILE` names another")
    return path


def load_config(path: Path) -> Config:
    """Return the configuration that a file writes.

    Raises:
        ConfigurationError: with every mistake of the file in its `findings`.
    """
    document = read_toml(path)
    reader = _Reader(document)
    config = reader.config(path.absolute())
    if reader.findings:
        raise ConfigurationError(f"{path.name} has mistakes", tuple(reader.findings))
    return config


#: Every key with its type; the names are the file's.
_KEYS: dict[str, dict[str, type]] = {
    "": {"mode": str, "acting_as": str, "campaigns": str},
    "database": {"url": str, "media": str},
    "sandbox": {"port": int},
    "daemon": {
        "workers": int,
        "late_after": str,
        "request_timeout": str,
        "lease": str,
        "look_after": str,
        "prepare_ahead": str,
    },
    "log": {"format": str, "file": str},
    "metrics": {"host": str, "port": int},
    "notify": {"command": list, "webhook": str},
}


class _Reader:
    """Reads the tables one by one, collecting mistakes."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = list(document.findings)

    def config(self, path: Path) -> Config:
        """Return the configuration; where there are mistakes, with defaults in their place."""
        data = self.document.data
        for name in data:
            if name not in {*_KEYS[""], *_KEYS, "platforms"}:
                self._mistake(
                    (name,), f"unknown key `{name}`", nearest(name, [*_KEYS[""], *filter(None, _KEYS), "platforms"])
                )
        top = {key: value for key, value in self._table("").items() if key in _KEYS[""]}
        database, daemon = self._table("database"), self._table("daemon")
        mode = top.get("mode", SANDBOX)
        if mode not in {SANDBOX, LIVE}:
            self._mistake(("mode",), f"`{mode}` is no mode", "Write `sandbox` or `live`.")
            mode = SANDBOX
        folder = path.parent
        return Config(
            path=path,
            mode=mode,
            acting_as=top.get("acting_as", ""),
            campaigns=folder / top.get("campaigns", "campaigns"),
            database_url=self._database_url(database.get("url", "sqlite:///crosspost.db"), folder),
            media=folder / database.get("media", "media"),
            sandbox_port=self._number(("sandbox", "port"), self._table("sandbox").get("port", 8400), 1, 65535),
            daemon=self._daemon(daemon),
            log=self._log(folder),
            metrics=self._metrics(),
            notify=self._notify(mode),
            addresses=dict(self._addresses(mode)),
            budgets=dict(self._budgets()),
        )

    def _table(self, name: str) -> dict[str, Any]:
        """Return the known keys of a table that have the right type."""
        table = self.document.data.get(name, {}) if name else self.document.data
        if not isinstance(table, dict):
            self._mistake((name,), f"`{name}` is a table", f"Write `[{name}]` and its keys below.")
            return {}
        known, good = _KEYS[name], {}
        for key, value in table.items():
            path = (name, key) if name else (key,)
            if key not in known:
                if name:
                    self._mistake(path, f"unknown key `{key}` in [{name}]", nearest(key, known))
            elif type(value) is not known[key]:
                self._mistake(path, f"`{key}` is a {_TYPES[known[key]]}", "The default is in config.example.toml.")
            else:
                good[key] = value
        return good

    def _database_url(self, url: str, folder: Path) -> str:
        url = self._elsewhere(("database", "url"), url, "sqlite:///crosspost.db")
        engine = url.partition(":")[0].partition("+")[0]
        if engine not in {"sqlite", "postgresql"} or url.endswith(("sqlite://", "sqlite:///", ":memory:")):
            remedy = "Write sqlite:///crosspost.db, or postgresql://HOST/DATABASE"
            self._mistake(("database", "url"), "the database is neither an SQLite file nor PostgreSQL", remedy)
        return _absolute_url(url, folder)

    def _daemon(self, table: Mapping[str, Any]) -> DaemonConfig:
        values: dict[str, Any] = {}
        for each in fields(DaemonConfig):
            if each.name not in table:
                continue
            path = ("daemon", each.name)
            if each.name == "workers":
                values["workers"] = self._number(path, table["workers"], 1, 256)
                continue
            try:
                values[each.name] = self._duration(each.name, table[each.name])
            except ValueError as error:
                self._mistake(path, str(error), "")
        return DaemonConfig(**values)

    @staticmethod
    def _duration(name: str, text: str) -> timedelta | tuple[timedelta, ...]:
        if name == "look_after":
            return tuple(parse_duration(part) for part in text.split(","))
        if name == "prepare_ahead" and text.strip() in {"0", "0s", "0m", "0h"}:
            return timedelta(0)  # here it means "never"
        return parse_duration(text)

    def _elsewhere(self, path: tuple[str, ...], written: str, otherwise: str) -> str:
        """Return a value as written, or from the environment: a password or a token has no place in this file."""
        if not written.startswith(_FROM_ENVIRONMENT):
            return written
        name = written.removeprefix(_FROM_ENVIRONMENT)
        if name not in os.environ:
            self._mistake(path, f"${name} is not set", "Set it for the daemon and for every command.")
        return os.environ.get(name, otherwise)

    def _log(self, folder: Path) -> LogConfig:
        table = self._table("log")
        style, file = table.get("format", "text"), table.get("file", "")
        if style not in {"text", "json"}:
            self._mistake(("log", "format"), f"`{style}` is no format of the log", "Write `text` or `json`.")
        return LogConfig(style, folder / file if file else None)

    def _metrics(self) -> MetricsConfig:
        table = self._table("metrics")
        port = self._number(("metrics", "port"), table.get("port", 0), 0, 65535)
        return MetricsConfig(table.get("host", "127.0.0.1"), port)

    def _notify(self, mode: str) -> NotifyConfig:
        table = self._table("notify")
        command, webhook = (
            table.get("command", []),
            self._elsewhere(("notify", "webhook"), table.get("webhook", ""), ""),
        )
        if not all(isinstance(word, str) for word in command) or (command and not command[0]):
            self._mistake(("notify", "command"), "`command` is a list of texts", 'Write ["mail-the-desk", "--urgent"].')
            command = []
        if webhook and (why := why_forbidden(webhook, mode)):
            self._mistake(("notify", "webhook"), why, "The mode decides which addresses may be used.")
        return NotifyConfig(tuple(command), webhook)

    def _number(self, path: tuple[str, ...], value: int, least: int, most: int) -> int:
        if not least <= value <= most:
            self._mistake(path, f"`{path[-1]}` is {value}", f"Write a number from {least} to {most}.")
        return value

    def _addresses(self, mode: str) -> Iterator[tuple[str, str]]:
        for name, table in self._platforms():
            for key in table:
                if key not in _PLATFORM_KEYS:
                    message = f"unknown key `{key}` in [platforms.{name}]"
                    self._mistake(("platforms", name, key), message, nearest(key, _PLATFORM_KEYS))
            value = str(table.get("base_url", ""))
            if "base_url" not in table:
                continue
            if why := why_forbidden(value, mode):
                self._mistake(("platforms", name, "base_url"), why, "The mode decides which addresses may be used.")
            else:
                yield platform_name(name), value

    def _platforms(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        platforms = self.document.data.get("platforms", {})
        for name, table in platforms.items() if isinstance(platforms, dict) else ():
            if isinstance(table, dict):
                yield name, table

    def _budgets(self) -> Iterator[tuple[str, tuple[Budget, ...]]]:
        for name, table in self._platforms():
            if "budgets" not in table:
                continue
            path = ("platforms", name, "budgets")
            try:
                yield platform_name(name), parse_budgets(table["budgets"])
            except ValueError as error:
                self._mistake(path, str(error), REMEDY)

    def _mistake(self, path: tuple[str, ...], message: str, remedy: str) -> None:
        place: Place = self.document.place(path)
        self.findings.append(Finding("config", message, remedy, place=place))


#: The keys of each `[platforms.NAME]`.
_PLATFORM_KEYS = ("base_url", "budgets")

_TYPES = {str: "text in quotes", int: "whole number", list: "list in brackets"}


def _absolute_url(url: str, folder: Path) -> str:
    """Return the URL with a relative SQLite path counted from the configuration's folder."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/"):
        return f"{prefix}{folder / url.removeprefix(prefix)}"
    return url

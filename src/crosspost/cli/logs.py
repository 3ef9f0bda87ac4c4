"""How the daemon's log is written: one line for each event, as text for people or as JSON for machines, and no secret.

What libraries say goes through the same handler, from warnings on.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any
from urllib.parse import quote

from structlog.processors import format_exc_info
from structlog.stdlib import ProcessorFormatter

from crosspost.errors import ConfigurationError

#: The logger of all that is ours.
OWN = "crosspost"

#: A secret that is shorter is none, and taking it out would maim words.
_SHORTEST = 6

_Event = MutableMapping[str, Any]


@dataclass(frozen=True)
class Style:
    """How lines are written, and what every line names.

    `secrets` returns what no line may hold; it is asked for each line that may quote a stranger.
    """

    style: str = "text"
    file: Path | None = None
    level: int = logging.INFO
    about: Mapping[str, str] = field(default_factory=dict)
    secrets: Callable[[], Iterable[str]] = frozenset


def set_up(how: Style) -> None:
    """Send all that is logged to standard error, or to a file that may be moved away at any time (`logrotate`).

    Raises:
        ConfigurationError: when the file cannot be written.
    """
    handler = _handler(how.file)
    handler.setFormatter(_Line(how))
    handler.addFilter(_is_worth_a_line)
    root = logging.getLogger()
    for before in [own for own in root.handlers if isinstance(own.formatter, _Line)]:
        root.removeHandler(before)
    root.addHandler(handler)
    root.setLevel(max(how.level, logging.WARNING))
    logging.getLogger(OWN).setLevel(how.level)
    logging.captureWarnings(capture=True)


def _handler(file: Path | None) -> logging.Handler:
    if file is None:
        return logging.StreamHandler(sys.stderr)
    try:
        return WatchedFileHandler(file, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"[log] file: {file} cannot be written: {error.strerror}") from error


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Drop what libraries say below a warning, also where one has set its own level."""
    return record.name.partition(".")[0] == OWN or record.levelno >= logging.WARNING


class _Line(logging.Formatter):
    """Makes one line of a record, and takes secrets out of it."""

    def __init__(self, how: Style) -> None:
        super().__init__()
        self._secrets, self._about = how.secrets, how.about
        render = _as_json if how.style == "json" else _as_text
        self._inner = ProcessorFormatter(
            processors=[
                self._complete,
                format_exc_info,
                ProcessorFormatter.remove_processors_meta,
                lambda _logger, _name, event: render(event),
            ]
        )

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = self._inner.format(record)
        # What we say at ease holds names and numbers alone; a trouble may quote a platform, or a library.
        is_ours = record.levelno < logging.WARNING and record.name.startswith(OWN)
        return line if is_ours else _redacted(line, self._secrets())

    def _complete(self, _logger: object, _name: str, event: _Event) -> _Event:
        record: logging.LogRecord = event["_record"]
        said = str(event.pop("event", ""))
        at = datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
        ours = record.name.partition(".")[0] == OWN
        first = {"at": at, "level": record.levelname.lower(), "event": said}
        return first | ({} if ours else {"logger": record.name}) | dict(event) | dict(self._about)


def _redacted(line: str, secrets: Iterable[str]) -> str:
    """Return the line without secrets, as they are or as an address or JSON writes them."""
    plain = {secret for secret in secrets if len(secret) >= _SHORTEST}
    forms = plain | {quote(secret, safe="") for secret in plain} | {json.dumps(secret)[1:-1] for secret in plain}
    for form in sorted(forms, key=len, reverse=True):  # one may be a part of another
        line = line.replace(form, "[secret]")
    return line


def _as_json(event: _Event) -> str:
    return json.dumps(event, ensure_ascii=False, default=str)


def _as_text(event: _Event) -> str:
    """Return `instant LEVEL event key=value …`: what is absent is left out, what has spaces stands in quotes."""
    at, level, said = event.pop("at"), event.pop("level"), event.pop("event")
    trace = event.pop("exception", "")
    values = [f"{key}={_value(value)}" for key, value in event.items() if value is not None and value != ""]
    line = " ".join([at, level.upper(), said.replace("\n", "\\n"), *values])
    return f"{line}\n{trace}" if trace else line


def _value(value: object) -> str:
    text = str(value)
    is_plain = text.isprintable() and not any(mark in text for mark in ' "=')
    return text if is_plain else json.dumps(text, ensure_ascii=False)

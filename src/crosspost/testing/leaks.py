"""Where secrets leak: all that an exception carries, all that is logged, all that a repr shows."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager


def everything_said(thing: object) -> Iterator[str]:
    """Yield all the text that an object gives away: for an exception, its traceback and what led to it too."""
    yield repr(thing)
    yield str(thing)
    if not isinstance(thing, BaseException):
        return
    seen: set[int] = set()
    waiting: list[BaseException | None] = [thing]
    while waiting:
        error = waiting.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        yield from (repr(error.args), repr(vars(error)), *traceback.format_exception(error))
        waiting += [error.__cause__, error.__context__]


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard += [record.getMessage(), repr(record.args), record.exc_text or ""]
        if record.exc_info and record.exc_info[1]:
            self.heard += everything_said(record.exc_info[1])


@contextmanager
def hearing() -> Iterator[list[str]]:
    """Give the list that every log record of every library goes into, with the root logger wide open."""
    root, ear = logging.getLogger(), _Ear()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        yield ear.heard
    finally:
        root.setLevel(level)
        root.removeHandler(ear)

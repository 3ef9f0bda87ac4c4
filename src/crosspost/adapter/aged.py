"""A helping hand for client libraries that have aged."""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import import_module, resources
from threading import Lock
from types import ModuleType
from typing import Any

_NAME = "pkg_resources"
_LOCK = Lock()


@lru_cache(maxsize=8)
def load(library: str) -> Any:  # a module, of which nothing more is known
    """Import a library that reads its own data files through `pkg_resources`.

    Python 3.12 no longer brings that module, setuptools dropped it with version 82, and where it is still there it
    takes longer to import than all the rest and warns its user. While the library is imported, its one needed
    function stands in.
    """
    with _LOCK:
        before = sys.modules.get(_NAME)
        stand_in = ModuleType(_NAME)
        stand_in.resource_string = _resource_string  # type: ignore[attr-defined]
        sys.modules[_NAME] = stand_in
        try:
            return import_module(library)
        finally:
            del sys.modules[_NAME]
            if before is not None:
                sys.modules[_NAME] = before


def _resource_string(module: str, name: str) -> bytes:
    """Return the bytes of a file beside a module, as `pkg_resources` does."""
    return resources.files(module.rpartition(".")[0]).joinpath(name).read_bytes()

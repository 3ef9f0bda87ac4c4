"""Which adapters are installed, and how one is loaded: through the entry-point group that strangers use too.

Listing imports nothing. A broken adapter, or two that quarrel over one platform, harm that platform alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points

from crosspost.adapter import Adapter
from crosspost.errors import PluginError

GROUP = "crosspost.adapters"

#: The distribution that the built-in adapters come with; any other one takes their place.
OWN_DISTRIBUTION = "crosspost"


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """An adapter that is installed: its platform's name, the distribution it comes with, and where its class is."""

    name: str
    distribution: str
    version: str
    value: str


@lru_cache(maxsize=1)
def _offered() -> dict[str, tuple[EntryPoint, ...]]:
    """Return the entry points that count, by platform: a foreign distribution's takes the place of a built-in one."""
    by_name: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        by_name.setdefault(entry.name, []).append(entry)
    return {name: _foreign(entries) or tuple(entries) for name, entries in by_name.items()}


def _foreign(entries: list[EntryPoint]) -> tuple[EntryPoint, ...]:
    return tuple(entry for entry in entries if _distribution(entry) != OWN_DISTRIBUTION)


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else ""


def adapter_names() -> tuple[PluginInfo, ...]:
    """Return the adapters that are installed, by name, without importing any.

    A platform that two foreign distributions offer stands there twice, and `load_adapter` refuses it.
    """
    offered = _offered()
    return tuple(_info(entry) for name in sorted(offered) for entry in offered[name])


def _info(entry: EntryPoint) -> PluginInfo:
    version = entry.dist.version if entry.dist else ""
    return PluginInfo(entry.name, _distribution(entry), version, entry.value)


@lru_cache(maxsize=32)
def load_adapter(name: str) -> Adapter:
    """Return the adapter of a platform, imported when it is first asked for; afterwards the same one again.

    Raises:
        PluginError: when there is none, or several, or it cannot be imported, or does not keep the contract.
    """
    entry = _only(name)
    said = f"the adapter {name} of {_distribution(entry)} ({entry.value})"
    try:
        adapter = entry.load()()
        missing = [attribute for attribute in _contract() if not hasattr(adapter, attribute)]
    except (Exception, SystemExit) as error:  # a stranger's module may do anything while it is imported
        raise PluginError(f"{said} cannot be loaded: {type(error).__name__}: {error}") from error
    if missing:
        raise PluginError(f"{said} does not keep the contract of crosspost.adapter: it lacks {', '.join(missing)}")
    if adapter.name != name:
        raise PluginError(f"{said} calls itself {adapter.name!r}: its entry point must have that name")
    loaded: Adapter = adapter
    return loaded


def _only(name: str) -> EntryPoint:
    """Return the one entry point of a platform."""
    entries = _offered().get(name, ())
    if not entries:
        raise PluginError(f"no adapter for {name!r} is installed{_hint(name)}")
    if len(entries) > 1:
        who = " and ".join(sorted(_distribution(entry) for entry in entries))
        raise PluginError(f"{who} both offer an adapter for {name}: uninstall one of them")
    return entries[0]


def _hint(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, _offered(), n=2)
    return f"; did you mean {' or '.join(near)}?" if near else ": `crosspost adapters` lists those that are"


def _contract() -> Iterator[str]:
    """Yield the names of all that an adapter must have, as the contract itself declares them."""
    yield from Adapter.__annotations__
    yield from (name for name in vars(Adapter) if not name.startswith("_"))

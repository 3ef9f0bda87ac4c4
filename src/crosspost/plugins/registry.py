"""Which adapters are installed, and how one is loaded: through the entry-point group that strangers use too.

Listing imports nothing. A broken adapter harms its own platform alone.
"""

from __future__ import annotations

import difflib
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
def _found() -> dict[str, list[EntryPoint]]:
    by_name: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        known = by_name.setdefault(entry.name, [])
        # One distribution may stand twice on the path, as an editable checkout and its metadata do.
        if all((_distribution(e), e.value) != (_distribution(entry), entry.value) for e in known):
            known.append(entry)
    return by_name


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else ""


def adapter_names() -> tuple[PluginInfo, ...]:
    """Return the adapters that are installed, by name, without importing any.

    Raises:
        PluginError: when two foreign distributions offer the same platform.
    """
    return tuple(_info(_chosen(name)) for name in sorted(_found()))


def _info(entry: EntryPoint) -> PluginInfo:
    version = entry.dist.version if entry.dist else ""
    return PluginInfo(entry.name, _distribution(entry), version, entry.value)


def _chosen(name: str) -> EntryPoint:
    """Return the entry point that counts: a foreign distribution's takes the place of a built-in one."""
    offered = _found()[name]
    foreign = [entry for entry in offered if _distribution(entry) != OWN_DISTRIBUTION]
    if len(foreign) > 1:
        who = " and ".join(sorted(_distribution(entry) for entry in foreign))
        raise PluginError(f"{who} both offer an adapter for {name}: uninstall one of them")
    return (foreign or offered)[0]


@lru_cache(maxsize=32)
def load_adapter(name: str) -> Adapter:
    """Return the adapter of a platform, imported when it is first asked for.

    Raises:
        PluginError: when there is none, or it cannot be imported, or does not keep the contract.
    """
    if name not in _found():
        near = difflib.get_close_matches(name, _found(), n=1)
        hint = f"; did you mean {near[0]}?" if near else ": `crosspost adapters` lists those that are installed"
        raise PluginError(f"no adapter for {name!r} is installed{hint}")
    entry = _chosen(name)
    try:
        adapter = entry.load()()
    except Exception as error:
        raise PluginError(f"the adapter {name} of {_distribution(entry)} cannot be loaded: {error}") from error
    missing = [attribute for attribute in _contract() if not hasattr(adapter, attribute)]
    if missing:
        raise PluginError(f"the adapter {name} of {_distribution(entry)} lacks {', '.join(missing)}")
    if adapter.name != name:
        raise PluginError(f"the adapter {name} of {_distribution(entry)} calls itself {adapter.name!r}")
    loaded: Adapter = adapter
    return loaded


def _contract() -> tuple[str, ...]:
    methods = ("capabilities", "wording", "measure", "check", "connect")
    return ("name", "title", "base_url", "app_keys", "account_keys", "stub", *methods)

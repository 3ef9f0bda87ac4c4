"""The budgets that the installed adapters know of."""

from __future__ import annotations

from crosspost.adapter import Budget
from crosspost.errors import PluginError
from crosspost.plugins.registry import adapter_names, load_adapter


def known_budgets() -> dict[str, tuple[Budget, ...]]:
    """Return the budgets of each platform whose adapter has some; one that cannot be loaded has none."""
    found = {}
    for name in sorted({info.name for info in adapter_names()}):
        try:
            found[name] = load_adapter(name).capabilities.budgets
        except PluginError:
            continue
    return {name: several for name, several in found.items() if several}

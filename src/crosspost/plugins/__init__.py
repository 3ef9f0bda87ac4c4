"""From entry points to adapters, and from adapters to open connections."""

from crosspost.plugins.doors import Doors
from crosspost.plugins.registry import PluginInfo, adapter_names, load_adapter

__all__ = ["Doors", "PluginInfo", "adapter_names", "load_adapter"]

"""The desk: all that an act needs, and the question whether somebody may do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from crosspost.adapter import Adapter
from crosspost.domain.network import Network
from crosspost.errors import NotPermittedError, UsageError
from crosspost.files.config import Config
from crosspost.plugins import adapter_names, load_adapter
from crosspost.store import Store, network
from crosspost.store.events import Actor
from crosspost.store.media import MediaStore


class Adapters(Mapping[str, Adapter]):
    """The installed adapters by platform, each imported when it is first asked for."""

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(info.name for info in adapter_names())

    def __getitem__(self, platform: str) -> Adapter:
        if platform not in self._names:
            raise KeyError(platform)
        return load_adapter(platform)

    def __contains__(self, platform: object) -> bool:
        return platform in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True)
class Desk:
    """Who acts, on which store, with which configuration, and what time it is."""

    config: Config
    store: Store
    media: MediaStore
    actor: Actor
    clock: Callable[[], datetime]
    adapters: Mapping[str, Adapter]

    def network(self) -> Network:
        """Return the network as it stands."""
        with self.store.read() as tx:
            return network.load(tx)

    def require_role(self, mission: str, known: Network) -> None:
        """Make sure that the acting mission may act for that one: it is that one, or above it.

        Raises:
            UsageError: when nobody says for whom they act, or for an unknown mission.
            NotPermittedError: when the acting mission stands elsewhere in the tree.
        """
        role = self.actor.role
        if not role:
            raise UsageError("say for whom you act: `--as MISSION`, or `acting_as` in config.toml")
        if role not in known.missions:
            raise UsageError(f"you act as {role!r}, which is no mission of the network: see `crosspost network show`")
        if mission not in known.missions:
            raise UsageError(f"there is no mission {mission!r}: see `crosspost network show`")
        if not known.is_within(mission, role):
            raise NotPermittedError(f"{role} may not act for {mission}: only {' or '.join(known.owners(mission))} may")

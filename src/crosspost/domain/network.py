"""The network: a tree of missions (ministry → region → embassy, consulate, permanent mission) and their accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class LanguageMode(StrEnum):
    """How an account speaks a post that exists in several of its languages."""

    EACH = "each"  # one post for each language
    FIRST = "first"  # one post, in the first of its languages that the post has
    JOINED = "joined"  # one post, the languages one below the other


@dataclass(frozen=True, slots=True)
class Mission:
    """A node of the network. Naming a node means it and all below it.

    `languages` are in order of preference; `weekend` holds `mon` to `sun`. A region has neither country nor zone.
    `slots` are its best hours (`10:00`), `quiet` those in which it keeps quiet (`22:00-07:00`), on its own clock; `gap`
    (`30m`) is the least time between two posts that are given its slots. `domain.hours` reads them, and says
    what counts where they are absent.
    """

    id: str
    parent: str = ""
    kind: str = "embassy"
    city: str = ""
    country: str = ""
    timezone: str = ""
    languages: tuple[str, ...] = ()
    weekend: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    quiet: str = ""
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One mission's presence on one platform. Never holds a secret: its id is the name of one."""

    mission: str
    platform: str
    handle: str = ""
    languages: tuple[str, ...] = ()
    language_mode: LanguageMode = LanguageMode.EACH

    @property
    def id(self) -> str:
        """The account's id, such as `amb-jp-tokyo/twitter`."""
        return account_id(self.mission, self.platform)


def account_id(mission: str, platform: str) -> str:
    """Return the id of a mission's account on a platform."""
    return f"{mission}/{platform}"


@dataclass(frozen=True)
class Network:
    """All missions and accounts. Iteration is in tree order: a parent first, then its children as they were listed."""

    missions: Mapping[str, Mission]
    accounts: Mapping[str, Account]

    @cached_property
    def _children(self) -> Mapping[str, tuple[str, ...]]:
        children: dict[str, list[str]] = {}
        for mission in self.missions.values():
            children.setdefault(mission.parent, []).append(mission.id)
        return {parent: tuple(ids) for parent, ids in children.items()}

    @cached_property
    def _by_mission(self) -> Mapping[str, tuple[Account, ...]]:
        held: dict[str, list[Account]] = {}
        for account in self.accounts.values():
            held.setdefault(account.mission, []).append(account)
        return {mission: tuple(accounts) for mission, accounts in held.items()}

    @property
    def root(self) -> str:
        """The id of the ministry, or "" while the network is empty."""
        return next((m.id for m in self.missions.values() if not m.parent), "")

    def children(self, mission: str) -> tuple[str, ...]:
        """Return the ids of the nodes just below."""
        return self._children.get(mission, ())

    def subtree(self, mission: str) -> Iterator[str]:
        """Yield the node and all below it, in tree order."""
        yield mission
        for child in self.children(mission):
            yield from self.subtree(child)

    def owners(self, mission: str) -> tuple[str, ...]:
        """Return the node and those above it, nearest first: whose words count for it, in this order."""
        chain = []
        while mission and mission in self.missions and mission not in chain:
            chain.append(mission)
            mission = self.missions[mission].parent
        return tuple(chain)

    def is_within(self, mission: str, node: str) -> bool:
        """Say whether the mission is the node, or below it."""
        return node in self.owners(mission)

    def clock_of(self, account: str) -> str:
        """Return the zone that an account's mission lives in; "" where it has none, or has left the network."""
        mission = self.missions.get(account.rpartition("/")[0])
        return mission.timezone if mission else ""

    def accounts_of(self, mission: str) -> tuple[Account, ...]:
        """Return the mission's own accounts."""
        return self._by_mission.get(mission, ())

    def accounts_in_order(self) -> Iterator[Account]:
        """Yield all accounts in tree order."""
        for mission in self.subtree(self.root):
            yield from self.accounts_of(mission)

    def languages_of(self, account: Account) -> tuple[str, ...]:
        """Return the account's languages in order; where it names none, its mission's."""
        return account.languages or self.missions[account.mission].languages

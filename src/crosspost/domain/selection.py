"""The one way to name a part of the network or of the queue: the filters of the command line, files and holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from crosspost.domain.network import Account, Network


@dataclass(frozen=True, slots=True)
class Selection:
    """A set of filters. An empty one lets everything through; several values of one filter widen it.

    `mission` takes nodes (each means it and all below it); `except_` takes nodes and account ids. `lang`, `campaign`
    (an id, or `id/post`) and `state` speak of deliveries and say nothing of an account.
    """

    mission: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    lang: tuple[str, ...] = ()
    campaign: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()

    def accounts(self, network: Network) -> Iterator[Account]:
        """Yield the accounts of the network that the filters let through, in tree order."""
        return (account for account in network.accounts_in_order() if self.takes(account, network))

    def takes(self, account: Account, network: Network) -> bool:
        """Say whether the filters that speak of accounts let this one through."""
        owners = network.owners(account.mission)
        return (
            (not self.mission or not set(self.mission).isdisjoint(owners))
            and (not self.country or network.missions[account.mission].country in self.country)
            and (not self.platform or account.platform in self.platform)
            and account.id not in self.except_
            and set(self.except_).isdisjoint(owners)
        )

    @property
    def names_accounts(self) -> bool:
        """Whether any filter that speaks of accounts is set."""
        return bool(self.mission or self.country or self.platform or self.except_)

    def describe(self) -> str:
        """Return the filters as words: `mission amb-jp-tokyo, platform twitter`, or `everything`."""
        said = [
            f"{f.name.rstrip('_')} {' or '.join(values)}" for f in fields(self) if (values := getattr(self, f.name))
        ]
        return ", ".join(said) or "everything"

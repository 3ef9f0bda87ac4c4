"""Who lives in the sandbox: the accounts of the network, and the credentials that open them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

#: The range that a platform's account numbers come from: X's have 19 digits, Facebook's 15, Weibo's 10.
_FIRST_NUMBER = {"twitter": 10**18, "facebook": 10**14, "weibo": 10**9}


@dataclass(frozen=True, slots=True)
class Resident:
    """An account with its handle (no `@` needed), the name people read, and its secrets, which no repr shows.

    twitter: `access_token` with `access_token_secret`, or `bearer_token`. facebook: `page_id`, `access_token`.
    weibo: `access_token`.
    """

    account_id: str
    platform: str
    handle: str
    name: str
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def username(self) -> str:
        """The handle without its `@`; an account without one is called by its id."""
        return self.handle.removeprefix("@") or self.account_id.replace("/", ".")

    @property
    def user_id(self) -> str:
        """The account's number on its platform: the page id where one is given, else derived from the account id."""
        first = _FIRST_NUMBER[self.platform]
        derived = int.from_bytes(hashlib.sha256(self.account_id.encode()).digest()[:8], "big") % (first * 8)
        return self.secrets.get("page_id") or str(first + derived)


class Town:
    """All residents and the apps' secrets (by platform), read anew whenever something unknown is asked for.

    So an account that was added, or a credential that was renewed, is known at once; one that was withdrawn is
    forgotten at the next look.
    """

    def __init__(
        self,
        residents: Callable[[], Iterable[Resident]],
        app_secrets: Callable[[], Mapping[str, Mapping[str, str]]],
    ) -> None:
        self._read_residents = residents
        self._read_apps = app_secrets
        self._residents: dict[str, Resident] = {}
        self._apps: Mapping[str, Mapping[str, str]] = {}
        self._index: dict[tuple[str, str, str], Resident] = {}

    def look_again(self) -> None:
        """Read residents and secrets anew; those of platforms that are not imitated are passed over."""
        self._residents = {r.account_id: r for r in self._read_residents() if r.platform in _FIRST_NUMBER}
        self._apps = self._read_apps()
        self._index = {key: resident for resident in self._residents.values() for key in _keys(resident)}

    def residents(self) -> list[Resident]:
        """Return all residents as they are now, in the order of the network."""
        self.look_again()
        return list(self._residents.values())

    def known(self, platform: str) -> list[Resident]:
        """Return the platform's residents as of the last look."""
        return [resident for resident in self._residents.values() if resident.platform == platform]

    def resident(self, account_id: str) -> Resident | None:
        """Return the resident of that account id."""
        if account_id not in self._residents:
            self.look_again()
        return self._residents.get(account_id)

    def find(self, platform: str, key: str, value: str) -> Resident | None:
        """Return the platform's resident whose `user_id`, `username`, or secret of that name is the value."""
        if not value:
            return None
        wanted = (platform, key, value.casefold() if key == "username" else value)
        if wanted not in self._index:
            self.look_again()
        return self._index.get(wanted)

    def app(self, platform: str) -> Mapping[str, str]:
        """Return the secrets of the platform's app; empty when none is known."""
        if not self._apps:
            self.look_again()
        return self._apps.get(platform, {})


def _keys(resident: Resident) -> Iterable[tuple[str, str, str]]:
    yield resident.platform, "user_id", resident.user_id
    yield resident.platform, "username", resident.username.casefold()
    for name in ("access_token", "bearer_token"):
        if resident.secrets.get(name):
            yield resident.platform, name, resident.secrets[name]

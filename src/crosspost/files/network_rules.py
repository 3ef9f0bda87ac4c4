"""What a network must hold to: one root, no circles, real zones, countries and languages, no handle twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from crosspost.domain.findings import Finding, Place
from crosspost.domain.hours import gap_of, quiet_of, slots_of
from crosspost.domain.language import is_valid
from crosspost.domain.network import Account, Mission, Network
from crosspost.domain.zones import UnknownZoneError, names, zone
from crosspost.files.keys import nearest
from crosspost.files.words import mistake

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: Where something of a mission stands: its id, and the column.
Locate = Callable[[str, str], Place | None]


def nowhere(_mission: str, _column: str) -> Place | None:
    """Say that nothing stands in a file."""
    return None


def check_network(network: Network, locate: Locate = nowhere) -> tuple[Finding, ...]:
    """Return everything that is wrong with a network; `locate` says where it was read."""
    return (*_tree(network, locate), *_missions(network, locate), *_accounts(network, locate))


def _tree(network: Network, locate: Locate) -> Iterator[Finding]:
    roots = [mission.id for mission in network.missions.values() if not mission.parent]
    if not roots and network.missions:
        yield Finding("root-missing", "no mission is the root: each has a parent", "Leave the ministry's parent empty.")
    for second in roots[1:]:
        remedy = f"Write its parent: the root is {roots[0]}."
        yield Finding("second-root", f"{second} has no parent", remedy, place=locate(second, "parent"))
    for mission in network.missions.values():
        place = locate(mission.id, "parent")
        if mission.parent and mission.parent not in network.missions:
            remedy = nearest(mission.parent, network.missions)
            yield Finding("unknown-parent", f"there is no mission {mission.parent!r}", remedy, place=place)
        elif mission.id in _above(network, mission):
            yield Finding("circle", f"{mission.id} lies below itself", "Correct its parent.", place=place)


def _above(network: Network, mission: Mission) -> set[str]:
    """Return the missions above, as far as they can be followed."""
    seen: set[str] = set()
    parent = mission.parent
    while parent in network.missions and parent not in seen:
        seen.add(parent)
        parent = network.missions[parent].parent
    return seen


def _missions(network: Network, locate: Locate) -> Iterator[Finding]:
    for mission in network.missions.values():
        if mission.timezone and not _is_zone(mission.timezone):
            hint = nearest(mission.timezone, names())
            message = f"{mission.timezone!r} is not a time zone"
            yield Finding("time-zone", message, hint, place=locate(mission.id, "timezone"))
        if mission.country and mission.country not in _countries():
            message, remedy = f"{mission.country!r} is not a country code", "Write two letters by ISO 3166, such as JP."
            yield Finding("country", message, remedy, place=locate(mission.id, "country"))
        yield from _languages(mission.languages, locate(mission.id, "languages"))
        for day in mission.weekend:
            if day not in WEEKDAYS:
                remedy = f"Write {', '.join(WEEKDAYS)}."
                yield Finding("weekend", f"{day!r} is not a day", remedy, place=locate(mission.id, "weekend"))
        if set(mission.weekend) >= set(WEEKDAYS):
            message, remedy = f"{mission.id} would never work", "Write the days on which it is closed, such as sat;sun."
            yield Finding("weekend", message, remedy, place=locate(mission.id, "weekend"))
        yield from _hours(mission, locate)


def _hours(mission: Mission, locate: Locate) -> Iterator[Finding]:
    for column, read in (("slots", slots_of), ("quiet", quiet_of), ("gap", gap_of)):
        try:
            read(mission)
        except ValueError as error:
            message, remedy = mistake(error)
            yield Finding(column, message, f"{remedy}.", place=locate(mission.id, column))


def _accounts(network: Network, locate: Locate) -> Iterator[Finding]:
    holders: dict[tuple[str, str], Account] = {}
    for account in network.accounts.values():
        mission = network.missions[account.mission]
        handle_place = locate(mission.id, f"handle_{account.platform}")
        yield from _languages(account.languages, locate(mission.id, f"account_languages_{account.platform}"))
        if not mission.timezone:
            message = f"{mission.id} has accounts and no time zone"
            yield Finding("time-zone", message, "Write one, such as Asia/Tokyo.", place=locate(mission.id, "timezone"))
        if not network.languages_of(account):
            message = f"{account.id} speaks no language"
            yield Finding("languages-missing", message, "Write some: fr;ja", place=locate(mission.id, "languages"))
        if not account.handle:
            message = f"{account.id} has no handle"
            yield Finding("handle-missing", message, "Write it, such as @mfa_demo.", place=handle_place)
            continue
        key = (account.platform, account.handle.removeprefix("@").casefold())
        first = holders.setdefault(key, account)
        if first is not account:
            message = f"{account.handle} is {first.mission}'s already on {account.platform}"
            yield Finding("handle-twice", message, "Each account has a handle of its own.", place=handle_place)


def _languages(tags: tuple[str, ...], place: Place | None) -> Iterator[Finding]:
    for tag in tags:
        if not is_valid(tag):
            yield Finding("language", f"{tag!r} is not a language", "Write tags such as fr;zh-Hans", place=place)


def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except UnknownZoneError:
        return False
    return True


@cache
def _countries() -> frozenset[str]:
    """Return the codes of all countries, as CLDR names them: two letters each."""
    from babel import Locale

    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - {"EU", "EZ", "UN", "XA", "XB", "ZZ"}

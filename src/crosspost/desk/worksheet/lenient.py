"""A plan in which nothing is left out because it does not fit: so a text that is too long has a length all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from crosspost.adapter import Adapter, Content, Problem
from crosspost.desk import replan
from crosspost.desk.desk import Desk
from crosspost.desk.replan import Snapshot
from crosspost.domain.planned import Plan


class _Lenient:
    """An adapter that measures and refuses nothing."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    def check(self, content: Content) -> Sequence[Problem]:  # noqa: ARG002 - the contract's signature
        """Return nothing."""
        return ()


class _LenientAdapters(Mapping[str, Adapter]):
    def __init__(self, adapters: Mapping[str, Adapter]) -> None:
        self._adapters = adapters

    def __getitem__(self, platform: str) -> Adapter:
        return cast("Adapter", _Lenient(self._adapters[platform]))

    def __contains__(self, platform: object) -> bool:
        return platform in self._adapters

    def __iter__(self) -> Iterator[str]:
        return iter(self._adapters)

    def __len__(self) -> int:
        return len(self._adapters)


def lenient_plan(desk: Desk, seen: Snapshot, now: datetime) -> Plan:
    """Return the plan of a campaign in which every text fits."""
    return replan.planned(replace(desk, adapters=_LenientAdapters(desk.adapters)), seen, now)

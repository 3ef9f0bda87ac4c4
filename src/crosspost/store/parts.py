"""Many ids in statements that name only so many: databases bound the number of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

#: How many ids one statement names at most.
AT_ONCE = 500


def in_parts(ids: Iterable[str]) -> Iterator[list[str]]:
    """Yield the ids in their order, as many at once as one statement may name."""
    rest = iter(ids)
    while some := list(islice(rest, AT_ONCE)):
        yield some

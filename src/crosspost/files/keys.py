"""Reading tables of known keys: an unknown key is a mistake, and the nearest known one is named."""

from __future__ import annotations

import difflib
from collections.abc import Collection


def nearest(name: str, known: Collection[str]) -> str:
    """Return a hint at the known name nearest to one that is not known: `Did you mean x?`, or which there are."""
    near = difflib.get_close_matches(name, list(known), n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    few = sorted(known)[:12]
    return f"There are: {', '.join(few)}{'…' if len(known) > len(few) else ''}." if few else "There is none yet."

"""Small words of the trade: names that have a second form, and words cut to fit into a message."""

from __future__ import annotations

#: Second names of platforms, by the name that accounts write.
_ALIASES = {"x": "twitter"}


def platform_name(name: str) -> str:
    """Return the platform's name as accounts write it: `x` is `twitter`."""
    small = name.strip().lower()
    return _ALIASES.get(small, small)


def account_name(name: str) -> str:
    """Return the id of an account, or of a mission, with the platform's name as accounts write it."""
    mission, slash, platform = name.strip().rpartition("/")
    return f"{mission}/{platform_name(platform)}" if slash else platform


def clipped(text: str, length: int = 40) -> str:
    """Return the text on one line and not longer than that, for a message."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def mistake(error: Exception) -> tuple[str, str]:
    """Return what an error of the domain's readers says is wrong, cut to fit, and what to write instead: a sentence.

    They quote what was written, which may be long, and may hold a colon of its own.
    """
    said = str(error)
    message, _, remedy = said.rpartition(": ") if ": " in said else (said, "", "")
    return clipped(message, 200), remedy[:1].upper() + remedy[1:]

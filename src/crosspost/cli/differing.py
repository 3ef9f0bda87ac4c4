"""How a difference between two texts is shown: in colour on a terminal, with marks where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from crosspost.domain.word_diff import Kind, Piece

if TYPE_CHECKING:
    from rich.text import Text

_STYLES = {Kind.SAME: "", Kind.ADDED: "bold green", Kind.REMOVED: "red strike"}

#: What stands around what is gone and what is new where there is no colour, as `git diff --word-diff` has it.
_MARKS = {Kind.SAME: ("", ""), Kind.ADDED: ("{+", "+}"), Kind.REMOVED: ("[-", "-]")}

#: How many characters of what is the same stay beside a change, and what stands for the rest.
_BESIDE, _ELISION = 40, " … "


def coloured(pieces: Iterable[Piece]) -> Text:
    """Return the difference for a terminal: what is gone red and struck out, what is new green."""
    from rich.text import Text

    return Text.assemble(*((piece.text, _STYLES[piece.kind]) for piece in pieces))


def plain(pieces: Iterable[Piece]) -> str:
    """Return the difference with marks: `the [-first-]{+second+} of March`."""
    return "".join(_MARKS[piece.kind][0] + piece.text + _MARKS[piece.kind][1] for piece in pieces)


def elided(pieces: Sequence[Piece], beside: int = _BESIDE) -> tuple[Piece, ...]:
    """Return the pieces with `…` for long stretches that are the same; `beside` characters stay next to a change."""
    last = len(pieces) - 1
    return tuple(
        Piece(piece.kind, _shortened(piece.text, 0 if at == 0 else beside, 0 if at == last else beside))
        if piece.kind is Kind.SAME
        else piece
        for at, piece in enumerate(pieces)
    )


def _shortened(text: str, head: int, tail: int) -> str:
    """Return the first `head` and the last `tail` characters, cut between words where a space is near."""
    if len(text) <= head + tail + len(_ELISION):
        return text
    begin = text[:head].rsplit(maxsplit=1)[0] if " " in text[:head].strip() else text[:head]
    end = text[len(text) - tail :] if tail else ""
    end = end.split(maxsplit=1)[1] if len(end.split(maxsplit=1)) > 1 else end
    trailing = text[len(text.rstrip()) :] if tail else ""
    return begin + _ELISION + end.rstrip() + trailing


def shown(pieces: Iterable[Piece]) -> Text:
    """Return the difference in colour on a terminal that shows it, else with marks."""
    from rich.text import Text

    from crosspost.cli import output

    return coloured(pieces) if output.is_coloured() else Text(plain(pieces))


def say(pieces: Iterable[Piece], indent: str = "    ") -> None:
    """Say a difference, each line of it indented."""
    from crosspost.cli import output

    if output.is_coloured():
        from rich.padding import Padding

        output.draw(Padding(coloured(pieces), (0, 0, 0, len(indent))))
        return
    for line in plain(pieces).splitlines():
        output.say((indent + line).rstrip())


def say_rewording(old: str, new: str, indent: str = "    ") -> None:
    """Say what changed between two texts, each line of it indented; long stretches that are the same are left out."""
    from crosspost.domain.word_diff import word_diff

    say(elided(word_diff(old, new)), indent)

"""Merging a mission's own words with what the centre changed, sentence by sentence, within one language.

A proposal, never a decision: two changes that do not touch may still contradict each other, so somebody reads it. And
none at all where the centre changed a number, a date, a link or a name: then the rest needs eyes, not a machine.
Source of the rule: three-way merges of source code (diff3), with sentences for lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from crosspost.domain.substance import why_not_cosmetic

_CLOSING = "[\"'»”’›)\\]）」』】]*"

#: Where a sentence may end: after its mark, in scripts without spaces at once, else before a space; or with the line.
_END = re.compile(f"(?P<wide>[。！？｡]+{_CLOSING})|(?P<mark>[.!?…؟۔]+){_CLOSING}(?=\\s|$)|(?=\\n)")
_SPACE = re.compile(r"\s*")
_LAST_WORD = re.compile(r"[\w°]+$")

#: Words that a full stop shortens, so that no sentence ends there; single letters and numbers are so in any language.
_SHORTENED_WORDS = (
    "mm mme mmes mlle dr pr prof st ste art no nº n° av cf ex env etc mr mrs ms vs jan feb sept oct nov dec "
    "sr sra dra sto sta bzw ca ggf inkl usw hr fr nr sig sigg ecc им ул гг см тыс млн млрд стор ім вул"
)
_SHORTENED = frozenset(_SHORTENED_WORDS.split())


def merged(base: str, theirs: str, mine: str, language: str) -> str | None:
    """Return a mission's words with the centre's changes in them, or None where nobody should propose that.

    `base` is the source that the mission's words were made from, `theirs` is the source now, all in that language.
    Where it has no capitals, any word that the centre changed may be a name, so that little is proposed there.
    """
    if mine == base:
        return theirs
    if theirs == base:
        return mine
    if why_not_cosmetic(base, theirs, language):
        return None
    was = sentences(base)
    here, there = _edits(was, sentences(mine)), _edits(was, sentences(theirs))
    if not _keeps_any(was, here) or _collide(was, here, there):
        return None
    return "".join(_applied(was, sorted({*here, *there})))


def sentences(text: str) -> list[str]:
    """Return a text cut into sentences and the spaces between them; put together again they are the text."""
    parts, start = [], 0
    for end in _ends(text):
        if end <= start:
            continue
        space = _SPACE.match(text, end)
        after = space.end() if space else end
        parts += [text[start:end], *([text[end:after]] if after > end else [])]
        start = after
    return [*parts, text[start:]] if start < len(text) else parts


def _ends(text: str) -> Iterator[int]:
    for found in _END.finditer(text):
        if found["mark"] != "." or not _is_shortened(text[: found.start()]):
            yield found.end()


def _is_shortened(before: str) -> bool:
    """Say whether a full stop after these words is part of the last one: `M.`, `art.`, and `5.` in German."""
    last = _LAST_WORD.search(before)
    return last is not None and (len(last[0]) == 1 or last[0].isdigit() or last[0].lower() in _SHORTENED)


@dataclass(frozen=True, slots=True, order=True)
class _Edit:
    """Parts of the base, from `start` up to `end`, and what stands there instead; an insertion has no length."""

    start: int
    end: int
    instead: tuple[str, ...]


def _edits(was: Sequence[str], now: Sequence[str]) -> list[_Edit]:
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    return [_Edit(a, b, tuple(now[c:d])) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def _keeps_any(was: Sequence[str], edits: Sequence[_Edit]) -> bool:
    """Say whether any sentence of the base is left: what kept none is another text, into which nothing can be put."""
    return any(part.strip() and not _is_changed(i, edits) for i, part in enumerate(was))


def _is_changed(part: int, edits: Sequence[_Edit]) -> bool:
    return any(edit.start <= part < edit.end for edit in edits)


def _collide(was: Sequence[str], here: Sequence[_Edit], there: Sequence[_Edit]) -> bool:
    pairs = ((one, other) for one in here for other in there if one != other)
    inserted = [(edit, there) for edit in here] + [(edit, here) for edit in there]
    return any(_overlap(one, other) for one, other in pairs) or any(
        edit.start == edit.end and _is_adrift(was, edit.start, others) for edit, others in inserted
    )


def _overlap(one: _Edit, other: _Edit) -> bool:
    if one.start == other.start and (one.start == one.end or other.start == other.end):
        return True  # both begin at one place: which goes first is anybody's guess
    return one.start < other.end and other.start < one.end


def _is_adrift(was: Sequence[str], at: int, others: Sequence[_Edit]) -> bool:
    """Say whether the sentences on both sides of an insertion were changed by the other side."""
    before = next((i for i in range(at - 1, -1, -1) if was[i].strip()), None)
    after = next((i for i in range(at, len(was)) if was[i].strip()), None)
    return all(i is not None and _is_changed(i, others) for i in (before, after))


def _applied(was: Sequence[str], edits: Sequence[_Edit]) -> Iterator[str]:
    at = 0
    for edit in edits:
        yield from was[at : edit.start]
        yield from edit.instead
        at = edit.end
    yield from was[at:]

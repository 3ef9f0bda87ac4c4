"""Right-to-left text with links, names and numbers in it: the controls that it needs to be read, and no others.

An address, a mention, a hashtag, a word in another script or a group of numbers runs from left to right inside text
that runs from right to left, and what stands beside it (a full stop, a `#`, a dash) may jump to its other side, or the
parts of a telephone number change places. An isolate (U+2068 … U+2069) keeps them together. Whether one is needed is
asked of the algorithm itself: where the eye would see the same without it, it is left out. Stored texts stay clean;
`text.canonical` sees none of this. Source: Unicode Standard Annex 9.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from crosspost.domain.language import is_right_to_left

#: First-strong isolate, and what ends every isolate; the marks that begin a line in its own direction.
FSI, PDI, RLM, LRM = "\u2068", "\u2069", "\u200f", "\u200e"

#: An isolate that runs from left to right, and one that runs from right to left.
_LRI, _RLI = "\u2066", "\u2067"

_ISOLATES = "\u2066\u2067\u2068"
_EMBEDDINGS = "\u202a\u202b\u202d\u202e"
_END_OF_EMBEDDING = "\u202c"

#: All controls of direction. None of them is seen, and none is part of what a text says.
_CONTROLS = f"{_ISOLATES}{PDI}{_EMBEDDINGS}{_END_OF_EMBEDDING}{RLM}{LRM}\u061c"
_NO_CONTROLS = dict.fromkeys(map(ord, _CONTROLS))

#: The classes of what has a direction of its own: letters, and the marks.
_STRONG = frozenset({"L", "R", "AL"})

_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RIGHT_TO_LEFT_LETTER = re.compile(f"[{_RIGHT_TO_LEFT}]")
_END_OF_PARAGRAPH = re.compile("([\n\r\x1c-\x1e\x85\u2029])")

_ACCENTS = "\u0300-\u036f"
_VOWELS = "\u05b0-\u05c7\u064b-\u065f\u0670"
_LETTER = rf"[^\W\d_{_RIGHT_TO_LEFT}]"
_IN_WORD = rf"(?:{_LETTER}|[\d_{_ACCENTS}])"
_SPACE = "[ \u00a0\u202f]"
_DASH = "[-\u2010-\u2015\u2212]"
#: What an address may hold, and what it may end with: the full stop after it belongs to the sentence.
_IN_ADDRESS = rf"[^\s<>{_CONTROLS}]"
_END_OF_ADDRESS = rf"[^\s<>{_CONTROLS}.,;:!?)\]…»”’'\"،؛؟。，）]"

_ADDRESS = rf"(?:https?://|www\.){_IN_ADDRESS}*{_END_OF_ADDRESS}"
#: Neither begins with a hyphen, which in Hebrew joins a word to what goes before it.
_DOMAIN = rf"(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{{2,}}(?:/(?:{_IN_ADDRESS}*{_END_OF_ADDRESS})?)?(?!\w)"
_MAIL = r"[A-Za-z0-9][A-Za-z0-9.+_-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_NAMED = rf"[@＠#＃]\w[\w{_ACCENTS}{_VOWELS}\u200c]*(?:[.@]\w+)*"
#: Words of other scripts: `Quai d'Orsay`, `Jean-Noël Barrot`, `F-16`, `S/RES/2231`, `UTC+05:30`, `C++`, `COP 31`.
#: A list of them is no run.
_WORD = rf"\d*{_LETTER}{_IN_WORD}*"
_WORDS = (
    rf"{_WORD}(?:(?:{_SPACE}|[-\u2010\u2011'’.&/+:]){_WORD}|[-+\u2010\u2011\u2212'’./]\d+(?::\d\d)?)*"
    rf"(?:{_SPACE}\d{{1,4}}(?![\d\w]|[.,:/-]\d))?\+*"
)
#: Numbers with what joins them: telephone numbers, dates, times, ranges, thousands. A sign of per cent stands on the
#: right of European figures, as CLDR has it in Arabic; where a currency's sign stands is left to the algorithm.
_FIGURE = r"(?>\d+(?:[.,:/'’\u066b\u066c]\d+)*)"
_THOUSANDS = rf"(?>\d{{1,3}}(?:{_SPACE}\d{{3}})+)(?!\d)"
#: The brackets are those of an area code; what stands in brackets behind the number is no part of it.
_TELEPHONE = (
    rf"(?:\((?:\+\d{{1,3}}|0\d{{0,4}})\){_SPACE}?|\+|\b00)\d(?:{_SPACE}?(?:\(\d+\)|[.\-]?\d))*(?!:?\d)"
    r"|\b0\d(?:[ .\-\u00a0\u202f]\d{2,4}){2,}"
    rf"|\b\d{{2,4}}(?:{_SPACE}\d{{2,4}}){{2,}}"
)
_SIGN = r"(?:(?<![\w)])[-+\u2212])?"
_RANGE = rf"{_SIGN}(?:{_THOUSANDS}|{_FIGURE})(?:{_SPACE}?{_DASH}{_SPACE}?{_FIGURE})+(?:(?<=[0-9]){_SPACE}?%)?"
_PER_CENT = rf"{_SIGN}(?>[0-9]+(?:[.,][0-9]+)*){_SPACE}?%"
_CURRENCY = "[%‰°٪\u00a3-\u00a5$\u20a0-\u20cf]"
_NUMBER = rf"(?<!\d)(?<!\d[.,:/]){_SIGN}(?<!{_CURRENCY})(?:{_THOUSANDS}|{_FIGURE})(?!{_SPACE}?{_CURRENCY})"
_NUMBERS = f"(?:{_TELEPHONE}|{_RANGE}|{_PER_CENT}|{_NUMBER})"

_STRETCH = re.compile("|".join((_ADDRESS, _MAIL, _NAMED, _DOMAIN, _WORDS, _NUMBERS)))

#: Arabic figures run from left to right each, but one after the other from right to left where something stands between
#: them that is no stroke, colon, point or comma.
_BETWEEN_ARABIC_FIGURES = re.compile(
    r"(?<=[\u0660-\u0669])(?![.,:/\u066b\u066c][\u0660-\u0669])([^\u0660-\u0669\w]+)(?=[\u0660-\u0669])"
)

#: Of so many in one paragraph, nobody asks which could be spared: to ask takes longer the more there are.
_MANY = 64

#: Put behind a character, it takes that one's direction: where brackets are turned round, it stands before them.
_MARK = "\u034f"  # combining grapheme joiner, which nobody sees
_MIRRORED = re.compile(r"([()\[\]{}<>«»‹›])")


@lru_cache(maxsize=8192)
def readable(text: str, language: str) -> str:
    """Return the text with the controls that its reader needs, paragraph by paragraph; what needs none as it is.

    Text from right to left gets isolates. A paragraph of either direction that begins with a letter of the other one
    begins with a mark, since platforms take their direction from the first letter.
    """
    if not _RIGHT_TO_LEFT_LETTER.search(text):
        return text
    guide = _isolated if is_right_to_left(language) else _begun_from_the_left
    return "".join(guide(piece) for piece in _END_OF_PARAGRAPH.split(text))


def beneath(text: str, language: str, first: str) -> str:
    """Return a text as it stands below one in the language `first`, within the same post.

    Some platforms give each paragraph a direction of its own, others give all of a post that of its first letter. A
    paragraph that runs the other way, and would be seen differently for it, begins with a mark and is isolated whole.
    """
    is_reversed = is_right_to_left(language)
    if is_reversed == is_right_to_left(first):
        return text
    return "".join(_set_apart(piece, is_reversed=is_reversed) for piece in _END_OF_PARAGRAPH.split(text))


def _set_apart(paragraph: str, *, is_reversed: bool) -> str:
    own, other = ("R", "L") if is_reversed else ("L", "R")
    if _seen(paragraph, own) == _seen(paragraph, other):
        return paragraph
    mark, isolate = (RLM, _RLI) if is_reversed else (LRM, _LRI)
    return f"{mark}{isolate}{paragraph.removeprefix(mark)}{PDI}"


def begins_right_to_left(text: str) -> bool:
    """Say whether the text's first letter runs from right to left: so platforms choose its direction.

    A letter within an isolate counts, as it does to browsers (`dir="auto"`); to the algorithm itself it does not.
    """
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in _STRONG)
    return next(strong, "L") != "L"


def carried_over(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a wrapped paragraph: an isolate that a break has cut in two is closed and opened again."""
    still_open: list[str] = []
    for line in lines:
        begun = "".join(still_open)
        for char in line:
            if char in _ISOLATES:
                still_open.append(char)
            elif char == PDI and still_open:
                still_open.pop()
        yield f"{begun}{line}{PDI * len(still_open)}"


def bare(text: str) -> str:
    """Return the text without controls of direction."""
    return text.translate(_NO_CONTROLS)


def _isolated(paragraph: str) -> str:
    """Return a paragraph of a right-to-left text with the fewest isolates that show it as if all were there."""
    stretches = _stretches(paragraph)
    wanted = _seen(_with_isolates(paragraph, stretches), "R")
    needed = stretches
    for stretch in stretches if len(stretches) <= _MANY else ():
        fewer = [one for one in needed if one != stretch]
        if _seen(_with_isolates(paragraph, fewer), "R") == wanted:
            needed = fewer
    guided = _with_isolates(paragraph, needed)
    return guided if _is_seen_so(guided, wanted) else f"{RLM}{guided}"


def _begun_from_the_left(paragraph: str) -> str:
    return paragraph if _is_seen_so(paragraph, _seen(paragraph, "L")) else f"{LRM}{paragraph}"


def _is_seen_so(paragraph: str, wanted: str) -> bool:
    """Say whether a paragraph is seen so wherever its direction is left to its first letter, isolated or not."""
    return wanted == _seen(paragraph) == _seen(paragraph, "R" if begins_right_to_left(paragraph) else "L")


def _stretches(paragraph: str) -> list[tuple[int, int]]:
    """Return where something runs from left to right, by beginning and end; what its author has set apart is passed."""
    guarded = _guarded(paragraph)
    return [found.span() for found in _STRETCH.finditer(paragraph) if not any(guarded[slice(*found.span())])]


def _guarded(paragraph: str) -> list[bool]:
    """Return for each character whether it is a control, or stands between two."""
    depth, guarded = 0, []
    for char in paragraph:
        depth += char in _ISOLATES or char in _EMBEDDINGS
        guarded.append(depth > 0 or char in _CONTROLS)
        depth = max(0, depth - (char in f"{PDI}{_END_OF_EMBEDDING}"))
    return guarded


def _with_isolates(paragraph: str, stretches: Sequence[tuple[int, int]]) -> str:
    pieces, position = [], 0
    for start, end in stretches:
        pieces += [paragraph[position:start], FSI, _from_the_left(paragraph[start:end]), PDI]
        position = end
    return "".join([*pieces, paragraph[position:]])


def _from_the_left(stretch: str) -> str:
    return _BETWEEN_ARABIC_FIGURES.sub(rf"{LRM}\1", stretch)


def _seen(paragraph: str, direction: str | None = None) -> str:
    """Return the paragraph in the order in which the eye sees it; without a direction, as its first letter says.

    Spaces at either end are not seen.
    """
    from bidi import get_display

    marked = _MIRRORED.sub(rf"\1{_MARK}", paragraph.replace(_MARK, ""))
    return bare(str(get_display(marked, base_dir=direction))).strip()


#: What can do harm, or does always; marks cannot.
_HARMFUL = f"{_ISOLATES}{PDI}{_EMBEDDINGS}{_END_OF_EMBEDDING}"

#: What to write instead of a control that does harm.
REMEDY = (
    "Delete it: links, numbers and foreign words are set apart when the text is sent. To set something else apart, "
    "write U+2068 before it and U+2069 behind it, in the same line; in a campaign's file, \\u2068 and \\u2069."
)


def misused_controls(text: str) -> Iterator[str]:
    """Yield what is wrong with each control of direction that does harm: `U+202E turns round what stands in it`.

    Embeddings and overrides always do: they work beyond their own end on what stands beside them, and an override
    turns letters round, by which an address can be made to look like another.
    """
    for paragraph in _END_OF_PARAGRAPH.split(text):
        for char, harm in _misused_in(paragraph):
            yield f"U+{ord(char):04X} {harm}"


def misuse(text: str) -> str:
    """Return what is wrong with the first such control, and what to write instead; "" where there is none."""
    if not any(char in text for char in _HARMFUL):  # as good as always
        return ""
    found = next(misused_controls(text), "")
    return f"the direction control {found}. {REMEDY}" if found else ""


def _misused_in(paragraph: str) -> Iterator[tuple[str, str]]:
    opened = []
    for char in paragraph:
        if char in _EMBEDDINGS or char == _END_OF_EMBEDDING:
            yield char, "turns round what stands in it or beside it"
        elif char in _ISOLATES:
            opened.append(char)
        elif char == PDI and opened:
            opened.pop()
        elif char == PDI:
            yield char, "closes nothing"
    yield from ((char, "is not closed in its line") for char in opened)

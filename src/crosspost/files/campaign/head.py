"""The head of a campaign: title, source language, owner, required languages, audience, facts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from math import isfinite

from crosspost.domain.bidi import REMEDY, bare, misused_controls
from crosspost.domain.campaign import Fact, LostPolicy, SameWords, StalePolicy
from crosspost.domain.selection import Selection
from crosspost.files.campaign.known import Known
from crosspost.files.campaign.reading import POST_KEYS
from crosspost.files.table import Spot, Table, kind_of
from crosspost.files.words import account_name, clipped, platform_name

TOP_KEYS = ("title", "source", "owner", "require", "stale", "audience", "facts", "same_words", "posts")
#: The key beside the platforms of [same_words].
_LOST = "lost"
_AUDIENCE_KEYS = ("mission", "country", "platform", "lang", "except")
_FACT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

#: Names that texts use for something else.
_RESERVED_FACTS = frozenset({"mission"})


def read_title(top: Table) -> str:
    """Return the title, which is for colleagues and never published."""
    title = top.text("title", "National day")
    if title is None and "title" not in top.values:
        remedy = 'Write title = "…" at the top of the file, above the first [table].'
        top.missing("title", "the campaign has no title", remedy)
    return unicodedata.normalize("NFC", title or "").strip()


def read_source(top: Table, known: Known) -> str:
    """Return the language that the other texts are translated from."""
    written = top.text("source", "fr")
    return (known.language(written, top.spot("source")) if written is not None else None) or "fr"


def read_owner(top: Table, known: Known, default: str) -> str:
    """Return the mission whose campaign it is."""
    owner = top.text("owner", "ministry")
    if owner is None:
        return default
    known.check("mission", owner, top.spot("owner"))
    return owner


def read_required(top: Table, known: Known) -> tuple[str, ...]:
    """Return the languages that every post must have."""
    tags = (known.language(written, top.spot(*at)) for written, at in top.texts("require", "fr"))
    return tuple(tag for tag in tags if tag is not None)


def read_stale(top: Table) -> StalePolicy:
    """Return what becomes of stale texts that nobody has answered for."""
    written = top.text("stale", "skip")
    if written is None or written in set(StalePolicy):
        return StalePolicy(written or StalePolicy.SKIP)
    remedy = 'Write stale = "skip" (it is not said), or "fallback" (it is said in a language with a fresh text).'
    top.tell("stale-policy", f"{clipped(written)!r} is not what can become of a stale text", remedy, ("stale",))
    return StalePolicy.SKIP


def read_same_words(top: Table, known: Known) -> tuple[tuple[tuple[str, SameWords], ...], LostPolicy]:
    """Return what becomes of the same words of several accounts, by platform, and of reposts without an original."""
    table = top.table("same_words", 'Write [same_words] and the platforms below, such as twitter = "repost"')
    if table is None:
        return (), LostPolicy.NEXT
    found = {}
    for name in table.values:
        written = table.text(name, "repost") if name != _LOST else None
        if written is None:
            continue
        platform = platform_name(name)
        known.check("platform", platform, table.spot(name))
        if written in set(SameWords):
            found[platform] = SameWords(written)
        else:
            remedy = 'Write "repost" (the others repost the first), "own" (each says it), or "block" (they wait).'
            table.tell("same-words-policy", f"{clipped(written)!r} is not what can become of it", remedy, (name,))
    return tuple(sorted(found.items())), _lost(table)


def _lost(table: Table) -> LostPolicy:
    written = table.text(_LOST, "next")
    if written is None or written in set(LostPolicy):
        return LostPolicy(written or LostPolicy.NEXT)
    remedy = 'Write lost = "next" (the next account says it itself), or "wait" (a person decides).'
    table.tell("lost-policy", f"{clipped(written)!r} is not what can become of reposts", remedy, (_LOST,))
    return LostPolicy.NEXT


def read_audience(top: Table, known: Known) -> Selection:
    """Return who publishes. A name that is not known stays in it: left out, it would mean everybody."""
    table = top.table("audience", "Write [audience] and who publishes below")
    if table is None:
        return Selection()
    table.know(_AUDIENCE_KEYS, dict.fromkeys(TOP_KEYS[:5], "Write it at the top of the file, above [audience]."))
    return Selection(
        mission=tuple(_names(table, "mission", "ministry", _mission(known))),
        country=tuple(_names(table, "country", "JP", _country(known))),
        platform=tuple(_names(table, "platform", "twitter", _platform(known))),
        lang=tuple(_names(table, "lang", "fr", lambda name, spot: known.language(name, spot) or name)),
        except_=tuple(_names(table, "except", "amb-jp-tokyo", _mission(known))),
    )


def _names(table: Table, key: str, example: str, read: Callable[[str, Spot], str]) -> Iterator[str]:
    return (read(name, table.spot(*at)) for name, at in table.texts(key, example))


def _mission(known: Known) -> Callable[[str, Spot], str]:
    def read(written: str, spot: Spot) -> str:
        name = account_name(written)
        known.check("mission", name, spot)
        return name

    return read


def _platform(known: Known) -> Callable[[str, Spot], str]:
    def read(written: str, spot: Spot) -> str:
        name = platform_name(written)
        known.check("platform", name, spot)
        return name

    return read


def _country(known: Known) -> Callable[[str, Spot], str]:
    def read(written: str, spot: Spot) -> str:
        code = written.strip().upper()
        known.check("country", code, spot)
        return code

    return read


def read_facts(top: Table) -> tuple[Fact, ...]:
    """Return the values that are corrected in one place."""
    table = top.table("facts", "Write [facts] and the facts below")
    return tuple(_facts(table)) if table else ()


def _facts(table: Table) -> Iterator[Fact]:
    for name, value in table.values.items():
        spot = table.spot(name)
        if not _FACT_NAME.fullmatch(name) or name in _RESERVED_FACTS:
            remedy = "Write letters a–z, digits and _, such as opening_date"
            spot.tell("fact-name", f"{clipped(name)!r} cannot be the name of a fact", remedy)
        elif isinstance(value, str):
            yield Fact.of(name, _sound(name, value, spot))
        elif isinstance(value, date) or (isinstance(value, (int, float)) and _is_number(value)):
            yield Fact.of(name, value)
        else:
            spot.tell("type", f"a fact cannot be {_kind(value)}", "Write a text, a number or a date.")


def _sound(name: str, value: str, spot: Spot) -> str:
    """Return a fact's text as it is kept; a control of direction that does harm is told, and left out."""
    misused = next(misused_controls(value), "")
    if misused:
        spot.tell("direction-control", f"the fact {name}: the direction control {misused}", REMEDY)
    return unicodedata.normalize("NFC", bare(value) if misused else value).strip()


def _is_number(value: float) -> bool:
    return not isinstance(value, bool) and isfinite(value)


def _kind(value: object) -> str:
    return "without end" if isinstance(value, float) else kind_of(value)


def misplaced_at_top() -> dict[str, str]:
    """Return where keys belong that people write at the top of the file."""
    of_posts = dict.fromkeys(POST_KEYS, "Write it below [posts.name].")
    of_audience = dict.fromkeys(_AUDIENCE_KEYS, "Write it below [audience].")
    return {**of_posts, **of_audience}

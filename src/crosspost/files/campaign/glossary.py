"""The glossary beside the campaigns, `glossary.toml`: what the ministry calls things in each language.

One table for each term, a line for each language: `[terms.ID]`, `[locked.ID]`, `[hashtags.ID]`, `[names.ID]`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crosspost.domain.campaign import is_identifier
from crosspost.domain.findings import Finding, Place
from crosspost.domain.glossary import ENDING, Term, TermKind, hashtags
from crosspost.files.campaign.known import Known
from crosspost.files.table import Spot, Table
from crosspost.files.toml import Document, parse_toml, read_toml
from crosspost.files.words import clipped

FILE_NAME = "glossary.toml"

#: The tables of the file, and what each of them holds.
_TABLES = {
    "terms": TermKind.TERM,
    "locked": TermKind.LOCKED,
    "hashtags": TermKind.HASHTAG,
    "names": TermKind.NAME,
}

_ID_REMEDY = "Write small letters, digits, - and _, such as climate-change"

#: The fewest letters before a `*`: with fewer, almost any word would do.
_FEWEST_LETTERS = 2


@dataclass(frozen=True)
class Glossary:
    """The glossary as its file says; with errors among the findings, some of it is left out. Terms go by their id."""

    terms: tuple[Term, ...]
    findings: tuple[Finding, ...]
    document: Document

    def place(self, term: Term, language: str = "") -> Place:
        """Return where the term stands, or its line for a language; where it has none, where the term begins."""
        table = next(name for name, kind in _TABLES.items() if kind is term.kind)
        return self.document.place((table, term.id, *([language] if language else ())))


def load_glossary(folder: Path, known: Known | None = None) -> Glossary:
    """Read the glossary of a folder of campaigns; where there is no such file, it is empty."""
    path = folder / FILE_NAME
    # Looked for without following links: a link that leads nowhere is a mistake, not a missing glossary.
    document = read_toml(path) if path.is_symlink() or path.exists() else parse_toml("", FILE_NAME)
    findings: list[Finding] = []
    top = Table(document, document.data, (), findings)
    top.know(tuple(_TABLES), {"name": "Write [names.…].", "term": "Write [terms.…].", "hashtag": "Write [hashtags.…]."})
    terms: dict[str, Term] = {}
    for term, spot in _terms(top, known or Known()):
        if term.id in terms:
            spot.tell("glossary-twice", f"{term.id} is among the {terms[term.id].kind}s already", "Rename one of them.")
        terms.setdefault(term.id, term)
    found = sorted({*document.findings, *findings}, key=lambda finding: (finding.place or Place(""), finding.rule))
    return Glossary(tuple(sorted(terms.values(), key=lambda term: term.id)), tuple(found), document)


def _terms(top: Table, known: Known) -> Iterator[tuple[Term, Spot]]:
    """Yield the terms of the file, each with its place."""
    for name, kind in _TABLES.items():
        tables = top.table(name, f"Write [{name}.…] and a line for each language below")
        for term_id, table in _tables(tables) if tables is not None else ():
            words = tuple(_words(table, kind, known))
            if words:
                yield Term(term_id, kind, words), table.spot()
            elif not table.values:
                table.tell("glossary-empty", f"{clipped(term_id)} has no words", 'Write fr = "…" below it.')


def _tables(tables: Table) -> Iterator[tuple[str, Table]]:
    for term_id in tables.values:
        if not is_identifier(term_id):
            tables.tell("glossary-id", f"{clipped(term_id)!r} cannot name a term", _ID_REMEDY, (term_id,))
        way = ".".join(map(str, (*tables.path, clipped(term_id))))
        table = tables.table(term_id, f"Write [{way}] and a line for each language below")
        if table is not None:
            yield term_id, table


def _words(table: Table, kind: TermKind, known: Known) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the languages of a term, each with its forms, each form once."""
    for key in table.values:
        tag = known.language(key, table.spot(key))
        forms = tuple(dict.fromkeys(_forms(table, key, kind)))
        if tag is not None and forms:
            yield tag, forms


def _forms(table: Table, key: str, kind: TermKind) -> Iterator[str]:
    if table.values[key] == []:
        table.tell("text-empty", f"{key} has no words", "Write them, or delete the line.", (key,))
    for index, (written, at) in enumerate(table.texts(key, "…")):
        form = unicodedata.normalize("NFC", written).strip()
        spot = table.spot(*at)
        if not form:
            spot.tell("text-empty", "this form is empty", "Write it, or delete it.")
        elif kind is TermKind.HASHTAG:
            yield from _hashtag(form, spot)
        elif ENDING in form:
            yield from _with_ending(form, kind, spot, is_first=index == 0)
        else:
            yield form


def _hashtag(form: str, spot: Spot) -> Iterator[str]:
    """Yield a hashtag with its sign; one that would break off in the middle is told."""
    tag = "#" + form.removeprefix("#")
    if hashtags(tag) != (tag,) or tag[1:].isdigit():
        remedy = f"Write #{''.join(char for char in form if char.isalnum() or char == '_') or 'COP31'}"
        spot.tell("glossary-hashtag", f"{clipped(form)!r} is no hashtag: letters and digits, not digits alone", remedy)
        return
    yield tag


def _with_ending(form: str, kind: TermKind, spot: Spot, *, is_first: bool) -> Iterator[str]:
    """Yield a form with a `*`; one at which it means nothing, or too much, is told."""
    if kind is TermKind.LOCKED:
        spot.tell(
            "glossary-ending", "a locked phrase stands word for word", f"Write each form whole, without {ENDING}."
        )
    elif any(ENDING in word.removesuffix(ENDING) or len(word) <= _FEWEST_LETTERS for word in _endless(form)):
        remedy = f"Write at least {_FEWEST_LETTERS} letters, then the {ENDING}, as in консульск{ENDING}"
        spot.tell("glossary-ending", f"the {ENDING} stands at the end of a word, for any ending", remedy)
    elif is_first:
        remedy = f'Write the form to propose before it, whole, and this one as second in a list: ["…", "{form}"]'
        spot.tell("glossary-ending", "the first form is what is proposed to translators", remedy)
    else:
        yield form


def _endless(form: str) -> Iterator[str]:
    return (word for word in form.split() if ENDING in word)

"""`crosspost glossary`: what the ministry calls things in each language, for those who translate."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import JsonOption, LangFilter, language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crosspost.domain.campaign import Campaign, Post, Variant
    from crosspost.domain.glossary import Term
    from crosspost.files.campaign import Glossary

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="What things are called in each language: show, check."
)

Bidi = Annotated[
    bool | None,
    typer.Option(
        "--bidi/--no-bidi", help="Reorder right-to-left text for terminals that do not.", show_default="on a terminal"
    ),
]


@app.command()
def show(
    ctx: typer.Context,
    said: Annotated[
        str, typer.Argument(metavar="[TERM]", help="Its id, or its words in any language; or a country, such as JP.")
    ] = "",
    lang: LangFilter = None,
    bidi: Bidi = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is agreed: all terms, or one of them in every language, the form to write first.

    Countries need not stand in the glossary: their names come from CLDR, as in {{ mission.country }}.
    """
    from crosspost.desk import wording
    from crosspost.domain.findings import has_errors
    from crosspost.errors import UsageError

    desk = session(ctx, machine_readable=as_json).desk
    read, spoken = wording.glossary(desk), wording.spoken(desk)
    chosen = tuple(language(tag) for tag in lang or ())
    terms = wording.found(read.terms, said, tuple(dict.fromkeys((*chosen, *spoken)))) if said else list(read.terms)
    if said and not terms:
        raise UsageError(f"nothing is agreed for {said!r}: `crosspost glossary show` lists what is")
    if has_errors(read.findings):
        output.complain(
            f"{read.document.file} has mistakes, and is read in part: `crosspost glossary check` says which"
        )
    if as_json:
        output.as_json([_as_json(term, read, chosen) for term in terms])
        return
    look = _Look(sys.stdout.isatty() if bidi is None else bidi)
    if said and len(terms) == 1:
        _say_term(terms[0], read, chosen, look)
    else:
        _say_terms(terms, chosen or spoken[:2], look)


def _as_json(term: Term, read: Glossary, chosen: Sequence[str]) -> dict[str, object]:
    from dataclasses import asdict

    words = {tag: list(term.forms(tag)) for tag in chosen} if chosen else {tag: list(f) for tag, f in term.words}
    place = asdict(read.place(term)) if term in read.terms else None
    return {"term": term.id, "kind": term.kind.value, "words": words, "place": place}


class _Look:
    """How forms are drawn: right-to-left ones reordered, or as they are stored."""

    def __init__(self, reorder: bool) -> None:
        self.reorder = reorder

    def form(self, form: str, tag: str) -> str:
        """Return a form as a terminal shows it in the order in which it is read."""
        from crosspost.cli.lines import visible, visual
        from crosspost.domain.language import is_right_to_left

        line = visible(form).replace("\n", " ")
        return visual(line, right_to_left=True) if self.reorder and is_right_to_left(tag) else line


def _say_term(term: Term, read: Glossary, chosen: Sequence[str], look: _Look) -> None:
    from crosspost.domain.language import name_of

    where = str(read.place(term)) if term in read.terms else "by CLDR; a glossary's own name would go before it"
    output.say(f"{term.id} · {_KINDS[term.kind.value]} · {where}")
    rows = [(tag, term.forms(tag)) for tag in chosen or [tag for tag, _ in term.words]]
    output.table(
        ("lang", "language", "write", "accepted too"),
        [
            (
                tag,
                name_of(tag),
                look.form(forms[0], tag) if forms else "–",
                " · ".join(look.form(form, tag) for form in forms[1:]),
            )
            for tag, forms in rows
        ],
        wrap="write",
    )


_KINDS = {
    "term": "agreed term",
    "locked": "locked phrase, word for word",
    "hashtag": "hashtag",
    "name": "name",
}


def _say_terms(terms: Sequence[Term], languages: Sequence[str], look: _Look) -> None:
    output.table(
        ("term", "kind", *languages),
        [
            (term.id, term.kind.value, *(look.form(next(iter(term.forms(tag)), "–"), tag) for tag in languages))
            for term in terms
        ],
        cut=languages,
        empty="Nothing is agreed yet: write campaigns/glossary.toml, as docs/glossary.md says.",
    )


@app.command()
def check(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Say every mistake of glossary.toml in one run, and in which languages of the network a term has no words yet."""
    from dataclasses import asdict

    from crosspost.desk import wording
    from crosspost.domain.findings import has_errors

    desk = session(ctx, machine_readable=as_json).desk
    read = wording.glossary(desk)
    found = [*read.findings, *wording.gaps(read, wording.spoken(desk))]
    if as_json:
        output.as_json([asdict(finding) for finding in found])
    else:
        output.findings(found)
        output.say(f"{output.counted(len(read.terms), 'term')} in {read.document.file}.")
    if has_errors(found):
        raise typer.Exit(1)


def say_unagreed(campaign: Campaign, post: Post, variant: Variant) -> None:
    """Say which agreed terms a mission's own words lack, with the form beside each."""
    from crosspost.desk.wording import unagreed
    from crosspost.domain.agreed import proposed

    look = _Look(sys.stdout.isatty())
    for term in unagreed(campaign, post, variant):
        form = look.form(proposed(term, variant.language), variant.language)
        output.say(f"  The glossary has “{form}” for {term.id}, which your words do without.", style="yellow")

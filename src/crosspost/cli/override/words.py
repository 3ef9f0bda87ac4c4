"""The words that a person gives: as an option, in a file, from the input, or in their editor with the source above."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from crosspost.cli import output
from crosspost.cli.editor import edited

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crosspost.desk.overrides import Target
    from crosspost.desk.staleness import Open
    from crosspost.domain.campaign import Variant

#: What a comment in the editor begins with. A hash alone does not make one: lines of hashtags are words.
_COMMENT = "# "


def given_words(given: Mapping[str, str | None]) -> str | None:
    """Return the words that `--text`, `--file` or a dash brought; None where the editor is to be opened.

    Raises:
        UsageError: when a file cannot be read, or words stand where only a dash may.
    """
    from crosspost.errors import UsageError

    if given["text"] is not None:
        return given["text"]
    if given["-"] not in {None, "-"}:
        raise UsageError(f"{given['-']!r} is too much: words come with --text, or from the input with -")
    if "-" in {given["-"], given["file"]}:
        return sys.stdin.read()
    return read_text(Path(given["file"])) if given["file"] else None


def read_text(path: Path) -> str:
    """Return a text file's words.

    Raises:
        UsageError: when it cannot be read, or is not UTF-8.
    """
    from crosspost.errors import UsageError

    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 at byte {error.start}: save it as UTF-8") from error


def written_words(to: Target, variant: Variant, stale: Open | None) -> str:
    """Return what the person writes in their editor, beginning with the variant's words.

    Above them stands the source, and where the words are stale, what changed in it since they were made.

    Raises:
        UsageError: when there is nobody to write.
        typer.Exit: when nothing was written.
    """
    from crosspost.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("give the words: `--text WORDS`, `--file FILE`, or - to read them from the input")
    above = [_COMMENT + line for line in _above(to, variant, stale)]
    written = edited("\n".join([*above, variant.value, ""]))
    if written is None:
        output.say("Nothing was written, nothing was changed.")
        if stale is not None:
            verb = "override accept" if stale.is_override else "translation accept"
            output.say(f"If the words are right as they are: crosspost {verb} {stale.campaign}/{stale.post}")
        raise typer.Exit(0)
    return "\n".join(line for line in written.splitlines() if not line.startswith(_COMMENT))


def _above(to: Target, variant: Variant, stale: Open | None) -> Iterator[str]:
    source = to.campaign.source
    yield f"{to.campaign.id}/{to.post.id} in {variant.language}, for {variant.owner}. Write below."
    yield "Lines that begin with a hash and a space, like this one, are left out; #hashtags stay."
    yield f"The source ({source}):"
    yield from (to.post.source_of(variant.field, source, variant.platform) or "").splitlines()
    if stale is not None:
        yield from _since(stale, source)


def _since(stale: Open, source: str) -> Iterator[str]:
    from crosspost.cli.differing import plain
    from crosspost.desk.staleness import proposal
    from crosspost.domain.word_diff import word_diff

    if stale.note:
        yield f"What was wrong: {stale.note}"
    if stale.old_source is None:
        yield "It has changed since the words below were made; what it was then is not known."
        return
    yield f"What changed in it since the words below were made ({stale.change}):"
    yield from plain(word_diff(stale.old_source, stale.new_source)).splitlines()
    proposed = proposal(stale, source)
    if proposed is not None:
        yield "Proposed, with both changes in it; nobody has read it. Copy it below if it is right:"
        yield from proposed.splitlines()

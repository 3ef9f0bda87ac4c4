"""`crosspost override`: a mission's own words, time, link, alt text, or its decision not to say it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.editor import edited
from crosspost.cli.filters import DryRunOption, JsonOption, language, one_of
from crosspost.files.words import platform_name

if TYPE_CHECKING:
    from crosspost.desk.desk import Desk
    from crosspost.desk.overrides import Target
    from crosspost.desk.replan import Outcome
    from crosspost.domain.campaign import Variant
    from crosspost.domain.network import Network
    from crosspost.store.tables import Override

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="A mission's own words for a post: set, list, show, drop."
)

PostName = Annotated[str, typer.Argument(metavar="CAMPAIGN/POST", help="Such as cop31/opening.")]
Owner = Annotated[str, typer.Option("--mission", "-m", help="Whose it is; it counts for all below it, nowhere else.")]
Lang = Annotated[str, typer.Option("--lang", "-l", help="The language of the words, such as ja.")]
Platform = Annotated[str, typer.Option("--platform", "-p", help="Only on this platform.")]
Image = Annotated[int, typer.Option("--image", help="Which image of the post the alt text is of, from 1.")]


@app.command("set")
def set_(
    ctx: typer.Context,
    name: PostName,
    mission: Owner,
    dash: Annotated[str, typer.Argument(metavar="[-]", help="A dash reads the words from the input.")] = "",
    lang: Lang = "",
    text: Annotated[str | None, typer.Option("--text", "-t", help="The words.")] = None,
    file: Annotated[str, typer.Option("--file", "-f", help="A file with the words; - reads them from the input.")] = "",
    platform: Platform = "",
    alt: Annotated[str | None, typer.Option("--alt", help="Alt text for an image, instead of the words.")] = None,
    image: Image = 1,
    link: Annotated[str | None, typer.Option("--link", help="Another link.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="Another time, such as '2027-03-01 10:00 local'.")] = None,
    opt_out: Annotated[str | None, typer.Option("--opt-out", help="Do not say it here, and why.")] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Say it in your own words. Without --text, --file or -, your $EDITOR opens with the source above.

    Queued deliveries follow at once. What is out already stays as it is.
    """
    from crosspost.desk import overrides

    desk = session(ctx).desk
    to = overrides.target(desk, name)
    owner = one_of(mission, desk.network().missions, "mission")
    given = {"text": text, "file": file or None, "-": dash or None}
    field, value = _field(to, {**given, "alt": alt, "link": link, "at": at, "opt-out": opt_out}, image)
    variant = _variant(owner, field, lang, platform, value)
    if field == "text":
        variant = replace(variant, value=_words(desk, to, variant, given))
    outcome = _kept(desk, to, variant, dry_run=dry_run)
    _say(to, variant, outcome, desk.network(), dry_run=dry_run)


def _kept(desk: Desk, to: Target, variant: Variant, *, dry_run: bool) -> Outcome:
    """Set the override, or see what it would do; words that are refused are said again, so that nobody loses them."""
    from crosspost.desk import overrides
    from crosspost.errors import CrosspostError

    try:
        return overrides.preview(desk, to, variant) if dry_run else overrides.put(desk, to, variant)
    except CrosspostError:
        if "\n" in variant.value.strip():
            output.complain(f"Your words were:\n\n{variant.value.strip()}\n")
        raise


def _field(to: Target, given: dict[str, str | None], image: int) -> tuple[str, str]:
    from crosspost.domain.campaign import LINK, OPT_OUT, TIME
    from crosspost.errors import UsageError

    chosen = [(name, value) for name, value in given.items() if value is not None]
    if len(chosen) > 1:
        said = [name if name == "-" else f"--{name}" for name, _ in chosen]
        raise UsageError(f"one at a time: {' or '.join(said)}")
    if not chosen or chosen[0][0] in {"text", "file", "-"}:
        return "text", ""
    name, value = chosen[0]
    field = {"link": LINK, "at": TIME, "opt-out": OPT_OUT}.get(name) or alt_field(to, image)
    return field, value or ""


def alt_field(to: Target, image: int) -> str:
    """Return the field of the alt text of a post's image, counted from 1."""
    from crosspost.domain.campaign import alt_of
    from crosspost.errors import UsageError

    if not 1 <= image <= len(to.post.media):
        raise UsageError(f"{to.post.id} has {len(to.post.media)} image(s): choose one with --image")
    return alt_of(to.post.media[image - 1].sha256)


def _variant(owner: str, field: str, lang: str, platform: str, value: str) -> Variant:
    from crosspost.domain.campaign import ANY, TEXT, Variant
    from crosspost.errors import UsageError

    if field == TEXT or field.startswith("alt:"):
        if not lang:
            raise UsageError("say in which language: `--lang ja`")
    elif lang:
        raise UsageError("this does not depend on the language: leave out --lang")
    return Variant(owner, field, language(lang) if lang else ANY, platform_name(platform) if platform else ANY, value)


def _words(desk: Desk, to: Target, variant: Variant, given: dict[str, str | None]) -> str:
    from crosspost.errors import UsageError

    if given["text"] is not None:
        return given["text"]
    if given["-"] not in {None, "-"}:
        raise UsageError(f"{given['-']!r} is too much: words come with --text, or from the input with -")
    if "-" in {given["-"], given["file"]}:
        return sys.stdin.read()
    if given["file"]:
        return read_text(Path(given["file"]))
    return _edited(desk, to, variant)


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


#: What a comment in the editor begins with. A hash alone does not make one: lines of hashtags are words.
_COMMENT = "# "


def _edited(desk: Desk, to: Target, variant: Variant) -> str:
    """Return what the person writes in their editor, the source above in comments."""
    from crosspost.desk.overrides import source_text
    from crosspost.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("give the words: `--text WORDS`, `--file FILE`, or - to read them from the input")
    lines = [f"{to.campaign.id}/{to.post.id} in {variant.language}, for {variant.owner}. Write below."]
    lines += ["Lines that begin with a hash and a space, like this one, are left out; #hashtags stay."]
    for tag, words in source_text(to, variant.platform).items():
        lines += [f"The source ({tag}):", *words.splitlines()]
    written = edited("\n".join([*(_COMMENT + line for line in lines), _current(desk, to, variant), ""]))
    if written is None:
        output.say("Nothing was written, nothing was changed.")
        raise typer.Exit(0)
    return "\n".join(line for line in written.splitlines() if not line.startswith(_COMMENT))


def _current(desk: Desk, to: Target, variant: Variant) -> str:
    """Return the words to begin with: the mission's own if it has some already, else the centre's, else none."""
    from crosspost.desk import overrides

    place = (variant.owner, variant.field, variant.language, variant.platform)
    rows = [row for row in overrides.every(desk, to.campaign.id) if row.post == to.post.id]
    own = [row.value for row in rows if (row.owner, row.field, row.language, row.platform) == place]
    return next(iter(own), _centres(to, variant.field, variant.language, variant.platform))


def _centres(to: Target, field: str, tag: str, platform: str) -> str:
    """Return the centre's own value of a field, for the platform if there is one; "" where it has none."""
    from crosspost.domain.campaign import ANY, TIME

    if field == TIME:
        return str(to.post.at)
    found = {v.platform: v.value for v in to.post.variants if (v.field, v.language) == (field, tag)}
    return found.get(platform, found.get(ANY, ""))


def _say(to: Target, variant: Variant, outcome: Outcome, network: Network, *, dry_run: bool) -> None:
    from crosspost.cli.network import counted
    from crosspost.desk.overrides import concerned

    verb = "would be " if dry_run else ""
    output.say(f"{to.campaign.id}/{to.post.id} for {variant.owner}: {verb}{counted(outcome)}.", style="green")
    for planned in concerned(outcome, to.post.id, variant):
        when = output.moment(planned.time, network.missions[planned.account.rpartition("/")[0]].timezone)
        output.say(f"  {planned.id}  {planned.length}/{planned.limit}  {when}")
        output.say(f"    {planned.content.text.replace(chr(10), ' ⏎ ')}")
    if outcome.changes.out:
        output.say("Already out with other words; an override does not call them back:", style="yellow")
        for out in outcome.changes.out:
            output.say(f"  {out.id}  {out.state}  {out.url}")


@app.command("list")
def list_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Such as cop31.")],
    mission: Annotated[str, typer.Option("--mission", "-m", help="Only a mission's own, and those below it.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List the overrides of a campaign."""
    from crosspost.desk import overrides

    desk = session(ctx, machine_readable=as_json).desk
    network = desk.network()
    within = one_of(mission, network.missions, "mission") if mission else network.root
    rows = [row for row in overrides.every(desk, name.partition("/")[0]) if network.is_within(row.owner, within)]
    if as_json:
        output.as_json([row.model_dump() for row in rows])
        return
    output.table(
        ("post", "mission", "field", "lang", "platform", "state", "by", "value"),
        [
            (r.post, r.owner, r.field.partition(":")[0], _any(r.language), _any(r.platform), r.state, r.who, r.value)
            for r in rows
        ],
        cut=("value",),
        empty="No overrides.",
    )


def _any(value: str) -> str:
    """Return a language or platform as people read it: what counts for all of them is a dash."""
    from crosspost.domain.campaign import ANY

    return "–" if value == ANY else value


@app.command()
def show(ctx: typer.Context, name: PostName, mission: Owner, as_json: JsonOption = False) -> None:
    """Show what a mission set for a post, beside what the centre wrote."""
    from crosspost.desk import overrides

    desk = session(ctx, machine_readable=as_json).desk
    to = overrides.target(desk, name)
    owner = one_of(mission, desk.network().missions, "mission")
    rows = [r for r in overrides.every(desk, to.campaign.id) if r.post == to.post.id and r.owner == owner]
    if as_json:
        output.as_json([row.model_dump() for row in rows])
        return
    if not rows:
        output.say(f"{owner} has set nothing for {to.campaign.id}/{to.post.id}.")
    for row in rows:
        output.say(f"{_place(to, row)}, by {row.who} at {output.rfc3339(row.at)}")
        _say_value(owner, row.value)
        _say_value("the centre", _centres(to, row.field, row.language, row.platform))


def _place(to: Target, row: Override) -> str:
    """Return which field an override is of, and where it counts: `text in ar for twitter`."""
    from crosspost.domain.campaign import ANY, alt_of

    images = {alt_of(medium.sha256): f"alt text of image {n}" for n, medium in enumerate(to.post.media, start=1)}
    said = images.get(row.field, row.field.partition(":")[0])
    said += "" if row.language == ANY else f" in {row.language}"
    return said + ("" if row.platform == ANY else f" for {row.platform}")


def _say_value(whose: str, value: str) -> None:
    output.say(f"  {whose}:" if value else f"  {whose}: nothing")
    for line in value.splitlines():
        output.say(f"    {line}".rstrip())


@app.command()
def drop(
    ctx: typer.Context,
    name: PostName,
    mission: Owner,
    lang: Lang = "",
    platform: Platform = "",
    field: Annotated[str, typer.Option("--field", help="text, alt, link, time or opt-out.")] = "text",
    image: Image = 1,
    dry_run: DryRunOption = False,
) -> None:
    """Let go of an override: what is inherited counts again, at once."""
    from crosspost.cli.network import counted
    from crosspost.desk import overrides, replan

    desk = session(ctx).desk
    to = overrides.target(desk, name)
    owner = one_of(mission, desk.network().missions, "mission")
    chosen = one_of(field, ("text", "alt", "link", "time", "opt-out"), "field")
    variant = _variant(owner, alt_field(to, image) if chosen == "alt" else chosen, lang, platform, "")
    change = overrides.SetOverride(desk, to.campaign.id, to.post.id, variant, drop=True)
    outcome = replan.preview(desk, to.campaign.id, change) if dry_run else overrides.drop(desk, to, variant)
    verb = "would be dropped" if dry_run else "dropped"
    output.say(f"{to.campaign.id}/{to.post.id} for {owner}: {chosen} {verb}; {counted(outcome)}.", style="green")

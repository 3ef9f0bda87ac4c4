"""`crosspost override`: a mission's own words, time, link, alt text, or its decision not to say it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.editor import edited
from crosspost.cli.filters import DryRunOption, JsonOption, one_of
from crosspost.files.words import platform_name

if TYPE_CHECKING:
    from crosspost.desk.overrides import Target
    from crosspost.domain.campaign import Variant

app = typer.Typer(no_args_is_help=True, help="A mission's own words for a post: set, list, show, drop.")

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
    """Say it in your own words. Without --text or --file, your $EDITOR opens with the source above.

    Queued deliveries follow at once. What is out already stays as it is.
    """
    from crosspost.desk import overrides

    desk = session(ctx).desk
    to = overrides.target(desk, name)
    owner = one_of(mission, desk.network().missions, "mission")
    field, value = _field(to, {"alt": alt, "link": link, "at": at, "opt-out": opt_out}, image)
    if field == "text":
        value = _words(to, lang, text, file, platform)
    variant = _variant(owner, field, lang, platform, value)
    outcome = overrides.preview(desk, to, variant) if dry_run else overrides.put(desk, to, variant)
    _say(to, variant, outcome, dry_run=dry_run)


def _field(to: Target, given: dict[str, str | None], image: int) -> tuple[str, str]:
    from crosspost.domain.campaign import LINK, OPT_OUT, TIME
    from crosspost.errors import UsageError

    chosen = [(name, value) for name, value in given.items() if value is not None]
    if len(chosen) > 1:
        raise UsageError(f"one at a time: --{' or --'.join(name for name, _ in chosen)}")
    if not chosen:
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
    return Variant(owner, field, lang or ANY, platform_name(platform) if platform else ANY, value)


def _words(to: Target, lang: str, text: str | None, file: str, platform: str) -> str:
    if text is not None:
        return text
    if file == "-":
        return sys.stdin.read()
    if file:
        return read_text(Path(file))
    return _edited(to, lang, platform)


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


def _edited(to: Target, lang: str, platform: str) -> str:
    """Return what the person writes in their editor, the source above in comments."""
    from crosspost.desk.overrides import source_text
    from crosspost.domain.campaign import ANY, TEXT
    from crosspost.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("give the words: `--text WORDS`, `--file FILE`, or `--file -`")
    lines = [f"# {to.campaign.id}/{to.post.id} in {lang}: write below; lines that begin with # are left out."]
    for language, words in source_text(to, platform or ANY).items():
        lines += [f"# The source ({language}):", *(f"# {line}" for line in words.splitlines())]
    current = [v.value for v in to.post.variants if v.field == TEXT and v.language == lang]
    written = edited("\n".join([*lines, *current[:1], ""]))
    if written is None:
        output.say("Nothing was written, nothing was changed.")
        raise typer.Exit(0)
    return "\n".join(line for line in written.splitlines() if not line.startswith("#"))


def _say(to: Target, variant: Variant, outcome: object, *, dry_run: bool) -> None:
    from crosspost.cli.network import counted
    from crosspost.desk.overrides import concerned
    from crosspost.desk.replan import Outcome

    if not isinstance(outcome, Outcome):
        return
    verb = "would be " if dry_run else ""
    output.say(f"{to.campaign.id}/{to.post.id} for {variant.owner}: {verb}{counted(outcome)}.", style="green")
    for planned in concerned(outcome, to.post.id, variant):
        output.say(f"  {planned.id}  {planned.length}/{planned.limit}  {output.moment(planned.time)}")
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
        ("post", "mission", "field", "lang", "platform", "value", "by"),
        [(r.post, r.owner, r.field[:12], r.language, r.platform, r.value, r.who) for r in rows],
    )


@app.command()
def show(ctx: typer.Context, name: PostName, mission: Owner) -> None:
    """Show what a mission set for a post, beside what it would inherit."""
    from crosspost.desk import overrides

    desk = session(ctx).desk
    to = overrides.target(desk, name)
    owner = one_of(mission, desk.network().missions, "mission")
    rows = [r for r in overrides.every(desk, to.campaign.id) if r.post == to.post.id and r.owner == owner]
    if not rows:
        output.say(f"{owner} has set nothing for {to.campaign.id}/{to.post.id}.")
    for row in rows:
        output.say(f"{row.field} · {row.language} · {row.platform} · by {row.who} at {output.rfc3339(row.at)}")
        inherited = [v.value for v in to.post.variants if (v.field, v.language) == (row.field, row.language)]
        output.say(f"  now:       {row.value}")
        output.say(f"  inherited: {inherited[0] if inherited else 'nothing'}")


@app.command()
def drop(
    ctx: typer.Context,
    name: PostName,
    mission: Owner,
    lang: Lang = "",
    platform: Platform = "",
    field: Annotated[str, typer.Option("--field", help="text, alt, link, time or opt-out.")] = "text",
    image: Image = 1,
) -> None:
    """Let go of an override: what is inherited counts again, at once."""
    from crosspost.cli.network import counted
    from crosspost.desk import overrides

    desk = session(ctx).desk
    to = overrides.target(desk, name)
    owner = one_of(mission, desk.network().missions, "mission")
    chosen = one_of(field, ("text", "alt", "link", "time", "opt-out"), "field")
    variant = _variant(owner, alt_field(to, image) if chosen == "alt" else chosen, lang, platform, "")
    output.say(f"Dropped: {counted(overrides.drop(desk, to, variant))}.")

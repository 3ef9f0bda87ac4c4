"""`crosspost translation`: the centre's own translations whose source has changed: still right, or other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import DryRunOption, JsonOption, LangFilter, PlatformFilter, YesOption, selection
from crosspost.cli.override.answering import Digest, Whole, answered, from_source, say_stale
from crosspost.cli.override.naming import Image, Lang, Platform, PostName, field_called, place, variant_at
from crosspost.cli.override.setting import Dash, File, Text
from crosspost.cli.override.words import given_words, written_words

if TYPE_CHECKING:
    from typing import Any

    from crosspost.desk.desk import Desk
    from crosspost.desk.overrides import Target
    from crosspost.desk.replan import Outcome
    from crosspost.desk.staleness import Open
    from crosspost.desk.translations import Renewal

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="A campaign's own translations whose source has changed: list, accept, edit.",
)

Words = Annotated[str, typer.Option("--field", help="text, or alt for the alt text of an image.")]


@app.command("list")
def list_(
    ctx: typer.Context,
    name: Whole,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    as_json: JsonOption = False,
) -> None:
    """List a campaign's own translations that were made from an older source than the campaign has now."""
    desk = session(ctx, machine_readable=as_json).desk
    found = _asked(desk, name, platform, lang)
    if as_json:
        output.as_json([_as_object(one) for one in found])
    elif found:
        say_stale(found, desk.network(), everything=True)
    else:
        output.say("No stale translations.")


def _as_object(one: Open) -> dict[str, Any]:
    variant = one.variant
    return {
        "campaign": one.campaign,
        "post": one.post,
        "field": variant.field,
        "language": variant.language,
        "platform": variant.platform,
        "value": variant.value,
        "old_source": one.old_source,
        "new_source": one.new_source,
        "source_now": one.source_now,
        "change": one.change,
        "note": one.note,
        "deliveries": list(one.deliveries),
        "due_at": output.rfc3339(one.due),
    }


def _asked(desk: Desk, name: str, platform: list[str] | None, lang: list[str] | None) -> list[Open]:
    from crosspost.desk import overrides, translations
    from crosspost.desk.campaigns import queued

    campaign, slash, _ = name.partition("/")
    queued(desk, campaign)
    if slash:
        overrides.target(desk, name)
    return translations.asked(desk, name, selection(desk, desk.network(), platform=platform, lang=lang))


@app.command()
def accept(
    ctx: typer.Context,
    name: Whole,
    platform: PlatformFilter = None,
    lang: LangFilter = None,
    source: Digest = "",
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Say that translations are still right though their source has changed: what waited for them may leave again.

    The texts stay as they are, so the campaign's file needs no change.
    """
    from crosspost.desk import translations

    desk = session(ctx).desk
    found = from_source(_asked(desk, name, platform, lang), source)
    if not found:
        output.say(f"No translation of {name} waits for an answer.")
        return
    say_stale(found, desk.network(), everything=dry_run)
    campaign, renewals = found[0].campaign, [translations.accepted(one) for one in found]
    if dry_run:
        said = f"would be accepted: {answered(translations.preview(desk, campaign, renewals), found)}"
        output.say(f"{output.counted(len(found), 'translation')} {said}.")
        return
    number = output.counted(len(found), "translation")
    output.confirm(f"Are these {number} still right, though their source has changed?", yes=yes)
    outcome = translations.renew(desk, campaign, renewals)
    output.say(f"{number} accepted: {answered(outcome, found)}.", style="green")


@app.command()
def edit(
    ctx: typer.Context,
    name: PostName,
    lang: Lang,
    dash: Dash = "",
    text: Text = None,
    file: File = "",
    platform: Platform = "",
    field: Words = "text",
    image: Image = 1,
    dry_run: DryRunOption = False,
) -> None:
    """Give a translation other words; without --text, --file or -, your $EDITOR opens with what changed above.

    They count at once. Write them into the campaign's file too: queuing the file without them is refused, since it is
    an older version.
    """
    from crosspost.desk import overrides, translations

    desk = session(ctx).desk
    to = overrides.target(desk, name)
    place_of = variant_at(to.campaign.owner, field_called(to, field, image), lang, platform)
    shown = translations.translation(to, place_of.field, place_of.language, place_of.platform)
    words = given_words({"text": text, "file": file or None, "-": dash or None})
    if words is None:
        found = translations.asked(desk, f"{to.campaign.id}/{to.post.id}", selection(desk, desk.network()))
        words = written_words(to, shown, next((one for one in found if one.variant == shown), None))
    renewal = translations.reworded(to, shown, words)
    give = translations.try_edit if dry_run else translations.edit
    outcome = give(desk, to, renewal)
    _say(desk, to, renewal, outcome, dry_run=dry_run)


def _say(desk: Desk, to: Target, renewal: Renewal, outcome: Outcome, *, dry_run: bool) -> None:
    from crosspost.cli.network import counted
    from crosspost.desk.translations import place_in_file

    new = renewal.new
    where = place(to.post, new.field, new.language, new.platform)
    said = f"{to.campaign.id}/{to.post.id}, {where}: {'would be ' if dry_run else ''}{counted(outcome)}."
    output.say(said, style="green")
    if dry_run or not renewal.is_reworded:
        return
    found = place_in_file(desk, to.campaign.id, renewal)
    at = f"at {found}" if found else f"in the campaign.toml of {to.campaign.id}, wherever it is kept"
    output.say(f"Write these words into the file too, {at}. Without them it is an older version, and refused:")
    for line in new.value.splitlines():
        output.say(f"    {line}".rstrip())

"""How the commands about overrides name one: the post, whose it is, which field, language and platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli.filters import language, one_of
from crosspost.files.words import platform_name

if TYPE_CHECKING:
    from crosspost.desk.overrides import Target
    from crosspost.domain.campaign import Post, Variant

PostName = Annotated[str, typer.Argument(metavar="CAMPAIGN/POST", help="Such as cop31/opening.")]
Owner = Annotated[str, typer.Option("--mission", "-m", help="Whose it is; it counts for all below it, nowhere else.")]
Lang = Annotated[str, typer.Option("--lang", "-l", help="The language of the words, such as ja.")]
Platform = Annotated[str, typer.Option("--platform", "-p", help="Only on this platform.")]
Image = Annotated[int, typer.Option("--image", help="Which image of the post the alt text is of, from 1.")]
FieldName = Annotated[str, typer.Option("--field", help="text, alt, link, time or opt-out.")]

_FIELDS = ("text", "alt", "link", "time", "opt-out")


def alt_field(to: Target, image: int) -> str:
    """Return the field of the alt text of a post's image, counted from 1."""
    from crosspost.domain.campaign import alt_of
    from crosspost.errors import UsageError

    if not 1 <= image <= len(to.post.media):
        raise UsageError(f"{to.post.id} has {len(to.post.media)} image(s): choose one with --image")
    return alt_of(to.post.media[image - 1].sha256)


def field_called(to: Target, name: str, image: int) -> str:
    """Return the field that `--field` and `--image` mean."""
    chosen = kind_called(name)
    return alt_field(to, image) if chosen == "alt" else chosen


def kind_called(name: str) -> str:
    """Return the kind of field that `--field` means; "" where it names none."""
    return one_of(name, _FIELDS, "field") if name else ""


def variant_at(owner: str, field: str, lang: str, platform: str, value: str = "") -> Variant:
    """Return a value at the place that the options name.

    Raises:
        UsageError: when words come without their language, or anything else with one.
    """
    from crosspost.domain.campaign import ANY, TEXT, Variant
    from crosspost.errors import UsageError

    if field == TEXT or field.startswith("alt:"):
        if not lang:
            raise UsageError("say in which language: `--lang ja`")
    elif lang:
        raise UsageError("this does not depend on the language: leave out --lang")
    return Variant(owner, field, language(lang) if lang else ANY, platform_name(platform) if platform else ANY, value)


def centres(to: Target, field: str, tag: str, platform: str) -> str:
    """Return the centre's own value of a field, for the platform if there is one; "" where it has none."""
    from crosspost.domain.campaign import ANY, TIME

    if field == TIME:
        return str(to.post.at)
    found = {v.platform: v.value for v in to.post.variants if (v.field, v.language) == (field, tag)}
    return found.get(platform, found.get(ANY, ""))


def place(post: Post | None, field: str, tag: str, platform: str) -> str:
    """Return which field of a post a value is of, and where it counts: `text in ar for twitter`."""
    from crosspost.domain.campaign import ANY, alt_of

    media = post.media if post else ()
    images = {alt_of(medium.sha256): f"alt text of image {n}" for n, medium in enumerate(media, start=1)}
    said = images.get(field, field.partition(":")[0])
    said += "" if tag == ANY else f" in {tag}"
    return said + ("" if platform == ANY else f" for {platform}")


def dash(value: str) -> str:
    """Return a language or platform as people read it: what counts for all of them is a dash."""
    from crosspost.domain.campaign import ANY

    return "–" if value == ANY else value

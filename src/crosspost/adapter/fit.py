"""Does a content fit a platform? What capabilities alone can tell; each adapter adds its own rules."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.adapter.contract import Capabilities, Problem
from crosspost.domain.content import Content, ContentMedium


def unfit(content: Content, takes: Capabilities, length: int) -> list[Problem]:
    """Return what the platform's capabilities forbid; `length` is that of the wording, in the platform's unit."""
    return [*_text(content, takes, length), *_media(content, takes)]


def _text(content: Content, takes: Capabilities, length: int) -> Iterator[Problem]:
    if length > takes.text_limit:
        over = length - takes.text_limit
        yield Problem(
            "text-length",
            f"the text has {length} {takes.unit}, the platform takes {takes.text_limit}",
            f"shorten it by {over}, for this platform alone if need be",
        )
    if not (content.text.strip() or content.link or content.media):
        yield Problem("text-empty", "there is nothing to say", "write a text, or leave the platform out")
    if takes.link_required and "https://" not in f"{content.text} {content.link}":
        yield Problem("link-required", "the platform takes no post without an https link", "add a link")


def _media(content: Content, takes: Capabilities) -> Iterator[Problem]:
    count = len(content.media)
    if count > takes.media_limit:
        yield Problem("media-count", f"{count} images, the platform takes {takes.media_limit}", "leave some out")
    for number, medium in enumerate(content.media, 1):
        yield from _medium(f"image {number}", medium, takes)


def _medium(name: str, medium: ContentMedium, takes: Capabilities) -> Iterator[Problem]:
    if medium.mime not in takes.media_types:
        kinds = ", ".join(sorted(takes.media_types)) or "no images"
        yield Problem("media-type", f"{name} is {medium.mime}, the platform takes {kinds}", "convert it")
    if medium.size > takes.media_bytes:
        yield Problem(
            "media-size",
            f"{name} has {medium.size:,} bytes, the platform takes {takes.media_bytes:,}",
            "make it smaller",
        )
    # Where a platform has no alt text at all, the image still goes out: that is said by its capabilities.
    if takes.alt_limit and len(medium.alt) > takes.alt_limit:
        yield Problem(
            "alt-length",
            f"the alt text of {name} has {len(medium.alt)} characters, the platform takes {takes.alt_limit}",
            "shorten it",
        )

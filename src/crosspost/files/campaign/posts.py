"""Posts: each table below `[posts]` becomes one, mistakes told and left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from crosspost.domain.campaign import ANY, TEXT, Medium, Post, Variant, alt_of, is_identifier
from crosspost.domain.findings import Finding
from crosspost.domain.language import is_valid
from crosspost.files.campaign.folders import TextFile, read_folders
from crosspost.files.campaign.reading import POST_KEYS, Reading, by_language
from crosspost.files.campaign.schedule import read_expires, read_hours, read_recurrence, read_time
from crosspost.files.campaign.texts import Words
from crosspost.files.media import LARGEST_IMAGE, examine
from crosspost.files.reading import read_bytes
from crosspost.files.table import Table
from crosspost.files.words import clipped

_ID_REMEDY = "Write small letters, digits, - and _, such as opening"


def read_posts(top: Table, reading: Reading) -> tuple[Post, ...]:
    """Return the posts of the file, in its order."""
    posts = top.table("posts", "Write [posts.name] and what belongs to it below")
    if posts is None or not posts.values:
        if posts is None or not posts.is_broken(""):
            top.missing("posts", "the campaign has no posts", "Write [posts.name] and what belongs to it below")
        return ()
    tables = dict(_tables(posts))
    files = read_folders(tables, reading)
    return tuple(_read(post_id, table, reading, files.get(post_id, ())) for post_id, table in tables.items())


def _tables(posts: Table) -> Iterator[tuple[str, Table]]:
    for post_id, value in posts.values.items():
        if not is_identifier(post_id):
            posts.tell("post-id", f"{clipped(post_id)!r} cannot name a post", _ID_REMEDY, (post_id,))
        if post_id in POST_KEYS and not isinstance(value, dict):
            posts.tell("misplaced-key", f"{post_id} belongs to a post", "Write it below [posts.name]", (post_id,))
            continue
        table = posts.table(post_id, f"Write [posts.{clipped(post_id)}] and what belongs to it below")
        if table is not None:
            yield post_id, table


def _read(post_id: str, post: Table, reading: Reading, files: tuple[TextFile, ...]) -> Post:
    reading.places[post_id, "", "", ""] = post.path
    post.know(POST_KEYS, _elsewhere(post))
    embargo = post.flag("embargo")
    variants = list(Words(reading, post_id, post, files).variants())
    _require_text(post, variants, reading)
    media = []
    for table in post.tables("media", "Write [[posts.….media]], in two pairs of brackets"):
        medium = _medium(table, reading)
        if medium is None:
            continue
        if medium in media:
            table.tell("image-twice", f"the post has {medium.file} already", "Delete one of the two.")
            continue
        media.append(medium)
        variants += _alt(post_id, table, medium, reading)
    made = Post(
        id=post_id,
        at=read_time(post, embargo=embargo),
        variants=tuple(variants),
        expires=read_expires(post),
        embargo=embargo,
        media=tuple(media),
        **read_hours(post),
    )
    made = replace(made, recurrence=read_recurrence(post, made.at))
    return replace(made, variants=tuple(_sourced(v, made, reading.source) for v in made.variants))


def _elsewhere(post: Table) -> dict[str, str]:
    """Return where keys belong that people write into a post: languages to its text, the head's keys to the top."""
    languages = {key: f"Write it below [{'.'.join(map(str, post.path))}.text]" for key in post.values if is_valid(key)}
    head = dict.fromkeys(("title", "source", "owner", "require", "stale"), "Move it to the top of the file.")
    return {**languages, **head, "alt": "Write it below the image: [posts.….media.alt]"}


def _require_text(post: Table, variants: list[Variant], reading: Reading) -> None:
    texts = {v.language for v in variants if v.field == TEXT}
    written = post.values.get("text")
    if not texts and not written:
        post.missing("text", "the post has no text", "Write [posts.….text] and a line for each language.")
    elif texts and not post.is_broken("text") and reading.source not in {*texts, *(written or ())}:
        remedy = f'Write {reading.source} = "…", or say at the top which language is the source.'
        post.tell("source-text", f"there is no text in {reading.source}, the others' source", remedy, ("text",))


def _medium(table: Table, reading: Reading) -> Medium | None:
    table.know(("file", "alt"), {"link": "Write it above the first [[posts.….media]]."})
    written = table.text("file", "poster.jpg")
    if written is None:
        table.missing("file", "the image has no file", 'Write file = "poster.jpg"')
        return None
    path = reading.path_within(written, table.spot("file"))
    if path is None:
        return None
    data = read_bytes(path, LARGEST_IMAGE)
    medium = data if isinstance(data, Finding) else examine(data, written)
    if isinstance(medium, Finding):
        table.findings.append(replace(medium, place=table.spot("file").place()))
        return None
    reading.media[medium.sha256] = path
    return medium


def _alt(post_id: str, table: Table, medium: Medium, reading: Reading) -> Iterator[Variant]:
    field = alt_of(medium.sha256)
    reading.places[post_id, field, ANY, ANY] = table.path
    if isinstance(table.values.get("alt"), str):
        remedy = f'Write [posts.….media.alt] and below it {reading.source} = "…"'
        table.tell("type", "alt must say its language", remedy, ("alt",))
        return
    texts = table.table("alt", "Write [posts.….media.alt] and a line for each language below")
    for tag, text, path in by_language(texts, reading.known) if texts else ():
        reading.places[post_id, field, tag, ANY] = path
        yield Variant(reading.owner, field, tag, ANY, text)


def _sourced(variant: Variant, post: Post, source: str) -> Variant:
    """Return the variant with the digest of what it was translated from; a source, or a link, is made from nothing."""
    if variant.language in {source, ANY}:
        return variant
    return replace(variant, source=post.source_digest(variant.field, source, variant.platform))

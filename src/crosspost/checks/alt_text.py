"""Every image is described, in every language that the post speaks: not all who follow an embassy can see it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from crosspost.checks.subject import Subject
from crosspost.domain.campaign import ANY, TEXT, Medium, Post, alt_of
from crosspost.domain.findings import Finding
from crosspost.domain.inheritance import Speaker, layers, resolve
from crosspost.domain.text import canonical

#: Words that say that there is an image, and nothing of what it shows.
_WORDS = """
    alt text image img picture photo photograph poster logo graphic foto bild imagen imagem immagine affiche visuel
    visual cartel изображение фото зображення görsel resim 图片 照片 画像 写真 이미지 사진 صورة תמונה תצלום تصویر عکس
"""
_EMPTY_WORDS = frozenset(_WORDS.split())
_FILE_NAME = re.compile(r"[\w .()-]+\.(?:jpe?g|png|gif|webp)", re.IGNORECASE)


def alt_text(subject: Subject) -> Iterator[Finding]:
    """Yield an error for each image without a description in a language, or with one that describes nothing."""
    for post in subject.campaign.posts:
        for medium in post.media:
            yield from _missing(subject, post, medium)
            yield from _saying_nothing(subject, post, medium)


def _missing(subject: Subject, post: Post, medium: Medium) -> Iterator[Finding]:
    field, known = alt_of(medium.sha256), layers(post.variants)
    speaker = Speaker((subject.campaign.owner,), ANY)
    for tag in post.languages():
        if resolve(known, field, tag, speaker) is None:
            message = f"{medium.file} is not described in {tag}, in which the post is said"
            remedy = f'Write {tag} = "…" below [posts.{post.id}.media.alt]: what the image shows, the words in it too.'
            yield Finding("alt-text-missing", message, remedy, place=subject.place(post.id, field, tag, ANY))


def _saying_nothing(subject: Subject, post: Post, medium: Medium) -> Iterator[Finding]:
    texts = {(v.language, canonical(v.value)) for v in post.variants if v.field == TEXT}
    for variant in post.variants:
        if variant.field != alt_of(medium.sha256):
            continue
        why = _why_empty(variant.value, medium)
        if not why and (variant.language, canonical(variant.value)) in texts:
            why = "repeats the text"
        if why:
            message = f"the description of {medium.file} in {variant.language} {why}"
            remedy = "Say what the image shows, for those who cannot see it."
            yield Finding("alt-text-empty", message, remedy, place=subject.of_variant(post, variant))


def _why_empty(words: str, medium: Medium) -> str:
    said = canonical(words).casefold().strip(" .!:")
    name = PurePath(medium.file)
    if said in {name.name.casefold(), name.stem.casefold()} or _FILE_NAME.fullmatch(said):
        return "is a file's name"
    return "says only that there is an image" if said in _EMPTY_WORDS else ""

"""A post's words: by language in campaign.toml, as files in a folder, and what differs on one platform."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.domain.campaign import ANY, LINK, TEXT, Variant
from crosspost.files.campaign.folders import TextFile
from crosspost.files.campaign.reading import Reading, by_language, link_of
from crosspost.files.table import Table
from crosspost.files.words import platform_name

_TEXT_REMEDY = "Open a table [posts.….text] with a line for each language."


class Words:
    """Reads the texts and links of one post, and keeps the places of all of them."""

    def __init__(self, reading: Reading, post_id: str, post: Table, files: tuple[TextFile, ...]) -> None:
        self.reading, self.post_id, self.post, self.files = reading, post_id, post, files

    def variants(self) -> Iterator[Variant]:
        """Yield what the post says, as the campaign's owner; the source digests are not filled in yet."""
        yield from self._link(self.post, ANY)
        yield from self._texts(self.post, ANY)
        for file in self.files:
            self.reading.places[self.post_id, TEXT, file.language, file.platform] = file.place
            yield self._variant(TEXT, file.language, file.platform, file.text)
        platforms = self.post.table("on", "Write [posts.….on.twitter.text] and the texts below")
        if platforms is not None:
            for written in platforms.values:
                yield from self._on(platforms, written)

    def _on(self, platforms: Table, written: str) -> Iterator[Variant]:
        platform = platform_name(written)
        self.reading.known.check("platform", platform, platforms.spot(written))
        own = platforms.table(written, f"Write [posts.….on.{written}.text] and the texts below")
        if own is None:
            return
        elsewhere = {key: f"Move {key} above, to the post itself." for key in ("at", "expires", "embargo", "media")}
        own.know(("text", "link"), elsewhere)
        yield from self._link(own, platform)
        yield from self._texts(own, platform)

    def _link(self, table: Table, platform: str) -> Iterator[Variant]:
        written = table.text("link", "https://www.example.org/page")
        if written is None:
            return
        link = link_of(written, table.spot("link"))
        self.reading.places[self.post_id, LINK, ANY, platform] = (*table.path, "link")
        if link:
            yield self._variant(LINK, ANY, platform, link)

    def _texts(self, table: Table, platform: str) -> Iterator[Variant]:
        if isinstance(table.values.get("text"), str):
            remedy = f'Write [posts.….text] and below it {self.reading.source} = "…"'
            table.tell("type", "text must say its language", remedy, ("text",))
            return
        texts = table.table("text", _TEXT_REMEDY)
        if texts is None:
            return
        self.reading.places[self.post_id, TEXT, ANY, platform] = texts.path
        if "folder" in texts.values:
            self._only_folder(texts, platform)
            return
        for tag, text, path in by_language(texts, self.reading.known):
            self.reading.places[self.post_id, TEXT, tag, platform] = path
            yield self._variant(TEXT, tag, platform, text)

    def _only_folder(self, texts: Table, platform: str) -> None:
        if platform != ANY:
            remedy = f"Name the files post.language.{platform}.txt in the post's own folder of texts."
            texts.tell("text-folder", "texts of one platform are found in the post's folder", remedy, ("folder",))
        for key in texts.values:
            if key != "folder":
                remedy = "Put it into a file too, or write all texts here."
                texts.tell("text-folder", "texts are either in a folder or here, not both", remedy, (key,))

    def _variant(self, field: str, language: str, platform: str, value: str) -> Variant:
        return Variant(self.reading.owner, field, language, platform, value)

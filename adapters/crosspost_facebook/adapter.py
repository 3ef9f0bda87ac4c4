"""What a Facebook page takes, and how it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from crosspost.adapter import Access, Capabilities, Connection, Content, Original, Problem
from crosspost.adapter.addresses import last_step, steps
from crosspost.adapter.fit import unfit
from crosspost.adapter.words import composed, with_link

#: The version of the Graph API that is spoken; it answers until 29 July 2028.
GRAPH_VERSION = "v25.0"

#: An unpublished photo is kept for about a day (told, and documented nowhere); some of it is left for safety.
_KEEPS = timedelta(hours=20)

#: No budget: Facebook documents none in posts. What its usage headers say slows a page, or the app, down.
#: The alt text's limit is documented nowhere; X's is taken, so that one text serves both.
_CAPABILITIES = Capabilities(
    text_limit=63_206,
    unit="UTF-16 units",
    media_limit=10,
    media_types=frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}),
    media_bytes=4_000_000,
    alt_limit=1000,
    upload_keeps=_KEEPS,
    can_repost=True,
)


class FacebookAdapter:
    """Facebook pages, Graph API. `version` is for those whose app is pinned to another one."""

    name = "facebook"
    title = "Facebook"
    base_url = "https://graph.facebook.com"
    app_keys: tuple[str, ...] = ("app_secret?",)
    account_keys: tuple[str, ...] = ("page_id", "access_token")
    stub = ""

    def __init__(self, version: str = GRAPH_VERSION) -> None:
        self._version = version

    @property
    def capabilities(self) -> Capabilities:
        """Ten photos, 63,206 UTF-16 units; a repost is a share."""
        return _CAPABILITIES

    def wording(self, content: Content) -> str:
        """Return the text in NFC; with photos the link stands in it, without them Facebook shows it as a card."""
        return with_link(content.text, content.link) if content.media else composed(content.text)

    def measure(self, content: Content) -> int:
        """Return the length in UTF-16 units."""
        return len(self.wording(content).encode("utf-16-le", "surrogatepass")) // 2

    def check(self, content: Content) -> Sequence[Problem]:
        """Return why Facebook would refuse the content."""
        return unfit(content, _CAPABILITIES, self.measure(content))

    def post_id(self, url: str) -> str:
        """Return page and number where the address says both, else what stands last in it, such as `pfbid…`."""
        path = steps(url)
        page, kind, number = path[-3:] if len(path) >= 3 else ("", "", "")
        is_whole = page.isdecimal() and kind == "posts" and number.isdecimal()
        return f"{page}_{number}" if is_whole else last_step(url)

    def repost_id(self, url: str, original: Original) -> str:
        """Return the share's id: it is a post of the page, with an address of its own."""
        found = self.post_id(url)
        return "" if found == original.remote_id else found

    def connect(self, access: Access) -> Connection:
        """Return a connection; facebook-sdk is imported now."""
        from crosspost_facebook.connection import FacebookConnection

        return FacebookConnection(access, self._version, self.wording)

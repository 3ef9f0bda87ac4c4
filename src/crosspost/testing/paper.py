"""A platform made of paper: an adapter whose posts stay in memory and whose troubles are written down beforehand.

It is a fake that is shipped: it keeps the contract, so that planning and the daemon can be tried without any network.
Registered under no entry point; whoever wants it hands it over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crosspost.adapter import (
    Absent,
    Access,
    CannotTell,
    Capabilities,
    Content,
    ContentMedium,
    DeliveryFailure,
    Found,
    Gone,
    Identity,
    Lookup,
    Original,
    Problem,
    Receipt,
    Rejected,
    Rest,
)
from crosspost.adapter.addresses import last_step

#: What a troublesome platform does with a post: nothing, raise before it exists, or raise although it exists.
Trouble = Callable[[Content], DeliveryFailure | None]

#: What a troublesome platform does with what is done ahead for an account.
AccountTrouble = Callable[[str], DeliveryFailure | None]

#: What it does with a deletion, given the post's id.
DeletionTrouble = Callable[[str], DeliveryFailure | None]


class PaperPlatform:
    """What the paper accounts have published, and how the platform misbehaves. Safe for many threads."""

    def __init__(self, handles: Mapping[str, str] | None = None) -> None:
        self.handles = dict(handles or {})
        self.before: Trouble = lambda _: None
        self.after: Trouble = lambda _: None
        self.before_delete: DeletionTrouble = lambda _: None
        self.after_delete: DeletionTrouble = lambda _: None
        self.listing_lags = False
        #: Troubles of what is done ahead: asking whose credential it is, uploading, describing; each takes the account.
        self.asking: AccountTrouble = lambda _: None
        self.uploading: AccountTrouble = lambda _: None
        self.describing: AccountTrouble = lambda _: None
        #: What was done, in order: accounts that asked who they are, uploads by their handles, which were described,
        #: and accounts whose way was opened.
        self.questions: list[str] = []
        self.uploads: dict[str, ContentMedium] = {}
        self.described: list[str] = []
        self.warmed: list[str] = []
        #: The rest that the platform wants after a post, if any.
        self.rest: Callable[[Content], Rest | None] = lambda _: None
        self._owners: dict[str, str] = {}
        self._posts: list[tuple[str, Content]] = []
        #: Which post each repost passes on, by their ids.
        self._originals: dict[str, str] = {}
        self._deleted: set[str] = set()
        self._lock = threading.Lock()

    @property
    def posts(self) -> list[Content]:
        """What is out, oldest first."""
        with self._lock:
            return [content for remote_id, content in self._posts if remote_id not in self._deleted]

    def asked(self, account: str) -> None:
        """Say who asks, unless the trouble for it says otherwise."""
        self.questions.append(account)
        _raise(self.asking(account))

    def upload(self, account: str, medium: ContentMedium) -> str:
        """Take an image and return its handle."""
        _raise(self.uploading(account))
        with self._lock:
            handle = f"image-{len(self.uploads) + 1}"
            self.uploads[handle] = medium
            self._owners[handle] = account
        return handle

    def describe(self, handle: str, medium: ContentMedium) -> None:
        """Take an image's alt text."""
        _raise(self.describing(self._owners[handle]))
        if self.uploads[handle] == medium:
            self.described.append(handle)

    def require_images(self, content: Content, handles: Sequence[str]) -> None:
        """Refuse a post whose images are not what it shows, or not described."""
        if tuple(self.uploads.get(handle) for handle in handles) != content.media:
            raise Rejected("an image is not there")
        if any(handle not in self.described for handle in handles if self.uploads[handle].alt):
            raise Rejected("an image is not described")

    def publish(self, content: Content) -> Receipt:
        """Take a post, unless the trouble for it says otherwise."""
        _raise(self.before(content))
        with self._lock:
            remote_id = str(len(self._posts) + 1)
            self._posts.append((remote_id, content))
        _raise(self.after(content))
        return replace(self.receipt(remote_id), rest=self.rest(content))

    def repost(self, content: Content, original: Original) -> Receipt:
        """Pass a post on, unless the trouble for it says otherwise; a second time gives the first one's receipt."""
        _raise(self.before(content))
        with self._lock:
            self._require_post(original)
            remote_id = self._repost(content.account, original)
            if not remote_id:
                remote_id = str(len(self._posts) + 1)
                self._posts.append((remote_id, content))
                self._originals[remote_id] = original.remote_id
        _raise(self.after(content))
        return replace(self.receipt(remote_id), rest=self.rest(content))

    def find_repost(self, content: Content, original: Original, known: frozenset[str]) -> Lookup:
        """Look for a repost; where it is not found, another request is merged with it, as this docstring documents."""
        with self._lock:
            remote_id = "" if self.listing_lags else self._repost(content.account, original)
        return (
            Found(self.receipt(remote_id)) if remote_id and remote_id not in known else Absent("PaperPlatform.repost")
        )

    def _require_post(self, original: Original) -> None:
        if original.remote_id in self._deleted or original.remote_id not in dict(self._posts):
            raise Rejected(f"there is no post {original.remote_id} to repost")

    def _repost(self, account: str, original: Original) -> str:
        """Return the id of the account's repost of a post; "" where there is none."""
        standing = (
            remote_id
            for remote_id, content in self._posts
            if content.account == account and self._originals.get(remote_id) == original.remote_id
        )
        return next((remote_id for remote_id in standing if remote_id not in self._deleted), "")

    def find(self, content: Content, known: frozenset[str]) -> Lookup:
        """Look for a post; where the listing does not lag, its absence is proved by this docstring."""
        with self._lock:
            for remote_id, published in self._posts:
                if remote_id in self._deleted:
                    continue
                if published.digest == content.digest and remote_id not in known:
                    return Found(self.receipt(remote_id))
        return CannotTell("the listing lags") if self.listing_lags else Absent("PaperPlatform.find")

    def delete(self, remote_id: str) -> None:
        """Take a post back, and its reposts with it, unless the trouble for it says otherwise.

        One that is gone already is `Gone`.
        """
        refused = self.before_delete(remote_id)
        if refused is not None:
            raise refused
        with self._lock:
            was_gone = remote_id in self._deleted or remote_id not in dict(self._posts)
            self._deleted |= {remote_id, *(one for one, of in self._originals.items() if of == remote_id)}
        lost = self.after_delete(remote_id)
        if lost is not None:
            raise lost
        if was_gone:
            raise Gone(f"there is no post {remote_id}")

    @staticmethod
    def receipt(remote_id: str) -> Receipt:
        """Return the receipt of a post."""
        return Receipt(remote_id, f"https://paper.example/posts/{remote_id}", datetime.now(UTC))


class PaperAdapter:
    """The adapter of the paper platform; its text limit counts characters."""

    title = "Paper"
    base_url = "https://paper.example"
    app_keys: tuple[str, ...] = ()
    account_keys: tuple[str, ...] = ("account",)
    stub = "posts stay in memory"

    def __init__(
        self,
        name: str = "paper",
        platform: PaperPlatform | None = None,
        text_limit: int = 280,
        *,
        can_repost: bool = True,
        one_voice: bool = False,
    ) -> None:
        self.name = name
        self.platform = platform or PaperPlatform()
        types = frozenset({"image/png", "image/jpeg"})
        self._takes = Capabilities(
            text_limit,
            "characters",
            4,
            types,
            5_000_000,
            1000,
            upload_keeps=timedelta(hours=1),
            can_repost=can_repost,
            one_voice=one_voice,
        )

    @property
    def capabilities(self) -> Capabilities:
        """Four images of 5 MB, alt text of 1,000 characters; reposts unless told otherwise."""
        return self._takes

    def wording(self, content: Content) -> str:
        """Return the text, and the link after it."""
        return f"{content.text} {content.link}".strip()

    def measure(self, content: Content) -> int:
        """Return the number of characters."""
        return len(self.wording(content))

    def check(self, content: Content) -> Sequence[Problem]:
        """Return a problem for a text that is too long."""
        length, most = self.measure(content), self._takes.text_limit
        return [Problem("text-length", f"{length} characters of {most}")] if length > most else []

    def post_id(self, url: str) -> str:
        """Return the last part of the address."""
        return last_step(url)

    def repost_id(self, url: str, original: Original) -> str:
        """Return what the address gives, unless it is the original's."""
        found = self.post_id(url)
        return "" if found == original.remote_id else found

    def connect(self, access: Access) -> PaperConnection:
        """Return a connection to the account that the one secret names."""
        return PaperConnection(self.platform, access.account["account"])


class PaperDoors:
    """Doors that open every account on paper; `credentials` names whose credential an account really holds."""

    def __init__(self, platform: PaperPlatform, credentials: Mapping[str, str] | None = None) -> None:
        self._platform, self._credentials = platform, dict(credentials or {})

    def open(self, account: str) -> tuple[PaperConnection, str]:
        """Return the connection and a fingerprint of its credential."""
        owner = self._credentials.get(account, account)
        return PaperConnection(self._platform, owner), f"paper-{owner}"

    def close(self) -> None:
        """Nothing to close."""


class PaperConnection:
    """A paper account's way in."""

    def __init__(self, platform: PaperPlatform, account: str) -> None:
        self._platform, self._account = platform, account

    def whoami(self) -> Identity:
        """Return the handle that the platform knows the account by."""
        self._platform.asked(self._account)
        handle = self._platform.handles.get(self._account, self._account)
        return Identity(self._account, handle)

    def upload(self, medium: ContentMedium, data: bytes) -> str:  # noqa: ARG002 - paper keeps no bytes
        """Return a new handle."""
        return self._platform.upload(self._account, medium)

    def describe(self, handle: str, medium: ContentMedium) -> None:
        """Take note of the alt text."""
        self._platform.describe(handle, medium)

    def publish(self, content: Content, handles: Sequence[str]) -> Receipt:
        """Publish once; an image that is not there or that was not described is refused."""
        self._platform.require_images(content, handles)
        return self._platform.publish(content)

    def find_recent(self, content: Content, since: datetime, known: frozenset[str]) -> Lookup:  # noqa: ARG002
        """Look among what is out."""
        return self._platform.find(content, known)

    def repost(self, content: Content, original: Original) -> Receipt:
        """Repost once."""
        return self._platform.repost(content, original)

    def find_repost(
        self,
        content: Content,
        original: Original,
        since: datetime,  # noqa: ARG002
        known: frozenset[str],
    ) -> Lookup:
        """Look among what is out."""
        return self._platform.find_repost(content, original, known)

    def delete(self, remote_id: str) -> None:
        """Take back."""
        self._platform.delete(remote_id)

    def warm(self) -> None:
        """Take note that the account's way is open."""
        self._platform.warmed.append(self._account)

    def close(self) -> None:
        """Nothing to let go of."""


def _raise(failure: DeliveryFailure | None) -> None:
    if failure is not None:
        raise failure

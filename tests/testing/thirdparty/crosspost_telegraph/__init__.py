"""The telegraph, an imaginary platform: 120 characters, no images, one account for each token."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from crosspost.adapter import (
    Access,
    AccountBlocked,
    CannotTell,
    Capabilities,
    Connection,
    Content,
    ContentMedium,
    CredentialRefused,
    DeliveryFailure,
    Duplicate,
    Found,
    Identity,
    Lookup,
    Original,
    Problem,
    Receipt,
    Rejected,
)
from crosspost.adapter.addresses import last_step
from crosspost.adapter.fit import unfit
from crosspost.adapter.words import same_words, with_link

_CODES = {"said-already": Duplicate, "closed": AccountBlocked, "unknown-token": CredentialRefused, "words": Rejected}


class TelegraphAdapter:
    """The telegraph."""

    name = "telegraph"
    title = "Telegraph"
    base_url = "https://telegraph.example"
    app_keys: tuple[str, ...] = ()
    account_keys: tuple[str, ...] = ("token",)
    stub = ""
    capabilities = Capabilities(text_limit=120, unit="characters", can_repost=True)

    def wording(self, content: Content) -> str:
        """Return the text with the link after it."""
        return with_link(content.text, content.link, " ")

    def measure(self, content: Content) -> int:
        """Return the number of characters."""
        return len(self.wording(content))

    def check(self, content: Content) -> Sequence[Problem]:
        """Return what the telegraph would refuse."""
        return unfit(content, self.capabilities, self.measure(content))

    def post_id(self, url: str) -> str:
        """Return the last part of the address."""
        return last_step(url)

    def repost_id(self, url: str, original: Original) -> str:
        """Return what the address gives, unless it is the original's."""
        found = self.post_id(url)
        return "" if found == original.remote_id else found

    def connect(self, access: Access) -> Connection:
        """Open an account."""
        return TelegraphConnection(access, self.wording)


class TelegraphConnection:
    """One account."""

    def __init__(self, access: Access, wording: Callable[[Content], str]) -> None:
        from crosspost.adapter.http import PlatformSession
        from crosspost.adapter.secrets import Redaction, secret

        token = secret(access.account, "token")
        self._redact = Redaction([token])
        self._session = PlatformSession(access.base_url, access.timeout)
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._site = access.base_url
        self._wording = wording

    def whoami(self) -> Identity:
        """Ask whose token it is."""
        me = self._ask("asking", "GET", "/me", "handle")
        return Identity(str(me["handle"]), str(me["handle"]))

    def upload(self, medium: ContentMedium, data: bytes) -> str:
        """Refuse: there are no images on a wire."""
        raise Rejected("the telegraph takes no images")

    def describe(self, handle: str, medium: ContentMedium) -> None:
        """Say nothing: there are no images."""

    def publish(self, content: Content, handles: Sequence[str]) -> Receipt:
        """Send one telegram."""
        said = self._ask("publishing", "POST", "/telegrams", "number", json={"words": self._wording(content)})
        return self._receipt(said, datetime.now(UTC))

    def find_recent(self, content: Content, since: datetime, known: frozenset[str]) -> Lookup:
        """Look among the last hundred."""
        query = {"since": since.isoformat(), "count": "100"}
        for said in self._ask("asking", "GET", "/telegrams", "telegrams", params=query)["telegrams"]:
            if same_words(self._wording(content), said["words"]) and str(said["number"]) not in known:
                return Found(self._receipt(said, datetime.fromisoformat(said["at"]).astimezone(UTC)))
        return CannotTell("the exchange does not list it yet")

    def repost(self, content: Content, original: Original) -> Receipt:
        """Have a telegram forwarded."""
        said = self._ask("reposting", "POST", f"/telegrams/{original.remote_id}/forward", "number")
        return self._receipt(said, datetime.now(UTC))

    def find_repost(self, content: Content, original: Original, since: datetime, known: frozenset[str]) -> Lookup:
        """Look among the last hundred."""
        query = {"since": since.isoformat(), "count": "100"}
        for said in self._ask("asking", "GET", "/telegrams", "telegrams", params=query)["telegrams"]:
            if str(said.get("forwards")) == original.remote_id and str(said["number"]) not in known:
                return Found(self._receipt(said, datetime.fromisoformat(said["at"]).astimezone(UTC)))
        return CannotTell("the exchange does not list it yet")

    def delete(self, remote_id: str) -> None:
        """Have a telegram withdrawn; one that is not there is so already."""
        try:
            self._ask("taking back", "DELETE", f"/telegrams/{remote_id}", "number")
        except Rejected as refused:
            if refused.status != 404:
                raise

    def warm(self) -> None:
        """Lift the receiver."""
        self._session.open()

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def _ask(self, doing: str, method: str, path: str, wanted: str, **options: Any) -> Mapping[str, Any]:
        from crosspost.adapter.http import Step, answer_of, not_understood

        step = Step(doing)
        answer = answer_of(self._session, step, lambda: self._session.request(method, path, **options))
        if not 200 <= answer.status < 300:
            raise self._failure(answer, step)
        if wanted not in answer.fields:
            raise not_understood(answer, step)
        return answer.fields

    def _failure(self, answer: Any, step: Any) -> DeliveryFailure:
        from crosspost.adapter.http import failure_by_status

        code, message = (
            str(answer.fields.get("code", "")),
            self._redact(answer.fields.get("message", "no reason given")),
        )
        kind = _CODES.get(code)
        return (
            kind(message, code=code, status=answer.status) if kind else failure_by_status(answer, step, message, code)
        )

    def _receipt(self, said: Mapping[str, Any], at: datetime) -> Receipt:
        return Receipt(str(said["number"]), f"{self._site}/telegrams/{said['number']}", at)

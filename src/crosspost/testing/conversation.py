"""How the contract tests talk through an adapter to a scripted server, and look at what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from crosspost.adapter import CannotTell, Connection, Content, ContentMedium, DeliveryFailure, NotSent
from crosspost.domain.text import digest_of_bytes
from crosspost.testing.dialect import Dialect, RepostDialect
from crosspost.testing.events import PICTURE
from crosspost.testing.leaks import everything_said
from crosspost.testing.scripted import Behaviour, ScriptedServer

#: Seconds that a request may take where it is meant to take too long, and where it is not.
SHORT, LONG = 0.4, 10.0

F = TypeVar("F", bound=DeliveryFailure)


class Conversation:
    """What the contract tests have in common."""

    dialect: Dialect

    @contextmanager
    def _talking(self, *script: Behaviour, timeout: float = LONG) -> Iterator[tuple[ScriptedServer, Connection]]:
        """Give a server with that script and a connection to it."""
        with ScriptedServer(script) as server:
            connection = self._connect(server.url, timeout)
            try:
                yield server, connection
            finally:
                connection.close()

    def _connect(self, url: str, timeout: float = LONG) -> Connection:
        return self.dialect.adapter.connect(self.dialect.access(url, timeout))

    def _content(self, text: str = "Bonjour du ministère", media: tuple[ContentMedium, ...] = ()) -> Content:
        return self.dialect.content(text, media)

    def _medium(self) -> ContentMedium:
        alt = "Une image, décrite" if self.dialect.adapter.capabilities.alt_limit else ""
        return ContentMedium(digest_of_bytes(PICTURE), "image/png", len(PICTURE), alt)

    def _uploads(self, connection: Connection) -> str:
        """Upload an image and tell its alt text."""
        handle = connection.upload(self._medium(), PICTURE)
        connection.describe(handle, self._medium())
        return handle

    def _creations(self, server: ScriptedServer) -> int:
        return sum(self.dialect.creates(request) for request in server.arrived)

    def _steps(self, behaviour: Behaviour, *, publishing: bool = True) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield each way to ask the platform something, on a connection of its own whose first answer is given."""
        since = now() - timedelta(minutes=5)
        steps: list[tuple[str, Callable[[Connection], object]]] = [
            ("whoami", lambda c: c.whoami()),
            ("find_recent", lambda c: c.find_recent(self._content(), since, frozenset())),
        ]
        if self.dialect.uploaded():
            steps.append(("upload", self._uploads))
        if publishing:
            steps.append(("publish", lambda c: c.publish(self._content(), ())))
        if self.dialect.adapter.capabilities.can_repost:
            content, original = self._content(), self._reposting.original()
            steps.append(("find_repost", lambda c: c.find_repost(content, original, since, frozenset())))
            if publishing:
                steps.append(("repost", lambda c: c.repost(content, original)))
        for name, step in steps:
            with self._talking(behaviour) as (_, connection):
                yield name, lambda s=step, c=connection: s(c)  # type: ignore[misc]

    def _fails(self, kind: type[F], ask: Callable[[], object], event: str) -> F:
        """Return the failure that asking ends in."""
        result = outcome(ask)
        if isinstance(result, CannotTell) and kind is NotSent:
            return kind(result.reason)
        assert isinstance(result, kind), f"{event}: {result!r}, not {kind.__name__}"
        return result

    @staticmethod
    def _is_silent(secrets: Sequence[str], thing: object) -> None:
        for said in everything_said(thing):
            assert not any(secret in said for secret in secrets), f"{type(thing).__name__} holds a secret"

    @property
    def _reposting(self) -> RepostDialect:
        """The dialect, of a platform that can repost."""
        dialect = self.dialect
        assert isinstance(dialect, RepostDialect), "the platform can repost: its dialect must say how (RepostDialect)"
        return dialect


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def outcome(ask: Callable[[], object]) -> object:
    """Return what asking gives back, or the failure that it raises."""
    try:
        return ask()
    except DeliveryFailure as failure:
        return failure

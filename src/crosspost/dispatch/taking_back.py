"""Taking back one account's posts: ask, and where the answer leaves doubt look, wait and ask again.

Deleting may be repeated, so doubt is answered by asking again. That a platform does not list a post proves nothing by
itself; the post counts as deleted where the platform also says that it is not there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crosspost.adapter import (
    Absent,
    CannotTell,
    Connection,
    DeliveryFailure,
    Found,
    Gone,
    Lookup,
    RateLimited,
    Refused,
    Scope,
)
from crosspost.dispatch.retry import RATE_LIMIT_WAIT
from crosspost.dispatch.sender import Opener
from crosspost.domain.network import Account
from crosspost.errors import CrosspostError
from crosspost.store.recalls import Copy, Ended, Outcome

#: Clocks differ between here and the platforms: a post is looked for from so long before its receipt.
_SKEW = timedelta(minutes=10)

#: How many posts with the same words, and of nobody's knowledge, a look-up passes over.
_STRANGERS = 5


class Stopped(Exception):  # noqa: N818 - no error: somebody has asked to stop
    """Raised where another request would begin and none is to begin any more."""


class Limits:
    """Until when accounts and apps wait because their platform says so, for all accounts of a run.

    `patience` bounds the waiting of the whole run; `stopping` ends any wait with `Stopped`.
    """

    def __init__(self, patience: timedelta, stopping: threading.Event) -> None:
        self._end = time.monotonic() + patience.total_seconds()
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()
        self._stopping = stopping

    def sleep(self, wait: timedelta) -> None:
        """Wait, unless somebody asks to stop."""
        if self._stopping.wait(max(0.0, wait.total_seconds())):
            raise Stopped

    def put_off(self, scope: str, wait: timedelta) -> None:
        """Let an account or an app wait."""
        with self._lock:
            self._until[scope] = max(time.monotonic() + wait.total_seconds(), self._until.get(scope, 0.0))

    def wait_for(self, scopes: Sequence[str]) -> bool:
        """Wait until all of these may go on; False, and at once, where that is beyond the run's patience."""
        while True:
            with self._lock:
                until = max(self._until.get(scope, 0.0) for scope in scopes)
            if until > self._end:
                return False
            left = until - time.monotonic()
            self.sleep(timedelta(seconds=left))
            if left <= 0:
                return True


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one try came to: an outcome, or None where it has to be tried again.

    `of_account`: the same would be said of the account's other posts. `is_try`: it counts as one of the few.
    """

    outcome: Outcome | None
    detail: str
    of_account: bool = False
    is_try: bool = True


class TakingBack:
    """Deletes the posts of one account, one after the other. Used by one thread.

    `known` returns the ids of all posts that the account is known to have made; `waits` are those before each new try.
    """

    def __init__(
        self,
        doors: Opener,
        account: Account | None,
        known: Callable[[str], frozenset[str]],
        waits: Sequence[timedelta],
        limits: Limits,
        clock: Callable[[], datetime],
    ) -> None:
        self._doors, self._account, self._known = doors, account, known
        self._waits, self._limits, self._clock = waits, limits, clock
        self._confirmed = ""

    def each(self, copies: Sequence[Copy]) -> Iterator[Ended]:
        """Yield how each copy ends; what refuses the whole account is not asked again for each of its posts."""
        for_all: Ended | None = None
        for copy in copies:
            self._limits.sleep(timedelta(0))
            if for_all is not None:
                yield Ended(copy, for_all.outcome, for_all.detail)
                continue
            ended, of_account = self._delete(copy)
            for_all = ended if of_account else None
            yield ended

    def _delete(self, copy: Copy) -> tuple[Ended, bool]:
        """Delete a copy; return how that ended, and whether the account's other posts would end so too."""
        waits, tries = iter(self._waits), 0
        while True:
            verdict = self._try(copy)
            tries += verdict.is_try
            if verdict.outcome is not None:
                return Ended(copy, verdict.outcome, verdict.detail, tries), verdict.of_account
            wait = next(waits, None) if verdict.is_try else timedelta(0)
            if wait is None:
                return self._look_once_more(copy, verdict.detail, tries), False
            self._limits.sleep(wait)

    def _try(self, copy: Copy) -> _Verdict:
        if not self._limits.wait_for((copy.account, copy.content.platform)):
            why = "the platform's limit lasts longer than this run waits: `crosspost recall --resume` later"
            return _Verdict(Outcome.ASKED, why, of_account=True, is_try=False)
        try:
            self._open(copy).delete(copy.remote_id)
        except DeliveryFailure as failure:
            return self._after(failure, copy)
        except CrosspostError as error:
            return _Verdict(Outcome.REFUSED, str(error), of_account=True)
        except Exception as error:  # noqa: BLE001 - a broken adapter; its text may hold a secret
            return _Verdict(None, f"the adapter broke: {type(error).__name__}; see its maintainer")
        return _Verdict(Outcome.DELETED, "")

    def _open(self, copy: Copy) -> Connection:
        """Return the account's connection, once its credential is known to be the account's.

        Raises:
            DeliveryFailure: when the platform cannot be asked whose it is.
            CrosspostError: when it is missing, or another's.
        """
        connection, fingerprint = self._doors.open(copy.account)
        if fingerprint not in {copy.confirmed, self._confirmed}:
            identity = connection.whoami()
            if self._account is None or not identity.is_called(self._account.handle):
                raise CrosspostError(f"the credential is {identity.handle}'s, which is not known to be this account")
            self._confirmed = fingerprint
        return connection

    def _after(self, failure: DeliveryFailure, copy: Copy) -> _Verdict:
        if isinstance(failure, RateLimited):
            wait = failure.retry_at - self._clock() if failure.retry_at else RATE_LIMIT_WAIT
            # A platform that says "now" again and again is not asked as fast as it answers.
            wait = max(wait, *self._waits[:1], timedelta(0))
            self._limits.put_off(copy.content.platform if failure.scope is Scope.APP else copy.account, wait)
            return _Verdict(None, str(failure), is_try=False)
        if isinstance(failure, Gone):
            return self._gone(failure, copy)
        if isinstance(failure, Refused):
            return _Verdict(Outcome.REFUSED, str(failure), of_account=failure.scope is not Scope.POST)
        return _Verdict(None, str(failure))

    def _gone(self, failure: Gone, copy: Copy) -> _Verdict:
        """Decide about a post that its platform says is not there: so it is, unless the account still shows it."""
        found, said = self._look(copy)
        if isinstance(found, Absent | CannotTell):
            return _Verdict(Outcome.DELETED, f"it is not there any more{said}")
        return _Verdict(None, f"{failure}{said}")

    def _look_once_more(self, copy: Copy, doubt: str, tries: int) -> Ended:
        found, said = self._look(copy)
        if isinstance(found, Absent):
            return Ended(copy, Outcome.DELETED, f"{found.proof}{said}", tries)
        return Ended(copy, Outcome.UNCERTAIN, f"{doubt}{said}", tries)

    def _look(self, copy: Copy) -> tuple[Lookup | None, str]:
        """Look for a post; return what was found, None where nobody could look, and that in words."""
        others = self._known(copy.account) - {copy.remote_id}
        strangers: list[str] = []
        try:
            for _ in range(_STRANGERS):
                found = self._find(copy, others)
                if not isinstance(found, Found) or found.receipt.remote_id == copy.remote_id:
                    return found, _in_words(found, strangers)
                others |= {found.receipt.remote_id}
                strangers.append(found.receipt.url)
        except CrosspostError as error:
            return None, f"; looking for it failed: {error}"
        except Exception as error:  # noqa: BLE001 - a look-up that breaks proves nothing
            return None, f"; looking for it failed: the adapter broke ({type(error).__name__})"
        return None, _in_words(None, strangers)

    def _find(self, copy: Copy, others: frozenset[str]) -> Lookup:
        connection, since = self._open(copy), copy.at - _SKEW
        if not copy.content.is_repost:
            return connection.find_recent(copy.content, since, others)
        if copy.original is None:
            return CannotTell("its original is not known to have been out")
        return connection.find_repost(copy.content, copy.original, since, others)


def _in_words(found: Lookup | None, strangers: Sequence[str]) -> str:
    said = {Found: "; the account still lists it", CannotTell: "; the account lists it no more"}.get(type(found), "")
    return said + (f"; the same words also stand at {' and '.join(strangers)}" if strangers else "")

"""What every adapter must do whose platform can repost."""

from __future__ import annotations

import time
from datetime import timedelta

from crosspost.adapter import (
    Absent,
    CannotTell,
    CredentialRefused,
    Duplicate,
    Found,
    Gone,
    NotSent,
    Original,
    RateLimited,
    Receipt,
    Rejected,
    Uncertain,
)
from crosspost.testing.conversation import LONG, SHORT, Conversation, F, now, outcome
from crosspost.testing.events import NO_VERDICT
from crosspost.testing.scripted import Behaviour, Drip, Hang, Reply, ScriptedServer, unreachable

#: Words of a content whose repost is asked for: the original's, and not to be sent.
_UNSENT = "Bonjour du ministère"


class RepostContract(Conversation):
    """Tests that pass for nothing where the platform cannot repost."""

    def test_a_repost_has_an_id_of_its_own_an_address_and_a_time_in_utc(self) -> None:
        """The receipt is whole, is not taken for the original's, and its address gives its id."""
        if not self._can_repost:
            return
        original = self._reposting.original()
        receipt = self._reposted(self._reposting.reposted())
        assert receipt.remote_id not in {"", original.remote_id}, receipt
        assert receipt.url.startswith(("http://", "https://")), receipt.url
        assert receipt.at.utcoffset() == timedelta(0), receipt.at
        for url in (receipt.url, f"{receipt.url}?from=share"):
            assert self.dialect.adapter.post_id(url) == receipt.remote_id, url
            assert self.dialect.adapter.repost_id(url, original) == receipt.remote_id, url
        assert self.dialect.adapter.repost_id(original.url, original) in {"", receipt.remote_id}, original.url
        assert self.dialect.adapter.repost_id("https://x.example/", original) == "", "an address without a post"

    def test_a_repost_says_nothing_of_its_own(self) -> None:
        """The words are the original's: sent again they would be said twice."""
        if not self._can_repost:
            return
        with self._talking(*self._reposting.before_repost(), self._reposting.reposted()) as (server, connection):
            connection.repost(self._content(_UNSENT), self._reposting.original())
        request = server.arrived[-1]
        said = f"{request.path} {request.query} {request.document} {request.form}"
        assert _UNSENT not in said, said

    def test_what_was_reposted_before_is_evidence_and_no_failure(self) -> None:
        """An account that has reposted already gets the receipt that it would have got then."""
        if not self._can_repost:
            return
        answers = self._reposting.reposted_already()
        first = self._reposted(self._reposting.reposted())
        for answer in answers:
            assert self._reposted(answer).remote_id == first.remote_id, answer

    def test_an_original_that_is_gone_is_a_rejection_that_says_so(self) -> None:
        """Nobody can repost what was taken back; it is neither this account's trouble nor a lost upload."""
        if not self._can_repost:
            return
        for answer in self._reposting.original_gone():
            with self._talking(*self._reposting.before_repost(), answer) as (server, connection):
                original = self._reposting.original()
                failure = self._fails(Rejected, lambda c=connection, o=original: c.repost(self._content(), o), "gone")  # type: ignore[misc]
            assert not isinstance(failure, Duplicate)
            assert "original" in str(failure), failure
            assert self._repost_requests(server) == 1

    def test_a_refused_connection_is_certainly_no_repost(self) -> None:
        """Nothing left."""
        if not self._can_repost:
            return
        with unreachable() as url:
            connection = self._connect(url)
            original = self._reposting.original()
            self._fails(NotSent, lambda: connection.repost(self._content(), original), "refused")
            connection.close()

    def test_where_there_is_no_verdict_the_repost_is_uncertain_and_asked_for_once(self) -> None:
        """One creating request, never repeated, whatever becomes of it."""
        if not self._can_repost:
            return
        for event, behaviour in NO_VERDICT.items():
            self._is_uncertain(event, behaviour, LONG)

    def test_a_repost_that_is_not_answered_in_time_is_uncertain(self) -> None:
        """Silence and a trickle both end at the deadline."""
        if not self._can_repost:
            return
        for behaviour in (Hang(), Drip()):
            began = time.monotonic()
            self._is_uncertain(str(behaviour), behaviour, SHORT)
            took = time.monotonic() - began
            assert took < LONG, f"{behaviour} took {took:.1f} s"

    def test_a_repost_too_many_says_when_to_come_back_if_the_platform_does(self) -> None:
        """It certainly did not happen."""
        if not self._can_repost:
            return
        for seconds in (600, None):
            reply = self.dialect.too_many(seconds)
            if reply is not None:
                failure = self._refused(RateLimited, reply)
                assert failure.retry_at is None or failure.retry_at > now(), failure.retry_at
                assert failure.retry_at or not seconds, "the answer said when"

    def test_a_credential_that_no_longer_serves_is_no_fault_of_the_repost(self) -> None:
        """A person must renew it."""
        if self._can_repost:
            self._refused(CredentialRefused, self.dialect.unauthorized("invalid token"))

    def test_a_repost_is_found_again_unless_it_is_known(self) -> None:
        """It is recognised by its original, and has the id that its receipt would have had where there is but one."""
        if not self._can_repost:
            return
        original = self._reposting.original()
        replies = [*self._reposting.before_repost(), *self._reposting.repost_listing(original, now())]
        found = self._looked(original, replies)
        assert isinstance(found, Found), found
        assert found.receipt.at.utcoffset() == timedelta(0)
        assert found.receipt.remote_id != original.remote_id
        again = self._looked(original, replies, frozenset({found.receipt.remote_id}))
        assert not isinstance(again, Found), again
        if self._reposting.reposted_already():
            assert found.receipt.remote_id == self._reposted(self._reposting.reposted()).remote_id

    def test_the_repost_of_another_post_is_not_found(self) -> None:
        """Nor is anything found in an empty list; where that proves something, it is said which document says so."""
        if not self._can_repost:
            return
        original = self._reposting.original()
        other = Original(f"{original.remote_id}9", f"{original.url}9")
        for listed in (self._reposting.repost_listing(other, now()), self._reposting.nothing_listed()):
            found = self._looked(original, [*self._reposting.before_repost(), *listed])
            assert isinstance(found, CannotTell | Absent), found
            assert not isinstance(found, Absent) or found.proof

    def test_a_repost_is_undone_with_one_request_as_often_as_asked(self) -> None:
        """The id in its receipt is enough, on another connection too; what is undone already is no trouble."""
        if not self._can_repost:
            return
        repost = self._reposted(self._reposting.reposted()).remote_id
        for answer, is_there in ((self._reposting.undone(), True), (self._reposting.nothing_to_undo(), False)):
            before = self._reposting.before_repost()
            with self._talking(*before, answer) as (server, connection):
                result = outcome(lambda c=connection: c.delete(repost))  # type: ignore[misc]
            assert result is None or (isinstance(result, Gone) and not is_there), result
            assert len(server.arrived) == len(before) + 1

    def test_undoing_a_repost_without_a_verdict_is_uncertain(self) -> None:
        """Nobody said whether it still stands."""
        if not self._can_repost:
            return
        repost = self._reposted(self._reposting.reposted()).remote_id
        for event, behaviour in NO_VERDICT.items():
            with self._talking(*self._reposting.before_repost(), behaviour) as (_, connection):
                self._fails(Uncertain, lambda c=connection: c.delete(repost), event)  # type: ignore[misc]

    @property
    def _can_repost(self) -> bool:
        return self.dialect.adapter.capabilities.can_repost

    def _reposted(self, answer: Reply) -> Receipt:
        """Return the receipt of a repost that is answered so."""
        with self._talking(*self._reposting.before_repost(), answer) as (server, connection):
            receipt = connection.repost(self._content(), self._reposting.original())
        assert self._repost_requests(server) == 1
        return receipt

    def _looked(self, original: Original, replies: list[Reply], known: frozenset[str] = frozenset()) -> object:
        with self._talking(*replies) as (_, connection):
            return connection.find_repost(self._content(), original, now() - timedelta(minutes=5), known)

    def _is_uncertain(self, event: str, behaviour: Behaviour, timeout: float) -> None:
        original, before = self._reposting.original(), self._reposting.before_repost()
        with self._talking(*before, behaviour, timeout=timeout) as (server, connection):
            self._fails(Uncertain, lambda: connection.repost(self._content(), original), event)
        assert self._repost_requests(server) == 1, event
        assert len(server.arrived) == len(before) + 1, event

    def _refused(self, kind: type[F], answer: Reply) -> F:
        original, before = self._reposting.original(), self._reposting.before_repost()
        with self._talking(*before, answer) as (server, connection):
            failure = self._fails(kind, lambda: connection.repost(self._content(), original), kind.__name__)
        assert self._repost_requests(server) == 1
        return failure

    def _repost_requests(self, server: ScriptedServer) -> int:
        return sum(self._reposting.reposts(request) for request in server.arrived)

"""What every adapter must do, as tests to inherit from.

    class TestContract(AdapterContract):
        dialect = MyDialect()

Each test talks to a server on this machine through the adapter and its real client library. Plain asserts: pytest runs
them, and so does anything else that calls methods whose names begin with `test_`.
"""

from __future__ import annotations

import time
from datetime import timedelta

from crosspost.adapter import (
    AccountBlocked,
    CredentialRefused,
    DeliveryFailure,
    Duplicate,
    Found,
    Gone,
    NotSent,
    RateLimited,
    Receipt,
    Refused,
    Rejected,
    Uncertain,
)
from crosspost.domain.bidi import bare
from crosspost.domain.text import canonical
from crosspost.testing.conversation import LONG, SHORT, now, outcome
from crosspost.testing.events import NO_VERDICT, PAGE, PICTURE, WORDS
from crosspost.testing.leaks import hearing
from crosspost.testing.reposts import RepostContract
from crosspost.testing.scripted import Behaviour, Drip, Hang, Reply, unreachable


class AdapterContract(RepostContract):
    """Tests that every adapter passes; `dialect` says how its platform talks."""

    # --- what it gives back ---

    def test_a_published_post_has_an_id_an_address_and_a_time_in_utc(self) -> None:
        """The receipt is whole."""
        with self._talking(self.dialect.published()) as (server, connection):
            receipt = connection.publish(self._content(), ())
            assert receipt.remote_id
            assert receipt.url.startswith(("http://", "https://")), receipt.url
            assert receipt.at.utcoffset() == timedelta(0), receipt.at
            assert self._creations(server) == 1

    def test_it_says_whose_credential_it_is(self) -> None:
        """The identity bears the handle."""
        with self._talking(*self.dialect.identity("mfa_example")) as (_, connection):
            identity = connection.whoami()
        assert identity.id
        assert identity.is_called("@MFA_example"), identity

    def test_words_of_every_script_arrive_as_they_were_written(self) -> None:
        """Right-to-left, CJK, emoji and markup arrive to the letter; decomposed letters arrive composed (NFC)."""
        for script, text in WORDS.items():
            content = self._content(text)
            with self._talking(self.dialect.published()) as (server, connection):
                connection.publish(content, ())
            arrived = self.dialect.words(server.arrived[-1])
            assert arrived == self.dialect.adapter.wording(content), f"{script}: {arrived!r}"
            assert canonical(text) in canonical(arrived), f"{script}: {arrived!r}"

    def test_what_was_published_is_found_again(self) -> None:
        """A post that exists although its answer was lost is recognised among the account's own."""
        for script, text in WORDS.items():
            content = self._content(text)
            with self._talking(*self.dialect.listing(self.dialect.adapter.wording(content), now())) as (_, connection):
                found = connection.find_recent(content, now() - timedelta(minutes=5), frozenset())
            assert isinstance(found, Found), f"{script}: {found}"
            assert found.receipt.remote_id
            assert found.receipt.at.utcoffset() == timedelta(0)

    def test_words_are_found_again_without_their_controls_of_direction(self) -> None:
        """No platform promises to keep them: a post that is listed without them is the same one."""
        content = self._content(
            "\u200f\u2067تابعوا \u2068@francediplo\u2069، هاتف \u2068+33 1 43 17 53 53\u2069.\u2069"
        )
        shown = bare(self.dialect.adapter.wording(content))
        with self._talking(*self.dialect.listing(shown, now())) as (_, connection):
            found = connection.find_recent(content, now() - timedelta(minutes=5), frozenset())
        assert isinstance(found, Found), found

    def test_what_is_known_already_is_not_found_again(self) -> None:
        """The ids in `known` belong to other deliveries."""
        content = self._content()
        replies = self.dialect.listing(self.dialect.adapter.wording(content), now())
        since = now() - timedelta(minutes=5)
        with self._talking(*replies, *replies) as (_, connection):
            found = connection.find_recent(content, since, frozenset())
        assert isinstance(found, Found)
        with self._talking(*replies) as (_, connection):
            again = connection.find_recent(content, since, frozenset({found.receipt.remote_id}))
        assert not isinstance(again, Found), again

    def test_other_words_are_not_found(self) -> None:
        """A post with other words is another post; an empty list finds nothing."""
        other = self.dialect.adapter.wording(self._content("Something else entirely"))
        for replies in (self.dialect.listing(other, now()), self.dialect.empty_listing()):
            with self._talking(*replies) as (_, connection):
                found = connection.find_recent(self._content(), now() - timedelta(minutes=5), frozenset())
            assert not isinstance(found, Found), found

    def test_a_post_is_taken_back_with_one_request(self) -> None:
        """Deletion asks once."""
        if not self.dialect.adapter.capabilities.can_delete:
            return
        with self._talking(self.dialect.deleted()) as (server, connection):
            connection.delete("1900000000000000001")
        assert len(server.arrived) == 1

    def test_a_post_that_is_not_there_is_deleted_or_gone(self) -> None:
        """Deletion may be repeated after a lost answer: that the post is gone is no refusal of the account or words."""
        if not self.dialect.adapter.capabilities.can_delete:
            return
        with self._talking(self.dialect.gone()) as (_, connection):
            result = outcome(lambda: connection.delete("1900000000000000001"))
        assert result is None or isinstance(result, Gone), result

    def test_a_deletion_without_a_verdict_is_uncertain(self) -> None:
        """Nobody said whether the post still stands: neither deleted nor refused."""
        if not self.dialect.adapter.capabilities.can_delete:
            return
        for event, behaviour in NO_VERDICT.items():
            with self._talking(behaviour) as (_, connection):
                self._fails(Uncertain, lambda c=connection: c.delete("1900000000000000001"), event)  # type: ignore[misc]

    # --- how a creating request fails ---

    def test_a_refused_connection_is_certainly_not_sent(self) -> None:
        """Nothing left, neither for a post nor for a question."""
        with unreachable() as url:
            connection = self._connect(url)
            self._fails(NotSent, lambda: connection.publish(self._content(), ()), "refused")
            self._fails(NotSent, connection.whoami, "refused")
            connection.close()

    def test_an_unknown_host_is_certainly_not_sent(self) -> None:
        """The name is looked up before anything leaves; this one fails without a name server being asked."""
        if self.dialect.adapter.stub:
            return  # a stub may refuse to speak to any other machine
        connection = self._connect("http://[fe80::1%25no-such-link]")
        self._fails(NotSent, lambda: connection.publish(self._content(), ()), "unknown host")
        connection.close()

    def test_where_there_is_no_verdict_the_post_is_uncertain_and_sent_once(self) -> None:
        """The request left, and nobody said what became of it: one creating request, never repeated."""
        for event, behaviour in NO_VERDICT.items():
            with self._talking(behaviour) as (server, connection):
                self._fails(Uncertain, lambda c=connection: c.publish(self._content(), ()), event)  # type: ignore[misc]
            assert self._creations(server) == 1, f"{event}: {len(server.arrived)} requests"
            assert len(server.arrived) == 1, event

    def test_an_answer_that_does_not_come_in_time_is_uncertain(self) -> None:
        """Silence and a trickle both end at the deadline."""
        for behaviour in (Hang(), Drip()):
            with self._talking(behaviour, timeout=SHORT) as (server, connection):
                began = time.monotonic()
                self._fails(Uncertain, lambda c=connection: c.publish(self._content(), ()), str(behaviour))  # type: ignore[misc]
                took = time.monotonic() - began
            assert took < LONG, f"{behaviour} took {took:.1f} s"
            assert self._creations(server) == 1

    def test_a_success_without_a_content_type_is_no_crash(self) -> None:
        """The body says it all, or else it is uncertain: it is never a definite no."""
        said = self.dialect.published()
        with self._talking(Reply(said.status, said.body, ())) as (_, connection):
            result = outcome(lambda: connection.publish(self._content(), ()))
        assert isinstance(result, Uncertain | Receipt), result

    def test_a_definite_no_is_a_rejection_with_its_status(self) -> None:
        """The words are at fault; the platform's own are in the message."""
        with self._talking(self.dialect.refusal("the words are too purple")) as (server, connection):
            failure = self._fails(Rejected, lambda: connection.publish(self._content(), ()), "refusal")
        assert not isinstance(failure, Duplicate)
        assert "too purple" in str(failure)
        assert failure.status
        assert self._creations(server) == 1

    def test_a_plain_400_is_a_refusal_whatever_its_body(self) -> None:
        """Not every no comes in the platform's own form."""
        for body in (b"", b"{}", b"[1]", PAGE, b'{"errors": null, "error": 7}'):
            with self._talking(Reply(400, body)) as (_, connection):
                self._fails(Refused, lambda c=connection: c.publish(self._content(), ()), repr(body))  # type: ignore[misc]

    def test_a_403_is_a_definite_no(self) -> None:
        """Whoever is forbidden something has not done it."""
        with self._talking(Reply.of({"message": "no"}, 403)) as (_, connection):
            failure = self._fails(Refused, lambda: connection.publish(self._content(), ()), "403")
        assert not failure.may_exist

    def test_a_duplicate_is_called_one(self) -> None:
        """It is a reason to look after an uncertain attempt, and a failure at the first."""
        with self._talking(self.dialect.duplicate()) as (_, connection):
            self._fails(Duplicate, lambda: connection.publish(self._content(), ()), "duplicate")

    def test_a_blocked_account_is_called_one(self) -> None:
        """A person must see to it."""
        with self._talking(self.dialect.blocked()) as (_, connection):
            self._fails(AccountBlocked, lambda: connection.publish(self._content(), ()), "blocked")

    def test_a_credential_that_no_longer_serves_is_called_one_at_every_step(self) -> None:
        """It is not the words' fault."""
        for name, ask in self._steps(self.dialect.unauthorized("invalid token")):
            self._fails(CredentialRefused, ask, f"unauthorized at {name}")

    def test_too_many_requests_say_when_to_come_back_if_the_platform_does(self) -> None:
        """The moment is in the future and in UTC; without one, none is made up out of the past."""
        for seconds in (600, None):
            reply = self.dialect.too_many(seconds)
            for name, ask in self._steps(reply) if reply else ():
                failure = self._fails(RateLimited, ask, f"too many at {name}")
                wait = failure.retry_at - now() if failure.retry_at else None
                assert wait is None or wait > timedelta(0), f"{name}: {wait}"
                if seconds:
                    assert wait, f"{name}: the answer said when"
                    assert abs(wait - timedelta(seconds=seconds)) < timedelta(minutes=2), f"{name}: {wait}"

    # --- how a question fails ---

    def test_a_question_without_a_verdict_changed_nothing(self) -> None:
        """Asking and uploading may be repeated: whatever happened, it is not uncertain."""
        for event, behaviour in NO_VERDICT.items():
            for name, ask in self._steps(behaviour, publishing=False):
                self._fails(NotSent, ask, f"{event} at {name}")

    # --- media ---

    def test_an_upload_gives_a_handle_and_publishing_asks_once_more(self) -> None:
        """One creating request, with media as without."""
        if not self.dialect.adapter.capabilities.media_limit:
            return
        replies = self.dialect.uploaded()
        medium = self._medium()
        with self._talking(*replies, self.dialect.published()) as (server, connection):
            handle = connection.upload(medium, PICTURE)
            assert handle
            connection.describe(handle, medium)
            assert len(server.arrived) == len(replies)
            connection.publish(self._content(media=(medium,)), [handle])
        assert self._creations(server) == 1
        assert len(server.arrived) == len(replies) + 1

    def test_an_alt_text_that_fails_is_said_to_fail(self) -> None:
        """What the platform was not told about an image, a blind reader would not hear: the post waits."""
        replies = list(self.dialect.uploaded())
        for number in range(len(replies)):
            script: list[Behaviour] = [*replies[:number], Reply(503, b"", ())]
            with self._talking(*script) as (server, connection):
                self._fails(NotSent, lambda c=connection: self._uploads(c), f"upload {number}")  # type: ignore[misc]
            assert not self._creations(server)

    def test_an_image_is_described_again_without_being_uploaded_again(self) -> None:
        """Whoever was killed between the two goes on where they were; describing twice is safe."""
        replies = list(self.dialect.uploaded())
        if not replies:
            return
        with self._talking(*replies, *replies[1:]) as (server, connection):
            handle = connection.upload(self._medium(), PICTURE)
            uploading = len(server.arrived)
            connection.describe(handle, self._medium())
            connection.describe(handle, self._medium())
            assert len(server.arrived) - uploading == 2 * (len(replies) - uploading)
            assert not self._creations(server)

    # --- secrets and sockets ---

    def test_no_secret_is_in_an_exception_a_log_or_a_repr(self) -> None:
        """Neither in what is raised, nor in what hangs on it, nor in any record at any level."""
        access = self.dialect.access("http://127.0.0.1:9", SHORT)
        # An account's number (`page_id`) opens nothing.
        secrets = [v for k, v in {**access.app, **access.account}.items() if not k.endswith("_id")]
        echoes = [self.dialect.refusal(f"bad {s}") for s in secrets] + [self.dialect.unauthorized(s) for s in secrets]
        with hearing() as heard:
            for behaviour in (*NO_VERDICT.values(), *echoes):
                for name, ask in self._steps(behaviour):
                    self._is_silent(secrets, self._fails(DeliveryFailure, ask, name))
            with unreachable() as url:
                connection = self._connect(url)
                for ask in (connection.whoami, lambda: connection.publish(self._content(), ())):
                    self._is_silent(secrets, self._fails(DeliveryFailure, ask, "refused"))
                self._is_silent(secrets, connection)
                connection.close()
            with self._talking(*self.dialect.identity("mfa_example"), self.dialect.published()) as (server, talking):
                talking.whoami()
                talking.publish(self._content(), ())
            assert not any(s in request.path + str(request.query) for s in secrets for request in server.arrived)
        for said in heard:
            assert not any(secret in said for secret in secrets), "a log record holds a secret"

    def test_one_connection_is_kept_open_for_all_requests(self) -> None:
        """A handshake for each post would cost more than the post."""
        with self._talking(*self.dialect.identity("a_name"), *[self.dialect.published()] * 3) as (server, connection):
            connection.whoami()
            for number in range(3):
                connection.publish(self._content(f"Number {number}"), ())
            assert server.connections == 1, server.connections

    def test_opening_the_way_asks_nothing_and_serves_the_next_request(self) -> None:
        """At the due instant no handshake is left."""
        with self._talking(self.dialect.published()) as (server, connection):
            connection.warm()
            connection.warm()
            assert not server.arrived
            connection.publish(self._content(), ())
            assert server.connections == 1, server.connections

    def test_closing_lets_go_of_the_socket(self) -> None:
        """The server sees it end."""
        with self._talking(self.dialect.published()) as (server, connection):
            connection.publish(self._content(), ())
            connection.close()
            assert server.until_idle()

    # --- what it says beforehand ---

    def test_the_address_of_a_receipt_gives_its_id(self) -> None:
        """A person who has found the post copies its address; what is known of it must then be the same."""
        with self._talking(*self.dialect.identity("a_name"), self.dialect.published()) as (_, connection):
            connection.whoami()
            receipt = connection.publish(self._content(), ())
        assert self.dialect.adapter.post_id(receipt.url) == receipt.remote_id
        assert self.dialect.adapter.post_id(receipt.url + "?from=share") == receipt.remote_id
        for nothing in ("", "hello", "https://example.org/", "https://["):
            assert self.dialect.adapter.post_id(nothing) == ""

    def test_a_content_that_fits_has_no_problem_and_a_long_one_has(self) -> None:
        """The check is pure, and measures what would be sent."""
        adapter = self.dialect.adapter
        assert not adapter.check(self._content("A short text"))
        limit = adapter.capabilities.text_limit
        long = self._content("é" * (2 * limit))
        assert adapter.measure(long) > limit
        assert "text-length" in {problem.rule for problem in adapter.check(long)}

    def test_the_measure_does_not_depend_on_how_letters_are_composed(self) -> None:
        """NFC and NFD are the same words."""
        composed, decomposed = self._content("Élysée 한"), self._content("E\u0301lyse\u0301e \u1112\u1161\u11ab")
        assert self.dialect.adapter.measure(composed) == self.dialect.adapter.measure(decomposed)

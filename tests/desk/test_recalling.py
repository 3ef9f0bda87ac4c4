"""Recalls: the wish is kept before the first request, everything that is out is asked for, and doubt stays doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.desk.conftest import with_text
from tests.dispatch.conftest import planned

from crosspost.adapter import CredentialRefused, Gone, NotSent, RateLimited, Rejected, Uncertain
from crosspost.desk import deliveries, recalling, summary
from crosspost.dispatch.recall import Recaller, Settings
from crosspost.domain.selection import Selection
from crosspost.errors import NotPermittedError, UsageError
from crosspost.store import claims, gate, outcomes, plans, recalls
from crosspost.store.claims import Worker
from crosspost.store.outcomes import Tried
from crosspost.store.recalls import Ended, Outcome
from crosspost.testing.paper import PaperDoors, PaperPlatform

THE_CAMPAIGN = Selection(campaign=("test",))

QUICK = Settings(workers=4, waits=(timedelta(milliseconds=1),) * 2, patience=timedelta(seconds=5))


def utc_now():
    return datetime.now(UTC)


@pytest.fixture
def paper(small_network):
    return PaperPlatform({a.id: a.handle for a in small_network.accounts.values()})


@pytest.fixture
def sent(store, small_network, paper):
    """Put deliveries of the campaign `test` in the queue and out; return their ids."""

    def put(*accounts, post="post"):
        made = [planned(account, f"{account} says {post}", post=post) for account in accounts]
        with store.write() as tx:
            plans.keep_contents(tx, [p.content for p in made])
            plans.queue(tx, made)
        for one in made:
            receipt = paper.publish(one.content)
            with store.write() as tx:
                outcomes.sent(tx, Tried(one.id, one.account, 0), receipt, utc_now())
        return [one.id for one in made]

    return put


@pytest.fixture
def queued(store):
    def put(account, post="later", **when):
        one = planned(account, f"{account} says {post}", post=post, **when)
        with store.write() as tx:
            plans.keep_contents(tx, [one.content])
            plans.queue(tx, [one])
        return one.id

    return put


@pytest.fixture
def carry_out(store, small_network, paper, desk_of):
    def run(copies, settings=QUICK):
        desk = desk_of("ministry")
        recaller = Recaller(store, PaperDoors(paper), small_network.accounts, utc_now, desk.actor)
        return recaller.run(copies, settings, lambda _: None)

    return run


@pytest.fixture
def recall(desk_of, carry_out):
    """Recall a target as the ministry, and return how each copy ended by its delivery."""

    def all_the_way(target=THE_CAMPAIGN, settings=QUICK):
        asked = recalling.ask(desk_of("ministry"), target, "the wrong date")
        return {one.copy.delivery: one for one in carry_out(asked.scope.copies, settings)}

    return all_the_way


def state(desk_of, delivery):
    return deliveries.find(desk_of("ministry"), delivery).state


# --- what a recall covers ---


def test_what_is_out_is_deleted_and_called_recalled(desk_of, sent, recall, paper):
    ids = sent("tokyo/paper", "seoul/paper")
    assert {one.outcome for one in recall().values()} == {"deleted"}
    assert paper.posts == []
    assert {state(desk_of, one) for one in ids} == {"recalled"}
    found = deliveries.every(desk_of("ministry"), Selection(state=("recalled",)))
    assert {d.row.id for d in found} == set(ids)
    assert deliveries.every(desk_of("ministry"), Selection(state=("sent",))) == []


def test_the_wish_is_kept_before_anything_is_asked_of_a_platform(desk_of, store, sent):
    [one] = sent("tokyo/paper")
    recalling.ask(desk_of("ministry"), (one,), "the wrong date")
    desk = desk_of("ministry")
    assert [copy.delivery for copy in recalling.unfinished(desk, Selection())] == [one]
    assert state(desk_of, one) == "sent"
    assert any("may still be seen" in matter.what for matter in summary.matters(desk))


def test_what_is_deleted_is_not_asked_for_again(desk_of, sent, recall, paper):
    sent("tokyo/paper")
    recall()
    asked = []
    paper.before_delete = asked.append
    assert recall() == {}
    assert asked == []
    assert recalling.unfinished(desk_of("ministry"), Selection()) == []


def test_a_second_receipt_is_a_second_copy_and_both_are_deleted(desk_of, store, sent, recall, paper):
    [one] = sent("tokyo/paper")
    second = paper.publish(paper.posts[0])
    with store.write() as tx:
        outcomes.sent(tx, Tried(one, "tokyo/paper", 0), second, utc_now())
    paper.before_delete = lambda remote_id: Rejected("no") if remote_id == second.remote_id else None
    recall()
    assert state(desk_of, one) == "sent"
    paper.before_delete = lambda _: None
    recall()
    assert paper.posts == []
    assert state(desk_of, one) == "recalled"


def test_what_has_not_left_is_cancelled_with_it_unless_it_is_to_stay(desk_of, sent, queued):
    sent("tokyo/paper")
    later = queued("seoul/paper", due_in=3600)
    kept = recalling.ask(desk_of("ministry"), THE_CAMPAIGN, "x", keep_unsent=True)
    assert kept.cancelled == []
    assert state(desk_of, later) == "queued"
    assert recalling.ask(desk_of("ministry"), THE_CAMPAIGN, "x").cancelled == [later]
    assert state(desk_of, later) == "cancelled"


def test_what_may_be_out_does_not_leave_again_when_it_turns_out_not_to_be(desk_of, store, small_network, queued):
    one = queued("tokyo/paper", due_in=-1)
    now = utc_now()
    with store.write() as tx:
        claim = claims.claim(tx, gate.current(tx, small_network, now), Worker("a", now + timedelta(30)), now, 9)[0]
        assert claims.begin(tx, claim, now)
        outcomes.uncertain(tx, Tried.of(claim), "lost", now, now)
        claims.let_go(tx, claim)
    asked = recalling.ask(desk_of("ministry"), THE_CAMPAIGN, "the wrong date")
    assert [d.row.id for d in asked.scope.in_doubt] == [one]
    with store.write() as tx:
        outcomes.absent(tx, Tried.of(claim), "proved", now)
        later = now + timedelta(seconds=1)
        assert claims.claim(tx, gate.current(tx, small_network, later), Worker("a", later), later, 9) == []
    assert state(desk_of, one) == "held"
    assert recalling.ask(desk_of("ministry"), THE_CAMPAIGN, "again").cancelled == [one]


def test_a_post_that_is_out_without_an_address_is_named(desk_of, store, sent):
    [one] = sent("tokyo/paper")
    with store.write() as tx:
        tx.exec_driver_sql("DELETE FROM receipt")
    assert [d.row.id for d in recalling.scope_of(desk_of("ministry"), (one,)).unaddressed] == [one]


def test_a_platform_that_lets_nothing_be_deleted_leaves_it_to_a_person(desk_of, sent, carry_out):
    [one] = sent("tokyo/paper")
    desk = desk_of("ministry")

    class Firm:
        title = "Firm"
        capabilities = replace(desk.adapters["paper"].capabilities, can_delete=False)

    firm = replace(desk, adapters={**desk.adapters, "paper": Firm()})
    asked = recalling.ask(firm, (one,), "x")
    assert asked.scope.copies == []
    [copy] = recalling.outcomes(firm, asked.scope.by_hand)
    assert copy.outcome == "refused"
    assert "--deleted-by-hand" in copy.detail
    recalling.deleted_by_hand(firm, (one,), "done on my telephone")
    assert state(desk_of, one) == "recalled"


def test_a_mission_recalls_its_own_posts_and_no_others(desk_of, sent):
    ids = sent("tokyo/paper", "cairo/paper")
    with pytest.raises(NotPermittedError):
        recalling.ask(desk_of("tokyo"), THE_CAMPAIGN, "x")
    with pytest.raises(NotPermittedError):
        recalling.ask(desk_of("tokyo"), (ids[1],), "x")
    assert [c.delivery for c in recalling.ask(desk_of("tokyo"), (ids[0],), "x").scope.copies] == [ids[0]]


def test_a_name_is_a_campaign_a_post_or_a_delivery_by_a_beginning_too(desk_of, sent):
    [one, *_] = sent("tokyo/paper", "seoul/paper", post="opening")
    desk, everything = desk_of("ministry"), Selection()
    assert recalling.target_of(desk, "te", everything).campaign == ("test",)
    assert recalling.target_of(desk, "test/open", everything).campaign == ("test/opening",)
    assert recalling.target_of(desk, "test/opening/tok", everything) == (one,)
    with pytest.raises(UsageError, match="no campaign"):
        recalling.target_of(desk, "nothing", everything)
    with pytest.raises(UsageError, match="filters"):
        recalling.target_of(desk, "test/opening/tok", Selection(mission=("asia",)))


def test_queuing_a_campaign_again_never_says_again_what_was_recalled(desk_of, store, queue, campaign, paper, recall):
    queue(campaign)
    desk = desk_of("ministry")
    for d in deliveries.every(desk, Selection(mission=("tokyo",))):
        with store.write() as tx:
            outcomes.sent(tx, Tried(d.row.id, d.row.account, 0), paper.publish(d.content), utc_now())
    recall(Selection(campaign=("cop",)))
    before = {d.row.id: (d.row.state, d.state) for d in deliveries.every(desk, Selection())}
    queue(with_text(campaign, "fr", "Bonsoir"))
    after = {d.row.id: (d.row.state, d.state) for d in deliveries.every(desk, Selection())}
    assert before == after
    assert {said for _, said in after.values()} == {"recalled", "cancelled"}


def test_what_one_run_has_deleted_a_slower_one_does_not_call_uncertain(desk_of, store, sent, recall):
    [one] = sent("tokyo/paper")
    [copy] = recalling.ask(desk_of("ministry"), (one,), "x").scope.copies
    recall()
    with store.write() as tx:
        recalls.settle(tx, Ended(copy, Outcome.UNCERTAIN, "no answer in time"), utc_now())
    assert state(desk_of, one) == "recalled"


# --- how deleting goes wrong ---


def test_an_uncertain_deletion_that_took_effect_is_found_out_and_counts(desk_of, sent, recall, paper):
    [one] = sent("tokyo/paper")
    lost = [Uncertain("dropped")]
    paper.after_delete = lambda _: lost.pop() if lost else None
    ended = recall()[one]
    assert (ended.outcome, ended.tries) == ("deleted", 2)
    assert "not there" in ended.detail


def test_an_uncertain_deletion_without_effect_is_asked_again(sent, recall, paper):
    [one] = sent("tokyo/paper")
    lost = [Uncertain("dropped"), NotSent("refused connection")]
    paper.before_delete = lambda _: lost.pop() if lost else None
    ended = recall()[one]
    assert (ended.outcome, ended.tries) == ("deleted", 3)
    assert paper.posts == []


def test_a_deletion_that_stays_uncertain_is_so_called_and_needs_a_person(desk_of, sent, recall, paper):
    [one] = sent("tokyo/paper")
    paper.before_delete = lambda _: Uncertain("dropped")
    ended = recall()[one]
    assert (ended.outcome, ended.tries) == ("uncertain", 3)
    assert "still lists" in ended.detail
    assert state(desk_of, one) == "sent"
    assert any(one in matter.what for matter in summary.matters(desk_of("ministry")))
    paper.before_delete = lambda _: None
    assert recall()[one].outcome == "deleted"


def test_that_a_list_does_not_show_a_post_proves_nothing_by_itself(desk_of, sent, recall, paper):
    [one] = sent("tokyo/paper")
    paper.listing_lags = True
    paper.after_delete = lambda _: Uncertain("dropped")
    ended = recall()[one]
    assert ended.outcome == "uncertain"
    assert "no more" in ended.detail


def test_gone_says_a_platform_that_still_lists_the_post_and_it_is_not_believed(sent, recall, paper):
    [one] = sent("tokyo/paper")
    paper.before_delete = lambda _: Gone("no such post, or another page's")
    assert recall()[one].outcome == "uncertain"


def test_a_refusal_is_told_as_it_was_said_and_one_of_the_account_is_not_asked_again(sent, recall, paper):
    first, second = sent("tokyo/paper", post="one") + sent("tokyo/paper", post="two")
    asked = []

    def refuse(remote_id):
        asked.append(remote_id)
        return CredentialRefused("the token has expired")

    paper.before_delete = refuse
    ended = recall()
    assert {ended[first].outcome, ended[second].outcome} == {"refused"}
    assert "expired" in ended[second].detail
    assert len(asked) == 1


def test_a_limit_is_waited_for_and_costs_no_try(sent, recall, paper):
    [one] = sent("tokyo/paper")
    limits = [RateLimited("slow down", retry_at=utc_now()) for _ in range(5)]
    paper.before_delete = lambda _: limits.pop() if limits else None
    ended = recall()[one]
    assert (ended.outcome, ended.tries) == ("deleted", 1)


def test_a_limit_beyond_patience_leaves_the_wish_for_later(desk_of, sent, recall, paper):
    [one] = sent("tokyo/paper")
    paper.before_delete = lambda _: RateLimited("slow down", retry_at=utc_now() + timedelta(hours=1))
    ended = recall()[one]
    assert ended.outcome == ""
    assert "--resume" in ended.detail
    assert [c.delivery for c in recalling.unfinished(desk_of("ministry"), Selection())] == [one]


def test_a_credential_of_another_account_deletes_nothing(store, small_network, desk_of, sent, paper):
    [one] = sent("tokyo/paper")
    desk = desk_of("ministry")
    copies = recalling.ask(desk, (one,), "x").scope.copies
    doors = PaperDoors(paper, {"tokyo/paper": "seoul/paper"})
    [ended] = Recaller(store, doors, small_network.accounts, utc_now, desk.actor).run(copies, QUICK, lambda _: None)
    assert ended.outcome == "refused"
    assert len(paper.posts) == 1


def test_a_broken_adapter_is_no_proof_and_its_words_are_not_repeated(sent, recall, paper):
    [one] = sent("tokyo/paper")

    def break_down(remote_id):
        raise RuntimeError("token=secret")

    paper.before_delete = break_down
    ended = recall()[one]
    assert ended.outcome == "uncertain"
    assert "secret" not in ended.detail


def test_once_told_to_stop_nothing_more_is_asked_and_the_wishes_stay(store, small_network, desk_of, sent, paper):
    sent("tokyo/paper", "seoul/paper")
    desk = desk_of("ministry")
    copies = recalling.ask(desk, THE_CAMPAIGN, "x").scope.copies
    recaller = Recaller(store, PaperDoors(paper), small_network.accounts, utc_now, desk.actor)
    recaller.stop()
    assert recaller.run(copies, QUICK, lambda _: None) == []
    assert len(paper.posts) == 2
    assert len(recalling.unfinished(desk, Selection())) == 2


def test_who_recalled_what_and_why_is_on_record(desk_of, sent, recall):
    [one] = sent("tokyo/paper")
    recall()
    explanation = deliveries.explain(desk_of("ministry"), one)
    assert [event["action"] for event in explanation.events] == ["recall", "recall: deleted"]
    assert "the wrong date" in explanation.listed.reason

"""The life of a delivery: which moves there are, and what its id says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.campaign import IDENTIFIER, NO_CAMPAIGN, SINGLE
from crosspost.domain.delivery import MAY_BE_OUT, MOVES, State, delivery_id

states = st.sampled_from(list(State))


def _reachable(start, without=frozenset()):
    """Every state that can follow, when some moves are not made."""
    seen, waiting = set(), [start]
    while waiting:
        state = waiting.pop()
        for after in MOVES[state]:
            if after not in seen and (state, after) not in without:
                seen.add(after)
                waiting.append(after)
    return seen


def test_every_state_has_its_moves_and_none_moves_to_itself():
    assert set(MOVES) == set(State)
    assert all(state not in moves for state, moves in MOVES.items())


def test_what_is_sent_stays_sent():
    assert MOVES[State.SENT] == frozenset()


def test_what_may_be_out_returns_to_the_queue_only_from_sending_and_from_unknown():
    back = {state for state in MAY_BE_OUT if State.QUEUED in MOVES[state]}
    assert back == {State.SENDING, State.UNKNOWN}


def test_nothing_is_sent_that_was_not_sending():
    assert {state for state, moves in MOVES.items() if State.SENT in moves} == {State.SENDING, State.UNKNOWN}
    assert {state for state, moves in MOVES.items() if State.UNKNOWN in moves} == {State.SENDING, State.QUEUED}
    assert {state for state, moves in MOVES.items() if State.SENDING in moves} == {State.QUEUED}


def test_what_may_be_out_is_never_called_off():
    for state in MAY_BE_OUT:
        assert MOVES[state].isdisjoint({State.CANCELLED, State.EXPIRED})


def test_everything_begins_as_queued_and_can_end_as_sent():
    assert _reachable(State.QUEUED) == set(State)
    assert all(State.SENT in _reachable(state) for state in State if state is not State.SENT)


def test_without_the_queue_what_may_be_out_only_settles():
    """Once a request has left, nothing but a return to the queue leads to another request."""
    returns = frozenset((state, State.QUEUED) for state in State)
    for state in MAY_BE_OUT:
        assert State.SENDING not in _reachable(state, returns)


identifiers = st.from_regex(IDENTIFIER, fullmatch=True)
ids = st.tuples(
    (identifiers | st.just(NO_CAMPAIGN)).filter(lambda campaign: campaign != SINGLE),  # the desk keeps that name free
    identifiers,
    st.builds("{}/{}".format, identifiers, identifiers),
    st.sampled_from(["fr", "zh-Hans", "*"]),
    st.sampled_from(["", "2027-07-14", "2"]),
)


@given(ids, ids)
def test_no_two_deliveries_have_the_same_id(one, other):
    assert (delivery_id(*one) == delivery_id(*other)) == (one == other)


def test_an_id_can_be_read():
    assert delivery_id("cop31", "opening", "amb-jp-tokyo/twitter", "ja") == "cop31/opening/amb-jp-tokyo/twitter/ja"
    assert delivery_id(NO_CAMPAIGN, "a1", "amb-jp-tokyo/twitter", "ja") == "post/a1/amb-jp-tokyo/twitter/ja"
    assert delivery_id("cop31", "daily", "a/b", "*", "2027-03-01") == "cop31/daily@2027-03-01/a/b/*"

"""The one way to name a part of the network: what each filter takes, and how they go together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.network import Account, Mission, Network
from crosspost.domain.selection import Selection

MISSIONS = [
    Mission("ministry", "", "ministry", country="FR"),
    Mission("asia", "ministry", "region"),
    Mission("africa", "ministry", "region"),
    Mission("tokyo", "asia", country="JP"),
    Mission("osaka", "tokyo", country="JP"),
    Mission("seoul", "asia", country="KR"),
    Mission("cairo", "africa", country="EG"),
]
NETWORK = Network(
    {m.id: m for m in MISSIONS},
    {a.id: a for m in MISSIONS if m.kind != "region" for p in ("twitter", "facebook") for a in [Account(m.id, p)]},
)


def _some(values):
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


selections = st.builds(
    Selection,
    mission=_some([m.id for m in MISSIONS]),
    country=_some(["FR", "JP", "KR", "EG", "XX"]),
    platform=_some(["twitter", "facebook", "weibo"]),
    except_=_some([*(m.id for m in MISSIONS), "tokyo/twitter", "cairo/facebook"]),
)


def _taken(selection):
    return {account.id for account in selection.accounts(NETWORK)}


@pytest.mark.parametrize(
    ("selection", "taken"),
    [
        (Selection(mission=("tokyo",), platform=("twitter",)), {"tokyo/twitter", "osaka/twitter"}),
        (Selection(mission=("asia",), country=("KR",)), {"seoul/twitter", "seoul/facebook"}),
        (Selection(country=("JP",), except_=("osaka",)), {"tokyo/twitter", "tokyo/facebook"}),
        (Selection(country=("JP",), except_=("tokyo",)), set()),
        (Selection(mission=("seoul",), except_=("seoul/twitter",)), {"seoul/facebook"}),
        (Selection(mission=("nowhere",)), set()),
        (Selection(lang=("ja",), campaign=("x",), state=("sent",)), set(NETWORK.accounts)),
    ],
)
def test_a_selection_takes_the_nodes_and_all_below_them_less_its_exceptions(selection, taken):
    assert _taken(selection) == taken


def test_a_selection_without_filters_takes_everything():
    assert _taken(Selection()) == set(NETWORK.accounts)


@given(selections)
def test_each_filter_narrows_and_all_of_them_must_let_an_account_through(selection):
    alone = [
        Selection(mission=selection.mission),
        Selection(country=selection.country),
        Selection(platform=selection.platform),
        Selection(except_=selection.except_),
    ]
    assert _taken(selection) == set.intersection(*(_taken(each) for each in alone))


@given(selections, st.sampled_from(["mission", "country", "platform"]))
def test_several_values_of_a_filter_take_what_each_of_them_takes(selection, name):
    values = getattr(selection, name)
    if values:
        each = [_taken(replace(selection, **{name: (value,)})) for value in values]
        assert _taken(selection) == set.union(*each)


@given(selections, st.sampled_from([*(m.id for m in MISSIONS), "tokyo/twitter"]))
def test_another_exception_takes_away_exactly_what_it_names(selection, exception):
    more = replace(selection, except_=(*selection.except_, exception))
    named = _taken(Selection(mission=(exception,))) | ({exception} & set(NETWORK.accounts))
    assert _taken(more) == _taken(selection) - named


@given(selections)
def test_accounts_come_in_the_order_of_the_tree(selection):
    taken = _taken(selection)
    assert [a.id for a in selection.accounts(NETWORK)] == [a.id for a in NETWORK.accounts_in_order() if a.id in taken]


@given(selections)
def test_a_selection_that_names_no_accounts_takes_all_of_them(selection):
    if not selection.names_accounts:
        assert _taken(selection) == set(NETWORK.accounts)


def test_a_selection_is_said_in_words():
    assert Selection().describe() == "everything"
    selection = Selection(mission=("asia", "africa"), platform=("twitter",), except_=("cairo",))
    assert selection.describe() == "mission asia or africa, platform twitter, except cairo"

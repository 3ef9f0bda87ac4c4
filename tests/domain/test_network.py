"""The tree of missions, for trees of every shape."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crosspost.domain.network import Account, Mission, Network


@st.composite
def networks(draw):
    """A tree of up to twelve missions: each hangs below one that was listed before it. Some have accounts."""
    count = draw(st.integers(1, 12))
    parents = ["", *(f"m{draw(st.integers(0, n - 1))}" for n in range(1, count))]
    missions = [
        Mission(f"m{n}", parent, languages=(draw(st.sampled_from(["fr", "ja"])),)) for n, parent in enumerate(parents)
    ]
    accounts = [
        Account(mission.id, platform, languages=draw(st.sampled_from([(), ("en",)])))
        for mission in missions
        for platform in draw(st.sets(st.sampled_from(["twitter", "facebook"])))
    ]
    return Network({m.id: m for m in missions}, {a.id: a for a in accounts})


@given(networks())
def test_the_owners_of_a_mission_are_those_whose_subtree_holds_it_nearest_first(network):
    for mission in network.missions:
        owners = network.owners(mission)
        assert set(owners) == {node for node in network.missions if mission in network.subtree(node)}
        assert owners[0] == mission
        assert owners[-1] == network.root
        assert all(network.missions[below].parent == above for below, above in pairwise(owners))


@given(networks())
def test_the_subtree_of_the_root_is_every_mission_once_and_a_parent_before_its_children(network):
    order = list(network.subtree(network.root))
    assert sorted(order) == sorted(network.missions)
    place = {mission: number for number, mission in enumerate(order)}
    assert all(place[m.parent] < place[m.id] for m in network.missions.values() if m.parent)


@given(networks())
def test_a_mission_is_within_a_node_exactly_when_the_node_is_among_its_owners(network):
    for mission in network.missions:
        for node in network.missions:
            assert network.is_within(mission, node) == (mission in network.subtree(node))


@given(networks())
def test_the_accounts_in_order_are_every_account_once_in_the_order_of_the_tree(network):
    listed = list(network.accounts_in_order())
    assert sorted(a.id for a in listed) == sorted(network.accounts)
    order = list(network.subtree(network.root))
    places = [order.index(account.mission) for account in listed]
    assert places == sorted(places)


@given(networks())
def test_an_account_speaks_its_own_languages_or_else_its_missions(network):
    for account in network.accounts.values():
        expected = account.languages or network.missions[account.mission].languages
        assert network.languages_of(account) == expected


def test_an_empty_network_has_nothing():
    empty = Network({}, {})
    assert (empty.root, list(empty.accounts_in_order()), empty.owners("m0")) == ("", [], ())


def test_missions_that_hang_below_each_other_do_not_hang_the_program():
    loop = Network({"a": Mission("a", "b"), "b": Mission("b", "a")}, {})
    assert loop.owners("a") == ("a", "b")


def test_the_shipped_network_is_one_tree(shipped_network):
    assert shipped_network.root == "ministry"
    assert set(shipped_network.subtree("ministry")) == set(shipped_network.missions)
    assert all(shipped_network.owners(mission)[-1] == "ministry" for mission in shipped_network.missions)

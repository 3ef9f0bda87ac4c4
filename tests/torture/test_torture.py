"""The torture test in its short form: a daemon killed at every step of a post's way out, under every fault."""

from __future__ import annotations

import pytest
from tests.torture.run import die_in_turn, reposts_die_in_turn


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_killed_at_every_step_in_turn_under_every_fault_each_post_is_out_once_or_honestly_unknown(
    engine, request, tmp_path
):
    server = request.getfixturevalue("postgres") if engine == "postgresql" else None
    wrong, verdict = die_in_turn(tmp_path / "scene", 7, server)
    assert wrong == ""
    assert (verdict.doubles, verdict.lost, verdict.disagreements) == ([], [], [])
    assert verdict.states["sent"] > 0
    assert verdict.reposts > 0


def test_killed_at_every_step_of_a_repost_each_is_out_once_or_honestly_unknown(postgres, tmp_path):
    wrong, verdict = reposts_die_in_turn(tmp_path / "scene", 7, postgres)
    assert wrong == ""
    assert (verdict.doubles, verdict.lost, verdict.disagreements) == ([], [], [])
    assert verdict.reposts > 0

"""The torture test in its short form, on SQLite: killed at every step of a post's way out, under every fault."""

from __future__ import annotations

from tests.torture.run import die_in_turn


def test_killed_at_every_step_in_turn_under_every_fault_each_post_is_out_once_or_honestly_unknown(tmp_path):
    wrong, verdict = die_in_turn(tmp_path / "scene", 7, None)
    assert wrong == ""
    assert (verdict.doubles, verdict.lost, verdict.disagreements) == ([], [], [])
    assert verdict.states["sent"] > 0
    assert verdict.reposts > 0
